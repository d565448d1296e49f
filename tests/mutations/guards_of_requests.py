"""What Create, Update and Delete do."""

from functools import partial
from typing import Final

from tests.mutations.patches import Patch

_update: Final = partial(Patch, "lifecycle.py", "handler/test_lifecycle_update.py")
_delete: Final = partial(Patch, "lifecycle.py", "handler/test_lifecycle_delete.py")
_find: Final = partial(Patch, "lifecycle.py", "handler/test_adoption.py")
_turn: Final = partial(Patch, "lifecycle.py", "faults/test_cloudformation_turns.py")
_relay: Final = partial(Patch, "lifecycle.py", "faults/test_relay.py")
_receive: Final = partial(Patch, "lifecycle.py", "handler/test_lifecycle_create.py")
_ATTEMPT: Final = "    if progress.attempt:\n        return wanted.start(progress, progress.attempt)\n"
_GOES_ON: Final = "        return wanted.go_on(progress, begun)\n"
_BEGUN: Final = "    if begun := wanted.properties.dataset_import_job_arn:\n"

GUARDS: Final = (
    # In `receive`
    _receive(
        "properties that can't be right fail before anything waits",
        "    _parse(request)\n    return receive_delete(request)",
        "    return receive_delete(request)",
    ),
    # In `poll_update`
    _update(
        "properties of before that never were valid are another import",
        "if old is None or _JOB_ARN_MARK",
        "if _JOB_ARN_MARK",
    ),
    _find(
        "an id that is no job's is not looked at",
        "if old is None or _JOB_ARN_MARK not in arn or what",
        "if old is None or what",
    ),
    _update(
        "what is imported otherwise is another import",
        " or what_is_imported(old) != what_is_imported(wanted.properties):",
        ":",
    ),
    _update(
        "what is imported in the same way keeps its job",
        "what_is_imported(old) != what_is_imported(wanted.properties)",
        "old != wanted.properties",
    ),
    _update(
        "tags are due only where they have changed",
        "tags_due = dict(old.tags) != dict(wanted.properties.tags)",
        "tags_due = True",
    ),
    _update(
        "tags that have changed are due",
        "tags_due = dict(old.tags) != dict(wanted.properties.tags)",
        "tags_due = False",
    ),
    _update(
        "throttled looks of an update count as its time",
        "wanted.keep(progress._replace(tags_due=tags_due), arn)",
        "wanted.keep(Progress(tags_due=tags_due), arn)",
    ),
    # In `_going_on`
    _find(
        "a job that is noted is looked at, and nothing else",
        "    if progress.dataset_import_job_arn:\n",
        "    if False:\n",
    ),
    _relay("a relay's resource goes on with what it is told", _BEGUN, "    if False:\n"),
    _relay(
        "what this request has noted counts more than what it was told",
        _ATTEMPT + _BEGUN + _GOES_ON,
        _BEGUN + _GOES_ON + _ATTEMPT,
    ),
    _update(
        "a request that waits for room goes on with its attempt",
        "    if progress.attempt:\n",
        "    if False:\n",
    ),
    # In `poll_delete`
    _delete(
        "a running job is waited for: its dataset can't be deleted",
        "if not _still_runs(request, personalize):",
        "if True:",
    ),
    _delete("a Delete waits for a bounded time", "if elapsed >= delete_seconds(request.properties):", "if False:"),
    _delete(
        "a Delete's time begins once",
        "progress=progress.begun(now), wait_seconds=seconds)",
        "progress=progress, wait_seconds=seconds)",
    ),
    _delete(
        "a Delete waits for 50 minutes", "_DELETE_SECONDS_MAX: Final = 50 * 60", "_DELETE_SECONDS_MAX: Final = 58 * 60"
    ),
    _delete("a Delete leaves time for its answer", "service_timeout - _ANSWER_SECONDS)", "service_timeout)"),
    _delete(
        "a ServiceTimeout bounds a Delete",
        "return min(_DELETE_SECONDS_MAX, service_timeout - _ANSWER_SECONDS)",
        "return _DELETE_SECONDS_MAX",
    ),
    _delete(
        "a long ServiceTimeout doesn't make a Delete longer",
        "return min(_DELETE_SECONDS_MAX, service_timeout - _ANSWER_SECONDS)",
        "return service_timeout - _ANSWER_SECONDS",
    ),
    _delete(
        "any ServiceTimeout is read",
        'int(given) if re.fullmatch("[0-9]{1,4}", given, re.ASCII) else contract.SERVICE_TIMEOUT_SECONDS',
        "int(given or contract.SERVICE_TIMEOUT_SECONDS)",
    ),
    _delete(
        "only running jobs are waited for",
        "phase_of(job.status) is Phase.RUNNING for job",
        "phase_of(job.status) is not Phase.FAILED for job",
    ),
    _delete(
        "a throttled look of a Delete is made again",
        "    except Busy:\n        return True",
        "    except Busy:\n        return False",
    ),
    _delete(
        "a Delete that may not look doesn't wait",
        "request.physical_resource_id, error)\n        return False",
        "request.physical_resource_id, error)\n        return True",
    ),
    _delete(
        "a Delete that may not look is no defect",
        "except (Refused, UnknownStatus) as error:",
        "except UnknownStatus as error:",
    ),
    _delete(
        "a status that nobody knows is no defect of a Delete",
        "except (Refused, UnknownStatus) as error:",
        "except Refused as error:",
    ),
    _delete(
        "an id that is no job's is not described",
        "if _JOB_ARN_MARK in arn and (job := personalize.describe_dataset_import_job(arn)):",
        "if job := personalize.describe_dataset_import_job(arn):",
    ),
    _delete(
        "a Delete finds the job by its ARN",
        "if _JOB_ARN_MARK in arn and (job := personalize.describe_dataset_import_job(arn)):\n        yield job",
        "if False:\n        yield job",
    ),
    _delete(
        "properties that are not valid are no defect of a Delete",
        "    except InvalidProperties:\n        return  # with",
        "    except Busy:\n        return  # with",
    ),
    _turn(
        "a Delete finds the job by its name, where the id is none",
        "        yield from attempts_at(personalize, names)",
        "        return",
    ),
    _delete("a Delete of one attempt doesn't wait for another", "if not names.include(arn):", "if True:"),
    # In `_import, _parse, _parse_old`
    _turn("a rollback is told what it undoes", "undone=_parse_old(request)", "undone=_parse(request)"),
    Patch(
        "lifecycle.py",
        "handler/test_malformed_properties.py",
        "properties that are not valid are told so",
        "    except InvalidProperties as problem:",
        "    except KeyError as problem:",
    ),
    Patch(
        "lifecycle.py",
        "handler/test_malformed_properties.py",
        "the reader learns that no job was started",
        'f"{problem}. No job was started."',
        'f"{problem}."',
    ),
    _update(
        "properties of before may be anything",
        "    except InvalidProperties:\n        return None",
        "    except Busy:\n        return None",
    ),
)
