"""Data and schema of a deploy: given or generated, and checked before anything is started."""

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from rich.console import Console

from demo.sample import SCHEMA, write_sample
from demo.schema import DemoSchema
from personalize_import_handler.contract.data_files import DATA_FILE_NAME

console: Final = Console(highlight=False, markup=False, soft_wrap=True)


@dataclass(frozen=True)
class Inputs:
    """A CSV file, or a folder of CSV files, and its schema."""

    data: Path
    schema_path: Path
    schema: DemoSchema


def checked_inputs(data: str, schema: str, generated: Path) -> Inputs:
    """Return data and schema without errors; raises ValueError.

    Args:
        data: Path of the data. If empty, a sample is generated.
        schema: Path of the schema. If empty, the schema of the sample, or a schema that is proposed for the data.
        generated: Folder for generated files.
    """
    if schema and not data:
        raise ValueError("SCHEMA requires DATA: the generated sample has its own schema")
    path = Path(data or generated / "interactions.csv")
    if not data:
        console.print("Generating a sample")
        write_sample(path)
    elif not path.exists():
        raise ValueError(f"DATA must be a CSV file or a folder of CSV files: {path} not found (in {Path.cwd()})")
    elif problems := [*_names(path)]:
        raise ValueError("; ".join(problems))
    schema_path = Path(schema) if schema else _proposed_schema(path, generated / "schema.json") if data else SCHEMA
    inputs = Inputs(path, schema_path, DemoSchema.from_file(schema_path))
    _check(inputs)
    return inputs


def _names(data: Path) -> Iterator[str]:
    """Yield what is wrong with the names of the files, which become keys in S3."""
    for file in data.glob("*.csv") if data.is_dir() else [data]:
        yield from DATA_FILE_NAME.check("DATA", file.name)


def _proposed_schema(data: Path, path: Path) -> Path:
    console.print(f"Proposing a schema for {data}")
    schema = DemoSchema.proposed_for(data)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"{schema.indented}\n")
    console.print(f"{schema.as_proposal(data)}\nTo change it, copy {path}, and pass the copy as SCHEMA=...")
    return path


def _check(inputs: Inputs) -> None:
    """Check data and schema with `personalize-import check`; raises ValueError if there are errors."""
    console.print(f"Checking {inputs.data}")
    command = [sys.executable, "-m", "personalize_import_cli", "check", str(inputs.data)]
    if subprocess.run([*command, "--schema", str(inputs.schema_path)], check=False).returncode:  # noqa: S603 - the command of this project
        raise ValueError("Nothing was deployed: fix the errors above first")
