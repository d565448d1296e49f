"""The rules for data and schemas, as data: the problem, the reason, and the fix of each.

docs/checks.md is generated from this table. The limits are in the modules that check the rules.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

_GUIDE: Final = "https://docs.aws.amazon.com/personalize/latest/dg/"
_FORMAT: Final = _GUIDE + "preparing-training-data.html"
_LIMITS: Final = _GUIDE + "limits.html"
_SCHEMAS: Final = _GUIDE + "how-it-works-dataset-schema.html"
_FIELDS: Final = _GUIDE + "custom-datasets-and-schemas.html"
_IMPORT: Final = _GUIDE + "bulk-data-import-step.html"
_ERRORS: Final = _GUIDE + "error-messages.html"
_ITEMS: Final = _GUIDE + "items-datasets.html"


class Severity(StrEnum):
    """The severity of a violation."""

    ERROR = "error"
    """The import fails, or imports other data than intended."""
    WARNING = "warning"
    """The import succeeds, but some data is lost, ignored or useless."""


class Scope(StrEnum):
    """The subject of a rule; a narrower scope gives its findings a more precise place."""

    SCHEMA = "schema"
    FILES = "files"
    HEADER = "header"
    ROW = "row"
    VALUE = "value"
    DATA = "data"
    """All rows together, so it can be checked only after reading all of them."""


@dataclass(frozen=True)
class Rule:
    """One rule."""

    id: str
    severity: Severity
    scope: Scope
    what: str
    """The problem."""
    why: str
    fix: str
    page: str
    """The page of the service's documentation that states the rule, or the closest one."""
    unreadable: bool = False
    """True if a violation prevents further checks."""


def _error(id: str, scope: Scope, what: str, why: str, fix: str, page: str, *, unreadable: bool = False) -> Rule:
    return Rule(id, Severity.ERROR, scope, what, why, fix, page, unreadable)


def _warning(id: str, scope: Scope, what: str, why: str, fix: str, page: str) -> Rule:
    return Rule(id, Severity.WARNING, scope, what, why, fix, page)


# Files.
NO_DATA: Final = _error(
    *("no-data", Scope.FILES, "there is no CSV file at the location"),
    "Of a folder, Personalize reads the CSV files of the first level; a folder's location ends in a slash.",
    "Correct the location, or put files there whose names end in .csv",
    _IMPORT,
    unreadable=True,
)
NOT_CSV: Final = _error(
    *("not-csv", Scope.FILES, "this is no text"),
    "Personalize reads CSV only, neither compressed nor in any other format.",
    "Store the data as plain CSV",
    _FORMAT,
    unreadable=True,
)
LINE_TOO_LONG: Final = _error(
    *("line-too-long", Scope.ROW, "the line is longer than a record can be"),
    "A record is one line, and all values that a schema allows together are far shorter.",
    "End each record with a line feed",
    _FORMAT,
    unreadable=True,
)
EMPTY_FILE: Final = _error(
    *("empty-file", Scope.FILES, "the file has no records"),
    "There is nothing to import in it.",
    "Write the records below the header, or remove the file",
    _FORMAT,
)
TOO_LARGE: Final = _error(
    *("too-large", Scope.FILES, "the files are larger than one import may be"),
    "The quotas are 100 GB for a FULL and 1 GB for an INCREMENTAL import.",
    "Import it in several parts, or have the quota raised",
    _LIMITS,
)
LOCATION_TOO_LONG: Final = _error(
    *("location-too-long", Scope.FILES, "the location has more than 256 characters"),
    "The API takes no longer one, although keys in S3 may have 1024.",
    "Put the data under a shorter key",
    _GUIDE + "API_DataSource.html",
)
NOT_READ: Final = _warning(
    *("not-read", Scope.FILES, "the folder has files that are not read"),
    "Of a folder, the files of the first level are read; what becomes of files not ending in .csv is not documented.",
    "Move what is to be imported to the first level as .csv, and all else elsewhere",
    _IMPORT,
)

