"""Time grows no faster than the data: no regular expression takes longer than that for any text of others.

Each expression of the project is found in its source, and gets its worst inputs: see `worst_inputs`. One that is
written in a function, not as a constant of its module, is timed through that function: see `THROUGH_FUNCTIONS`.
"""

import importlib
import math
import re
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType
from typing import Any, Final

import pytest

from personalize_import_handler.contract import constraints
from personalize_import_handler.contract.constraints import TextRule
from personalize_import_handler.contract.properties import parse
from personalize_import_handler.data_checks import column_checks, conditions
from personalize_import_handler.data_checks.arrow.facts import _INTEGER_64
from personalize_import_handler.data_checks.conditions import Matches
from personalize_import_handler.data_checks.tokenizer import _FIELD_AND_COMMA, _LINE, raw_fields
from personalize_import_handler.request import job_names
from personalize_import_handler.request.request_time import delete_seconds
from personalize_local.personalize.errors import ServiceError
from personalize_local.personalize.request_validation import check_constraints
from personalize_local.personalize.service_model import input_shape
from tests.data_checks.support.expressions import expressions, methods_of
from tests.data_checks.support.timing import FACTOR_MAX, SMALL, Grown, best_seconds, growth
from tests.data_checks.support.worst_inputs import Pump, pumps
from tests.handler.support.properties import properties

Reader = Callable[[str], object]

_HANDLER: Final = "personalize_import_handler"
_CHECKS: Final = f"{_HANDLER}.data_checks"
_SUSPECTS: Final = 3
_HANGS_SECONDS: Final = 20


def _parsed(text: str) -> None:
    with suppress(ValueError):
        parse(properties(TimeoutSeconds=text))


def _requested(text: str) -> None:
    parameters = {"jobName": text, "datasetArn": text, "roleArn": text, "dataSource": {"dataLocation": text}}
    with suppress(ServiceError):
        check_constraints(input_shape("CreateDatasetImportJob"), {**parameters, "tags": [{"tagKey": text}]})


def _fields_of_a_line(text: str) -> None:
    if _LINE.fullmatch(text):
        raw_fields(text)


THROUGH_FUNCTIONS: Final[dict[str, list[tuple[str, Reader]]]] = {
    f"{_HANDLER}.contract.constraints:TextRule.check": [
        (constraints.DATA_LOCATION.pattern, lambda text: list(constraints.DATA_LOCATION.check("x", text)))
    ],
    f"{_HANDLER}.request.job_names:_default_prefix": [("", lambda text: job_names._default_prefix(text, "Import"))],
    f"{_HANDLER}.request.request_time:delete_seconds": [
        ("[0-9]+", lambda text: delete_seconds({"ServiceTimeout": text}))
    ],
    f"{_HANDLER}.contract.value_types:Seconds.parse": [("[0-9]+", _parsed)],
    **{
        f"{_CHECKS}.conditions:{name}": [(pattern.pattern, Matches(pattern).holds)]
        for name, pattern in (("DECIMAL", conditions.DECIMAL), ("BOOLEAN", conditions.BOOLEAN))
    },
    **{
        f"{_CHECKS}.column_checks:{name}": [(pattern.pattern, Matches(pattern).holds)]
        for name, pattern in (("_DATE", column_checks._DATE), ("_ID_FROM_FLOAT", column_checks._ID_FROM_FLOAT))
    },
    f"{_CHECKS}.arrow.facts:_INTEGER_64": [("[0-9]+", _INTEGER_64.fullmatch)],
    # A record is matched as a whole before it is split.
    f"{_CHECKS}.tokenizer:_FIELD_AND_COMMA": [(f"({_LINE.pattern}){_FIELD_AND_COMMA.pattern}", _fields_of_a_line)],
    "personalize_local.personalize.request_validation:_compiled": [
        (r"arn:([a-z\d-]+):personalize:.*:.*:.+", _requested)
    ],
}
"""For each expression that isn't a constant, or reads only some texts: a pattern of its inputs, and its reader."""

