"""Arguments with a fixed set of values have `Literal` types; mypy reports an unused `type: ignore` here."""

from typing import get_args

import pytest

from personalize_import import DatasetImportJob, DatasetSchema, DataSource, ImportMode, ValidationError
from personalize_import.schema.fields import DatasetTypeName, FieldType
from personalize_import_handler.data_checks.dataset_types import DATASET_TYPES
from personalize_import_handler.data_checks.schema import SIMPLE_TYPES
from tests.constructs.support.stacks import DATASET_ARN, URI, new_stack


def test_mypy_and_the_construct_reject_an_unknown_import_mode() -> None:
    source = DataSource.from_s3_uri(URI)
    with pytest.raises(ValidationError, match="import_mode"):
        DatasetImportJob(new_stack(), "Job", dataset=DATASET_ARN, data_source=source, import_mode="ful")  # type: ignore[arg-type]


def test_mypy_and_the_construct_accept_an_import_mode_as_text_or_enum() -> None:
    stack, source = new_stack(), DataSource.from_s3_uri(URI)
    DatasetImportJob(stack, "Text", dataset=DATASET_ARN, data_source=source, import_mode="FULL")
    DatasetImportJob(stack, "Enum", dataset=DATASET_ARN, data_source=source, import_mode=ImportMode.FULL)


def test_mypy_and_the_schema_reject_an_unknown_domain() -> None:
    with pytest.raises(ValidationError, match="domain"):
        DatasetSchema.items("RETAIL")  # type: ignore[arg-type]
    with pytest.raises(ValidationError, match="domain"):
        DatasetSchema.from_json("{}", "ecommerce")  # type: ignore[arg-type]
    assert DatasetSchema.items("ECOMMERCE").domain == "ECOMMERCE"


def test_mypy_and_the_schema_reject_an_unknown_field_type() -> None:
    with pytest.raises(ValidationError, match="type"):
        DatasetSchema.users().field("AGE", "integer")  # type: ignore[arg-type]
    assert DatasetSchema.users().field("AGE", "int")


def test_the_types_contain_the_same_values_as_the_checks() -> None:
    assert {*get_args(FieldType)} == {*SIMPLE_TYPES}
    assert {*get_args(DatasetTypeName)} == {each.schema_name for each in DATASET_TYPES}
