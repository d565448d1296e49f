"""The table of role sessions, which ministack reads and writes in several threads without a lock."""

import threading
from typing import Any

from ministack.services import sts


def register_sessions_one_at_a_time() -> None:
    """Register role sessions in one thread at a time.

    ministack also removes the expired ones then: it iterates over the table, which fails if another thread has just
    added a session, as happens when the functions of several stacks start.
    """
    register, lock = sts.register_session, threading.Lock()

    def register_alone(access_key: str, session: dict[str, Any]) -> None:
        with lock:
            register(access_key, session)

    sts.register_session = register_alone