# These read what the app itself has written: paths of its constructs and its own templates.
OF_THE_APP: Final = {
    "personalize_import.provider.staging_bucket:_without_sub",
    "personalize_import.access.required_statements:Policy.warning_id",
    "personalize_import.synthesis.names:name_of_path",
}

CONSTANTS: Final = sorted(expressions() - THROUGH_FUNCTIONS.keys() - OF_THE_APP)


def readers_of(key: str) -> Iterator[tuple[str, Reader]]:
    """Yield the pattern of a constant, and each way in which it reads a text."""
    module = importlib.import_module(key.partition(":")[0])
    name = key.partition(":")[2]
    constant = getattr(module, name, None)
    assert isinstance(constant, re.Pattern | TextRule), f"{key} is no constant: add it to THROUGH_FUNCTIONS"
    compiled = re.compile(_text_of(constant.pattern))
    source = Path(str(module.__file__)).read_text()
    for method in {"fullmatch"} if isinstance(constant, TextRule) else methods_of(key, source):
        yield compiled.pattern, _reader(compiled, method)


def _text_of(pattern: str | bytes) -> str:
    """Return a pattern as one for text: both kinds of expressions take the same time."""
    return pattern if isinstance(pattern, str) else pattern.decode()


def _reader(compiled: re.Pattern[str], method: str) -> Reader:
    call: Callable[..., Any] = getattr(compiled, method)
    if method in ("sub", "subn"):
        return lambda text: call("", text)
    return (lambda text: list(call(text))) if method == "finditer" else call


@contextmanager
def limited_time(seconds: float = _HANGS_SECONDS) -> Iterator[None]:
    """Fail rather than hang: the module `re` looks for signals."""

    def end(_number: int, _frame: FrameType | None) -> None:
        raise TimeoutError

    before = signal.signal(signal.SIGALRM, end)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def worst_of(pattern: str, read: Reader) -> list[tuple[Pump, Grown]]:
    """Return the inputs of a small size that take the longest, and how they grow."""

    def grown(pump: Pump) -> Grown:
        def of_size(size: int) -> Callable[[], object]:
            text = pump.text(size)
            return lambda: read(text)

        return of_size

    every = [(pump, grown(pump)) for pump in pumps(pattern)]
    return sorted(every, key=lambda each: best_seconds(each[1](SMALL)), reverse=True)[:_SUSPECTS]


@pytest.mark.parametrize("key", [*CONSTANTS, *THROUGH_FUNCTIONS])
def test_time_grows_with_the_text(key: str, record_property: Callable[[str, object], None]) -> None:
    slowest: tuple[float, str] = (0.0, "")
    for pattern, read in THROUGH_FUNCTIONS.get(key) or readers_of(key):
        with limited_time():
            for pump, grown in worst_of(pattern, read):
                size, factors = growth(grown)
                told = f"{' '.join(f'{factor:.1f}' for factor in factors)} from {size} of {tuple(pump)}"
                slowest = max(slowest, (math.prod(factors), told))
    record_property("growth for twice the size", f"{key}: {slowest[1]}")
    assert slowest[0] < FACTOR_MAX, slowest[1]


def test_each_expression_of_the_project_is_timed() -> None:
    assert expressions() >= THROUGH_FUNCTIONS.keys() | OF_THE_APP
    assert len(CONSTANTS) > 30


@pytest.mark.parametrize(
    "pattern",
    [r"[0-9]+\.?[0-9]*", r"(?:[^,]*,?)*x", r"(a|b|ab)*c", r"\s*\(x\)$"],
    ids=["decimal", "list", "both", "end"],
)
def test_an_expression_that_is_not_linear_is_found(pattern: str) -> None:
    compiled = re.compile(pattern)
    with suppress(TimeoutError), limited_time(2):
        found = [grown for read in (compiled.fullmatch, compiled.search) for _, grown in worst_of(pattern, read)]
        assert any(math.prod(growth(grown)[1]) > FACTOR_MAX for grown in found)
