"""The control API: JSON over HTTP with which tests inspect the service and inject faults.

Paths are below `/_personalize/`. A job name `*` stands for every job, and so does an operation in faults. Times are
simulated, except `hang_seconds`, which are real.

| request | body or query | effect |
|---|---|---|
| `GET status` | | return clock, settings, faults, held jobs and forced ends |
| `POST clock` | `{"speed": 60}` | set the speed of the simulated clock |
| `POST settings` | `{"import_pending_seconds": 1, …}` | change settings, see `limits.Settings` |
| `POST faults` | `{"operation", "resource", "times", "after_effect", "error_code", "message", "http_status", "hang_seconds", "drop_connection", "seconds"}`, each optional | fail the next calls, or all calls of the next `seconds`, see `faults.Fault` |
| `DELETE faults` | | remove all faults |
| `POST jobs/hold` | `{"job_name"}` | keep a job in CREATE IN_PROGRESS |
| `POST jobs/release` | `{"job_name"}` | release a held job; `*` releases all |
| `POST jobs/end` | `{"job_name", "status", "failure_reason", "after_seconds"}` | end a job, now or later, by default as CREATE FAILED |
| `DELETE jobs/end` | `{"job_name"}` | remove such a forced end |
| `GET jobs` | `?dataset_arn=` | return the jobs with their status history, and the maximum number that ran at once |
| `GET rows` | `?dataset_arn=&offset=0&limit=100` | return the number of a dataset's records, and some of them |
| `GET calls` | `?operation=` | return the API calls received: operation, time, outcome |
| `DELETE calls` | | clear the log of calls |
| `POST reset` | | delete all resources, and restore the initial settings and speed |
"""  # noqa: E501  # rows of a table can't be broken

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict
from email.utils import formatdate
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

from personalize_local.personalize import arns
from personalize_local.personalize.call_log import CallLog
from personalize_local.personalize.errors import ServiceError, invalid_input, not_found
from personalize_local.personalize.faults import Fault, ForcedEnd
from personalize_local.personalize.importing.import_job import ImportJob
from personalize_local.personalize.json_protocol import Response, timestamp
from personalize_local.personalize.resource_status import ACTIVE, CREATE_FAILED
from personalize_local.personalize.store import Store, existing
from personalize_local.personalize.switches import COUNT, Range, check_members, check_number
from personalize_local.personalize.untrusted_json import parse_json

PREFIX: Final = "/_personalize/"
_DEFAULT_LIMIT: Final = 100
_RESET: Final = ("POST", "reset")
_MEMBERS_OF_ENDS: Final = ("status", "failure_reason", "after_seconds")
_FAULT_RANGES: Final[Mapping[str, Range]] = {"http_status": (400, 599), "hang_seconds": (0, 3600)}

Arguments = Mapping[str, Any]
Answer = Mapping[str, object]


