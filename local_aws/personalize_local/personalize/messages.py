"""The messages with which the service refuses requests.

The real service's text is public for only a few failures, which are marked "Known" with their source. The other
messages are for failures of the real service but have a text of this project, so nothing may depend on it. The texts
that the conformance tests can confirm are in `texts`.
"""

from collections.abc import Iterable

from personalize_local.personalize.texts import text

INVALID_DATA_LOCATION = text("invalid_data_location")

# Known, seen when a solution was created too early
NO_IMPORTED_INTERACTIONS = (
    "Dataset group must contain an INTERACTIONS dataset with successfully completed dataset import job "
    "or EVENT_INTERACTIONS"
)


def too_many_running_jobs(limit: int) -> str:
    """Known, error-messages.html, for the limit of 5."""
    return f"More than {limit} resources with PENDING or IN_PROGRESS status."


def no_access_to_data(bucket: str) -> str:
    return text("no_access_to_data", bucket=bucket)


def missing_columns(columns: Iterable[str]) -> str:
    return text("missing_columns", columns=", ".join(columns))


def does_not_exist(arn: str) -> str:
    return text("does_not_exist", arn=arn)


def dataset_group_does_not_exist(arn: str) -> str:
    """Known, seen for DeleteDatasetGroup."""
    return f"The given dataset group does not exist: {arn}"


def name_taken(arn: str) -> str:
    return text("name_taken", arn=arn)


# Not known

RATE_EXCEEDED = "Rate exceeded"
UNKNOWN_PARAMETER = "Member is not known to this operation"
NOT_A_JSON_OBJECT = "The request is not a JSON object"
DEFECT = "Internal error in the local Personalize service; see its log."
FIRST_IMPORT_MUST_BE_FULL = text("first_import_must_be_full")
ROLE_NEEDS_KEY = "roleArn and kmsKeyArn must be given together."
INVALID_NEXT_TOKEN = text("invalid_next_token")
TAG_KEYS_NOT_UNIQUE = "A tag key may be given only once."


def not_json(problem: str) -> str:
    return f"The request is not JSON: {problem}"


def not_convertible(member: str, type_name: str) -> str:
    return f"The value at '{member}' can not be converted to {type_name}"


def unknown_operation(operation: str) -> str:
    return f"The operation {operation} is not known to this service."


def not_ready(arn: str, status: str) -> str:
    return text("not_ready", arn=arn, status=status)


def role_not_assumable(role_arn: str) -> str:
    return text("role_not_assumable", role_arn=role_arn)


def dataset_has_running_job(dataset_arn: str, job_arn: str) -> str:
    return text("dataset_has_running_job", dataset_arn=dataset_arn, job_arn=job_arn)


def schema_in_use(schema_arn: str, dataset_arn: str) -> str:
    return f"The schema {schema_arn} is in use by the dataset {dataset_arn}."


def dataset_group_in_use(dataset_group_arn: str, resource_arn: str) -> str:
    return f"The dataset group {dataset_group_arn} still contains {resource_arn}."


def reserved_tag_key(key: str) -> str:
    return f"The tag key '{key}' starts with the reserved prefix aws:."


def too_many_tags(limit: int) -> str:
    return f"A resource can't have more than {limit} tags."


def import_too_large(size: int, limit: int, import_mode: str) -> str:
    return f"The data is {size} bytes; an import with mode {import_mode} takes at most {limit}."


def duplicate_columns(columns: Iterable[str]) -> str:
    return f"Column names must differ by more than underscores: [{', '.join(columns)}]"


def invalid_schema(problem: str) -> str:
    return f"The schema is not valid: {problem}."


def unknown_dataset_type(dataset_type: str) -> str:
    return f"There is no dataset type {dataset_type}."


def schema_of_another_type(schema_name: str, dataset_type: str) -> str:
    return f"A schema with the name '{schema_name}' can't be used for a dataset of type {dataset_type}."


def another_domain(schema_domain: str | None, group_domain: str | None) -> str:
    return f"The schema's domain is {schema_domain or 'none'}, the dataset group's is {group_domain or 'none'}."
