"""Which schema a dataset has, where the app that makes the dataset makes its schema too, and whether it is another."""

from collections.abc import Iterator

import aws_cdk as cdk
from aws_cdk import aws_personalize as personalize

from personalize_import.arguments import InvalidArguments
from personalize_import.data_source import DataSource
from personalize_import.dataset_schema import DatasetSchema
from personalize_import.surroundings import is_token
from personalize_import_handler.checks import violation
from personalize_import_handler.data_checks.schema import read_schema


def check_schema(name: str, data_source: object, dataset: object) -> Iterator[str]:
    """Yield what is wrong with the schema of data of this machine: it is another one than the dataset's."""
    given = data_source.schema if isinstance(data_source, DataSource) else None
    known = schema_of(dataset) if given else None
    allowed = "the dataset's own schema, which needn't be given where the app makes it"
    if given and known and _meaning(given) != _meaning(known):
        yield violation(name, given.to_json(), allowed)


def schema_of(dataset: object) -> DatasetSchema | None:
    """Find the schema of a dataset at synth.

    Args:
        dataset: A `CfnDataset`, or whatever else a dataset may be given as.

    Returns:
        None if it can't be known: the dataset or its schema is made elsewhere, the schema is known at deploy time only,
        or it is none that Personalize would take.
    """
    if not isinstance(dataset, personalize.CfnDataset):
        return None
    schema = _target(dataset.schema_arn)
    if schema is None or any(is_token(text) for text in (schema.schema, schema.domain or "")):
        return None
    try:
        return DatasetSchema.from_json(schema.schema, schema.domain)
    except InvalidArguments:
        return None


def _target(schema_arn: str) -> personalize.CfnSchema | None:
    """Give the resource whose ARN a token stands for, if it is that alone, with nothing before or after it."""
    fragments = cdk.Tokenization.reverse_string(schema_arn)
    token = fragments.first_token
    if fragments.length != 1 or token is None or not cdk.Reference.is_reference(token):
        return None
    # A reference by its base class; what else it is, jsii doesn't tell.
    target = getattr(token, "target", None)
    return target if isinstance(target, personalize.CfnSchema) else None


def _meaning(schema: DatasetSchema) -> object:
    return read_schema(schema.text, schema.domain)
