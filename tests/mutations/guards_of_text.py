"""Guards against forged log lines."""

from functools import partial
from typing import Final

from tests.mutations.patches import Patch

_FORGED: Final = "handler/cloudformation/test_forged_lines.py"
_record: Final = partial(Patch, "cloudformation/log_records.py", _FORGED)
_sent: Final = partial(Patch, "cloudformation/custom_resource.py", _FORGED)
_message: Final = partial(Patch, "job/state_changes.py", _FORGED)

GUARDS: Final = (
    _record("a message is one line", "return printable(super().getMessage())", "return super().getMessage()"),
    _record("a traceback is escaped", "if self.exc_info and self.exc_info[0]:", "if False:"),
    _record("an exception is one line of a traceback", ' if text.startswith("  File ") else [text])]', ")]"),
    _sent("all loggers escape", "        log_records.escape_all()\n", ""),
    _sent("a reason is escaped", "printable(reason or self.Reason)", "reason or self.Reason"),
    _message("the location of an event is escaped", "printable(properties.data_location)", "properties.data_location"),
    _message("the reason of an event is escaped", "printable(observed.failure_reason)", "observed.failure_reason"),
)
