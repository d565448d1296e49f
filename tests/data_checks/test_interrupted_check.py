"""A check that is interrupted ends soon, even if its threads split rows in Python."""

import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from types import FrameType
from typing import Final

import pytest

from personalize_import_handler.data_checks.arrow import repeats
from personalize_import_handler.data_checks.arrow.repeats import Repeats
from personalize_import_handler.data_checks.arrow.row_checker import ArrowRowChecker
from personalize_import_handler.data_checks.checker import check
from personalize_import_handler.data_checks.files import Data, DataFile
from personalize_import_handler.data_checks.rows import Block
from personalize_import_handler.data_checks.schema import read_schema
from personalize_import_handler.data_checks.tokenizer import Record
from tests.data_checks.support.hostile_rows import Rows, schema_of
from tests.support.until import until

SCHEMA = read_schema(schema_of(Rows(1, "")))
RECORDS: Final = 30_000
SECONDS_MAX: Final = 20
"""It takes less than a second; if it were not interrupted, minutes."""


class SlowRecords(list[Record]):
    """Records that are read at most one per millisecond."""

    read = 0

    def __iter__(self) -> Iterator[Record]:
        for record in super().__iter__():
            time.sleep(0.001)
            self.read += 1
            yield record


class SplitInPython(ArrowRowChecker):
    """A row checker whose records pyarrow can't parse."""

    def __init__(self) -> None:
        super().__init__(workers=2)
        self.records = SlowRecords([(0, "u,1,text")] * RECORDS)

    def split(self, block: Block, *, is_last: bool) -> tuple[Block, bytes]:
        return replace(block, records=self.records), b""


def test_rows_that_are_split_in_python_are_not_all_checked_after_an_interruption() -> None:
    def chunks() -> Iterator[bytes]:
        yield b"USER_ID,N0,TEXT\n"
        yield b"u,1,text\n"
        yield b"u,1,text\n"
        until(lambda: rows.records.read)
        raise KeyboardInterrupt

    data = Data(location="users.csv", files=[DataFile(name="users.csv", size=1, chunks=chunks)])
    with SplitInPython() as rows, pytest.raises(KeyboardInterrupt):
        check(data, SCHEMA, rows=rows)
    assert 0 < rows.records.read < RECORDS


def compare_ids() -> None:
    """Compare ids until SIGALRM, which comes once the comparison runs."""
    with ExitStack() as closing:
        ids = Repeats(closing, "USER_ID")
        signal.setitimer(signal.ITIMER_REAL, 0.5)
        [*ids.findings()]


def test_a_comparison_of_ids_ends_soon_after_an_interruption(monkeypatch: pytest.MonkeyPatch) -> None:
    for_minutes = "SELECT 0, 0, '', count(*) FROM range(100000) a, range(300000) b WHERE hash(a.range + b.range) = 5"
    monkeypatch.setattr(repeats, "_REPEATED", for_minutes)
    before = signal.signal(signal.SIGALRM, signal.default_int_handler)
    begin = time.perf_counter()
    try:
        with pytest.raises(KeyboardInterrupt):
            compare_ids()
    finally:
        signal.signal(signal.SIGALRM, before)
    assert time.perf_counter() - begin < SECONDS_MAX


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
