"""Guards of calls of Personalize, and of its statuses and errors."""

from functools import partial
from typing import Final

from tests.mutations.patches import Patch

_status: Final = partial(
    Patch, "aws/personalize.py", "handler/job/test_lifecycle_waiting.py faults/test_service_faults.py"
)
_error: Final = partial(Patch, "aws/personalize_client.py", "handler/aws/test_personalize_errors.py")
_meaning: Final = partial(Patch, "aws/error_codes.py", "handler/aws/test_personalize_errors.py")
_caught: Final = partial(Patch, "aws/calls.py", "handler/aws/test_personalize_errors.py")
_passes: Final = partial(
    Patch, "aws/error_codes.py", "handler/aws/test_calls.py handler/aws/test_personalize_errors.py"
)
_list: Final = partial(Patch, "aws/calls.py", "handler/aws/test_calls.py")
_role: Final = partial(Patch, "aws/data_reader_client.py", "handler/aws/test_data_reader_client.py")
_call: Final = partial(Patch, "aws/personalize_client.py", "handler/aws/test_personalize_client.py")

GUARDS: Final = (
    # In `personalize`
    _status("a pending job runs", '"CREATE PENDING": Phase.RUNNING', '"CREATE PENDING": Phase.ACTIVE'),
    _status("a job in progress runs", '"CREATE IN_PROGRESS": Phase.RUNNING', '"CREATE IN_PROGRESS": Phase.ACTIVE'),
    _status("an active job has ended well", '"ACTIVE": Phase.ACTIVE', '"ACTIVE": Phase.RUNNING'),
    _status("a failed job has failed", '"CREATE FAILED": Phase.FAILED', '"CREATE FAILED": Phase.ACTIVE'),
    _status(
        "an unknown status is not guessed",
        "    if status not in _PHASES:\n",
        "    if status not in _PHASES:\n        return Phase.RUNNING\n    if not status:\n",
    ),
    _status(
        "an unknown status is no failure, and starts no other job",
        "return _PHASES.get(status) is Phase.FAILED",
        "return _PHASES.get(status, Phase.FAILED) is Phase.FAILED",
    ),
    _status(
        "an unknown status keeps no dataset busy",
        "return _PHASES.get(status) is Phase.RUNNING",
        "return _PHASES.get(status, Phase.RUNNING) is Phase.RUNNING",
    ),
    # In `error_codes`
    *[
        _passes(f"{code} passes", f'    "{code}",', "")
        for code in (
            "BandwidthLimitExceeded",
            "ExecutionLimitExceeded",
            "InternalError",
            "InternalFailure",
            "InternalServerError",
            "LimitExceededException",
            "OperationAborted",
            "PriorRequestNotComplete",
            "ProvisionedThroughputExceededException",
            "RequestLimitExceeded",
            "RequestTimeout",
            "RequestTimeoutException",
            "ResourceInUseException",
            "ServiceUnavailable",
            "ServiceUnavailableException",
            "SlowDown",
            "TooManyRequestsException",
            "TransactionInProgressException",
        )
    ],
    _passes("every throttle passes with any other code", " or _THROTTLED in code", ""),
    _meaning("too many requests pass with any code", "or status == _TOO_MANY_REQUESTS or", "or"),
    _meaning("a fault of the service's own passes with any code", " or status >= _SERVER_ERROR:", ":"),
    _meaning("500 is a fault of the service's own", "status >= _SERVER_ERROR", "status > _SERVER_ERROR"),
    _meaning(
        "what passes is not refused permanently",
        "kind = BusyError",
        "kind = RefusedError",
    ),
    _meaning(
        "what is refused permanently doesn't pass",
        "    kind = RefusedError\n",
        "    kind = BusyError\n",
    ),
    _meaning("a name that is taken is distinguished", "if code in _NAME_TAKEN:", "if False:"),
    _meaning("a job that doesn't exist is none", ', "ResourceNotFoundException"})', "})"),
    _meaning("only a job that doesn't exist is none", "elif code in _NOT_FOUND:", "elif True:"),
    _error("no job is none", "    except NotFoundError:\n", "    except KeyError:\n"),
    _caught(
        "a service that can't be reached is busy",
        "except BotoCoreError as error:  # no",
        "except KeyError as error:  # no",
    ),
    _caught("an error has its meaning", "    except ClientError as error:\n", "    except KeyError as error:\n"),
    # In `calls`: retries within one invocation, and lists
    _list(
        "a busy call is repeated a bounded number of times", "if pause is None or", "pause = pause or 1\n            if"
    ),
    _list("a call without a response is not repeated", " or isinstance(busy.__cause__, BotoCoreError):", ":"),
    _list("a service that is busy gets a pause", "            sleep(pause)\n", ""),
    _list(
        "the pauses are for all pages together",
        "partial(fetch, **following), left,",
        "partial(fetch, **following), iter(RETRY_PAUSES),",
    ),
    _list("a list continues at its next page", "partial(fetch, **following)", "partial(fetch)"),
    _list(
        "a list without IsTruncated continues at its next page",
        'page.get("IsTruncated", True)',
        'page.get("IsTruncated")',
    ),
    _call(
        "a page that is throttled is requested again",
        'paginate("ListDatasetImportJobs", fetch, {"nextToken": "nextToken"}, self._sleep)',
        '[call_service("ListDatasetImportJobs", fetch)]',
    ),
    _call(
        "a list takes as few requests as the service allows",
        "_JOBS_PER_PAGE: Final = 100",
        "_JOBS_PER_PAGE: Final = 10",
    ),
    _role(
        "all pages of files are read",
        'paginate("ListObjectsV2", fetch, {"NextContinuationToken": "ContinuationToken"}, self._sleep)',
        '[call_service("ListObjectsV2", fetch)]',
    ),
    _role(
        "a role that STS is too busy for is not refused",
        "    except BusyError:\n        raise\n    except RefusedError as refused:\n        raise NotAssumableError",
        "    except RefusedError as refused:\n        raise NotAssumableError",
    ),
    # In `personalize_client`: time
    _error("time is the service's", "return time.time() + self._clock_offset", "return time.time()"),
    _error(
        "the service's time is read from its responses",
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
    # In `aws_calls`: bounds of a call
    _caught("a connection has a bounded time", "connect_timeout=3", "connect_timeout=60"),
    _caught("a response has a bounded time", "read_timeout=10", "read_timeout=60"),
    _caught("room that comes in minutes isn't asked for in seconds", '"mode": "legacy"', '"mode": "standard"'),
    _caught("a call is tried more than once", '"total_max_attempts": 3', '"total_max_attempts": 1'),
    _caught("a call is tried a bounded number of times", '"total_max_attempts": 3', '"total_max_attempts": 30'),
    _error(
        "the client has these bounds",
        'boto3.client("personalize", config=CLIENT_CONFIG)',
        'boto3.client("personalize")',
    ),
    # In `personalize_client`: what is sent and read
    _call("the job's name is sent", '"jobName": job_name', '"jobName": "import"'),
    _call("the mode is sent", '            "importMode": properties.import_mode.value,\n', ""),
    _call("metrics are published where that was asked for", 'request["publishAttributionMetricsToS3"] = True', "pass"),
    _call("an omitted parameter is not sent", "if properties.publish_attribution_metrics_to_s3:", "if True:"),
    _call("tags are sent", "for key, value in tags.items()],\n        }", "for key, value in ()],\n        }"),
    _call(
        "all pages of a list are read",
        "for page in listed for summary",
        "for page in [*listed][:1] for summary",
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
