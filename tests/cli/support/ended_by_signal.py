"""A program that checks data and gets SIGTERM while DuckDB, as it is loaded, calls Python."""

import signal
import sys
import threading
from types import FrameType

from personalize_import_cli.signals import SignalExit, exit_on_signals
from personalize_import_handler.data_checks.arrow.row_checker import ArrowRowChecker
from personalize_import_handler.data_checks.checker import check
from personalize_import_handler.data_checks.files import Data, DataFile
from personalize_import_handler.data_checks.schema import read_schema
from tests.data_checks.support.hostile_rows import Rows, schema_of

CONTENT = b"USER_ID,N0,TEXT\nu,1,long\n"


def main() -> None:
    """Write whether the signal ended the check."""
    was_sent = False

    def send_once(frame: FrameType, event: str, _: object) -> None:
        nonlocal was_sent
        creates_enum = event == "call" and frame.f_globals.get("__name__") == "enum"
        if creates_enum and "duckdb" in sys.modules and not was_sent:
            was_sent = True
            signal.raise_signal(signal.SIGTERM)

    sys.setprofile(send_once)
    threading.setprofile(send_once)
    data = Data(location="", files=[DataFile(name="users.csv", size=len(CONTENT), chunks=lambda: iter([CONTENT]))])
    try:
        with exit_on_signals(), ArrowRowChecker() as rows:
            check(data, read_schema(schema_of(Rows(1, ""))), rows=rows)
    except SignalExit:
        sys.stdout.write("ended\n")
    else:
        sys.stdout.write("not ended by a signal\n" if was_sent else "no signal was sent\n")


if __name__ == "__main__":
    main()
