"""The schema of a dataset, if the app creates both."""

from typing import TYPE_CHECKING, cast

from aws_cdk import aws_personalize as personalize

from personalize_import.data.dataset_reference import referenced_by
from personalize_import.schema.dataset_schema import DatasetSchema
from personalize_import.synthesis.stack_environment import is_token
from personalize_import.synthesis.validation import ValidationError
from personalize_import_handler.data_checks.schema import read_schema

if TYPE_CHECKING:
    from personalize_import.schema.fields import Domain


def find_schema(dataset: personalize.CfnDataset | None) -> DatasetSchema | None:
    """Find the schema of a dataset at synth.

    Args:
        dataset: The dataset, or None if the app doesn't create it.

    Returns:
        The schema, or None if it is unknown at synth: the app doesn't create both the dataset and its schema, the
        schema contains tokens, or it is invalid.
    """
    if dataset is None:
        return None
    schema = referenced_by(dataset.schema_arn)
    if not isinstance(schema, personalize.CfnSchema) or any(
        is_token(text) for text in (schema.schema, schema.domain or "")
    ):
        return None
    try:
        return DatasetSchema.from_json(schema.schema, cast("Domain | None", schema.domain))
    except ValidationError:
        return None


def is_same_schema(one: DatasetSchema, other: DatasetSchema) -> bool:
    """Return whether two schemas have the same fields, regardless of how their JSON is formatted."""
    return read_schema(one.text, one.domain) == read_schema(other.text, other.domain)
