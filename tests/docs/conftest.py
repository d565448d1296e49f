"""The site of the docs, built once."""

from pathlib import Path

import pytest

from tests.docs.support.site import build_site


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the built site."""
    return build_site(tmp_path_factory.mktemp("docs"))
