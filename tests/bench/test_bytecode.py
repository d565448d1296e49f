"""Benchmarks run with compiled modules, although the environment disables them."""

import sys
from pathlib import Path

import pytest

from bench.bytecode import measure, use_bytecode


def test_modules_are_compiled_into_the_folder_although_the_environment_disables_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    monkeypatch.setenv("PYTHONPYCACHEPREFIX", "")
    (tmp_path / "module.py").write_text("")

    use_bytecode(tmp_path / "bytecode")
    measure([sys.executable, "-c", "import module"], folder=tmp_path)

    assert [path.name.partition(".")[0] for path in (tmp_path / "bytecode").rglob("module.*.pyc")] == ["module"]
    assert not (tmp_path / "__pycache__").exists()


def test_the_time_of_a_command_includes_the_processes_that_it_starts() -> None:
    works = "while __import__('time').process_time() < 0.2: pass"
    starts = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {works!r}])"

    took = measure([sys.executable, "-c", starts], {})

    assert took.cpu >= 0.2
    assert took.seconds >= 0.2
