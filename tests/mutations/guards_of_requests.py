"""Guards of Create, Update and Delete."""

from functools import partial
from typing import Final

from tests.mutations.patches import Patch

_update: Final = partial(Patch, "job/lifecycle.py", "handler/job/test_lifecycle_update.py")
_delete: Final = partial(Patch, "job/deletion.py", "handler/job/test_lifecycle_delete.py")
_polled: Final = partial(Patch, "job/deletion.py", "handler/job/test_earlier_jobs.py")
_limit: Final = partial(Patch, "request/request_time.py", "handler/job/test_lifecycle_delete.py")
_find: Final = partial(Patch, "job/lifecycle.py", "handler/job/test_adoption.py")
_after: Final = partial(Patch, "job/lifecycle.py", "handler/job/test_after.py")
_operation: Final = partial(Patch, "job/lifecycle.py", "faults/test_cloudformation_operations.py")
_wait_chain: Final = partial(Patch, "job/lifecycle.py", "faults/test_wait_chain.py")
_receive: Final = partial(Patch, "job/lifecycle.py", "handler/job/test_lifecycle_create.py")
_ATTEMPT: Final = (
    "    if progress.attempt:\n        return import_job.start_attempt(requested, progress, progress.attempt)\n"
)
_WAITS: Final = "    if waiting := wait_for_first_call(requested, progress):\n        return waiting\n"
_GOES_ON: Final = "        return import_job.continue_from(requested, progress, previous_resource_job_arn)\n"
_BEGUN: Final = "    if previous_resource_job_arn := requested.properties.dataset_import_job_arn:\n"

