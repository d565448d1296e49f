"""A pytest plugin for runs against a copy of the handler: stop at the first failure, and check which copy is tested."""

import os
import sys
from pathlib import Path
from typing import Final

import pytest
from hypothesis import Phase, settings

from tests.mutations.patches import PACKAGE

COPY: Final = "HANDLER_COPY"
"""The environment variable with the path of the package to test."""

# Hypothesis would take minutes to find the smallest failing example.
settings.register_profile("first_failure", database=None, phases=[Phase.explicit, Phase.generate])


def pytest_collection_finish() -> None:
    """Exit if another package than the copy is tested: no broken guard would have an effect."""
    imported = Path(sys.modules[PACKAGE].__file__ or "").parent
    if imported != Path(os.environ[COPY]):
        pytest.exit(f"the handler of {imported} was imported, not the copy", returncode=3)
