"""Everything the service says when it refuses something, in one table.

The real service's wording is public for a few failures only. Those carry the mark `known`, with the page or the
observation they come from; everything else is marked `ours`: the situation is the real service's, the words are not,
and nothing may be built on them.
"""

from collections.abc import Iterable

_GUIDE = "https://docs.aws.amazon.com/personalize/latest/dg"

# Known

# Known (F1), error-messages.html of the developer guide
INVALID_DATA_LOCATION = "Invalid Data location."

# Known (F8), seen when a solution was created too early
NO_IMPORTED_INTERACTIONS = (
    "Dataset group must contain an INTERACTIONS dataset with successfully completed dataset import job "
    "or EVENT_INTERACTIONS"
)


def too_many_running_jobs(limit: int) -> str:
    """Known (F2), error-messages.html, for the limit of 5."""
    return f"More than {limit} resources with PENDING or IN_PROGRESS status."


def no_access_to_data(bucket: str) -> str:
    """Known (F3), seen when a bucket policy was missing."""
    return (
        "Insufficient privileges for accessing data in S3. Please look at "
        f"{_GUIDE}/granting-personalize-s3-access.html#attach-bucket-policy and fix bucket policy on {bucket}."
    )


def missing_columns(columns: Iterable[str]) -> str:
    """Known (F4), seen for a header without ITEM_ID."""
    return f"Input csv is missing the following columns: [{', '.join(columns)}]"


def too_long(column: str, limit: int) -> str:
    """Known (F5), error-messages.html."""
    return (
        f"Length cannot be more than {limit} characters for {column}. If no values exceed the character limit, make "
        f"sure your data follows the formatting guidelines listed in {_GUIDE}/data-prep-formatting.html."
    )


def does_not_exist(arn: str) -> str:
    """Known (F12), from another implementation of the schema operations."""
    return f"Resource Arn {arn} does not exist."


def dataset_group_does_not_exist(arn: str) -> str:
    """Known (F13), seen for DeleteDatasetGroup."""
    return f"The given dataset group does not exist: {arn}"


def name_taken(arn: str) -> str:
    """Remembered rather than sourced: treat as ours."""
    return f"Another resource with Arn {arn} already exists."


# Ours, about requests

RATE_EXCEEDED = "Rate exceeded"
UNKNOWN_PARAMETER = "Member is not known to this operation"
NOT_A_JSON_OBJECT = "The request is not a JSON object"
DEFECT = "The local Personalize service has a defect; its log says more."
FIRST_IMPORT_MUST_BE_FULL = (
    "The import mode INCREMENTAL needs bulk data to add to, and this dataset has none: the first import of a dataset "
    "must be FULL."
)
ROLE_NEEDS_KEY = "roleArn and kmsKeyArn must be given together."
INVALID_NEXT_TOKEN = "The nextToken is not one that this operation has returned."  # noqa: S105  # not a secret
TAG_KEYS_NOT_UNIQUE = "A tag key may be given only once."


def not_json(problem: str) -> str:
    """Ours."""
    return f"The request is not JSON: {problem}"


def not_convertible(member: str, type_name: str) -> str:
    """Ours."""
    return f"The value at '{member}' can not be converted to {type_name}"


def unknown_operation(operation: str) -> str:
    """Ours."""
    return f"The operation {operation} is not known to this service."


def not_ready(arn: str, status: str) -> str:
    """Ours."""
    return f"The resource {arn} must be ACTIVE, but its status is {status}."


def role_not_assumable(role_arn: str) -> str:
    """Ours."""
    return (
        f"Amazon Personalize can't assume the role {role_arn}: check that it exists and that its trust policy allows "
        "sts:AssumeRole to personalize.amazonaws.com for this account and resource."
    )


def dataset_has_running_job(dataset_arn: str, job_arn: str) -> str:
    """Ours."""
    return f"The dataset {dataset_arn} is in use: the dataset import job {job_arn} is still running."


def schema_in_use(schema_arn: str, dataset_arn: str) -> str:
    """Ours."""
    return f"The schema {schema_arn} is in use by the dataset {dataset_arn}."


def dataset_group_in_use(dataset_group_arn: str, resource_arn: str) -> str:
    """Ours."""
    return f"The dataset group {dataset_group_arn} still contains {resource_arn}."


def reserved_tag_key(key: str) -> str:
    """Ours."""
    return f"The tag key '{key}' starts with the reserved prefix aws:."


