"""The schema of a dataset, told in fields rather than in Avro, and checked when the app is synthesized."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, Self

from aws_cdk import aws_personalize as personalize
from constructs import Construct

from personalize_import.schema import fields
from personalize_import.schema.inference import proposed_schema
from personalize_import.schema.resource import create_schema, told
from personalize_import.synthesis import validation
from personalize_import.synthesis.validation import ValidationError
from personalize_import_handler.data_checks import rules
from personalize_import_handler.data_checks.regular_files import read_regular
from personalize_import_handler.data_checks.schema import read_schema
from personalize_import_handler.data_checks.schema_rules import schema_findings

# Without these it isn't even known what the schema is for; all other rules can wait until it is complete.
_NEEDED_AT_ONCE: Final = (rules.SCHEMA_MALFORMED, rules.SCHEMA_NAME)


@dataclass(frozen=True)
class DatasetSchema:
    """A schema that is made field by field, of Avro JSON, or of a CSV file; it never changes, each step gives another.

    `DatasetSchema.items().field("GENRES", categorical=True).to_cfn_schema(stack, "Schema")`

    https://docs.aws.amazon.com/personalize/latest/dg/how-it-works-dataset-schema.html
    """

    text: str
    """The Avro JSON."""
    domain: str | None = None
    """`ECOMMERCE` or `VIDEO_ON_DEMAND`, for a domain dataset group."""

    def __post_init__(self) -> None:
        """Refuse what isn't even a schema."""
        validation.require_all(
            [
                *fields.check_domain(self.domain),
                *(told(each) for each in schema_findings(self.text, self.domain) if each.rule in _NEEDED_AT_ONCE),
            ]
        )

    @classmethod
    def interactions(cls, domain: str | None = None) -> Self:
        """Begin with `USER_ID`, `ITEM_ID` and `TIMESTAMP`; in a domain, with `EVENT_TYPE` too.

        Args:
            domain: `ECOMMERCE` or `VIDEO_ON_DEMAND`. Default: none, for a custom dataset group.
        """
        return cls._begin("INTERACTIONS", domain)

    @classmethod
    def items(cls, domain: str | None = None) -> Self:
        """Begin with `ITEM_ID` and what the domain requires; outside of domains, add at least one field.

        Args:
            domain: `ECOMMERCE` (`PRICE` and `CATEGORY_L1`) or `VIDEO_ON_DEMAND` (`CREATION_TIMESTAMP` and `GENRES`).
                Default: none, for a custom dataset group.
        """
        return cls._begin("ITEMS", domain)

    @classmethod
    def users(cls, domain: str | None = None) -> Self:
        """Begin with `USER_ID`; add at least one field.

        Args:
            domain: `ECOMMERCE` or `VIDEO_ON_DEMAND`. Default: none, for a custom dataset group.
        """
        return cls._begin("USERS", domain)

    @classmethod
    def actions(cls) -> Self:
        """Begin with `ACTION_ID`; add at least one field."""
        return cls._begin("ACTIONS", None)

    @classmethod
    def action_interactions(cls) -> Self:
        """Begin with `USER_ID`, `ACTION_ID`, `EVENT_TYPE` and `TIMESTAMP`."""
        return cls._begin("ACTION_INTERACTIONS", None)

    @classmethod
    def from_json(cls, schema: str | Mapping[str, object], domain: str | None = None) -> Self:
        """Take a schema in Personalize's Avro form.

        Args:
            schema: The JSON, which is kept to the letter, or what it stands for.
            domain: `ECOMMERCE` or `VIDEO_ON_DEMAND`. Default: none, for a custom dataset group.

        Raises:
            ValidationError: It is no record of simple fields, or not named after a dataset type.
        """
        return cls(fields.json_text(schema), domain)

    @classmethod
    def from_file(cls, path: str | os.PathLike[str], domain: str | None = None) -> Self:
        """Take a schema in Personalize's Avro form from a file, as `from_json` does.

        Args:
            path: The JSON file.
            domain: `ECOMMERCE` or `VIDEO_ON_DEMAND`. Default: none, for a custom dataset group.

        Raises:
            ValidationError: It can't be read, is no record of simple fields, or not named after a dataset type.
        """
        try:
            # Not read_text, which would change the ends of lines.
            return cls.from_json(read_regular(path).decode(), domain)
        except (OSError, ValueError) as error:
            raise ValidationError(f"{os.fspath(path)}: {error}") from error

    @classmethod
    def from_csv(
        cls, path: str | os.PathLike[str], *, dataset_type: str | None = None, domain: str | None = None
    ) -> Self:
        """Propose a schema for a CSV file, by its header and its first 10,000 records.

        Required and reserved fields get the service's types, all others the narrowest that takes their values. Strings
        that come again and again are categorical; of an Items dataset, the longest texts are textual. Fields that are
        empty anywhere may be null, ids and times excepted. Look at `to_json()` before you rely on it: numbers may be
        categories, and later records different.

        Args:
            path: The CSV file, on this machine.
            dataset_type: `Interactions`, `Items`, `Users`, `Actions` or `ActionInteractions`. Default: the one with
                the same ids as the file.
            domain: `ECOMMERCE` or `VIDEO_ON_DEMAND`. Default: none, for a custom dataset group.

        Raises:
            ValidationError: The file can't be read, or no dataset type fits its columns.
        """
        kind, proposed = proposed_schema(Path(path), dataset_type, domain)
        return cls(fields.schema_text(kind, proposed), domain)

    def field(
        self,
        name: str,
        type: str | None = None,
        *,
        categorical: bool | None = None,
        textual: bool | None = None,
        nullable: bool | None = None,
    ) -> Self:
        """Add a field at the end.

        Args:
            name: The name of its column in the data, in the same letter case.
            type: `string`, `int`, `long`, `float`, `double` or `boolean`. Default: that of the reserved name, such as
                `float` for `EVENT_VALUE`; `string` for any other.
            categorical: Whether its values are categories, of which a record may have several (`a|b`). Default: False,
                but for the names that the domain reserves for categories, such as `GENRES` in `VIDEO_ON_DEMAND`.
            textual: Whether it is the one free text of an Items dataset. Default: False, but for `PRODUCT_DESCRIPTION`
                in a domain.
            nullable: Whether it may be empty. Default: False.

        Raises:
            ValidationError: A `ValueError` that names each argument that is wrong, its value and what is allowed.
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
        """Give the Avro JSON: as it was given, or without white space where fields were added."""
        return self.text

    @property
    def dataset_type(self) -> str:
        """The type of the datasets that it is for, as CloudFormation names it: `Interactions`."""
        return read_schema(self.text).name

    def to_cfn_schema(self, scope: Construct, id: str, *, name: str | None = None) -> personalize.CfnSchema:
        """Make the schema a resource of a stack, and warn at synth of what would be imported, but be of no use.

        Args:
            scope: The construct that the resource is in.
            id: The id within `scope`.
            name: The schema's name, at most 63 characters. CloudFormation replaces a schema whose text, domain or tags
                change, which needs another name. Default: the stack's name and the id, with a digest of those three.

        Raises:
            ValidationError: A `ValueError` that names each rule that is broken, the field and what to do about it.
        """
        return create_schema(scope, id, self.text, self.domain, name=name)

    @classmethod
    def _begin(cls, name: str, domain: str | None) -> Self:
        kind = fields.known_type(name)
        return cls(fields.schema_text(kind, fields.required_fields(kind, domain)), domain)
