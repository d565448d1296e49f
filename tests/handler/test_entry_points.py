"""The two functions as Lambda finds them, on the real AWS."""

import inspect
import subprocess
import sys
from pathlib import Path

import pytest

from personalize_import_handler import index
from personalize_import_handler.aws.calls import CLIENT_CONFIG
from personalize_import_handler.cloudformation import waiter
from personalize_import_handler.cloudformation.responses import NotDelivered, send


@pytest.fixture(autouse=True)
def region(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")


def test_one_client_is_made_and_kept_and_with_it_what_it_knows_of_the_service_s_clock() -> None:
    assert index._functions._personalize() is index._functions._personalize()
    assert index._functions._storage() is index._functions._storage()
    assert index._functions._event_bus() is index._functions._event_bus()


def test_what_is_loaded_is_not_looked_through_for_garbage_and_what_comes_later_is() -> None:
    told = "print(gc.get_freeze_count(), gc.isenabled(), gc.get_threshold()[0])"
    told = f"import gc; from personalize_import_handler import index; {told}"

    package = Path(index.__file__).parents[1]
    ran = subprocess.run([sys.executable, "-c", told], check=True, capture_output=True, text=True, cwd=package)

    frozen, is_enabled, threshold = ran.stdout.split()
    assert int(frozen) > 10_000
    assert is_enabled == "True"
    assert int(threshold) == 10_000


def test_the_waiter_s_client_has_the_bounds_of_the_other() -> None:
    config = waiter._client.__wrapped__().meta.config

    assert config.read_timeout == CLIENT_CONFIG.read_timeout  # type: ignore[attr-defined]
    assert config.connect_timeout == CLIENT_CONFIG.connect_timeout  # type: ignore[attr-defined]


def test_all_attempts_of_an_answer_end_within_a_minute_and_so_well_within_the_function_s_time() -> None:
    of_one: float = inspect.signature(send).parameters["timeout_seconds"].default
    slept: list[float] = []

    with pytest.raises(NotDelivered):
        send("https://127.0.0.1:1/", {}, sleep=slept.append)

    assert slept
    assert (len(slept) + 1) * of_one + sum(slept) < 60