def too_many_tags(limit: int) -> str:
    """Ours."""
    return f"A resource can't have more than {limit} tags."


def import_too_large(size: int, limit: int, import_mode: str) -> str:
    """Ours."""
    return f"The data is {size} bytes; an import with mode {import_mode} takes at most {limit}."


def duplicate_columns(columns: Iterable[str]) -> str:
    """Ours."""
    return f"Column names must differ by more than underscores: [{', '.join(columns)}]"


# Ours, about schemas: what follows "The schema is not valid: "
SCHEMA_NOT_JSON = "it is not JSON ({error})"
SCHEMA_NOT_A_RECORD = "it is not an Avro record"
SCHEMA_NAME = "no dataset type has records named {name!r}"
SCHEMA_WITHOUT_FIELDS = "it has no fields"
FIELD_WITHOUT_NAME = "{field!r} is not a field with a name"
FIELD_NOT_SIMPLE = "the field {name} has the type {given}, which is not one simple type"
FIELD_TYPE = "the field {name} must have the type {types}"
FIELD_NULLABLE = "the field {name} must not be nullable"
FIELD_CATEGORICAL = "the field {name} must not be categorical"
FIELD_NOT_CATEGORICAL = "the field {name} must be categorical"
FIELD_NOT_A_STRING = "only string fields can be categorical or textual, and {name} is not one"
FIELD_TEXTUAL = "only schemas of items can have textual fields such as {name}"
FIELDS_COLLIDE = "field names must differ by more than underscores: {names}"
FIELDS_MISSING = "required fields are missing: {names}"
NO_METADATA_FIELD = "it has no metadata field"
TOO_MANY_TEXTUAL_FIELDS = "it has more than one textual field"
TOO_MANY_METADATA_FIELDS = "it has {found} metadata fields, and at most {limit} are allowed"
TYPE_NOT_IN_DOMAINS = "a domain has no datasets of type {dataset_type}"


def invalid_schema(problem: str) -> str:
    """Ours."""
    return f"The schema is not valid: {problem}."


def unknown_dataset_type(dataset_type: str) -> str:
    """Ours."""
    return f"There is no dataset type {dataset_type}."


def schema_of_another_type(schema_name: str, dataset_type: str) -> str:
    """Ours."""
    return f"A schema with the name '{schema_name}' can't be used for a dataset of type {dataset_type}."


def another_domain(schema_domain: str | None, group_domain: str | None) -> str:
    """Ours."""
    return f"The schema's domain is {schema_domain or 'none'}, the dataset group's is {group_domain or 'none'}."


# Ours, about rows, in the failureReason of a job


def at_line(what: str, location: str, line: int) -> str:
    """Ours: known texts (F5) get the place appended, for the reader who has to find the row."""
    return f"{what} First seen in {location}, line {line}."


def value_missing(column: str) -> str:
    """Ours."""
    return f"The column {column} is empty, but its type in the schema doesn't include null."


# No text has a value of the data in it, for texts are logged; none that is known of the real service has.


def wrong_type(column: str, type_name: str) -> str:
    """Ours."""
    return f"A value in column {column} is not of type {type_name}."


def value_not_allowed(column: str, allowed: Iterable[str]) -> str:
    """Ours."""
    return f"A value in column {column} is not one of [{', '.join(allowed)}]."


def wrong_field_count(found: int, expected: int) -> str:
    """Ours."""
    return f"The row has {found} fields, but the header has {expected}: check commas and quotes in its text."


def line_break_in_value(column: str) -> str:
    """Ours."""
    return f"The value of column {column} goes on in the next line: values can't contain line breaks."


def malformed_row(problem: str) -> str:
    """Ours."""
    return (
        f"The row is not well-formed CSV ({problem}): text with commas goes in double quotes, and a backslash before "
        "each double quote and backslash in it."
    )


def not_utf8() -> str:
    """Ours."""
    return "The row is not UTF-8."


def headers_differ(location: str, first_location: str) -> str:
    """Ours."""
    return f"The header of {location} is not the same as that of {first_location}."


def too_few_interactions(found: int, minimum: int) -> str:
    """Ours."""
    return f"An import of interactions needs at least {minimum} records; there are {found}."


SERVICE_STOPPED = "the service was stopped"


def import_broke(problem: str) -> str:
    """Ours."""
    return f"The import ended with an internal failure: {problem}"
