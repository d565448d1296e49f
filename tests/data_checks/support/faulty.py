"""Data that violates one rule only: for each rule of data, a file of 30,000 rows with a fault at a known line.

Interactions are read in two chunks, and the fault is in the second one.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache

from personalize_import_handler.contract import ImportMode
from personalize_import_handler.data_checks.files import Data, DataFile, is_read
from personalize_import_handler.data_checks.schema import Field, Schema

ROWS = 30_000
LINE = 27_777
"""The line with the fault."""

INTERACTIONS = Schema(
    name="Interactions",
    fields=(
        Field(name="USER_ID"),
        Field(name="ITEM_ID"),
        Field(name="TIMESTAMP", type_name="long"),
        Field(name="EVENT_TYPE"),
        Field(name="CABIN_TYPE", categorical=True),
        Field(name="STARS", type_name="int", nullable=True),
    ),
)
STARS_REQUIRED = replace(INTERACTIONS, fields=(*INTERACTIONS.fields[:-1], Field(name="STARS", type_name="int")))
IN_A_SHOP = replace(INTERACTIONS, domain="ECOMMERCE")
ITEMS = Schema(
    name="Items",
    fields=(
        Field(name="ITEM_ID"),
        Field(name="GENRES", categorical=True),
        Field(name="TEXT", textual=True, nullable=True),
    ),
)
ACTION_INTERACTIONS = Schema(
    name="ActionInteractions",
    fields=(
        Field(name="USER_ID"),
        Field(name="ACTION_ID"),
        Field(name="EVENT_TYPE"),
        Field(name="TIMESTAMP", type_name="long"),
    ),
)
_EVENTS = ("view", "cart", "purchase")


@dataclass(frozen=True, kw_only=True)
class Faulty:
    """Files with one fault, and where it is."""

    files: Mapping[str, bytes]
    schema: Schema = INTERACTIONS
    file: str | None = "data.csv"
    line: int | None = LINE
    column: str | None = None
    count: int = 1
    import_mode: ImportMode = ImportMode.FULL
    location: str = "data/"
    sizes: Mapping[str, int] = field(default_factory=dict)

    @property
    def data(self) -> Data:
        """The files, as a check is given them."""
        return Data(
            location=self.location,
            files=[self._file(name) for name in self.files if is_read(name)],
            not_read=[name for name in self.files if not is_read(name)],
        )

    def _file(self, name: str) -> DataFile:
        content = self.files[name]
        return DataFile(name, self.sizes.get(name, len(content)), lambda: chunks_of(content))


def chunks_of(content: bytes, size: int = 1 << 20) -> Iterator[bytes]:
    return (content[at : at + size] for at in range(0, len(content), size))


@cache
def rows_of(schema: Schema, count: int = ROWS) -> tuple[str, ...]:
    """Write a header and rows that keep all rules."""
    write: Mapping[str, Callable[[int], str]] = {
        "Interactions": lambda n: f"u{n % 5000},i{n % 700},{1_700_000_000 + n},{_EVENTS[n % 3]},Economy,{n % 6}",
        "Items": lambda n: f"i{n},{'drama|crime' if n % 2 else 'comedy'},Something to read about number {n}",
        "ActionInteractions": lambda n: f"u{n % 5000},a{n % 7},Viewed,{1_700_000_000 + n}",
    }
    return (",".join(field.name for field in schema.fields), *map(write[schema.name], range(count)))


def text_of(rows: tuple[str, ...]) -> bytes:
    return ("\n".join(rows) + "\n").encode()


def with_row(row: str, schema: Schema = INTERACTIONS, at: int = LINE) -> bytes:
    """Put another row on a line."""
    rows = rows_of(schema)
    return text_of((*rows[: at - 1], row, *rows[at:]))


def with_value(column: str, value: str, schema: Schema = INTERACTIONS) -> Faulty:
    """Put another value into a column of the line."""
    rows = rows_of(schema)
    place = rows[0].split(",").index(column)
    values = rows[LINE - 1].split(",")
    row = ",".join([*values[:place], value, *values[place + 1 :]])
    return Faulty(files={"data.csv": with_row(row, schema)}, schema=schema, column=column)


def with_header(header: str) -> bytes:
    return text_of((header, *rows_of(INTERACTIONS)[1:]))


HEADER = rows_of(INTERACTIONS)[0]
GOOD = text_of(rows_of(INTERACTIONS))


def _rewritten(column: str, value: Callable[[int], str], schema: Schema = INTERACTIONS) -> Faulty:
    """Put another value into a column of every row."""
    rows = [row.split(",") for row in rows_of(schema)]
    place = rows[0].index(column)
    for number, row in enumerate(rows[1:]):
        row[place] = value(number)
    content = text_of(tuple(",".join(row) for row in rows))
    return Faulty(files={"data.csv": content}, schema=schema, file=None, line=None, column=column)


def _at_header(header: str, column: str | None = None) -> Faulty:
    return Faulty(files={"data.csv": with_header(header)}, line=1, column=column)


FAULTY: Mapping[str, Callable[[], Faulty]] = {
    "no-data": lambda: Faulty(files={}, file="data/", line=None),
    "not-csv": lambda: Faulty(files={"data.csv": b"\x1f\x8b\x08" + GOOD}, line=None),
    "carriage-returns": lambda: Faulty(files={"data.csv": GOOD.replace(b"\n", b"\r")}, line=1),
    "line-too-long": lambda: Faulty(files={"data.csv": with_row("u," * 600_000)}),
    "empty-file": lambda: Faulty(files={"data.csv": GOOD, "none.csv": b""}, file="none.csv", line=None),
    "no-records": lambda: Faulty(files={"data.csv": HEADER.encode() + b"\n"}, file="data/", line=None),
    "too-large": lambda: Faulty(
        files={"data.csv": GOOD},
        sizes={"data.csv": 10**9 + 1},
        import_mode=ImportMode.INCREMENTAL,
        file="data/",
        line=None,
    ),
    "location-too-long": lambda: Faulty(
        files={"data.csv": GOOD}, location=f"s3://bucket/{'x' * 250}/", file=f"s3://bucket/{'x' * 250}/", line=None
    ),
    "location-without-slash": lambda: Faulty(
        files={"data.csv": GOOD}, location="s3://bucket/data", file="s3://bucket/data", line=None
    ),
    "not-read": lambda: Faulty(files={"data.csv": GOOD, "data.json": b"{}"}, file="data/", line=None),
    "not-a-header": lambda: _at_header(HEADER.replace(",", ";")),
    "byte-order-mark": lambda: _at_header("\ufeff" + HEADER),
    "column-missing": lambda: _at_header(HEADER.replace("EVENT_TYPE", "EVENT_KIND"), "EVENT_TYPE"),
    "column-twice": lambda: Faulty(
        files={"data.csv": text_of((f"{HEADER},itemid", *(f"{row},x" for row in rows_of(INTERACTIONS)[1:])))},
        line=1,
        column="ITEM_ID",
    ),
    "headers-differ": lambda: Faulty(
        files={"data.csv": GOOD, "more.csv": with_header(HEADER + ",MORE")}, file="more.csv", line=1
    ),
    "column-spelling": lambda: _at_header(HEADER.replace("ITEM_ID", '"Item_Id"')),
    "column-order": lambda: Faulty(
        files={
            "data.csv": text_of(
                tuple(",".join([*row.split(",")[1::-1], *row.split(",")[2:]]) for row in rows_of(INTERACTIONS))
            )
        },
        line=1,
    ),
    "column-extra": lambda: Faulty(
        files={"data.csv": text_of(tuple(f"{row}," for row in rows_of(INTERACTIONS)))}, line=1, column=""
    ),
    "not-utf-8": lambda: Faulty(files={"data.csv": with_row("u1,i1,1700000000,view,Caf\xe9,1").replace(b"\xc3", b"")}),
    "malformed-quotes": lambda: Faulty(files={"data.csv": with_row('u1,i1,1700000000,view,"Eco"nomy,1')}),
    "field-count": lambda: Faulty(files={"data.csv": with_row("u1,i1,1700000000,view,Business, first,1")}),
    "doubled-quotes": lambda: with_value("CABIN_TYPE", '"the ""best"""'),
    "id-missing": lambda: with_value("ITEM_ID", ""),
    "value-missing": lambda: with_value("CABIN_TYPE", ""),
    "number-missing": lambda: with_value("STARS", "", STARS_REQUIRED),
    "wrong-type": lambda: with_value("TIMESTAMP", "2023-11-14"),
    "metadata-wrong-type": lambda: with_value("STARS", "five"),
    "null-word": lambda: with_value("CABIN_TYPE", "NULL"),
    "id-from-float": lambda: with_value("USER_ID", "12.0"),
    "id-too-long": lambda: with_value("USER_ID", "u" * 257),
    "value-too-long": lambda: with_value("CABIN_TYPE", "x" * 1001),
    "text-too-long": lambda: with_value("TEXT", "x" * 20_001, ITEMS),
    "not-allowed": lambda: with_value("EVENT_TYPE", "Seen", ACTION_INTERACTIONS),
    "milliseconds": lambda: with_value("TIMESTAMP", "1700000000000"),
    "microseconds": lambda: with_value("TIMESTAMP", "1700000000000000"),
    "nanoseconds": lambda: with_value("TIMESTAMP", "1700000000000000000"),
    "date-as-number": lambda: with_value("TIMESTAMP", "20231114"),
    "before-1990": lambda: with_value("TIMESTAMP", "600000000"),
    "far-future": lambda: with_value("TIMESTAMP", "17000000000"),
    "reserved-value": lambda: with_value("CABIN_TYPE", "EVENT_TYPE"),
    "too-few-interactions": lambda: Faulty(
        files={"data.csv": text_of(rows_of(INTERACTIONS, 999))}, file=None, line=None
    ),
    "too-few-different": lambda: Faulty(
        files={"data.csv": text_of((HEADER, *rows_of(INTERACTIONS)[1:1000], *rows_of(INTERACTIONS)[1:1000]))},
        file=None,
        line=None,
    ),
    "too-few-of-type": lambda: _rewritten("EVENT_TYPE", lambda n: "Purchase" if n < 999 else "VIEW", IN_A_SHOP),
    "single-time": lambda: _rewritten("TIMESTAMP", lambda _: "1700000000"),
    "too-few-users": lambda: _rewritten("USER_ID", lambda n: f"u{max(n, 10)}"),
    "too-many-kinds": lambda: _rewritten("EVENT_TYPE", lambda n: f"event-{n // 3_334}"),
    "too-many-categories": lambda: _rewritten("CABIN_TYPE", lambda n: f"seat-{n // 29}|window"),
    "column-sparse": lambda: _rewritten("STARS", lambda n: "5" if n % 10 < 6 else ""),
    "text-sparse": lambda: _rewritten("TEXT", lambda n: "Something" if n % 5 else "", ITEMS),
    "repeated-id": lambda: with_value("ITEM_ID", "i4711", ITEMS),
}
