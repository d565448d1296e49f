"""Properties that identify an import: if one of them changes, it is another import."""

import re
from typing import Final

from personalize_import_handler import contract
from personalize_import_handler.contract.import_properties import ImportProperties

_REGION = r"[a-z]+(-[a-z]+)+-[0-9]+"
_OWN_ROLE = re.compile(
    rf"(?P<account>arn:[^/]*:role)(/.*)?{contract.IMPORT_ROLE_PATH}"
    rf"({_REGION}/(?P<scope>[^/]+(/[^/]+)?)|(?P<stack>[^/]+))/[^/]+"
)
_STACK_FOLDER: Final = re.compile(rf"^(s3://[^/]+/)[0-9a-f\-]{{{contract.STACK_FOLDER_LENGTH}}}/")


def import_identity(properties: ImportProperties) -> tuple[object, ...]:
    """Pick the properties that decide which data is imported and how: if one changes, it is another import.

    The schema is among them although no request carries it: a dataset that is replaced for a new schema keeps its ARN,
    and would stay empty. The job's name is not: a new prefix alone gives no new data.
    """
    return (
        properties.dataset_arn,
        properties.schema_arn,
        _without_stack_folder(properties.data_location) if properties.data_files else properties.data_location,
        canonical_role(properties.role_arn),
        properties.import_mode,
        properties.publish_attribution_metrics_to_s3,
        properties.reimport_token,
        # Only where it is known, so that all other jobs keep the names that they have had.
        *([properties.data_fingerprint] if properties.data_fingerprint else []),
    )


def is_same_location(one: str, properties: ImportProperties) -> bool:
    """Return whether a location has the data of `properties`.

    Files of the app are told apart by the hash in their location alone: the folder of the stack is another one when the
    stack is created again.
    """
    if not properties.data_files:
        return one == properties.data_location
    return _without_stack_folder(one) == _without_stack_folder(properties.data_location)


def _without_stack_folder(location: str) -> str:
    """Return a location in a data bucket without the folder of a stack, as earlier versions had it."""
    return _STACK_FOLDER.sub(r"\1", location)


def canonical_role(role_arn: str) -> str:
    """Tell roles apart as the user does: one of the construct's own is the same one whatever its name.

    CloudFormation gives it another name in each stack, so a first deploy that is tried again has a new one; but what it
    may read is the location, and that is compared anyway. Nor does it matter below which path a shared provider has it.
    The Region is left out: earlier versions had none in the path, and the names of their jobs must stay the same.
    """
    own = _OWN_ROLE.fullmatch(role_arn)
    return f"{own['account']}{contract.IMPORT_ROLE_PATH}{own['scope'] or own['stack']}" if own else role_arn


def is_equivalent_role(one: str, other: str) -> bool:
    """Return whether two roles may read the same: all roles that the construct created may read just the location.

    The stack in their paths is another one where an earlier version created a nested stack, or a resource was moved.
    """
    first, second = _OWN_ROLE.fullmatch(one), _OWN_ROLE.fullmatch(other)
    return first["account"] == second["account"] if first and second else one == other


def stack_of_role(role_arn: str) -> str | None:
    """Return the name of the stack, or of the root stack, that an import role of the construct belongs to.

    None for any other role: that one may be shared.
    """
    own = _OWN_ROLE.fullmatch(role_arn)
    return (own["scope"] or own["stack"]).partition("/")[0] if own else None


def role_in_stack(scope: str, role_arn: str, *present: str | None) -> str:
    """Return the ARN that a role of the stack would have in the stack where the resource was created."""
    own = _OWN_ROLE.fullmatch(role_arn)
    part = "scope" if own and own["scope"] else "stack"
    if own and own[part] in present:
        return f"{role_arn[: own.start(part)]}{scope}{role_arn[own.end(part) :]}"
    return role_arn
