"""The switchboard: how tests look into the service and make it misbehave, as JSON over HTTP.

Paths are below `/_personalize/`; job names may be `*` for every job, and so may operations in faults. All times are
the service's; `hang_seconds` alone are real ones, for it is a client's patience that they try.

| request | body or query | what it does |
|---|---|---|
| `GET status` | | the clock, the settings and the orders in force |
| `POST clock` | `{"speed": 60}` | set how fast the service's time runs |
| `POST settings` | `{"import_pending_seconds": 1, …}` | change settings, see `settings.Settings` |
| `POST faults` | `{"operation", "resource", "times", "after_effect", "error_code", "message", "http_status", "hang_seconds", "drop_connection", "seconds"}`, each optional | let the next calls fail, or those of the next `seconds`, see `switches.Fault` |
| `DELETE faults` | | take back all faults |
| `POST jobs/hold` | `{"job_name"}` | let a job stay CREATE IN_PROGRESS |
| `POST jobs/release` | `{"job_name"}` | let a held job go on; `*` lets all go on |
| `POST jobs/end` | `{"job_name", "status", "failure_reason", "after_seconds"}` | end a job, now or later, by default as CREATE FAILED |
| `DELETE jobs/end` | `{"job_name"}` | take such an order back |
| `GET jobs` | `?dataset_arn=` | the jobs with their status history, and the most that were running at once |
| `GET rows` | `?dataset_arn=&offset=0&limit=100` | a dataset's records: their count, and some of them |
| `GET calls` | `?operation=` | the API calls received: operation, time, outcome |
| `DELETE calls` | | forget the calls received |
| `POST reset` | | forget everything, and take settings and speed back to what they were at the start |
"""  # noqa: E501  # rows of a table can't be broken

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, fields
from email.utils import formatdate
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

from personalize_local.personalize import arns
from personalize_local.personalize.call_log import CallLog
from personalize_local.personalize.errors import ServiceError, invalid_input, not_found
from personalize_local.personalize.faults import Fault, OrderedEnd
from personalize_local.personalize.foreign_json import read_json
from personalize_local.personalize.importing.import_job import ImportJob
from personalize_local.personalize.json_protocol import Response, timestamp
from personalize_local.personalize.resource_status import ACTIVE, CREATE_FAILED
from personalize_local.personalize.store import Store, existing

PREFIX: Final = "/_personalize/"
_DEFAULT_LIMIT: Final = 100

Answer = Mapping[str, object]


