"""Which schema a dataset has, where the app that makes the dataset makes its schema too, and whether it is another."""

from collections.abc import Iterator

from aws_cdk import aws_personalize as personalize

from personalize_import.data.data_source import DataSource
from personalize_import.data.dataset_reference import referenced_by
from personalize_import.schema.dataset_schema import DatasetSchema
from personalize_import.synthesis.environment import is_token
from personalize_import.synthesis.validation import ValidationError
from personalize_import_handler.contract.constraints import violation
from personalize_import_handler.data_checks.schema import read_schema


def check_schema(name: str, data_source: object, dataset: personalize.CfnDataset | None) -> Iterator[str]:
    """Yield what is wrong with the schema of data of this machine: it is another one than the dataset's."""
    given = data_source.schema if isinstance(data_source, DataSource) else None
    known = find_schema(dataset) if given else None
    allowed = "the dataset's own schema, which needn't be given where the app makes it"
    if given and known and _meaning(given) != _meaning(known):
        yield violation(name, given.to_json(), allowed)


def find_schema(dataset: personalize.CfnDataset | None) -> DatasetSchema | None:
    """Find the schema of a dataset at synth.

    Args:
        dataset: The dataset, or None if the app doesn't create it.

    Returns:
        None if it can't be known: the dataset or its schema is made elsewhere, the schema is known at deploy time only,
        or it is none that Personalize would take.
    """
    if dataset is None:
        return None
    schema = referenced_by(dataset.schema_arn)
    if not isinstance(schema, personalize.CfnSchema) or any(
        is_token(text) for text in (schema.schema, schema.domain or "")
    ):
        return None
    try:
        return DatasetSchema.from_json(schema.schema, schema.domain)
    except ValidationError:
        return None


def _meaning(schema: DatasetSchema) -> object:
    return read_schema(schema.text, schema.domain)
