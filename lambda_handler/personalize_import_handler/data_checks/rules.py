"""The rules for data and schemas, as data: the problem, the reason, and the fix of each.

docs/checks.md is generated from this table. The limits are in the modules that check the rules.
"""

from dataclasses import dataclass
from enum import StrEnum
from functools import partial
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

    severity: Severity
    id: str
    scope: Scope
    what: str
    """The problem."""
    why: str
    fix: str
    page: str = _FORMAT
    """The page of the service's documentation that states the rule, or the closest one."""


_error: Final = partial(Rule, Severity.ERROR)
_warning: Final = partial(Rule, Severity.WARNING)
_SECONDS_LATER: Final = "Times are Unix epoch seconds; read as seconds, it is tens of thousands of years in the future."

# Files.
NO_DATA: Final = _error(
    *("no-data", Scope.FILES, "there is no CSV file at the location"),
    "In a folder, Personalize reads only the CSV files directly in it; the location of a folder ends in a slash.",
    "Correct the location, or put files there whose names end in .csv",
    _IMPORT,
)
NOT_CSV: Final = _error(
    *("not-csv", Scope.FILES, "the file is not text"),
    "Personalize reads only CSV: neither compressed files nor other formats.",
    "Store the data as plain CSV",
)
EMPTY_FILE: Final = _error(
    *("empty-file", Scope.FILES, "the file is empty"),
    "It has no header.",
    "Write the data to it, or remove the file",
)
NO_RECORDS: Final = _error(
    *("no-records", Scope.FILES, "the files have only headers"),
    "There is nothing to import.",
    "Write the records below the header",
)
CARRIAGE_RETURNS: Final = _error(
    *("carriage-returns", Scope.FILES, "lines end in carriage returns (CR)"),
    "Lines end in line feeds (LF, or CRLF), so the whole file is one line.",
    "Save the file with Unix or Windows line ends",
)
LINE_TOO_LONG: Final = _error(
    *("line-too-long", Scope.ROW, "the line is longer than a record can be"),
    "All values that a schema allows are far shorter together.",
    "End each record with a line feed",
)
TOO_LARGE: Final = _error(
    *("too-large", Scope.FILES, "the files are larger than one import may be"),
    "The quotas are 100 GB for a FULL and 1 GB for an INCREMENTAL import.",
    "Import the data in several parts, or request a higher quota",
    _LIMITS,
)
LOCATION_TOO_LONG: Final = _error(
    *("location-too-long", Scope.FILES, "the location has more than 256 characters"),
    "The API accepts at most 256 characters, although keys in S3 may have 1024.",
    "Put the data under a shorter key",
    _GUIDE + "API_DataSource.html",
)
LOCATION_WITHOUT_SLASH: Final = _warning(
    *("location-without-slash", Scope.FILES, "the location is a folder without the slash at its end"),
    "Its files are imported, but the guide asks for the slash; the import role may be allowed to read one file only.",
    "End the location of a folder in a slash, here and in the import",
    _IMPORT,
)
NOT_READ: Final = _warning(
    *("not-read", Scope.FILES, "the folder has files that are not read"),
    "Personalize reads the files directly in the folder; it is not documented whether files other than .csv fail.",
    "Put the CSV files to import directly into the folder, and move all other files out of it",
    _IMPORT,
)