class Switchboard:
    """The routes above."""

    def __init__(self, store: Store, calls: CallLog) -> None:
        """Take the state to look into, and remember the settings that `reset` returns to."""
        self._store = store
        self._calls = calls
        self._settings_at_start = store.settings
        self._speed_at_start = store.clock.speed
        self._routes: Mapping[tuple[str, str], Callable[[dict[str, Any]], Answer]] = {
            ("GET", "status"): self._status,
            ("POST", "clock"): self._set_clock,
            ("POST", "settings"): self._set_settings,
            ("POST", "faults"): self._add_fault,
            ("DELETE", "faults"): self._clear_faults,
            ("POST", "jobs/hold"): self._hold,
            ("POST", "jobs/release"): self._release,
            ("POST", "jobs/end"): self._end,
            ("DELETE", "jobs/end"): self._take_back_end,
            ("GET", "jobs"): self._jobs,
            ("GET", "rows"): self._rows,
            ("GET", "calls"): self._list_calls,
            ("DELETE", "calls"): self._clear_calls,
            ("POST", "reset"): self._reset,
        }

    def handle(self, method: str, path: str, body: bytes = b"") -> Response:
        """Answer one request; `path` may carry a query, and `/_personalize/` in front."""
        url = urlsplit(path)
        route = self._routes.get((method.upper(), url.path.removeprefix(PREFIX).strip("/")))
        try:
            if route is None:
                raise not_found(f"there is no {method} {url.path}")
            arguments = {**dict(parse_qsl(url.query)), **read_json(body or b"{}")}
            with self._store.lock:
                self._store.settle_all()
                answer, status = route(arguments), 200
        except (ServiceError, ValueError, TypeError, KeyError) as error:
            answer, status = {"message": str(error)}, 404 if _is_not_found(error) else 400
        date = formatdate(self._store.clock.now(), usegmt=True)
        return Response(status, {"content-type": "application/json", "date": date}, json.dumps(answer).encode())

    def _status(self, _arguments: Mapping[str, Any]) -> Answer:
        switches = self._store.switches
        return {
            "now": timestamp(self._store.clock.now()),
            "speed": self._store.clock.speed,
            "settings": asdict(self._store.settings),
            "faults": [asdict(fault) for fault in switches.faults if fault.is_in_force(self._store.clock.now())],
            "held_jobs": sorted(switches.held_jobs),
            "ordered_ends": {name: asdict(order) for name, order in switches.ordered_ends.items()},
        }

    def _set_clock(self, arguments: Mapping[str, Any]) -> Answer:
        self._store.clock.speed = float(arguments["speed"])
        return {"speed": self._store.clock.speed}

    def _set_settings(self, arguments: Mapping[str, Any]) -> Answer:
        self._store.settings = self._store.settings.changed(arguments)
        return asdict(self._store.settings)

    def _add_fault(self, arguments: Mapping[str, Any]) -> Answer:
        unknown = set(arguments) - {member.name for member in fields(Fault)}
        if unknown:
            raise invalid_input(f"a fault has no {', '.join(sorted(unknown))}")
        fault = Fault(**arguments, ordered_at=self._store.clock.now())
        self._store.switches.add_fault(fault)
        return asdict(fault)

    def _clear_faults(self, _arguments: Mapping[str, Any]) -> Answer:
        self._store.switches.clear_faults()
        return {}

    def _hold(self, arguments: Mapping[str, Any]) -> Answer:
        self._store.switches.hold(arguments["job_name"])
        return {}

    def _release(self, arguments: Mapping[str, Any]) -> Answer:
        self._store.switches.release(arguments["job_name"])
        return {}

    def _end(self, arguments: Mapping[str, Any]) -> Answer:
        status = arguments.get("status", CREATE_FAILED)
        if status == ACTIVE:
            raise invalid_input("only its data can make a job ACTIVE; to have that sooner, set the clock's speed")
        order = OrderedEnd(
            status=str(status),
            failure_reason=arguments.get("failure_reason"),
            ordered_at=self._store.clock.now(),
            after_seconds=float(arguments.get("after_seconds", 0)),
        )
        self._store.switches.order_end(arguments["job_name"], order)
        return asdict(order)

    def _take_back_end(self, arguments: Mapping[str, Any]) -> Answer:
        self._store.switches.take_back_end(arguments["job_name"])
        return {}

    def _jobs(self, arguments: Mapping[str, Any]) -> Answer:
        dataset_arn = arguments.get("dataset_arn")
        jobs: list[ImportJob] = []
        most = 0
        for scope in self._store.scopes():
            with self._store.opened(scope) as (resources, _now):
                jobs += resources.import_jobs.values()
                most = max(most, resources.most_jobs_at_once)
        chosen = [_job(job) for job in jobs if dataset_arn in (None, job.dataset_arn)]
        return {"jobs": chosen, "most_running_at_once": most}

    def _rows(self, arguments: Mapping[str, Any]) -> Answer:
        arn = arguments["dataset_arn"]
        with self._store.opened(arns.scope_of(arn)) as (resources, _now):
            records = existing(resources.datasets, arn).records
        offset, limit = int(arguments.get("offset", 0)), int(arguments.get("limit", _DEFAULT_LIMIT))
        return {"count": len(records), "rows": records.as_objects(offset, limit)}

    def _list_calls(self, arguments: Mapping[str, Any]) -> Answer:
        calls = self._calls.calls(arguments.get("operation"))
        return {"count": len(calls), "calls": [asdict(call) for call in calls]}

    def _clear_calls(self, _arguments: Mapping[str, Any]) -> Answer:
        self._calls.clear()
        return {}

    def _reset(self, _arguments: Mapping[str, Any]) -> Answer:
        self._store.forget_all()
        self._store.switches.clear()
        self._calls.clear()
        self._store.settings = self._settings_at_start
        self._store.clock.speed = self._speed_at_start
        return {}


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
