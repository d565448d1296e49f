"""Amazon EventBridge in memory: it keeps what it has taken."""

from dataclasses import dataclass, field

from personalize_import_handler.contract import StateChange


@dataclass
class FakeEventBus:
    """The protocol of `event_bus.py`."""

    changes: list[StateChange] = field(default_factory=list)
    times: list[float] = field(default_factory=list)
    asked: int = 0
    _faults: list[BaseException] = field(default_factory=list)

    # What tests do to the service.

    def fail_next(self, error: BaseException, *, times: int = 1) -> None:
        """Reject the next events."""
        self._faults.extend([error] * times)

    def clear_faults(self) -> None:
        """Remove all faults that haven't been raised yet."""
        self._faults.clear()

    @property
    def statuses(self) -> list[str]:
        """The published events, in order."""
        return [change["status"] for change in self.changes]

    # What the handler asks of it.

    def publish(self, change: StateChange, at: float) -> None:
        self.asked += 1
        if self._faults:
            raise self._faults.pop(0)
        self.changes.append(change)
        self.times.append(at)