# The header.
NOT_A_HEADER: Final = _error(
    *("not-a-header", Scope.HEADER, "the first line is not the header"),
    "The first line names the columns, separated by commas, as the schema names its fields.",
    "Write the names of the schema's fields to the first line, with commas and without blanks between them",
)
BYTE_ORDER_MARK: Final = _error(
    *("byte-order-mark", Scope.HEADER, "the file begins with a byte order mark"),
    "It becomes part of the first column's name, so that column is missing.",
    "Save the file as UTF-8 without a byte order mark (pandas: encoding='utf-8')",
)
COLUMN_MISSING: Final = _error(
    *("column-missing", Scope.HEADER, "a field of the schema has no column"),
    "CreateDatasetImportJob fails: 'Input csv is missing the following columns'.",
    "Name the columns after the schema's fields",
    _ERRORS,
)
COLUMN_TWICE: Final = _error(
    *("column-twice", Scope.HEADER, "two columns may mean the same field"),
    "Only letters and digits are compared, without case: GENRES_FIELD_1 is GENRESFIELD1.",
    "Rename or remove one of them",
)
HEADERS_DIFFER: Final = _error(
    *("headers-differ", Scope.HEADER, "the header differs from that of the first file"),
    "All files of one import must have the same columns in the same order.",
    "Write the same header to all files",
    _IMPORT,
)
COLUMN_SPELLING: Final = _warning(
    *("column-spelling", Scope.HEADER, "names differ from the schema's in letter case or quotes"),
    "Imports with such headers became ACTIVE; the guide asks for the names of the schema, without quotes.",
    "Write the names as the schema does",
)
COLUMN_ORDER: Final = _warning(
    *("column-order", Scope.HEADER, "the columns are in another order than the schema's fields"),
    "The guide asks for the same order; in practice columns are found by their names.",
    "Write the columns in the schema's order",
    _SCHEMAS,
)
COLUMN_EXTRA: Final = _warning(
    *("column-extra", Scope.HEADER, "a column is not in the schema"),
    "It is not imported. A column without a name is usually the index that pandas writes.",
    "Leave it out (pandas: to_csv(..., index=False)), or add a field to the schema",
    _SCHEMAS,
)

# Rows.
NOT_UTF_8: Final = _error(
    *("not-utf-8", Scope.ROW, "the line is not UTF-8"),
    "Files must be UTF-8.",
    "Save the file as UTF-8",
)
MALFORMED_QUOTES: Final = _error(
    *("malformed-quotes", Scope.ROW, "quotes don't end where the value ends"),
    "A value in quotes ends with them; otherwise the commas in it separate values.",
    r"Close the quotes, and write \" and \\ for a quote and a backslash in them",
)
FIELD_COUNT: Final = _error(
    *("field-count", Scope.ROW, "the row has more or fewer values than the header"),
    "A comma or a line break in a value without quotes moves all values after it.",
    "Put values with commas or line breaks into double quotes",
)
DOUBLED_QUOTES: Final = _warning(
    *("doubled-quotes", Scope.ROW, "a quote in a value is doubled"),
    "Imports of such files became ACTIVE; the guide asks for a backslash before the quote.",
    r'Write \" for a quote in a value (pandas: to_csv(..., doublequote=False, escapechar="\\"))',
)

