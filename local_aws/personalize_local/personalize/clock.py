"""The service's own clock: every timestamp and duration of the service is in its time."""

import threading
import time


class Clock:
    """A clock that runs `speed` times as fast as real time, from the moment it is made."""

    def __init__(self, speed: float = 1.0) -> None:
        """Start at the present time; `speed` 60 makes a minute of service time out of a second."""
        self._changed = threading.Condition()
        self._speed = _checked(speed)
        self._base_time = time.time()
        self._base_real = time.monotonic()

    @property
    def speed(self) -> float:
        """How many seconds of service time pass in one real second."""
        with self._changed:
            return self._speed

    @speed.setter
    def speed(self, speed: float) -> None:
        """Go on at another speed from now, without a jump in time; sleepers take it up at once."""
        with self._changed:
            self._base_time, self._base_real = self._now(), time.monotonic()
            self._speed = _checked(speed)
            self._changed.notify_all()

    def now(self) -> float:
        """Return the service's time in seconds since the epoch."""
        with self._changed:
            return self._now()

    def catch_up(self, time_before: float) -> None:
        """Go forward to a time that a clock before this one has shown already; never back."""
        with self._changed:
            self._base_time += max(0.0, time_before - self._now())

    def sleep(self, seconds: float) -> None:
        """Wait until `seconds` of service time have passed."""
        with self._changed:
            end = self._now() + seconds
            while (remaining := end - self._now()) > 0:
                self._changed.wait(remaining / self._speed)

    def _now(self) -> float:
        return self._base_time + (time.monotonic() - self._base_real) * self._speed


def _checked(speed: float) -> float:
    if not speed > 0:
        raise ValueError(f"the clock's speed must be above 0, not {speed}")
    return speed