# The header.
BYTE_ORDER_MARK: Final = _error(
    *("byte-order-mark", Scope.HEADER, "the file begins with a byte order mark"),
    "It becomes a part of the first column's name, which is then missing.",
    "Save the file as UTF-8 without a byte order mark",
    _FORMAT,
)
HEADER_QUOTED: Final = _error(
    *("header-quoted", Scope.HEADER, "a column's name is in quotes"),
    "Quotes in the header become a part of the name, which is then missing.",
    "Write the names without quotes",
    _FORMAT,
)
COLUMN_MISSING: Final = _error(
    *("column-missing", Scope.HEADER, "a field of the schema has no column"),
    "The call is refused: 'Input csv is missing the following columns'.",
    "Name the columns as the schema's fields are named, in the same letter case",
    _ERRORS,
)
HEADERS_DIFFER: Final = _error(
    *("headers-differ", Scope.HEADER, "the header is another one than the first file's"),
    "All files of one import must have the same columns in the same order.",
    "Write the same header to all files",
    _IMPORT,
)
COLUMN_ORDER: Final = _warning(
    *("column-order", Scope.HEADER, "the columns are in another order than the schema's fields"),
    "The guide asks for the same order; in practice columns are found by their names.",
    "Write the columns in the schema's order",
    _SCHEMAS,
)
COLUMN_EXTRA: Final = _warning(
    *("column-extra", Scope.HEADER, "a column is no field of the schema"),
    "It is not imported. A column without a name is usually the index that pandas writes.",
    "Leave it out (pandas: to_csv(..., index=False)), or add a field to the schema",
    _SCHEMAS,
)
COLUMN_COLLISION: Final = _warning(
    *("column-collision", Scope.HEADER, "two columns have the same letters and digits in their names"),
    "Underscores are ignored where names are told apart: GENRES_FIELD_1 is GENRESFIELD1.",
    "Rename one of them",
    _FORMAT,
)

# Rows.
NOT_UTF_8: Final = _error(
    *("not-utf-8", Scope.ROW, "the line is not UTF-8"),
    "All that isn't ASCII has to be UTF-8.",
    "Save the file as UTF-8",
    _FORMAT,
)
MALFORMED_QUOTES: Final = _error(
    *("malformed-quotes", Scope.ROW, "quotes don't end where the value ends"),
    "A value in quotes ends with them, on the same line; otherwise the commas in it divide it.",
    r"Close the quotes, write \" and \\ for a quote and a backslash in them, and no line breaks",
    _FORMAT,
)
FIELD_COUNT: Final = _error(
    *("field-count", Scope.ROW, "the row has more or fewer values than the header"),
    "A comma in a value, a quote or a line break that isn't escaped moves all values after it.",
    "Put values with commas into double quotes, one record on one line",
    _FORMAT,
)
DOUBLED_QUOTES: Final = _warning(
    *("doubled-quotes", Scope.ROW, "a quote in a value is doubled"),
    "The guide asks for a backslash before it; whether RFC 4180's doubled quotes are understood is not documented.",
    r'Write \" for a quote in a value (pandas: to_csv(..., doublequote=False, escapechar="\\"))',
    _FORMAT,
)

