"""Data of random schemas, with faults from very rare to very frequent; a number always generates the same data."""

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from personalize_import_handler.data_checks.files import Data, DataFile
from personalize_import_handler.data_checks.schema import Field, Schema
from tests.data_checks.support.faulty import ACTION_INTERACTIONS, IN_A_SHOP, INTERACTIONS, ITEMS, chunks_of

_USERS: Final = Schema(
    name="Users",
    fields=(
        Field(name="USER_ID"),
        Field(name="AGE", type_name="int"),
        Field(name="INCOME", type_name="double", nullable=True),
        Field(name="LOYAL", type_name="boolean", nullable=True),
        Field(name="CLASS", categorical=True, nullable=True),
    ),
)
SCHEMAS: Final = (INTERACTIONS, IN_A_SHOP, ITEMS, _USERS, ACTION_INTERACTIONS)

# Good values of a field are found by its name otherwise by its type; few ids, so that they are repeated.
_GOOD: Final[Mapping[str, Callable[[random.Random], str]]] = {
    "TIMESTAMP": lambda draw: str(1_700_000_000 + draw.randrange(1000)),
    "EVENT_TYPE": lambda draw: draw.choice(("View", "purchase", "Taken")),
    "int": lambda draw: str(draw.randrange(2000)),
    "double": lambda draw: f"{draw.random() * 10:.2f}",
    "boolean": lambda draw: draw.choice(("true", "FALSE")),
    "string": lambda draw: f"{draw.choice('abcdefgh')}{draw.randrange(40)}",
}
_PLAIN: Final = (
    *("", " ", "'", "\t", " 12", "1_000", "٣", "0x10", "inf", "é", "é" * 257, "😀" * 1001, "漢" * 7001, "x" * 20_001),
    *("x" * 256, "x" * 257, "x" * 1001, "a|b|c", "yes", "true", "TRUE", "USER_ID", "TIMESTAMP", "View", "view"),
    *(
        "0",
        "00",
        "-0",
        "+7",
        "-5",
        ".",
        "5.",
        ".5",
        "1.5",
        "1e3",
        "1.5.",
        "--1",
        "007",
        "12.0",
        "1" * 31,
        "-" + "9" * 19,
    ),
    *("-" + "9" * 19, "2147483647", "2147483648", "-2147483649", "9223372036854775807", "9223372036854775808"),
    *(
        "18446744073709551616",
        "631151999",
        "4102444799",
        "4102444800",
        "999999999999",
        "1700000000000",
        "+1700000000000",
        "-1700000000000",
    ),
    *("1700000000000000", "1700000000000000000", "20231114", "202311141200", "20231114120000", "20231399"),
    *("line\u2028separator", "\x0b", "\x85", "(?:", "[a-z]+", "$1", "%"),
)
_NULL_WORDS: Final = (r"\N", "NULL", "nan", "NaN", "None", "NA", "N")
_DOUBLED: Final = ('"a,b"', '"q"', '"a""b"', '""""', '"two\nlines"', '"three\n\nlines"', '""', '"漢\n"""')
_ESCAPED: Final = (r'"a\"b"', '"x"', r"a\,b", r'"\\"', r"\\", r'"a\\""b"', r"\"", '"\\\n"')
_MALFORMED: Final = ('"open', 'clo"se', '"', '"""', "a\\", '"a"b', '"a"",b"', '5" x', r'"a\"', "\\", "\r", "a,b", '","')
FAULTS: Final[Sequence[tuple[str, ...]]] = (
    _PLAIN,
    _NULL_WORDS,
    _DOUBLED,
    _ESCAPED,
    _DOUBLED + _ESCAPED,
    _PLAIN + _NULL_WORDS + _DOUBLED + _ESCAPED + _MALFORMED,
)
_DENSITIES: Final = (0.002, 0.01, 0.05, 0.3, 1)
_ROWS: Final = (0, 1, 3, 30, 300)
_ODD_ENDS: Final = ("\r\n", "\n\n", "\r", "\n,\n", '\n"\n')


