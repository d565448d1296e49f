"""The simulated clock, which measures all timestamps and durations of the service."""

import threading
import time

from personalize_local.personalize.switches import SPEED, check_number


class Clock:
    """A clock that runs `speed` times as fast as real time, starting at the current time."""

    def __init__(self, speed: float = 1.0) -> None:
        """Start at the current time; with `speed` 60, a simulated minute takes a real second."""
        self._changed = threading.Condition()
        self._speed = check_number("speed", speed, SPEED)
        self._base_time = time.time()
        self._base_real = time.monotonic()

    @property
    def speed(self) -> float:
        """Simulated seconds per real second."""
        with self._changed:
            return self._speed

    @speed.setter
    def speed(self, speed: float) -> None:
        """Change the speed from now on, without a jump in time; it also applies to sleeping threads."""
        check_number("speed", speed, SPEED)
        with self._changed:
            self._base_time, self._base_real = self._now(), time.monotonic()
            self._speed = speed
            self._changed.notify_all()

    def now(self) -> float:
        """Return the simulated time in seconds since the epoch."""
        with self._changed:
            return self._now()

    def advance_to(self, earlier_time: float) -> None:
        """Advance to a time from an earlier run; do nothing if it has passed."""
        with self._changed:
            self._base_time += max(0.0, earlier_time - self._now())

    def sleep(self, seconds: float) -> None:
        """Wait until `seconds` of simulated time have passed."""
        with self._changed:
            end = self._now() + seconds
            while (remaining := end - self._now()) > 0:
                self._changed.wait(remaining / self._speed)

    def _now(self) -> float:
        return self._base_time + (time.monotonic() - self._base_real) * self._speed
