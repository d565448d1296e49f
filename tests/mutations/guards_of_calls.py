"""What the service's statuses and errors mean, what is asked of it, and how the waiter is started and asked."""

from functools import partial
from typing import Final

from tests.mutations.patches import Patch

_status: Final = partial(Patch, "personalize.py", "handler/test_lifecycle_waiting.py faults/test_service_faults.py")
_error: Final = partial(Patch, "personalize_client.py", "handler/test_personalize_errors.py")
_call: Final = partial(Patch, "personalize_client.py", "handler/test_personalize_client.py")
_client: Final = partial(Patch, "waiter.py", "handler/test_entry_points.py")
_bound: Final = partial(Patch, "waiter.py", "handler/test_waiter_bounds.py")
_waiter: Final = partial(Patch, "waiter.py", "handler/test_waiter.py")

_REQUESTED: Final = "_hash(event['RequestId'], event['ResponseURL'])"
_RESOURCE: Final = '_hash(event["StackId"], event["LogicalResourceId"])'

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
    # errors, in `personalize_client`
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
    # time, in `personalize_client`
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
    # bounds of a call, in `personalize_client`
    _error("a connection has a bounded time", "connect_timeout=3", "connect_timeout=60"),
    _error("an answer has a bounded time", "read_timeout=10", "read_timeout=60"),
    _error("a call is tried more than once", '"total_max_attempts": 3', '"total_max_attempts": 1'),
    _error("a call is tried a bounded number of times", '"total_max_attempts": 3', '"total_max_attempts": 30'),
    _error(
        "the client has these bounds",
        'boto3.client("personalize", config=CLIENT_CONFIG)',
        'boto3.client("personalize")',
    ),
    # what is sent and read, in `personalize_client`
    _call("the job's name is sent", '"jobName": job_name', '"jobName": "import"'),
    _call("the mode is sent", '            "importMode": properties.import_mode.value,\n', ""),
    _call("metrics are published where that was asked for", 'request["publishAttributionMetricsToS3"] = True', "pass"),
    _call("what nobody asked for is not sent", "if properties.publish_attribution_metrics_to_s3:", "if True:"),
    _call("tags are sent", "if properties.tags:", "if False:"),
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
    # names, in `waiter`
    _waiter("another request has another execution", _REQUESTED, "_hash(event['ResponseURL'])"),
    _waiter("a rollback with the same RequestId has another execution", _REQUESTED, "_hash(event['RequestId'])"),
    _bound("stacks have executions of their own", _RESOURCE, '_hash(event["LogicalResourceId"])'),
    _waiter("resources have executions of their own", _RESOURCE, '_hash(event["StackId"])'),
    _waiter("a name has 80 characters at most", "_HASH_LENGTH: Final = 32", "_HASH_LENGTH: Final = 64"),
    # start, in `waiter`
    _waiter(
        "an execution that is there already is no error",
        "with suppress(client.exceptions.ExecutionAlreadyExists):",
        "with suppress(KeyError):",
    ),
    _waiter(
        "the execution knows its state machine",
        "json.dumps({**event, _STATE_MACHINE_ARN: state_machine_arn})",
        "json.dumps(event)",
    ),
    _waiter(
        "a start is tried for more than a minute",
        "_SECONDS_BETWEEN_TRIES: Final = (5, 10, 20, 40)",
        "_SECONDS_BETWEEN_TRIES: Final = (5, 10)",
    ),
    _waiter(
        "a start ends well before its function",
        "_SECONDS_BETWEEN_TRIES: Final = (5, 10, 20, 40)",
        "_SECONDS_BETWEEN_TRIES: Final = (5, 10, 20, 90)",
    ),
    *[
        _bound(f"{code} is an error at once", f'"{code}"', '"Unknown"')
        for code in ("InvalidArn", "InvalidExecutionInput", "StateMachineDeleting", "StateMachineDoesNotExist")
    ],
    _waiter(
        "a start that was refused is tried again",
        "except (ClientError, BotoCoreError) as error:",
        "except BotoCoreError as error:",
    ),
    _bound(
        "a start that found no connection is tried again",
        "except (ClientError, BotoCoreError) as error:",
        "except ClientError as error:",
    ),
    _bound(
        "an error without an answer has no code",
        "if isinstance(error, ClientError) and error.response",
        "if error.response",
    ),
    _waiter("tries are ever further apart", "            sleep(seconds)\n", "            sleep(5)\n"),
    # is_given_up, in `waiter`
    _waiter("an earlier request gives up nothing", "any(other > own for", "any(other != own for"),
    _waiter(
        "another resource's request gives up nothing", 'if execution["name"].startswith(resource):', "if resource:"
    ),
    _waiter("a later request of the resource gives it up", "any(other > own for", "any(other < own for"),
    _waiter("a request does not give up itself", "any(other > own for", "any(other >= own for"),
    _waiter(
        "a request that isn't listed is not given up", "return own is not None and any(", "return own is None or any("
    ),
    _bound("the list of executions is read so far and no further", '{"MaxItems": _EXECUTIONS_MAX, "Page', '{"Page'),
    _waiter(
        "later requests are looked for on many pages", "_EXECUTIONS_MAX: Final = 1000", "_EXECUTIONS_MAX: Final = 1"
    ),
    _waiter("a list that is refused is a refusal", "(Refused if code == _DENIED else Busy)(", "Busy("),
    _waiter("a list that is throttled may be had later", "(Refused if code == _DENIED else Busy)(", "Refused("),
    _bound(
        "a list without a connection may be had later",
        "    except BotoCoreError as error:\n        raise Busy(",
        "    except KeyError as error:\n        raise Busy(",
    ),
    _client(
        "the waiter's client has the same bounds",
        'boto3.client("stepfunctions", config=CLIENT_CONFIG)',
        'boto3.client("stepfunctions")',
    ),
)