# Values.
VALUE_MISSING: Final = _error(
    *("value-missing", Scope.VALUE, "a value is missing"),
    "Only a field whose type includes null may be empty.",
    'Fill it in, or make the field\'s type ["null", ...]',
    _SCHEMAS,
)
WRONG_TYPE: Final = _error(
    *("wrong-type", Scope.VALUE, "a value is not of the field's type"),
    "A field that the service knows by its name must hold what its type says.",
    "Write int and long as digits, float and double with a point, boolean as true or false",
    _SCHEMAS,
)
METADATA_WRONG_TYPE: Final = _warning(
    *("metadata-wrong-type", Scope.VALUE, "a value of a metadata column is not of the field's type"),
    "AWS's own airline sample has such values, so they are no error here; the value is lost at least.",
    "Correct the value, or make the field a categorical string",
    _SCHEMAS,
)
ID_TOO_LONG: Final = _error(
    *("id-too-long", Scope.VALUE, "an id has more than 256 characters"),
    "Ids of users, items and actions have at most 256.",
    "Shorten the ids. If none is too long, look for quotes in the values before it",
    _LIMITS,
)
VALUE_TOO_LONG: Final = _error(
    *("value-too-long", Scope.VALUE, "a value has more than 1000 characters"),
    "Categories, impressions and other strings have at most 1000, the bars between several of them included.",
    "Shorten it. If none is too long, look for quotes in the values before it",
    _LIMITS,
)
TEXT_TOO_LONG: Final = _warning(
    *("text-too-long", Scope.VALUE, "a text has more than 20,000 characters"),
    "The rest of it is cut off (in Chinese and Japanese, after 7,000).",
    "Put what matters at the beginning",
    _ITEMS,
)
NOT_ALLOWED: Final = _error(
    *("not-allowed", Scope.VALUE, "a value is none of those that the field may have"),
    "EVENT_TYPE of action interactions is Taken, Not taken or Viewed.",
    "Write one of these",
    _GUIDE + "action-interaction-event-type-data.html",
)
MILLISECONDS: Final = _warning(
    *("milliseconds", Scope.VALUE, "a time is in milliseconds"),
    "Times are Unix epoch seconds; taken for seconds, this one is tens of thousands of years away.",
    "Divide by 1000",
    _FORMAT,
)
FAR_FUTURE: Final = _warning(
    *("far-future", Scope.VALUE, "a time is in the next century or later"),
    "Times are Unix epoch seconds; one that far away is usually a mistake of conversion.",
    "Write the time in Unix epoch seconds",
    _FORMAT,
)
RESERVED_VALUE: Final = _warning(
    *("reserved-value", Scope.VALUE, "a value is a reserved keyword"),
    "Reserved keywords must not appear as values, and rows in which they do may be left out of training.",
    "Write another word; a header in the middle of the file is the usual cause",
    _SCHEMAS,
)

# All data together.
TOO_FEW_INTERACTIONS: Final = _error(
    *("too-few-interactions", Scope.DATA, "there are fewer than 1000 interactions"),
    "An import job for interactions needs 1000 records, a FULL one as well as an INCREMENTAL one.",
    "Wait for more data, or import several periods at once",
    _LIMITS,
)
TOO_FEW_USERS: Final = _warning(
    *("too-few-users", Scope.DATA, "fewer than 25 users have two interactions or more"),
    "The import succeeds, and training fails: 'Dataset has fewer than 25 users with at least 2 interactions each'.",
    "Import more data before a solution version is made",
    _ERRORS,
)
TOO_MANY_KINDS: Final = _warning(
    *("too-many-kinds", Scope.DATA, "event types and metadata columns are more than 10 together"),
    "The quota is 10 for different event types and optional metadata columns of interactions together.",
    "Put event types together, or leave columns out",
    _LIMITS,
)
TOO_MANY_CATEGORIES: Final = _warning(
    *("too-many-categories", Scope.DATA, "a categorical column has more than 1000 different values"),
    "More than 1000 are of little use to training.",
    "Put rare values together",
    _FORMAT,
)
COLUMN_SPARSE: Final = _warning(
    *("column-sparse", Scope.DATA, "less than 70 % of a column is filled"),
    "The guide recommends metadata columns that are at least 70 % complete.",
    "Fill it in, or leave the column out",
    _FORMAT,
)
REPEATED_ID: Final = _warning(
    *("repeated-id", Scope.DATA, "an id comes again"),
    "Of several rows with the same id, the last one counts.",
    "Leave out the rows that don't count",
    _FORMAT,
)