class ControlApi:
    """The routes above."""

    def __init__(self, store: Store, calls: CallLog) -> None:
        """Serve a store; `reset` restores the current settings and speed."""
        self._store = store
        self._calls = calls
        self._settings_at_start = store.settings
        self._speed_at_start = store.clock.speed
        self._routes: Mapping[tuple[str, str], Callable[[Arguments], Answer]] = {
            ("GET", "status"): self._get_status,
            ("POST", "clock"): self._set_clock,
            ("POST", "settings"): self._change_settings,
            ("POST", "faults"): self._add_fault,
            ("DELETE", "faults"): self._clear_faults,
            ("POST", "jobs/hold"): self._hold_job,
            ("POST", "jobs/release"): self._release_job,
            ("POST", "jobs/end"): self._end_job,
            ("DELETE", "jobs/end"): self._cancel_forced_end,
            ("GET", "jobs"): self._list_jobs,
            ("GET", "rows"): self._list_rows,
            ("GET", "calls"): self._list_calls,
            ("DELETE", "calls"): self._clear_calls,
            _RESET: self._reset,
        }

    def handle(self, method: str, path: str, body: bytes = b"") -> Response:
        """Answer a request; `path` may include a query and start with `/_personalize/`."""
        try:
            answer, status = self._answer(method, path, body), 200
        except (ServiceError, ValueError, TypeError, KeyError) as error:
            answer, status = {"message": str(error)}, 404 if _is_not_found(error) else 400
        date = formatdate(self._store.clock.now(), usegmt=True)
        return Response(status, {"content-type": "application/json", "date": date}, json.dumps(answer).encode())

    def _answer(self, method: str, path: str, body: bytes) -> Answer:
        url = urlsplit(path)
        request = (method.upper(), url.path.removeprefix(PREFIX).strip("/"))
        if request not in self._routes:
            raise not_found(f"there is no {method} {url.path}")
        if request == _RESET:  # works in any state, so it reads neither the body nor the resources
            with self._store.lock:
                return self._reset()
        given = parse_json(body or b"{}")
        if not isinstance(given, dict):
            raise invalid_input(f"the body must be a JSON object, got {type(given).__name__}")
        with self._store.lock:
            self._store.update_all()
            return self._routes[request]({**dict(parse_qsl(url.query)), **given})

    def _get_status(self, _arguments: Arguments) -> Answer:
        injector, now = self._store.fault_injector, self._store.clock.now()
        return {
            "now": timestamp(now),
            "speed": self._store.clock.speed,
            "settings": asdict(self._store.settings),
            "faults": [asdict(fault) for fault in injector.faults if fault.is_active(now)],
            "held_jobs": sorted(injector.held_jobs),
            "forced_ends": {name: asdict(end) for name, end in injector.forced_ends.items()},
        }

    def _set_clock(self, arguments: Arguments) -> Answer:
        self._store.clock.speed = _required(arguments, "speed")
        return {"speed": self._store.clock.speed}

    def _change_settings(self, arguments: Arguments) -> Answer:
        self._store.settings = self._store.settings.changed(arguments)
        return asdict(self._store.settings)

    def _add_fault(self, arguments: Arguments) -> Answer:
        check_members(Fault, arguments, _FAULT_RANGES)
        fault = Fault(**arguments, requested_at=self._store.clock.now())
        self._store.fault_injector.add_fault(fault)
        return asdict(fault)

    def _clear_faults(self, _arguments: Arguments) -> Answer:
        self._store.fault_injector.clear_faults()
        return {}

    def _hold_job(self, arguments: Arguments) -> Answer:
        self._store.fault_injector.hold(_job_name(arguments))
        return {}

    def _release_job(self, arguments: Arguments) -> Answer:
        self._store.fault_injector.release(_job_name(arguments))
        return {}

    def _end_job(self, arguments: Arguments) -> Answer:
        status = arguments.get("status", CREATE_FAILED)
        if status == ACTIVE:
            raise invalid_input("a job becomes ACTIVE only by importing its data; to speed it up, set the clock")
        given = {name: value for name, value in arguments.items() if name in _MEMBERS_OF_ENDS}
        check_members(ForcedEnd, given, {})
        end = ForcedEnd(**{"status": status, "failure_reason": None, **given}, requested_at=self._store.clock.now())
        self._store.fault_injector.force_end(_job_name(arguments), end)
        return asdict(end)

    def _cancel_forced_end(self, arguments: Arguments) -> Answer:
        self._store.fault_injector.cancel_forced_end(_job_name(arguments))
        return {}

    def _list_jobs(self, arguments: Arguments) -> Answer:
        dataset_arn = arguments.get("dataset_arn")
        jobs: list[ImportJob] = []
        most = 0
        for at in self._store.account_regions():
            with self._store.locked(at) as (resources, _now):
                jobs += resources.import_jobs.values()
                most = max(most, resources.most_jobs_at_once)
        chosen = [_job(job) for job in jobs if dataset_arn in (None, job.dataset_arn)]
        return {"jobs": chosen, "most_running_at_once": most}

    def _list_rows(self, arguments: Arguments) -> Answer:
        arn = str(_required(arguments, "dataset_arn"))
        with self._store.locked(arns.account_region_of(arn)) as (resources, _now):
            records = existing(resources.datasets, arn).all_records
        offset, limit = (
            int(arguments.get(name, default)) for name, default in (("offset", 0), ("limit", _DEFAULT_LIMIT))
        )
        check_number("offset", offset, COUNT)
        check_number("limit", limit, COUNT)
        return {"count": len(records), "rows": records.as_objects(offset, limit)}

    def _list_calls(self, arguments: Arguments) -> Answer:
        calls = self._calls.calls(arguments.get("operation"))
        return {"count": len(calls), "calls": [asdict(call) for call in calls]}

    def _clear_calls(self, _arguments: Arguments) -> Answer:
        self._calls.clear()
        return {}

    def _reset(self, _arguments: Arguments | None = None) -> Answer:
        self._store.clear()
        self._store.fault_injector.clear()
        self._calls.clear()
        self._store.settings = self._settings_at_start
        self._store.clock.speed = self._speed_at_start
        return {}


def _required(arguments: Arguments, name: str) -> Any:  # noqa: ANN401 - any JSON value
    if name not in arguments:
        raise invalid_input(f"{name} is missing; it is required")
    return arguments[name]


def _job_name(arguments: Arguments) -> str:
    name = _required(arguments, "job_name")
    if not isinstance(name, str):
        raise invalid_input(f"job_name must be a string, got {name!r}")
    return name


def _job(job: ImportJob) -> Answer:
    return {
        "job_name": job.job_name,
        "dataset_import_job_arn": job.arn,
        "dataset_arn": job.dataset_arn,
        "data_location": job.data_location,
        "import_mode": job.import_mode,
        "status": job.status,
        "failure_reason": job.failure_reason,
        "history": [{"status": change.status, "at": timestamp(change.at)} for change in job.history],
    }


def _is_not_found(error: Exception) -> bool:
    return isinstance(error, ServiceError) and error.code == "ResourceNotFoundException"