# Values.
ID_MISSING: Final = _error(
    *("id-missing", Scope.VALUE, "an id or a time is missing"),
    "Every record needs them, so their fields can't be nullable.",
    "Fill it in, or leave the row out",
    _SCHEMAS,
)
VALUE_MISSING: Final = _error(
    *("value-missing", Scope.VALUE, "a value is missing"),
    "Only a field whose type includes null may be empty.",
    'Fill it in, or make the field\'s type ["null", ...]',
    _SCHEMAS,
)
NUMBER_MISSING: Final = _warning(
    *("number-missing", Scope.VALUE, "a number is missing, and the field is not nullable"),
    "Imports of such metadata became ACTIVE; the record has no value then.",
    'Fill it in, or make the field\'s type ["null", ...]',
    _SCHEMAS,
)
WRONG_TYPE: Final = _error(
    *("wrong-type", Scope.VALUE, "a value is not of the field's type"),
    "The values of required and reserved fields must have the type of the field.",
    "Write int and long as digits, float and double with a point, boolean as true or false",
    _SCHEMAS,
)
METADATA_WRONG_TYPE: Final = _warning(
    *("metadata-wrong-type", Scope.VALUE, "a value of a metadata column is not of the field's type"),
    "Imports with such values became ACTIVE; the record has no value then.",
    "Correct the value, or make the field a categorical string",
    _SCHEMAS,
)
NULL_WORD: Final = _warning(
    *("null-word", Scope.VALUE, "a word stands for a missing value"),
    "Only an empty value is null; a word is imported as an id or a category, and lost as a number.",
    "Leave the value empty, or leave the row out if it is an id (pandas: to_csv(..., na_rep=''))",
    _SCHEMAS,
)
ID_FROM_FLOAT: Final = _warning(
    *("id-from-float", Scope.VALUE, "an id ends in .0"),
    "pandas writes whole numbers so when a column has missing values; 12.0 and 12 are different ids.",
    "Write the ids as whole numbers (pandas: astype('Int64') or str)",
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
    *("text-too-long", Scope.VALUE, "a text has more than 20,000 characters (Chinese or Japanese: 7,000)"),
    "The rest of it is cut off.",
    "Put what matters at the beginning",
    _ITEMS,
)
NOT_ALLOWED: Final = _error(
    *("not-allowed", Scope.VALUE, "a value is not one of those that the field may have"),
    "The EVENT_TYPE of action interactions is Taken, Not taken or Viewed.",
    "Write one of them",
    _GUIDE + "action-interaction-event-type-data.html",
)
MILLISECONDS: Final = _warning(
    *("milliseconds", Scope.VALUE, "a time is in milliseconds"),
    _SECONDS_LATER,
    "Divide by 1000",
)
MICROSECONDS: Final = _warning(
    *("microseconds", Scope.VALUE, "a time is in microseconds"),
    _SECONDS_LATER,
    "Divide by 1,000,000 (10^6)",
)
NANOSECONDS: Final = _warning(
    *("nanoseconds", Scope.VALUE, "a time is in nanoseconds"),
    _SECONDS_LATER,
    "Divide by 1,000,000,000 (10^9)",
)
DATE_AS_NUMBER: Final = _warning(
    *("date-as-number", Scope.VALUE, "a time is a date written as a number (YYYYMMDD)"),
    "Times are Unix epoch seconds; read as seconds, 20240131 is a day in August 1970.",
    "Convert the date to Unix epoch seconds",
)
BEFORE_1990: Final = _warning(
    *("before-1990", Scope.VALUE, "a time is before 1990"),
    "Times are Unix epoch seconds; an interaction that long ago is usually a mistake of conversion.",
    "Write the time in Unix epoch seconds",
)
FAR_FUTURE: Final = _warning(
    *("far-future", Scope.VALUE, "a time is in the next century or later"),
    "Times are Unix epoch seconds; one that far away is usually a mistake of conversion.",
    "Write the time in Unix epoch seconds",
)
RESERVED_VALUE: Final = _warning(
    *("reserved-value", Scope.VALUE, "a value is a reserved keyword"),
    "Reserved keywords must not be values, and rows with them may be left out of training.",
    "Write another word; the usual cause is a header in the middle of the file",
    _SCHEMAS,
)

# All data together.
TOO_FEW_INTERACTIONS: Final = _error(
    *("too-few-interactions", Scope.DATA, "there are fewer than 1000 interactions"),
    "An import of interactions needs 1000 records, a FULL one as well as an INCREMENTAL one.",
    "Wait for more data, or import several periods at once",
    _LIMITS,
)
TOO_FEW_DIFFERENT: Final = _warning(
    *("too-few-different", Scope.DATA, "there are fewer than 1000 different interactions"),
    "Of interactions that are the same in all columns, one counts; training needs 1000.",
    "Check whether rows were written several times, and whether the times are right",
    _LIMITS,
)
TOO_FEW_OF_TYPE: Final = _warning(
    *("too-few-of-type", Scope.DATA, "there are fewer than 1000 events of a type that recommenders of the domain need"),
    "The import succeeds, and a recommender that needs the type can't be created.",
    "Import more of these events before you create a recommender that needs them",
    _GUIDE + "domain-use-cases.html",
)
SINGLE_TIME: Final = _warning(
    *("single-time", Scope.DATA, "all interactions have the same time"),
    "Personalize learns from the order of interactions, and there is none.",
    "Write the time of each interaction",
)
TOO_FEW_USERS: Final = _warning(
    *("too-few-users", Scope.DATA, "fewer than 25 users have two interactions or more"),
    "The import succeeds, and training fails: 'Dataset has fewer than 25 users with at least 2 interactions each'.",
    "Import more data before you create a solution version",
    _ERRORS,
)
TOO_MANY_KINDS: Final = _warning(
    *("too-many-kinds", Scope.DATA, "there are more than 10 event types and metadata columns together"),
    "The quota for interactions is 10 different event types and optional metadata columns together.",
    "Combine event types, or leave columns out",
    _LIMITS,
)
TOO_MANY_CATEGORIES: Final = _warning(
    *("too-many-categories", Scope.DATA, "a categorical column has more than 1000 different values"),
    "More than 1000 are of little use to training.",
    "Combine rare values",
)
COLUMN_SPARSE: Final = _warning(
    *("column-sparse", Scope.DATA, "less than 70 % of a column is filled"),
    "The guide recommends metadata columns that are at least 70 % complete.",
    "Fill it in, or leave the column out",
)
TEXT_SPARSE: Final = _warning(
    *("text-sparse", Scope.DATA, "less than 85 % of a textual column is filled"),
    "Training doesn't use a textual column that is less than 85 % complete.",
    "Fill it in, or leave the column out",
    _ITEMS,
)
REPEATED_ID: Final = _warning(
    *("repeated-id", Scope.DATA, "an id occurs more than once"),
    "Of several rows with the same id, Personalize keeps the last.",
    "Remove the earlier rows",
)

