"""Guards of releasing jobs in a Delete, and of adopting them later."""

from functools import partial
from typing import Final

from tests.mutations.patches import Patch

_release: Final = "handler/job/test_release.py"
_find: Final = partial(Patch, "job/attempts.py", _release)
_data: Final = partial(Patch, "job/attempts.py", "handler/job/test_data_changes.py")
_tag: Final = partial(Patch, "job/tagging.py", _release)
_delete: Final = partial(Patch, "job/deletion.py", _release)
_ADOPT: Final = "may_adopt = is_running(job.status) or is_of_resource(names, arn, personalize, is_create=is_create)"
_TAG: Final = "get(RESOURCE_TAG, untagged) == names.resource_tag"

GUARDS: Final = (
    # In `attempts.find` and `tagging`
    _find("a job that has ended is adopted only by its own resource", _ADOPT, "may_adopt = True"),
    _find(
        "a job that is running is adopted although it was released",
        _ADOPT,
        _ADOPT.replace("is_running(job.status) or ", ""),
    ),
    _find("a job that was left by a failed deployment is adopted", _ADOPT, "may_adopt = is_running(job.status)"),
    _find(
        "a job that was released is not adopted by an update",
        _ADOPT,
        _ADOPT.replace("is_running", "not is_create or is_running"),
    ),
    _tag(
        "a job without a tag is not adopted by a Create",
        'untagged = "" if is_create else names.resource_tag',
        "untagged = names.resource_tag",
    ),
    Patch(
        "job/tagging.py",
        "handler/job/test_upgrade.py",
        "a job without a tag is adopted by an update",
        'untagged = "" if is_create else names.resource_tag',
        'untagged = ""',
    ),
    _tag("a released job has another tag", _TAG, "get(RESOURCE_TAG, untagged).startswith(names.resource_tag)"),
    Patch(
        "job/lifecycle.py",
        _release,
        "a Create is of a new resource",
        "_import(request, progress, services)._replace(is_create=True)",
        "_import(request, progress, services)",
    ),
    _delete(
        "jobs of another resource with the same JobName are not released",
        " and is_of_resource(names, arn, personalize, is_create=True):",
        ":",
    ),
    _delete(
        "jobs that cannot be adopted are not looked through",
        "if (is_latest or not is_replaced(job, jobs)) and is_of_resource",
        "if is_of_resource",
    ),
    Patch(
        "job/deletion.py",
        "faults/test_refreshes.py",
        "a removed import whose rows were replaced is not refreshed",
        "(is_latest or not is_replaced(job, jobs))",
        "not is_replaced(job, jobs)",
    ),
    _delete(
        "jobs of an earlier version are not tagged when they are released",
        "is_of_resource(names, arn, personalize, is_create=True):",
        "is_of_resource(names, arn, personalize, is_create=False):",
    ),
    _delete(
        "a released job has a tag",
        '{RESOURCE_TAG: f"{names.resource_tag}{RELEASED}"}',
        "{RESOURCE_TAG: names.resource_tag}",
    ),
    _data(
        "the fingerprint of a job proves that it is of this import",
        "        if names_of(known, requested.resource).includes(arn):\n",
        "        if fingerprint:\n",
    ),
    Patch(
        "contract/import_properties.py",
        "handler/job/test_release.py",
        "a job has the tag of its resource",
        "{**dict(self.tags), RESOURCE_TAG: resource_tag, **tag}",
        "{**dict(self.tags), **tag}",
    ),
    _data(
        "the data of a job that is kept is returned where it decides no more",
        "return _started(job, jobs_of_dataset)._replace(data_fingerprint=fingerprint)",
        "return _started(job, jobs_of_dataset)",
    ),
    # In `deletion`
    Patch(
        "job/deletion.py",
        "faults/test_refreshes.py",
        "a Delete releases the latest job even if its rows were replaced",
        "(is_latest or not is_replaced",
        "(not is_replaced",
    ),
    _delete(
        "a resource that continues waiting releases nothing",
        "    if properties.first_resource:\n        return\n",
        "",
    ),
    _delete(
        "a stack that can't be seen for the moment is asked again",
        "    except BusyError:\n        raise\n",
        "",
    ),
    _delete(
        "a stack that may not be seen releases its jobs",
        '    except RefusedError as refused:\n        logger.warning("It is unknown',
        '    except UnicodeError as refused:\n        logger.warning("It is unknown',
    ),
    _delete("a rollback releases nothing", "        if not root.is_removing_resources:\n            return\n", ""),
    _delete(
        "a nested stack releases the jobs of its scope",
        "resource = resource._replace(stack_scope=ownership.own_scope(properties, resource, root.name))",
        "pass",
    ),
    _delete(
        "a nested stack releases the jobs of no other scope",
        "stack_scope=ownership.own_scope(properties, resource, root.name))",
        "stack_scope=properties.stack_scope)",
    ),
    _delete(
        "a release that is throttled is made later",
        '        if not is_time_up:\n            logger.info("Retrying later: %s", busy)\n',
        '        if False:\n            logger.info("Retrying later: %s", busy)\n',
    ),
    _delete(
        "a release is tried for a bounded time",
        '        if not is_time_up:\n            logger.info("Retrying later: %s", busy)\n',
        '        if True:\n            logger.info("Retrying later: %s", busy)\n',
    ),
    _delete(
        "a Delete's time begins once while it releases",
        "return Waiting(progress.with_start_time(now), polling.seconds_until_retry())",
        "return Waiting(progress, polling.seconds_until_retry())",
    ),
    _delete(
        "a Delete that may not release its jobs succeeds",
        '    except RefusedError as refused:\n        logger.warning("The jobs',
        '    except UnicodeError as refused:\n        logger.warning("The jobs',
    ),
    Patch(
        "job/deletion.py",
        "handler/job/test_upgrade.py",
        "a resource that was moved waits for the job that an earlier version had started",
        " or arn == own):",
        "):",
    ),
    Patch(
        "job/deletion.py",
        "handler/request/test_physical_ids.py",
        "a Delete of a nested stack waits for the job of its scope",
        "request.resource._replace(stack_scope=properties.stack_scope)",
        "request.resource",
    ),
    # In `stacks`
    Patch(
        "aws/stacks.py",
        _release,
        "the jobs of a resource that an update removes are released",
        '{"DELETE_IN_PROGRESS", "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"}',
        '{"DELETE_IN_PROGRESS"}',
    ),
    Patch(
        "aws/stacks.py",
        _release,
        "a deployment that failed gives nothing up",
        'return self.status in {"DELETE_IN_PROGRESS", "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"}',
        'return "ROLLBACK" not in self.status',
    ),
)
