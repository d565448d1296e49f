"""A world per test."""

import pytest

from tests.local_service.fakes import World, new_world


@pytest.fixture
def world() -> World:
    return new_world()
