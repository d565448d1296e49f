"""Check items that are generated while they are checked: more than fits into memory, with an id in each row."""

import json
import sys
from collections.abc import Iterator
from typing import Final

from personalize_import_handler.data_checks.arrow import row_checker_for
from personalize_import_handler.data_checks.checker import check
from personalize_import_handler.data_checks.files import Data, DataFile
from personalize_import_handler.data_checks.schema import Field, Schema

_SCHEMA: Final = Schema(
    name="Items",
    fields=(
        Field(name="ITEM_ID"),
        Field(name="GENRES", categorical=True),
        Field(name="PRICE", type_name="float"),
        Field(name="CREATION_TIMESTAMP", type_name="long"),
        Field(name="DESCRIPTION", textual=True, nullable=True),
    ),
)
_ROWS: Final = 35_000
"""About as many as the check reads at once."""
_BLOCK: Final = "".join(
    f"item-#-{row},{'drama|crime' if row % 2 else 'comedy'},{row % 97}.5,{1_600_000_000 + row},A text on number {row}\n"
    for row in range(_ROWS)
).encode()


def _chunks(size: int, times: int) -> Iterator[bytes]:
    yield (",".join(field.name for field in _SCHEMA.fields) + "\n").encode()
    blocks = size // len(_BLOCK)
    for number in range(blocks):
        yield _BLOCK.replace(b"#", str(number % (blocks // times)).encode())


def main() -> None:
    """Check items of a size in bytes, each id in a number of rows; print the number of rows and the findings."""
    size, times = map(int, sys.argv[1:])
    data = Data(location="items.csv", files=[DataFile("items.csv", size, lambda: _chunks(size, times))])
    with row_checker_for(size) as rows:
        findings = check(data, _SCHEMA, rows=rows)
    found = [[each.rule.id, each.column, each.line, each.count] for each in findings]
    sys.stdout.write(json.dumps({"rows": findings.rows, "findings": found}))


if __name__ == "__main__":
    main()
