"""The options of a local AWS."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from personalize_local.personalize.switches import COUNT, SECONDS, SPEED, check_number

HOST: Final = "127.0.0.1"
_DEFAULT_ACCOUNT: Final = "000000000000"
_DEFAULT_REGION: Final = "eu-west-1"
_ACCOUNT: Final = re.compile("[0-9]{12}")
_REGION: Final = re.compile("[a-z]+(-[a-z]+)+-[0-9]+")
_HIGHEST_PORT: Final = 65_535


@dataclass(frozen=True, kw_only=True)
class Options:
    """The options of a local AWS."""

    port: int = 0
    """The port on loopback; 0 for a free one."""
    region: str = _DEFAULT_REGION
    """The Region."""
    account: str = _DEFAULT_ACCOUNT
    """The account, as twelve digits."""
    speed: float = 1.0
    """Simulated seconds per real second."""
    import_seconds: float = 20.0
    """Duration of an import in simulated seconds; longer if its rows take longer to read."""
    dataset_groups: int = 5
    """Quota of dataset groups, in an account and Region; 5 is the default in AWS."""
    state: Path | None = None
    """Folder for the state between runs. Default: the state is not kept."""
    verbose: bool = False
    """If True, the server logs to standard error."""

    def __post_init__(self) -> None:
        """Raise ValueError for values outside the allowed ranges."""
        check_number("port", self.port, (0, _HIGHEST_PORT), whole=True)
        if not _ACCOUNT.fullmatch(self.account):
            raise ValueError(f"account must be twelve digits, got {self.account!r}")
        if not _REGION.fullmatch(self.region):
            raise ValueError(f"region must be a Region such as {_DEFAULT_REGION}, got {self.region!r}")
        check_number("speed", self.speed, SPEED)
        check_number("dataset_groups", self.dataset_groups, COUNT, whole=True)
        check_number("import_seconds", self.import_seconds, SECONDS)
