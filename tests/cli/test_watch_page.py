"""docs/watch.md has every option, state, exit code and field, and no other."""

import json
import re
import tomllib
from dataclasses import replace
from datetime import datetime

from click import Command

from personalize_import_cli import exit_codes
from personalize_import_cli.commands import status
from personalize_import_cli.stack.explaining import Explained, Explanation
from personalize_import_cli.stack.explanation import as_json
from personalize_import_cli.stack.lines import Changes
from personalize_import_cli.stack.sight import Seen, Sight, State
from tests.cli.runs import ROOT
from tests.cli.stack.scenes import job
from tests.docs.blocks import text_of

PAGE = (ROOT / "docs" / "watch.md").read_text()
SEEN = Seen(name="Import", logical_id="Import1", state=State.WAITING)
SIGHT = Sight(stack_name="Shop", stack_id="id", stack_status="CREATE_IN_PROGRESS", begun_at=1, imports=[SEEN])


def first_column(section: str, number: int = 0) -> list[str]:
    text = PAGE.partition(f"## {section}\n")[2].partition("\n## ")[0]
    table = re.split(r"^\|(?: --- \|)+$", text, flags=re.MULTILINE)[number + 1].partition("\n\n")[0]
    return re.findall(r"^\| `?([^|`]+?)`? \|", table, re.MULTILINE)


def objects() -> list[dict[str, object]]:
    return [json.loads(block) for block in re.findall(r"^```json\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)]


def options(command: Command) -> set[str]:
    return {option for each in command.params for option in each.opts}


def test_the_page_has_every_option() -> None:
    names = {name.split()[0] for name in first_column("Watch")}
    assert names == {"STACK" if option == "stack" else option for option in options(status.watch)}
    assert options(status.explain) == {"stack", "--json"}


def test_the_page_has_every_state() -> None:
    assert first_column("Watch", 1) == list(State)


def test_the_page_has_every_exit_code() -> None:
    codes = [exit_codes.NO_ERRORS, exit_codes.ERRORS_FOUND, exit_codes.COULD_NOT_RUN, exit_codes.HUNG_UP]
    codes += [exit_codes.INTERRUPTED, exit_codes.OUTPUT_CLOSED, exit_codes.TERMINATED]
    assert first_column("Exit codes") == [str(code) for code in codes]


def test_the_page_has_every_field() -> None:
    watched, explained, _policy = objects()
    *_, line = Changes(lambda: 0, as_json=True, stack="Shop").of(SIGHT).splitlines()
    assert list(watched) == list(json.loads(line))
    failure = Explanation(name="Import", logical_id="I", why="", what_to_do="", job=None, data_location=None)
    document = json.loads(as_json(Explained(sight=SIGHT, failures=[failure])))
    assert list(explained) == list(document)
    assert list(explained["failures"][0]) == list(document["failures"][0])  # type: ignore[index]


def test_the_lines_of_a_run_in_ci_are_those_that_are_written() -> None:
    told = text_of("docs/watch.md: 2026")
    times = [datetime.fromisoformat(line.split()[0]).timestamp() for line in told.splitlines()]
    running = replace(
        SEEN,
        state=State.RUNNING,
        job=job("Shop-Import98530AF4-f97ac680e5e8-1"),
        elapsed_seconds=20,
        usual_seconds=370,
    )
    ended = replace(
        running, state=State.IMPORTED, job=job("Shop-Import98530AF4-f97ac680e5e8-1", "ACTIVE"), elapsed_seconds=391
    )
    looks = [
        replace(SIGHT, imports=[replace(SEEN, state=State.STARTING, elapsed_seconds=3)]),
        replace(SIGHT, imports=[running]),
        replace(SIGHT, stack_status="CREATE_COMPLETE", imports=[ended]),
    ]
    clock = iter(times)
    changes = Changes(lambda: next(clock), as_json=False, stack="Shop")
    assert "".join(map(changes.of, looks)) == told


def test_what_the_page_installs_is_an_extra_of_the_project() -> None:
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    (extra,) = re.findall(r"pip install '\.\[(\w+)\]'", PAGE)
    assert extra in extras
