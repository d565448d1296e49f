"""The schema of the demo, and the stack names derived from it."""

import json
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
            parsed: Any = json.loads(path.read_text())
            dataset_type = parsed["name"]
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise ValueError(f"{path} is not a schema: {error!r}") from error
        if dataset_type not in DATASET_TYPES:
            raise ValueError(f"{path}: the name must be one of {', '.join(DATASET_TYPES)}, got {dataset_type!r}")
        return cls(json.dumps(parsed), dataset_type)

    @property
    def stack_name(self) -> str:
        """Name of the stack with the Personalize resources."""
        return f"PersonalizeDemo{self.dataset_type}"

    @property
    def data_stack_name(self) -> str:
        """Name of the stack with the bucket."""
        return f"{self.stack_name}Data"
