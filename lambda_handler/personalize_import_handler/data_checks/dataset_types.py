"""The five dataset types, and the fields that each requires or reserves.

https://docs.aws.amazon.com/personalize/latest/dg/how-it-works-dataset-schema.html
https://docs.aws.amazon.com/personalize/latest/dg/limits.html (metadata columns)
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

INTERACTIONS: Final = "INTERACTIONS"

_STRING: Final = frozenset({"string"})
_LONG: Final = frozenset({"long"})
_FLOAT: Final = frozenset({"float", "double"})
_TEXTS: Final = ("IMPRESSION", "RECOMMENDATION_ID", "EVENT_ATTRIBUTION_SOURCE")

# Ids and times must not be nullable; other required fields may be.
NEVER_NULL: Final = frozenset({"USER_ID", "ITEM_ID", "ACTION_ID", "TIMESTAMP"})
IDS: Final = frozenset({"USER_ID", "ITEM_ID", "ACTION_ID"})


@dataclass(frozen=True)
class Requirements:
    """The required and the reserved fields of a schema, and the categorical and the textual ones among them."""

    required: Mapping[str, frozenset[str]]
    categorical: frozenset[str] = frozenset()
    textual: frozenset[str] = frozenset()
    reserved: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """The fields reserved in this domain, in addition to the ones that the dataset type reserves in every domain."""


@dataclass(frozen=True)
class DatasetType:
    """A dataset type, with the rules for its datasets."""

    name: str
    schema_name: str
    """The record name of its schemas, and the name in CloudFormation, such as `Interactions`."""
    key: str | None
    """The column that identifies a record: a later record replaces an earlier one. None: all records are kept."""
    requirements: Requirements
    metadata_limit: int
    needs_metadata: bool
    reserved: Mapping[str, frozenset[str]] = field(default_factory=dict)
    by_domain: Mapping[str, Requirements] = field(default_factory=dict)
    custom_only: bool = False
    allowed_values: Mapping[str, frozenset[str]] = field(default_factory=dict)

    @property
    def is_interactions(self) -> bool:
        """True for item interactions: event types and metadata share a quota, training needs users with two rows."""
        return self.name == INTERACTIONS

    @property
    def repeated_field(self) -> str | None:
        """The field whose repeated values are found: ids that should be unique, or users, who should not."""
        return self.key or ("USER_ID" if self.is_interactions else None)

    @property
    def has_minimum(self) -> bool:
        """True if an import needs a minimum number of records, as interactions and action interactions do."""
        return self.key is None

    def requirements_in(self, domain: str | None) -> Requirements:
        """Return the requirements in a domain, or in a custom dataset group if `domain` is None."""
        return self.by_domain.get(domain or "", self.requirements)

    def is_metadata(self, key: str, domain: str | None) -> bool:
        """Return whether a field is optional metadata: it may be reserved by the domain, but by nothing else."""
        return key not in self.reserved and key not in self.requirements_in(domain).required

    def event_types_in(self, domain: str | None) -> tuple[str, ...]:
        """Return the event types that recommenders of a domain need."""
        return _EVENT_TYPES.get(domain or "", ()) if self.is_interactions else ()

    def known_types(self, domain: str | None) -> Mapping[str, frozenset[str]]:
        """Return the allowed types of each required or reserved field; all other fields are metadata."""
        requirements = self.requirements_in(domain)
        return {**self.reserved, **requirements.reserved, **requirements.required}


# https://docs.aws.amazon.com/personalize/latest/dg/domain-use-cases.html
_EVENT_TYPES: Final = {"ECOMMERCE": ("View", "Purchase"), "VIDEO_ON_DEMAND": ("Watch", "Click")}
_INTERACTION: Final = {"USER_ID": _STRING, "ITEM_ID": _STRING, "TIMESTAMP": _LONG}
_DOMAIN_INTERACTION: Final = Requirements({**_INTERACTION, "EVENT_TYPE": _STRING})
# https://docs.aws.amazon.com/personalize/latest/dg/ECOMMERCE-items-dataset.html
_ECOMMERCE_CATEGORIES: Final = ("CATEGORY_L1", "CATEGORY_L2", "CATEGORY_L3", "AGE_GROUP", "ADULT", "GENDER")
# https://docs.aws.amazon.com/personalize/latest/dg/VIDEO-ON-DEMAND-items-dataset.html
_VIDEO_CATEGORIES: Final = ("GENRES", "GENRE_L2", "GENRE_L3", "CONTENT_OWNER", "CONTENT_CLASSIFICATION")
_DESCRIPTION: Final = "PRODUCT_DESCRIPTION"
DATASET_TYPES: Final = (
    DatasetType(
        name=INTERACTIONS,
        schema_name="Interactions",
        key=None,
        requirements=Requirements(_INTERACTION),
        by_domain={"ECOMMERCE": _DOMAIN_INTERACTION, "VIDEO_ON_DEMAND": _DOMAIN_INTERACTION},
        reserved={"EVENT_TYPE": _STRING, "EVENT_VALUE": _FLOAT, **dict.fromkeys(_TEXTS, _STRING)},
        metadata_limit=5,
        needs_metadata=False,
    ),
    DatasetType(
        name="ITEMS",
        schema_name="Items",
        key="ITEM_ID",
        requirements=Requirements({"ITEM_ID": _STRING}),
        by_domain={
            "ECOMMERCE": Requirements(
                {"ITEM_ID": _STRING, "PRICE": _FLOAT, "CATEGORY_L1": _STRING},
                categorical=frozenset(_ECOMMERCE_CATEGORIES),
                textual=frozenset({_DESCRIPTION}),
                reserved=dict.fromkeys((*_ECOMMERCE_CATEGORIES, _DESCRIPTION), _STRING),
            ),
            "VIDEO_ON_DEMAND": Requirements(
                {"ITEM_ID": _STRING, "CREATION_TIMESTAMP": _LONG, "GENRES": _STRING},
                categorical=frozenset(_VIDEO_CATEGORIES),
                textual=frozenset({_DESCRIPTION}),
                reserved={
                    **dict.fromkeys((*_VIDEO_CATEGORIES, _DESCRIPTION), _STRING),
                    **dict.fromkeys(("PRICE", "DURATION", "AVERAGE_RATING"), _FLOAT),
                },
            ),
        },
        reserved={"CREATION_TIMESTAMP": _LONG},
        metadata_limit=100,
        needs_metadata=True,
    ),
    DatasetType(
        name="USERS",
        schema_name="Users",
        key="USER_ID",
        requirements=Requirements({"USER_ID": _STRING}),
        by_domain={
            "VIDEO_ON_DEMAND": Requirements(
                {"USER_ID": _STRING},
                categorical=frozenset({"SUBSCRIPTION_MODEL"}),
                reserved={"SUBSCRIPTION_MODEL": _STRING},
            )
        },
        metadata_limit=25,
        needs_metadata=True,
    ),
    DatasetType(
        name="ACTIONS",
        schema_name="Actions",
        key="ACTION_ID",
        requirements=Requirements({"ACTION_ID": _STRING}),
        reserved={
            **dict.fromkeys(("CREATION_TIMESTAMP", "VALUE", "REPEAT_FREQUENCY"), _LONG),
            **dict.fromkeys(("EXPIRATION_TIMESTAMP", "ACTION_EXPIRATION_TIMESTAMP"), _LONG),
            "TYPE": _STRING,
        },
        metadata_limit=10,
        needs_metadata=True,
        custom_only=True,
    ),
    DatasetType(
        name="ACTION_INTERACTIONS",
        schema_name="ActionInteractions",
        key=None,
        requirements=Requirements(
            {"USER_ID": _STRING, "ACTION_ID": _STRING, "EVENT_TYPE": _STRING, "TIMESTAMP": _LONG}
        ),
        reserved={"IMPRESSION": _STRING, "RECOMMENDATION_ID": _STRING},
        metadata_limit=5,
        needs_metadata=False,
        custom_only=True,
        allowed_values={"EVENT_TYPE": frozenset({"Taken", "Not taken", "Viewed"})},
    ),
)


def dataset_type(name: str) -> DatasetType | None:
    """Return a dataset type by its name in the API, case-insensitively; None if there is none."""
    return next((each for each in DATASET_TYPES if each.name == name.upper()), None)


def dataset_type_of_schema(schema_name: str) -> DatasetType | None:
    """Return a dataset type by the record name of its schemas, case-insensitively; None if there is none."""
    return next((each for each in DATASET_TYPES if each.schema_name.lower() == schema_name.lower()), None)


def letters_and_digits(name: str) -> str:
    """Return the letters and digits of a name, without case: they must be unique among columns and fields.

    https://docs.aws.amazon.com/personalize/latest/dg/preparing-training-data.html
    """
    return "".join(filter(str.isalnum, name)).casefold()


def dataset_type_named(name: str) -> DatasetType | None:
    """Return a dataset type by its name in the API (in any case), in CloudFormation or in its schemas, or None."""
    return dataset_type(name) or dataset_type_of_schema(name)