# Schemas.
SCHEMA_MALFORMED: Final = _error(
    *("schema-malformed", Scope.SCHEMA, "the schema is not a flat Avro record"),
    "Its fields are float, double, int, long, string or boolean, and may be null.",
    'Write {"type": "record", "name": ..., "fields": [{"name": ..., "type": ...}], "version": "1.0"}',
    _SCHEMAS,
)
SCHEMA_NAME: Final = _error(
    *("schema-name", Scope.SCHEMA, "the record name is not a dataset type, or not the type of this dataset"),
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
    "CloudFormation accepts at most 10,000 characters (the API 20,000).",
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
    *("field-type", Scope.SCHEMA, "a required or reserved field has another type"),
    "Required and reserved fields have a fixed type.",
    "Give the field the type that is named",
    _FIELDS,
)
FIELD_TYPE_FORMER: Final = _warning(
    *("field-type-former", Scope.SCHEMA, "a field has a type that was accepted in the past"),
    "EVENT_VALUE was a string in schemas of 2019, which can still be used; since then, the guide requires float.",
    "Make it a float in a new schema",
    _FIELDS,
)
FIELD_NULLABLE: Final = _error(
    *("field-nullable", Scope.SCHEMA, "an id or a time may be null"),
    "Every record needs an id and a time.",
    'Take "null" out of the type',
    _FIELDS,
)
FIELD_SPELLING: Final = _warning(
    *("field-spelling", Scope.SCHEMA, "required or reserved fields are not in upper case"),
    "Such schemas were accepted; the guide writes these names in upper case.",
    "Write the names in upper case in a new schema",
    _SCHEMAS,
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
    *("field-attribute", Scope.SCHEMA, "a field that is categorical or textual is not a string"),
    "Only strings can be categorical or textual.",
    "Make it a string, or leave the attribute out",
    _SCHEMAS,
)
FIELD_ATTRIBUTE_TEXT: Final = _warning(
    *("field-attribute-text", Scope.SCHEMA, "an attribute of a field is a string"),
    'The guide writes true without quotes; what "true" in quotes does is not documented.',
    "Write true or false without quotes",
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
    "Users, items and actions need at least one field in addition to the id.",
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
    "Only letters and digits are compared, without case: GENRES_FIELD_1 is GENRESFIELD1.",
    "Rename one of them",
)
FIELD_BOOLEAN: Final = _warning(
    *("field-boolean", Scope.SCHEMA, "a field is boolean"),
    "Booleans are imported, but used neither in training nor in filters.",
    'Make it a categorical string ("True", "False") or an int (1, 0)',
    _SCHEMAS,
)
FIELD_UNUSED: Final = _warning(
    *("field-unused", Scope.SCHEMA, "a string is neither categorical nor textual"),
    "It is imported and can be filtered by, but isn't used in training.",
    'Add "categorical": true, unless the field is only for filters',
    _SCHEMAS,
)

UNREADABLE: Final = frozenset({NO_DATA, NOT_CSV, LINE_TOO_LONG})
"""The rules whose violations prevent further checks."""
RULES: Final = tuple(value for value in list(globals().values()) if isinstance(value, Rule))
