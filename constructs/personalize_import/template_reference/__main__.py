"""Command line: `python -m personalize_import.template_reference schema|reference|provider-template`."""

import sys
from collections.abc import Callable
from typing import Final

from personalize_import.template_reference.json_schema import json_schema
from personalize_import.template_reference.page import reference


def _provider_template() -> str:
    from personalize_import.template_reference.provider_template import provider_template  # imports jsii

    return provider_template()


_WRITTEN: Final[dict[str, Callable[[], str]]] = {
    "schema": json_schema,
    "reference": reference,
    "provider-template": _provider_template,
}


def main(arguments: list[str]) -> int:
    """Write the requested text to standard output, and return the exit code."""
    if len(arguments) != 1 or arguments[0] not in _WRITTEN:
        print(f"usage: python -m personalize_import.template_reference {'|'.join(_WRITTEN)}", file=sys.stderr)  # noqa: T201
        return 2
    sys.stdout.write(_WRITTEN[arguments[0]]())
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
