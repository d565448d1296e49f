"""The two functions as Lambda finds them, on the real AWS."""

import inspect
import subprocess
import sys
from pathlib import Path

import pytest

from personalize_import_handler import index
from personalize_import_handler.aws.calls import CLIENT_CONFIG
from personalize_import_handler.cloudformation import state_machine
from personalize_import_handler.cloudformation.responses import NotDeliveredError, send


@pytest.fixture(autouse=True)
def region(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")


def test_one_client_is_created_and_kept_with_its_clock_offset() -> None:
    services = index._functions._services
    assert services.personalize is services.personalize
    assert services.storage is services.storage
    assert services.event_bus is services.event_bus


def test_garbage_collection_skips_loaded_modules_only() -> None:
    program = "print(gc.get_freeze_count(), gc.isenabled(), gc.get_threshold()[0])"
    program = f"import gc; from personalize_import_handler import index; {program}"

    package = Path(index.__file__).parents[1]
    ran = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True, cwd=package)

    frozen, is_enabled, threshold = ran.stdout.split()
    assert int(frozen) > 10_000
    assert is_enabled == "True"
    assert int(threshold) == 10_000


def test_the_modules_of_refreshes_are_loaded_only_for_refreshes() -> None:
    program = "import sys; from personalize_import_handler import index; print(*sys.modules)"

    ran = subprocess.run(
        [sys.executable, "-c", program], check=True, capture_output=True, text=True, cwd=Path(index.__file__).parents[1]
    )

    loaded = ran.stdout.split()
    assert "personalize_import_handler.job.lifecycle" in loaded
    assert [name for name in loaded if name.startswith("personalize_import_handler.refresh")] == []


def test_the_client_of_the_waiter_has_the_timeouts_of_all_clients() -> None:
    config = state_machine._client.__wrapped__().meta.config

    assert config.read_timeout == CLIENT_CONFIG.read_timeout  # type: ignore[attr-defined]
    assert config.connect_timeout == CLIENT_CONFIG.connect_timeout  # type: ignore[attr-defined]


def test_all_attempts_to_send_a_response_end_within_a_minute() -> None:
    of_one: float = inspect.signature(send).parameters["timeout_seconds"].default
    slept: list[float] = []

    with pytest.raises(NotDeliveredError):
        send("https://127.0.0.1:1/", {}, sleep=slept.append)

    assert slept
    assert (len(slept) + 1) * of_one + sum(slept) < 60
