"""The schema of the demo, and the stack names derived from it."""

import json
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

DATASET_TYPES = ("Interactions", "Items", "Users")


@dataclass(frozen=True)
class DemoSchema:
    """An Avro schema in the format of Personalize; its name is the dataset type."""

    text: str
    dataset_type: str

    @classmethod
    def from_file(cls, path: Path) -> Self:
        """Read a schema; raises ValueError if its name isn't Interactions, Items or Users."""
        try:
            text = path.read_text()
        except OSError as error:
            raise ValueError(f"SCHEMA must be a JSON file with a schema, got {path}: {error.strerror}") from error
        except ValueError as error:
            raise ValueError(f"{path} is not a schema: {error}") from error
        return cls._from_text(text, path)

    @classmethod
    def proposed_for(cls, data: Path) -> Self:
        """Propose a schema for a CSV file, or for the first file of a folder; raises ValueError if none fits."""
        from personalize_import import DatasetSchema  # it loads the CDK, which takes seconds

        file = min(data.glob("*.csv"), default=None) if data.is_dir() else data
        if file is None:
            raise ValueError(f"{data} has no CSV files (*.csv) directly in it; subfolders are not imported")
        with warnings.catch_warnings(action="ignore"):  # the check of the data reports the same
            return cls._from_text(DatasetSchema.from_csv(file).to_json(), file)

    @classmethod
    def _from_text(cls, text: str, path: Path) -> Self:
        try:
            parsed: Any = json.loads(text)
        except ValueError as error:
            raise ValueError(f"{path} is not a schema: it is not JSON: {error}") from error
        if not isinstance(parsed, dict) or "name" not in parsed:
            raise ValueError(f"{path} is not a schema: it must be a JSON object with a name")
        if parsed["name"] not in DATASET_TYPES:
            allowed = ", ".join(DATASET_TYPES)
            raise ValueError(f"{path}: the name of the schema must be one of {allowed}, got {parsed['name']!r}")
        return cls(json.dumps(parsed), parsed["name"])

    def as_proposal(self, data: Path | str) -> str:
        """Return the schema as a text that proposes it for the data."""
        return f"Proposed schema for {data}, to be reviewed:\n{self.indented}"

    @property
    def indented(self) -> str:
        """The JSON with indentation."""
        return json.dumps(json.loads(self.text), indent=2)

    @property
    def stack_name(self) -> str:
        """Name of the stack with the Personalize resources."""
        return f"PersonalizeDemo{self.dataset_type}"

    @property
    def data_stack_name(self) -> str:
        """Name of the stack with the bucket."""
        return f"{self.stack_name}Data"
