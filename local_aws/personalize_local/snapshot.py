"""Keep the Personalize service's state between two runs of the local AWS, beside what ministack keeps of its own."""

import logging
import pickle
from pathlib import Path
from typing import Final

from personalize_local.service import PersonalizeService

logger = logging.getLogger(__name__)

_FILE: Final = "personalize.pickle"


class Snapshot:
    """The state in a file of a folder of one's own; a pickle, because nobody else writes there."""

    def __init__(self, service: PersonalizeService, folder: Path | None) -> None:
        self._service = service
        self._path = folder / _FILE if folder else None

    def load(self) -> None:
        """Take up the state of the last run, if there is one."""
        if self._path and self._path.exists():
            self._service.store.restore(pickle.loads(self._path.read_bytes()))  # noqa: S301 - our own file

    def save(self) -> None:
        """Write the state down, all or nothing."""
        if self._path:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            new = self._path.with_suffix(".new")
            new.write_bytes(pickle.dumps(self._service.store.state()))
            new.replace(self._path)
