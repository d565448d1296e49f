"""docs/status.md has every option, state, exit code and field, and no other."""

import json
import re
import tomllib
from dataclasses import replace
from datetime import UTC, datetime

from personalize_import_cli import exit_codes
from personalize_import_cli.commands.status import status
from personalize_import_cli.stack import refreshes
from personalize_import_cli.stack.render import as_json, as_text
from personalize_import_cli.stack.status import RefreshState, RefreshStatus, State, moment
from tests.cli.stack.test_render import REFRESHED, RUNNING, status_of
from tests.cli.support.runs import ROOT

PAGE = (ROOT / "docs" / "status.md").read_text()


def first_column(title: str) -> list[str]:
    table = PAGE.partition(f"| {title} |")[2].partition("\n\n")[0]
    return re.findall(r"^\| `?([^|`]+?)`? \|", table.partition("| --- |")[2], re.MULTILINE)


def test_the_page_has_every_option() -> None:
    options = {option for each in status.params for option in each.opts}
    assert set(first_column("argument")) == {"STACK" if option == "stack" else option for option in options}


def test_the_page_has_every_state() -> None:
    assert first_column("state") == list(State)


def test_the_page_has_every_state_of_a_refresh() -> None:
    assert first_column("refresh") == list(RefreshState)


def test_the_page_shows_refreshes_as_they_are_printed() -> None:
    night, next_night = (datetime(2026, 11, day, 2, tzinfo=UTC) for day in (28, 29))
    skipped = RefreshStatus(
        name="Users/Import",
        logical_id="Users",
        state=RefreshState.SKIPPED,
        requested_at=night.timestamp(),
        reason="the stack is UPDATE_IN_PROGRESS",
        next_refreshes=[moment(next_night.timestamp()), "after uploads"],
    )
    failed = replace(
        skipped,
        name="Items/Import",
        state=RefreshState.FAILED,
        reason="The column ITEM_ID is empty, but its type in the schema doesn't include null.",
        next_refreshes=[moment(next_night.timestamp())],
    )

    _imports, printed = as_text(replace(status_of(RUNNING), refreshes=[skipped, failed])).split("shop-1\n")

    assert f"```text\n{printed}```\n" in PAGE


def test_the_page_has_every_action_of_refreshes() -> None:
    actions = [f"{service}:{operation}" for operation, service in refreshes.SERVICES.items()]
    *_, policy = re.findall(r"^```json\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
    assert json.loads(policy)["Statement"][0]["Action"] == actions


def test_the_page_has_every_exit_code() -> None:
    codes = [exit_codes.NO_ERRORS, exit_codes.ERRORS_FOUND, exit_codes.COULD_NOT_RUN, exit_codes.HUNG_UP]
    codes += [exit_codes.INTERRUPTED, exit_codes.OUTPUT_CLOSED, exit_codes.TERMINATED]
    assert first_column("code") == [str(code) for code in codes]


def test_the_page_has_every_field() -> None:
    example = json.loads(re.findall(r"^```json\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)[0])
    document = json.loads(as_json(replace(status_of(RUNNING), refreshes=[REFRESHED])))
    assert list(example) == list(document)
    assert list(example["imports"][0]) == list(document["imports"][0])
    assert list(example["refreshes"][0]) == list(document["refreshes"][0])


def test_the_page_installs_an_extra_of_the_project() -> None:
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    (extra,) = re.findall(r"pip install '\.\[(\w+)\]'", PAGE)
    assert extra in extras
