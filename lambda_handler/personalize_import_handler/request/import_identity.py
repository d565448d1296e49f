"""The identity of an import: the properties that start a new import when one of them changes."""

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
    """Return the properties that determine which data is imported and how.

    The schema is one of them although it is in no request to Personalize: a dataset that is replaced for a new schema
    keeps its ARN and would stay empty. The job name is not, because a new name alone requires no new import.
    """
    return (
        properties.dataset_arn,
        properties.schema_arn,
        _without_stack_folder(properties.data_location) if properties.data_files else properties.data_location,
        canonical_role(properties.role_arn),
        properties.import_mode,
        properties.publish_attribution_metrics_to_s3,
        properties.reimport_token,
        # Only if there is one, so that the names of all other jobs stay the same.
        *([properties.data_fingerprint] if properties.data_fingerprint else []),
    )


def is_same_location(one: str, properties: ImportProperties) -> bool:
    """Return whether a location contains the data of `properties`.

    Asset files are compared only by the content hash in their location, because the stack folder changes when the stack
    is created again.
    """
    if not properties.data_files:
        return one == properties.data_location
    return _without_stack_folder(one) == _without_stack_folder(properties.data_location)


def _without_stack_folder(location: str) -> str:
    """Return a location in the staging bucket without the stack folder, which is also the form of earlier versions."""
    return _STACK_FOLDER.sub(r"\1", location)


def canonical_role(role_arn: str) -> str:
    """Return a form of a role's ARN that is the same for all roles that the construct creates for a stack.

    CloudFormation generates a new role name when a failed first deployment is repeated, and the path depends on the
    provider. Neither changes what the role may read: that is the location, which is compared separately. The Region is
    left out because earlier versions had none in the path, and the names of their jobs must stay the same.
    """
    own = _OWN_ROLE.fullmatch(role_arn)
    return f"{own['account']}{contract.IMPORT_ROLE_PATH}{own['scope'] or own['stack']}" if own else role_arn


def is_equivalent_role(one: str, other: str) -> bool:
    """Return whether two roles have the same permissions: a role of the construct may read only the import's location.

    The stacks in their paths may differ, if an earlier version created a nested stack or if a resource was moved.
    """
    first, second = _OWN_ROLE.fullmatch(one), _OWN_ROLE.fullmatch(other)
    return first["account"] == second["account"] if first and second else one == other


def stack_of_role(role_arn: str) -> str | None:
    """Return the name of the stack, or root stack, that an import role of the construct belongs to.

    None for any other role, which may be shared between stacks.
    """
    own = _OWN_ROLE.fullmatch(role_arn)
    return (own["scope"] or own["stack"]).partition("/")[0] if own else None


def role_in_stack(scope: str, role_arn: str, *present: str | None) -> str:
    """Return the ARN that a role of this stack would have in the stack where the resource was created."""
    own = _OWN_ROLE.fullmatch(role_arn)
    part = "scope" if own and own["scope"] else "stack"
    if own and own[part] in present:
        return f"{role_arn[: own.start(part)]}{scope}{role_arn[own.end(part) :]}"
    return role_arn
