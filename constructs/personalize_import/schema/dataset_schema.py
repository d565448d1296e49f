"""The schema of a dataset, defined by its fields instead of Avro JSON, and checked at synth."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, Self

from aws_cdk import aws_personalize as personalize
from constructs import Construct

from personalize_import.schema import fields
from personalize_import.schema.fields import DatasetTypeName, Domain, FieldType
from personalize_import.schema.schema_resource import create_schema, schema_message
from personalize_import.synthesis import validation
from personalize_import.synthesis.validation import ValidationError, not_found
from personalize_import_handler.data_checks import rules
from personalize_import_handler.data_checks.regular_files import open_regular
from personalize_import_handler.data_checks.schema import read_schema
from personalize_import_handler.data_checks.schema_rules import schema_findings

# A violation of these leaves the dataset type unknown. All other rules are checked when the schema is complete.
_NEEDED_AT_ONCE: Final = (rules.SCHEMA_MALFORMED, rules.SCHEMA_NAME)


@dataclass(frozen=True)
class DatasetSchema:
    """An immutable schema: build it field by field, or create it from Avro JSON or a CSV file.

    `DatasetSchema.items().field("GENRES", categorical=True).to_cfn_schema(stack, "Schema")`. `field` returns a new
    schema.

    https://docs.aws.amazon.com/personalize/latest/dg/how-it-works-dataset-schema.html
    """

    text: str
    """The Avro JSON."""
    domain: Domain | None = None
    """`ECOMMERCE` or `VIDEO_ON_DEMAND`; None for a custom dataset group."""

    def __post_init__(self) -> None:
        """Raise `ValidationError` if the domain or the Avro JSON is invalid, or the dataset type is unknown."""
        validation.require_all(
            [
                *fields.check_domain(self.domain),
                *(
                    schema_message(each)
                    for each in schema_findings(self.text, self.domain)
                    if each.rule in _NEEDED_AT_ONCE
                ),
            ]
        )

    @classmethod
    def interactions(cls, domain: Domain | None = None) -> Self:
        """Return a schema with `USER_ID`, `ITEM_ID` and `TIMESTAMP`; in a domain, also with `EVENT_TYPE`.

        Args:
            domain: `ECOMMERCE` or `VIDEO_ON_DEMAND`. Default: none, for a custom dataset group.
        """
        return cls._begin("INTERACTIONS", domain)

    @classmethod
    def items(cls, domain: Domain | None = None) -> Self:
        """Return a schema with `ITEM_ID` and the fields that the domain requires.

        Without a domain, add at least one field.

        Args:
            domain: `ECOMMERCE` (`PRICE` and `CATEGORY_L1`) or `VIDEO_ON_DEMAND` (`CREATION_TIMESTAMP` and `GENRES`).
                Default: none, for a custom dataset group.
        """
        return cls._begin("ITEMS", domain)

    @classmethod
    def users(cls, domain: Domain | None = None) -> Self:
        """Return a schema with `USER_ID`; add at least one field.

        Args:
            domain: `ECOMMERCE` or `VIDEO_ON_DEMAND`. Default: none, for a custom dataset group.
        """
        return cls._begin("USERS", domain)

    @classmethod
    def actions(cls) -> Self:
        """Return a schema with `ACTION_ID`; add at least one field."""
        return cls._begin("ACTIONS", None)

    @classmethod
    def action_interactions(cls) -> Self:
        """Return a schema with `USER_ID`, `ACTION_ID`, `EVENT_TYPE` and `TIMESTAMP`."""
        return cls._begin("ACTION_INTERACTIONS", None)

    @classmethod
    def from_json(cls, schema: str | Mapping[str, object], domain: Domain | None = None) -> Self:
        """Create a schema from the Avro JSON of Personalize.

        Args:
            schema: The JSON text, which is kept unchanged, or a mapping with its content.
            domain: `ECOMMERCE` or `VIDEO_ON_DEMAND`. Default: none, for a custom dataset group.

        Raises:
            ValidationError: The schema is not a record of simple fields, or its name is not a dataset type.
        """
        return cls(fields.json_text(schema), domain)

    @classmethod
    def from_file(cls, path: str | os.PathLike[str], domain: Domain | None = None) -> Self:
        """Create a schema from a file with the Avro JSON of Personalize.

        Args:
            path: The JSON file; a relative path starts at the working directory.
            domain: `ECOMMERCE` or `VIDEO_ON_DEMAND`. Default: none, for a custom dataset group.

        Raises:
            ValidationError: The file can't be read, the schema is not a record of simple fields, or its name is not a
                dataset type.
        """
        try:
            with open_regular(path) as file:
                return cls.from_json(file.readall().decode(), domain)
        except FileNotFoundError as error:
            raise ValidationError(f"path must be a JSON file with a schema: {not_found(os.fspath(path))}") from error
        except (OSError, ValueError) as error:
            raise ValidationError(f"{os.fspath(path)}: {error}") from error

    @classmethod
    def from_csv(
        cls, path: str | os.PathLike[str], *, dataset_type: DatasetTypeName | None = None, domain: Domain | None = None
    ) -> Self:
        """Propose a schema for a CSV file from its header and its first 4 MiB.

        Field names are in upper case. Required and reserved fields get the type that Personalize requires, all others
        the narrowest type that fits their values. Strings with many repeated values are categorical. In an Items
        dataset, the field with the longest texts is textual. Fields with empty values are nullable, except ids and
        timestamps. Words that stand for null, such as `NULL` and `nan`, count as empty values. Rows with malformed
        quotes, or with more or fewer values than the header, are left out. A Python warning reports both. Review
        `to_json()` before you use it: numbers may be categories, and later records may differ.

        Args:
            path: The local CSV file.
            dataset_type: `Interactions`, `Items`, `Users`, `Actions` or `ActionInteractions`. Default: the type
                with the same id columns as the file.
            domain: `ECOMMERCE` or `VIDEO_ON_DEMAND`. Default: none, for a custom dataset group.

        Raises:
            ValidationError: The file can't be read, or no dataset type fits its columns.
        """
        from personalize_import.schema.inference import (
            proposed_schema,
        )  # imported here because it loads all data checks

        kind, proposed = proposed_schema(Path(path), dataset_type, domain)
        return cls(fields.schema_text(kind, proposed), domain)

    def field(
        self,
        name: str,
        type: FieldType | None = None,
        *,
        categorical: bool | None = None,
        textual: bool | None = None,
        nullable: bool | None = None,
    ) -> Self:
        """Add a field at the end.

        Args:
            name: The name of the column in the data; letter case doesn't matter, and upper case is usual.
            type: `string`, `int`, `long`, `float`, `double` or `boolean`. Default: the type of a reserved name,
                such as `float` for `EVENT_VALUE`; `string` for any other name.
            categorical: The values are categories; a record may have several (`a|b`). Default: False, except for names
                that the domain reserves for categories, such as `GENRES` in `VIDEO_ON_DEMAND`.
            textual: The field is free text; only one field of an Items dataset can be. Default: False, except for
                `PRODUCT_DESCRIPTION` in a domain.
            nullable: The field may be empty. Default: False.

        Raises:
            ValidationError: A `ValueError` that names each invalid argument, its value and what is allowed.
        """
        validation.require_all(fields.check_field(name, type, categorical, textual, nullable))
        known = fields.field_named(name, fields.known_type(self.dataset_type), self.domain)
        added = replace(
            known,
            type_name=type or known.type_name,
            categorical=known.categorical if categorical is None else categorical,
            textual=known.textual if textual is None else textual,
            nullable=bool(nullable),
        )
        return replace(self, text=fields.with_field(self.text, added))

    def to_json(self) -> str:
        """Return the Avro JSON: unchanged, or without white space if fields were added."""
        return self.text

    @property
    def dataset_type(self) -> str:
        """The dataset type, as in CloudFormation: `Interactions`."""
        return fields.known_type(read_schema(self.text).name).schema_name

    def to_cfn_schema(self, scope: Construct, id: str, *, name: str | None = None) -> personalize.CfnSchema:
        """Create the resource of the schema, and warn at synth about fields that Personalize would not use.

        Args:
            scope: The construct that contains the resource.
            id: The id within `scope`.
            name: The schema's name, at most 63 characters. CloudFormation replaces a schema whose text, domain or tags
                change, and the new one needs another name. Default: the stack's name and the id, with a digest of text,
                domain and tags.

        Raises:
            ValidationError: A `ValueError` that names each violated rule, the field and the fix.
        """
        return create_schema(scope, id, self.text, self.domain, name=name)

    @classmethod
    def _begin(cls, name: str, domain: Domain | None) -> Self:
        kind = fields.known_type(name)
        return cls(fields.schema_text(kind, fields.required_fields(kind, domain)), domain)
