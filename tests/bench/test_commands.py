"""The durations of commands are measured, and compared with what the CDK CLI itself takes."""

from pathlib import Path

import pytest

from bench import commands
from bench.commands import Deploy
from bench.part import Scale


def test_what_was_not_measured_is_a_dash() -> None:
    assert Deploy("start", 4.06).row == ("start", "4.1", "-", "-")
    assert Deploy("deploy", 27.8, 19.6, 2.75).row == ("deploy", "27.8", "19.6", "2.8")


def test_a_check_of_a_small_file_is_compared_with_python(tmp_path: Path) -> None:
    measured = commands._small_check(tmp_path, 1)

    assert list(measured) == ["Python", "Python with click", commands._CHECK]
    assert measured["Python"].cpu < measured[commands._CHECK].cpu
    assert all(0 < took.cpu <= took.seconds * 2 for took in measured.values())


@pytest.mark.deploy
@pytest.mark.nightly
def test_the_job_is_a_part_of_the_stack_and_the_stack_a_part_of_the_deploy(tmp_path: Path) -> None:
    text = commands.run(tmp_path, Scale(quick=True)).text

    (row,) = [line for line in text.splitlines() if line.startswith("| `cdk deploy` of a dataset and its import |")]
    deploy, stack, job = map(float, row.split("|")[2:5])
    assert deploy > stack > job > 0
    assert text.count("| `cdk --version` |") == 1