# Schemas.
SCHEMA_MALFORMED: Final = _error(
    *("schema-malformed", Scope.SCHEMA, "this is no Avro record of simple fields"),
    "A schema is one flat record; its fields are float, double, int, long, string or boolean, and may be null.",
    'Write {"type": "record", "name": ..., "fields": [{"name": ..., "type": ...}], "version": "1.0"}',
    _SCHEMAS,
)
SCHEMA_NAME: Final = _error(
    *("schema-name", Scope.SCHEMA, "the name fits no dataset type, or another one"),
    "The record is named after the dataset type: Interactions, Items, Users, Actions or ActionInteractions.",
    "Give the record the name of its dataset type",
    _SCHEMAS,
)
SCHEMA_DOMAIN: Final = _error(
    *("schema-domain", Scope.SCHEMA, "the dataset type doesn't exist in a domain dataset group"),
    "Actions and action interactions are for custom dataset groups only.",
    "Leave the domain out",
    _GUIDE + "data-prep-creating-datasets.html",
)
SCHEMA_TOO_LONG: Final = _error(
    *("schema-too-long", Scope.SCHEMA, "the schema has more than 10,000 characters"),
    "CloudFormation takes no more of a schema (the API takes 20,000).",
    "Leave white space and fields out",
    _GUIDE + "API_CreateSchema.html",
)
FIELD_MISSING: Final = _error(
    *("field-missing", Scope.SCHEMA, "a required field is missing"),
    "Each dataset type requires fields of certain names, and domains require more.",
    "Add the field",
    _FIELDS,
)
FIELD_TYPE: Final = _error(
    *("field-type", Scope.SCHEMA, "a field that the service knows by its name has another type"),
    "Required and reserved fields have a type of their own.",
    "Give the field the type that is named",
    _FIELDS,
)
FIELD_NULLABLE: Final = _error(
    *("field-nullable", Scope.SCHEMA, "an id or a time may be null"),
    "Without it a record means nothing.",
    'Take "null" out of the type',
    _FIELDS,
)
FIELD_NOT_CATEGORICAL: Final = _error(
    *("field-not-categorical", Scope.SCHEMA, "a reserved categorical field is not categorical"),
    "Reserved categories must be marked as such.",
    'Add "categorical": true',
    _FIELDS,
)
FIELD_CATEGORICAL: Final = _error(
    *("field-categorical", Scope.SCHEMA, "a reserved field is categorical"),
    "Reserved strings such as EVENT_TYPE must not be marked as categorical.",
    'Leave "categorical" out',
    _FIELDS,
)
FIELD_ATTRIBUTE: Final = _error(
    *("field-attribute", Scope.SCHEMA, "a field that is categorical or textual is no string"),
    "Both are kinds of strings.",
    "Make it a string, or leave the attribute out",
    _SCHEMAS,
)
FIELD_TEXTUAL: Final = _error(
    *("field-textual", Scope.SCHEMA, "a field must not be textual"),
    "Only the schema of an Items dataset may have a textual field, and only one.",
    'Make it "categorical": true, or leave the attribute out',
    _SCHEMAS,
)
NO_METADATA: Final = _error(
    *("no-metadata", Scope.SCHEMA, "there is no metadata field"),
    "Users, items and actions need at least one field beside the id.",
    "Add a field",
    _FIELDS,
)
TOO_MUCH_METADATA: Final = _error(
    *("too-much-metadata", Scope.SCHEMA, "there are more metadata fields than the dataset type may have"),
    "The quotas are 5 for interactions, 25 for users, 100 for items, 10 for actions, 5 for action interactions.",
    "Leave fields out",
    _LIMITS,
)
FIELD_TWICE: Final = _error(
    *("field-twice", Scope.SCHEMA, "two fields have the same letters and digits in their names"),
    "Underscores are ignored where names are told apart: GENRES_FIELD_1 is GENRESFIELD1.",
    "Rename one of them",
    _FORMAT,
)
FIELD_BOOLEAN: Final = _warning(
    *("field-boolean", Scope.SCHEMA, "a field is boolean"),
    "Booleans are imported, and used neither in training nor in filters.",
    'Make it a categorical string ("True", "False") or an int (1, 0)',
    _SCHEMAS,
)
FIELD_UNUSED: Final = _warning(
    *("field-unused", Scope.SCHEMA, "a string is neither categorical nor textual"),
    "It is imported and can be filtered by, but isn't used in training.",
    'Add "categorical": true, unless that is what is meant',
    _SCHEMAS,
)

RULES: Final = tuple(value for value in list(globals().values()) if isinstance(value, Rule))
RULE_BY_ID: Final = {rule.id: rule for rule in RULES}
