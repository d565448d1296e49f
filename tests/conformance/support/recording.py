"""The recording: what AWS did in each test, in a file that can be committed."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, Self

from botocore.exceptions import ClientError

from tests.conformance.support.target import is_aws

CONFIRMED: Final = "confirmed"
CONTRADICTED: Final = "contradicted"
_ACCOUNT: Final = "<account>"
_CALLER: Final = "<caller>"
_RUN: Final = "<run>"
_ACCOUNT_PATTERN: Final = re.compile(r"(?<!\d)\d{12}(?!\d)")


@dataclass
class Observations:
    """The observations of one test."""

    seen: dict[str, Any] = field(default_factory=dict)

    def __setitem__(self, key: str, value: object) -> None:
        """Record a value that is JSON, or can be converted to text."""
        self.seen[key] = value

    def error(self, error: ClientError, text: str = "", **values: str) -> str:
        """Record an error of the API, and return its code.

        Args:
            error: The error.
            text: The key of the text in the local service, if it has one.
            values: The values that the message contains, by the names of the text's parameters.
        """
        details = error.response["Error"]
        self["error"] = {
            "code": details["Code"],
            "message": details["Message"],
            "http_status": error.response["ResponseMetadata"]["HTTPStatusCode"],
        }
        self.text(text, details["Message"], **values)
        return details["Code"]

    def text(self, text: str, message: str, **values: str) -> None:
        """Record the message that belongs to a text in the local service."""
        if text:
            self["text"] = {"key": text, "message": message, "values": values}


class Recording:
    """A file with the results of tests."""

    def __init__(self, path: Path) -> None:
        """Read the file if it exists."""
        self.path = path
        self.results: dict[str, dict[str, Any]] = json.loads(path.read_text()) if path.exists() else {}

    def of_aws(self) -> Self:
        """Keep only results of AWS itself, not those of another endpoint."""
        self.results = {name: result for name, result in self.results.items() if is_aws(result["endpoint"])}
        return self

    def add(
        self, name: str, outcome: str, observations: Observations, *, target: Mapping[str, str], problem: str = ""
    ) -> None:
        """Add the result of a test, and write the file, so that an interrupted run loses nothing.

        Args:
            name: The name of the test.
            outcome: CONFIRMED or CONTRADICTED.
            observations: What the test has seen.
            target: The keys `caller`, `run`, `region` and `endpoint`.
            problem: What contradicts the assumption.
        """
        result = {
            "outcome": outcome,
            "date": datetime.now(UTC).date().isoformat(),
            "region": target["region"],
            "endpoint": target["endpoint"],
            **({"problem": problem} if outcome == CONTRADICTED else {}),
            "observed": observations.seen,
        }
        text = json.dumps(result, default=str).replace(target["caller"], _CALLER).replace(target["run"], _RUN)
        self.results[name] = json.loads(_ACCOUNT_PATTERN.sub(_ACCOUNT, text))
        self.path.parent.mkdir(parents=True, exist_ok=True)
        written = self.path.with_suffix(".new")
        written.write_text(json.dumps(self.results, indent=2, sort_keys=True, ensure_ascii=False) + "\n")
        written.replace(self.path)
