"""The options of a local AWS."""

import math
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

HOST: Final = "127.0.0.1"
_DEFAULT_ACCOUNT: Final = "000000000000"
_DEFAULT_REGION: Final = "eu-west-1"
_ACCOUNT_PATTERN: Final = "[0-9]{12}"
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
    state: Path | None = None
    """Folder for the state between runs. Default: the state is not kept."""
    verbose: bool = False
    """If True, the server logs to standard error."""

    def __post_init__(self) -> None:
        """Raise ValueError for values outside the allowed ranges."""
        if not 0 <= self.port <= _HIGHEST_PORT:
            raise ValueError(f"the port must be from 0 to {_HIGHEST_PORT}, got {self.port}")
        if not re.fullmatch(_ACCOUNT_PATTERN, self.account):
            raise ValueError(f"the account must be twelve digits, got {self.account!r}")
        if not 0 < self.speed < math.inf:
            raise ValueError(f"the clock's speed must be above 0, got {self.speed:g}")
        if not 0 <= self.import_seconds < math.inf:
            raise ValueError(f"the seconds of an import must be 0 or more, got {self.import_seconds:g}")
