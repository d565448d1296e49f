"""What the service's statuses and errors mean, and what is asked of it."""

from functools import partial
from typing import Final

from tests.mutations.patches import Patch

_status: Final = partial(Patch, "personalize.py", "handler/test_lifecycle_waiting.py faults/test_service_faults.py")
_error: Final = partial(Patch, "personalize_client.py", "handler/test_personalize_errors.py")
_call: Final = partial(Patch, "personalize_client.py", "handler/test_personalize_client.py")

GUARDS: Final = (
    # In `personalize`
    _status("a pending job runs", '"CREATE PENDING": Phase.RUNNING', '"CREATE PENDING": Phase.ACTIVE'),
    _status("a job in progress runs", '"CREATE IN_PROGRESS": Phase.RUNNING', '"CREATE IN_PROGRESS": Phase.ACTIVE'),
    _status("an active job has ended well", '"ACTIVE": Phase.ACTIVE', '"ACTIVE": Phase.RUNNING'),
    _status("a failed job has failed", '"CREATE FAILED": Phase.FAILED', '"CREATE FAILED": Phase.ACTIVE'),
    _status(
        "a status that nobody knows is not guessed",
        "    if status not in _PHASES:\n",
        "    if status not in _PHASES:\n        return Phase.RUNNING\n    if not status:\n",
    ),
    _status(
        "a status that nobody knows is no failure, and starts no other job",
        "return _PHASES.get(status) is Phase.FAILED",
        "return _PHASES.get(status, Phase.FAILED) is Phase.FAILED",
    ),
    _status(
        "a status that nobody knows keeps no dataset busy",
        "return _PHASES.get(status) is Phase.RUNNING",
        "return _PHASES.get(status, Phase.RUNNING) is Phase.RUNNING",
    ),
    # In `personalize_client`: errors
    *[
        _error(f"{code} passes", f'    "{code}",', "")
        for code in (
            "LimitExceededException",
            "ResourceInUseException",
            "ThrottlingException",
            "TooManyRequestsException",
            "InternalFailure",
            "InternalServerError",
            "ServiceUnavailable",
            "ServiceUnavailableException",
        )
    ],
    _error("too many requests pass, whatever their code", "or status == _TOO_MANY_REQUESTS or", "or"),
    _error("a fault of the service's own passes, whatever its code", " or status >= _SERVER_ERROR:", ":"),
    _error("500 is a fault of the service's own", "status >= _SERVER_ERROR", "status > _SERVER_ERROR"),
    _error(
        "what passes is not refused for good",
        "return Busy(operation, code, message)",
        "return Refused(operation, code, message)",
    ),
    _error(
        "what is refused for good doesn't pass",
        "    return Refused(operation, code, message)",
        "    return Busy(operation, code, message)",
    ),
    _error("a name that is taken is told apart", "if code == _NAME_TAKEN:", "if False:"),
    _error("what doesn't exist is none", "if error.code == _NOT_FOUND:", "if False:"),
    _error("only what doesn't exist is none", "if error.code == _NOT_FOUND:", "if True:"),
    _error(
        "a service that can't be reached is busy",
        "except BotoCoreError as error:  # no",
        "except KeyError as error:  # no",
    ),
    _error("an error has its meaning", "    except ClientError as error:\n", "    except KeyError as error:\n"),
    # In `personalize_client`: time
    _error("time is the service's", "return time.time() + self._clock_offset", "return time.time()"),
    _error(
        "the service's time is read from its answers",
        '        self._client.meta.events.register("after-call.personalize", self._read_clock)\n',
        "",
    ),
    _error(
        "the clock's offset is what the service's is ahead",
        "parsedate_to_datetime(date).timestamp() - time.time()",
        "time.time() - parsedate_to_datetime(date).timestamp()",
    ),
    _error(
        "a date beyond all time leaves the clock",
        "with suppress(ValueError, OverflowError):",
        "with suppress(ValueError):",
    ),
    _error(
        "a date that can't be read leaves the clock",
        "with suppress(ValueError, OverflowError):",
        "with suppress(OverflowError):",
    ),
    # In `personalize_client`: bounds of a call
    _error("a connection has a bounded time", "connect_timeout=3", "connect_timeout=60"),
    _error("an answer has a bounded time", "read_timeout=10", "read_timeout=60"),
    _error("room that comes in minutes isn't asked for in seconds", '"mode": "legacy"', '"mode": "standard"'),
    _error("a call is tried more than once", '"total_max_attempts": 3', '"total_max_attempts": 1'),
    _error("a call is tried a bounded number of times", '"total_max_attempts": 3', '"total_max_attempts": 30'),
    _error(
        "the client has these bounds",
        'boto3.client("personalize", config=CLIENT_CONFIG)',
        'boto3.client("personalize")',
    ),
    # In `personalize_client`: what is sent and read
    _call("the job's name is sent", '"jobName": job_name', '"jobName": "import"'),
    _call("the mode is sent", '            "importMode": properties.import_mode.value,\n', ""),
    _call("metrics are published where that was asked for", 'request["publishAttributionMetricsToS3"] = True', "pass"),
    _call("what nobody asked for is not sent", "if properties.publish_attribution_metrics_to_s3:", "if True:"),
    _call("tags are sent", "if tags := properties.job_tags:", "if tags := {}:"),
    _call(
        "all pages of a list are read",
        "for page in pages for summary in page",
        "for page in [*pages][:1] for summary in page",
    ),
    _call(
        "a job without a mode is a full import",
        'ImportMode(job.get("importMode", ImportMode.FULL))',
        'ImportMode(job["importMode"])',
    ),
    _call(
        "a job without metrics publishes none",
        'job.get("publishAttributionMetricsToS3", False)',
        'job["publishAttributionMetricsToS3"]',
    ),
    _call("a job without a role has none", 'job.get("roleArn", "")', 'job["roleArn"]'),
    _call(
        "a job without a location has none", '["dataSource"].get("dataLocation", "")', '["dataSource"]["dataLocation"]'
    ),
    _call("a job that hasn't failed has no reason", 'job.get("failureReason")', 'job["failureReason"]'),
)
