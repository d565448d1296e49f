"""A plugin of pytest for the runs against a copy: the first failure will do, and it has to be the copy's."""

import os
import sys
from pathlib import Path
from typing import Final

import pytest
from hypothesis import Phase, settings

from tests.mutations.patches import PACKAGE

COPY: Final = "HANDLER_COPY"
"""The environment variable that names the package that has to be the one that is tested."""

# A failure is enough: to find the smallest example of it may take minutes.
settings.register_profile("first_failure", database=None, phases=[Phase.explicit, Phase.generate])


def pytest_collection_finish() -> None:
    """See that the copy is what is tested: otherwise no guard would ever be broken."""
    imported = Path(sys.modules[PACKAGE].__file__ or "").parent
    if imported != Path(os.environ[COPY]):
        pytest.exit(f"the handler of {imported} was imported, not the copy", returncode=3)
