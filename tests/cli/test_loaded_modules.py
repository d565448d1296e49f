"""A check of a small file loads nothing that takes long to load and that it doesn't use."""

import subprocess
import sys
from pathlib import Path

PROGRAM = """
import sys
from personalize_import_cli.app import run
code = run(["check", *sys.argv[1:]])
print(code, *sys.modules)
"""
SCHEMA = """{"type": "record", "name": "Users", "version": "1.0", "fields": [
{"name": "USER_ID", "type": "string"}, {"name": "CLASS", "type": "string", "categorical": true}]}"""
HEAVY = {
    "boto3",
    "duckdb",
    "http.client",
    "importlib.metadata",
    "ministack",
    "numpy",
    "pandas",
    "pyarrow",
    "rich",
    "ssl",
}


def test_a_check_of_a_small_file_loads_few_modules(tmp_path: Path) -> None:
    data, schema = tmp_path / "users.csv", tmp_path / "schema.json"
    data.write_text("USER_ID,CLASS\na,b\n")
    schema.write_text(SCHEMA)

    command = [sys.executable, "-c", PROGRAM, str(data), "--schema", str(schema)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)

    code, *loaded = done.stdout.splitlines()[-1].split()
    assert code == "0"
    assert HEAVY & set(loaded) == set()