_HEADERS: Final[Sequence[Callable[[list[str]], str]]] = (
    lambda names: ",".join(names).lower(),
    lambda names: ",".join(name.title() for name in names),
    lambda names: ",".join(f'"{name}"' for name in names),
    lambda names: ",".join(f'"{name.lower()}"' for name in names[:1]) + "," + ",".join(names[1:]),
    lambda names: "\ufeff" + ",".join(names),
    lambda names: ", ".join(names),
    lambda names: ";".join(names),
    lambda names: "\t".join(names),
    lambda names: "sep=,\n" + ",".join(names),
    lambda names: ",".join([*names, names[0]]),
    lambda names: ",".join([*names, names[0].replace("_", "").lower()]),
    lambda names: ",".join([*names, "EXTRA", "extra"]),
    lambda names: ",".join(names) + "\r" + ",".join(names),
    lambda _: "",
    lambda _: "1,2,3",
)


@dataclass(frozen=True)
class Generated:
    """Generated data, and a schema for it."""

    schema: Schema
    contents: tuple[bytes, ...]
    chunk_bytes: int
    """The number of bytes that are read at once."""

    @property
    def data(self) -> Data:
        """The files, as a check is given them."""
        return Data(location="data/", files=[self._file(*each) for each in enumerate(self.contents)])

    def _file(self, number: int, content: bytes) -> DataFile:
        return DataFile(f"{number}.csv", len(content), lambda: chunks_of(content, self.chunk_bytes))


def generated(number: int) -> Generated:
    """Return the data of this number."""
    draw = random.Random(number)
    schema = draw.choice(SCHEMAS)
    contents = tuple(_content(draw, schema) for _ in range(draw.choice((1, 1, 2))))
    return Generated(schema, contents, draw.choice((50, 1000, 1 << 20)))


def _content(draw: random.Random, schema: Schema) -> bytes:
    fields = list(schema.fields)
    names = [field.name for field in fields]
    if draw.random() < 0.2:
        order = draw.sample(range(len(fields)), len(fields))
        fields, names = [fields[place] for place in order], [names[place] for place in order]
    if draw.random() < 0.1:
        fields, names = [*fields, Field(name="EXTRA")], [*names, "EXTRA"]
    if draw.random() < 0.05:
        fields, names = fields[1:], names[1:]
    if draw.random() < 0.02:
        return b""
    rows = _rows(draw, fields, draw.choice(_ROWS))
    content = f"{_header(draw, names)}\n{rows}"
    encoded = (content.rstrip("\n") if draw.random() < 0.3 else content).encode()
    if draw.random() < 0.1:
        encoded = encoded.replace(b"\n", b"\r\n")
    return encoded.replace(b"b1", b"b\xff") if draw.random() < 0.05 else encoded


def _header(draw: random.Random, names: list[str]) -> str:
    """Return the header; one of five is written in another way, most of which are accepted."""
    if draw.random() < 0.8:
        return ",".join(names)
    return draw.choice(_HEADERS)(names)


def _rows(draw: random.Random, fields: Sequence[Field], count: int) -> str:
    faults, density = draw.choice(FAULTS), draw.choice(_DENSITIES)
    column = draw.choice((None, draw.randrange(len(fields))))  # all faults in one column, or in any
    wrong_width, odd_end = draw.choice((0, 0.01, 0.03)), draw.choice((0, 0, 0.05))
    if draw.random() < 0.05:
        wrong_width = 1
    more = draw.choice((None, ["", "a", ",,"]))
    rows = []
    for _ in range(count):
        values = [
            draw.choice(faults) if draw.random() < density and column in (None, place) else _good(draw, field)
            for place, field in enumerate(fields)
        ]
        if draw.random() < wrong_width:
            values = [*values, draw.choice(more)] if more else values[:-1]
        rows.append(",".join(values) + (draw.choice(_ODD_ENDS) if draw.random() < odd_end else "\n"))
    return "".join(rows)


def _good(draw: random.Random, field: Field) -> str:
    return (_GOOD.get(field.name) or _GOOD.get(field.type_name) or _GOOD["int"])(draw)
