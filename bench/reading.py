"""Read interactions with DuckDB's own reader, without checks: the minimum time of a check with that reader."""

import json
import sys

import duckdb


def main() -> None:
    """Read all columns of a file, and print the number of rows."""
    columns = "{'USER_ID': 'VARCHAR', 'ITEM_ID': 'VARCHAR', 'EVENT_TYPE': 'VARCHAR', 'TIMESTAMP': 'BIGINT', "
    columns += "'CABIN_TYPE': 'VARCHAR', 'RATING': 'DOUBLE'}"
    counts = "count(USER_ID), count(ITEM_ID), count(EVENT_TYPE), count(CABIN_TYPE), count(RATING)"
    query = f"SELECT count(TIMESTAMP), {counts} FROM read_csv(?, header = true, columns = {columns})"  # noqa: S608
    with duckdb.connect() as database:
        row = database.execute(query, [sys.argv[1]]).fetchone()
    sys.stdout.write(json.dumps({"rows": row and row[0], "findings": []}))


if __name__ == "__main__":
    main()