GUARDS: Final = (
    # In `receive`
    _receive(
        "properties that can't be right fail before anything waits",
        "    _check_ownership(request)\n    return Waiting(",
        "    return Waiting(",
    ),
    # In `poll_update`
    _update(
        "previous properties that were never valid are another import",
        "if old is None or old.after",
        "if old is not None and old.after",
    ),
    _after(
        "a FULL import that has run again makes a new job necessary",
        " or old.after != new.after or ",
        " or ",
    ),
    _update(
        "properties that import something else are another import",
        " or names_of(old, requested.resource).digest != requested.names.digest:",
        ":",
    ),
    _update(
        "properties that import the same keep the job",
        "names_of(old, requested.resource).digest != requested.names.digest",
        "old != new",
    ),
    _update("tags are due only where they have changed", "tags_due=dict(old.tags) != dict(new.tags)", "tags_due=True"),
    _update("tags that have changed are due", "tags_due=dict(old.tags) != dict(new.tags)", "tags_due=False"),
    # In `_resume`
    _find(
        "a job that is noted is looked at, and nothing else",
        "    if recorded_arn := progress.dataset_import_job_arn:\n",
        "    if recorded_arn := None:\n",
    ),
    Patch(
        "job/lifecycle.py",
        "handler/request/test_ownership.py",
        "a job that is noted is one of this import: a poll may be forged",
        "        if not requested.names.includes(recorded_arn):\n",
        "        if False:\n",
    ),
    _wait_chain(
        "a resource of a wait chain continues with its properties",
        _BEGUN,
        "    if previous_resource_job_arn := None:\n",
    ),
    _wait_chain(
        "what this request has recorded counts more than its properties",
        _ATTEMPT + _WAITS + _BEGUN + _GOES_ON,
        _WAITS + _BEGUN + _GOES_ON + _ATTEMPT,
    ),
    _update(
        "a queued request continues with its attempt",
        "    if progress.attempt:\n",
        "    if False:\n",
    ),
    # In `deletion`
    _delete(
        "a running job is waited for: its dataset can't be deleted",
        "    running = _running_job(request, services.personalize)\n",
        "    running = None\n",
    ),
    Patch(
        "job/deletion.py",
        "faults/test_service_faults.py",
        "a Delete's time begins by the service's clock",
        """    running = _running_job(request, services.personalize)
    now = services.personalize.now()  # a new process knows the service's time only after its first call
""",
        """    now = services.personalize.now()
    running = _running_job(request, services.personalize)
""",
    ),
    _delete("a Delete waits for a bounded time", "is_time_up = seconds_left <= 0", "is_time_up = False"),
    _delete(
        "the last poll of a Delete is not after its time",
        "min(running.seconds_until_next_poll, seconds_left)",
        "running.seconds_until_next_poll",
    ),
    _polled(
        "a Delete polls a job by its age, not by that of the Delete",
        "personalize.now() - job.creation_date_time",
        "0.0",
    ),
    _polled(
        "a Delete polls a job by those before it",
        "polling.seconds_until_next_poll(age, usual)",
        "polling.seconds_until_next_poll(age)",
    ),
    _delete(
        "a Delete's time begins once",
        "return Waiting(progress.with_start_time(now), min(running",
        "return Waiting(progress, min(running",
    ),
    _limit(
        "a Delete waits for 50 minutes", "_DELETE_SECONDS_MAX: Final = 50 * 60", "_DELETE_SECONDS_MAX: Final = 58 * 60"
    ),
    _limit("a Delete leaves time for its response", "service_timeout - _RESPONSE_SECONDS)", "service_timeout)"),
    _limit(
        "a ServiceTimeout bounds a Delete",
        "return min(_DELETE_SECONDS_MAX, service_timeout - _RESPONSE_SECONDS)",
        "return _DELETE_SECONDS_MAX",
    ),
    _limit(
        "a long ServiceTimeout doesn't make a Delete longer",
        "return min(_DELETE_SECONDS_MAX, service_timeout - _RESPONSE_SECONDS)",
        "return service_timeout - _RESPONSE_SECONDS",
    ),
    _limit(
        "any ServiceTimeout is read",
        'int(given) if re.fullmatch("[0-9]{1,4}", given, re.ASCII) else contract.SERVICE_TIMEOUT_SECONDS',
        "int(given or contract.SERVICE_TIMEOUT_SECONDS)",
    ),
    Patch(
        "functions.py",
        "handler/job/test_lifecycle_delete.py",
        "a Delete with invalid properties succeeds",
        "        except ImportFailedError:  # no job",
        "        except KeyError:  # no job",
    ),
    _delete("only running jobs are waited for", "if is_running(job.status) and (", "if ("),
    _delete(
        "a list that is throttled is requested again by a Delete",
        '    except BusyError:\n        return _RunningJob(f"A job',
        '    except BusyError:\n        return None\n        return _RunningJob(f"A job',
    ),
    _delete(
        "a Delete that may not list jobs doesn't wait",
        "properties.dataset_arn, refused)\n        return None",
        "properties.dataset_arn, refused)\n        return _RunningJob(properties.dataset_arn, 30)",
    ),
    _delete(
        "a Delete that may not list jobs is no defect",
        '    except RefusedError as refused:\n        logger.warning("Not waiting',
        '    except UnicodeError as refused:\n        logger.warning("Not waiting',
    ),
    _delete(
        "a Delete doesn't wait for the jobs of other resources",
        " and (names.may_belong_to_resource(arn) or arn == own):",
        ":",
    ),
    _delete(
        "a Delete waits for its job although JobName has changed since",
        "(names.may_belong_to_resource(arn) or arn == own)",
        "(names.shares_prefix(arn) or arn == own)",
    ),
    # In `request.parse_request`
    Patch(
        "request/request.py",
        "faults/test_cloudformation_operations.py",
        "a rollback has the properties that it undoes",
        "previous=_parse_previous(old_properties)",
        "previous=parsed",
    ),
    Patch(
        "request/request.py",
        "handler/contract/test_malformed_properties.py",
        "properties that are not valid are reported",
        "    except InvalidPropertiesError as error:",
        "    except KeyError as error:",
    ),
    Patch(
        "request/request.py",
        "handler/contract/test_malformed_properties.py",
        "the reader learns that no job was started",
        'f"{error}. No job was started."',
        'f"{error}."',
    ),
    Patch(
        "request/request.py",
        "handler/job/test_lifecycle_update.py",
        "previous properties may be anything",
        "    except InvalidPropertiesError:\n        return None",
        "    except KeyError:\n        return None",
    ),
)
