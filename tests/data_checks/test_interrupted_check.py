"""A check that is interrupted ends soon, even if its threads split rows in Python."""

import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from types import FrameType

import pyarrow as pa
import pytest

from personalize_import_handler.data_checks.arrow.repeats import Repeats
from personalize_import_handler.data_checks.arrow.row_checker import ArrowRowChecker
from personalize_import_handler.data_checks.checker import check
from personalize_import_handler.data_checks.files import Data, DataFile
from personalize_import_handler.data_checks.schema import read_schema
from tests.data_checks.support.hostile_rows import Rows, schema_of

SCHEMA = read_schema(schema_of(Rows(1, "")))
SPLIT_IN_PYTHON = b'u,1,"r""e\\"d"\n' * 30_000
"""Quotes that are escaped in both ways, which pyarrow can't parse."""


def seconds(*, interrupted: bool) -> float:
    """Return how long a check of a block in each of two threads takes, to its end or if it is interrupted at once."""

    def chunks() -> Iterator[bytes]:
        yield b"USER_ID,N0,TEXT\n"
        yield SPLIT_IN_PYTHON
        yield SPLIT_IN_PYTHON
        if interrupted:
            raise KeyboardInterrupt

    data = Data(location="users.csv", files=[DataFile(name="users.csv", size=1, chunks=chunks)])
    begin = time.perf_counter()
    try:
        with ArrowRowChecker(workers=2) as rows:
            check(data, SCHEMA, rows=rows)
    except KeyboardInterrupt:
        assert interrupted
    else:
        assert not interrupted
    return time.perf_counter() - begin


def test_rows_that_are_split_in_python_are_not_all_checked_after_an_interruption(
    record_property: Callable[[str, object], None],
) -> None:
    whole = min(seconds(interrupted=False) for _ in range(2))  # the first one also loads pyarrow
    interrupted = seconds(interrupted=True)
    record_property("seconds", f"{whole:.2f}, interrupted {interrupted:.2f}")
    assert interrupted < whole / 2


def test_a_comparison_of_ids_ends_soon_after_an_interruption() -> None:
    numbers = pa.array(range(3_000_000))
    with ExitStack() as closing:
        repeats = Repeats(closing, "USER_ID")
        repeats.add("users.csv", numbers.cast(pa.string()), numbers)
        begin = time.perf_counter()
        assert [*repeats.findings()] == []
        whole = time.perf_counter() - begin

        before = signal.signal(signal.SIGALRM, signal.default_int_handler)
        closing.callback(signal.signal, signal.SIGALRM, before)
        signal.setitimer(signal.ITIMER_REAL, whole / 8)
        begin = time.perf_counter()
        with pytest.raises(KeyboardInterrupt):
            [*repeats.findings()]
        closing.close()
    assert time.perf_counter() - begin < whole * 0.75


def test_pyarrow_calls_python_only_in_threads_without_signal_handlers() -> None:
    content = b"USER_ID,N0,TEXT\na row that is too short\nu,1,long\n"
    data = Data(location="", files=[DataFile(name="users.csv", size=len(content), chunks=lambda: iter([content]))])
    threads = set[threading.Thread]()

    def note_thread(frame: FrameType, event: str, _: object) -> None:
        if event == "call" and frame.f_code.co_name == "skip":
            threads.add(threading.current_thread())

    with ArrowRowChecker(workers=1) as rows:
        threading.setprofile(note_thread)
        sys.setprofile(note_thread)
        try:
            check(data, SCHEMA, rows=rows)
        finally:
            sys.setprofile(None)
            threading.setprofile(None)

    assert len(threads) == 1
    assert threading.main_thread() not in threads
