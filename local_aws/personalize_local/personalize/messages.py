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


# Known, error-messages.html
INVALID_INPUT_PATH = "Invalid S3 input path"
INVALID_OUTPUT_PATH = "Invalid S3 output path"
INVALID_FILTER = "Could not create filter. Invalid Expression"

# Not known

RECIPE_REQUIRED = "recipeArn is missing; it is required unless performAutoML is true."
METRIC_NAMES_NOT_UNIQUE = "A metric name may be given only once."
METRIC_ATTRIBUTION_REQUIRED = "metricAttributionArn is missing; it is required."
METRIC_ATTRIBUTION_MISSING = (
    "publishAttributionMetricsToS3 needs a metric attribution in the dataset's dataset group; create one first."
)
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


NO_RECOMMENDATIONS = (
    "The local AWS does not make recommendations: it trains no models. Stub this call in your tests, or call AWS."
)
PROPERTIES_NOT_AN_OBJECT = "The properties must be a JSON object."


def unknown_tracking_id(tracking_id: str) -> str:
    return f"There is no event tracker with the tracking id {tracking_id}."


def dataset_of_another_type(arn: str, dataset_type: str) -> str:
    return f"The dataset {arn} is not of type {dataset_type}."


def unknown_properties(names: Iterable[str]) -> str:
    return f"The schema has no field for the properties [{', '.join(names)}]."


def unsupported_operation(operation: str) -> str:
    return f"The operation {operation} is not supported by the local AWS."


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


def resource_in_use(arn: str, user_arn: str) -> str:
    return f"The resource {arn} is in use by {user_arn}."


def schema_not_replaceable(dataset_type: str) -> str:
    return f"The schema of a dataset of type {dataset_type} can't be replaced; only Items and Users datasets allow it."


def field_not_kept(name: str) -> str:
    return f"The new schema must keep the field {name} with its type and attributes."


def new_field_not_nullable(name: str) -> str:
    return f"The new field {name} must allow null."


def not_exportable(dataset_type: str) -> str:
    return f"The data of a dataset of type {dataset_type} can't be exported."


def deletion_too_large(limit: int) -> str:
    return f"The files are larger than {limit} bytes."


def wrong_status(arn: str, status: str, allowed: Iterable[str]) -> str:
    return f"The status of {arn} must be {' or '.join(allowed)}, but it is {status}."


def too_many_resources(kind: str, limit: int) -> str:
    """Known for campaigns, error-messages.html."""
    article = "an" if kind[0] in "aeiou" else "a"
    return (
        f"Cannot create {article} {kind}. More than {limit} resources in ACTIVE state. "
        "Please delete some and try again."
    )


def recipe_of_another_kind(recipe_arn: str, purpose: str) -> str:
    return f"The recipe {recipe_arn} can't be used for a {purpose}."


def placeholder_with_not_in(placeholder: str) -> str:
    """Known, error-messages.html."""
    return (
        f"Could not create filter. Invalid input symbol: {placeholder}. "
        "Placeholders are not allowed with NOT_IN operator."
    )


def version_of_another_solution(solution_version_arn: str) -> str:
    return f"The solution version {solution_version_arn} belongs to another solution than the campaign."


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
