"""Delete requests: wait until a running job ends, then release the jobs of the resource.

A job can't be deleted or stopped, and its dataset can't be deleted while it runs. A Delete never fails, because a
resource that can't be deleted blocks its stack permanently.
"""

import logging
import math
from typing import NamedTuple

from personalize_import_handler.aws.personalize import Personalize, is_running
from personalize_import_handler.aws.services import Services
from personalize_import_handler.contract import RELEASED, RESOURCE_TAG
from personalize_import_handler.errors import BusyError, RefusedError
from personalize_import_handler.job.adoption import imports_of_resource, is_replaced
from personalize_import_handler.job.earlier_jobs import usual_seconds
from personalize_import_handler.job.tagging import is_of_resource
from personalize_import_handler.request import ownership, polling
from personalize_import_handler.request.job_names import JobNames, names_of
from personalize_import_handler.request.outcome import Finished, Outcome, Progress, Waiting
from personalize_import_handler.request.request import Request

logger = logging.getLogger(__name__)


class _RunningJob(NamedTuple):
    """A running job of the resource, or one that may be running because the jobs could not be listed."""

    name: str
    seconds_until_next_poll: int


def poll_delete(request: Request, progress: Progress, services: Services) -> Outcome:
    """Wait until a running job ends, then release the jobs of the resource."""
    running = _running_job(request, services.personalize)
    now = services.personalize.now()  # a new process knows the service's time only after its first call
    seconds_left = math.ceil(request.delete_seconds - progress.elapsed_seconds(now))
    is_time_up = seconds_left <= 0
    if running:
        if not is_time_up:
            return Waiting(progress.with_start_time(now), min(running.seconds_until_next_poll, seconds_left))
        logger.warning("%s is still running; its dataset can't be deleted until it ends", running.name)
    try:
        _release(request, services)
    except BusyError as busy:
        if not is_time_up:
            logger.info("Retrying later: %s", busy)
            return Waiting(progress.with_start_time(now), polling.seconds_until_retry())
        logger.warning("The jobs of the resource could not be released: %s", busy)
    except RefusedError as refused:
        logger.warning("The jobs of the resource could not be released: %s", refused)
    return Finished({})


def _running_job(request: Request, personalize: Personalize) -> _RunningJob | None:
    """Return a running job of the resource, from any of its imports; None if there is none.

    The properties don't always identify the job: the creation may have been cancelled before a response was sent, an
    update may have failed, or the data fingerprint may no longer be available.
    """
    properties = request.properties
    # The scope is not verified here, because the only effect of a wrong one is a longer wait.
    names = names_of(properties, request.resource._replace(stack_scope=properties.stack_scope))
    try:
        jobs = personalize.list_dataset_import_jobs(properties.dataset_arn)
    except BusyError:
        return _RunningJob(f"A job of {properties.dataset_arn}", polling.seconds_until_retry())
    except RefusedError as refused:
        logger.warning("Not waiting for running jobs of %s: %s", properties.dataset_arn, refused)
        return None
    own = request.resource.physical_id  # earlier versions used the ARN of the job as the physical id
    for job in jobs:
        arn, age = job.dataset_import_job_arn, personalize.now() - job.creation_date_time
        if is_running(job.status) and (names.may_belong_to_resource(arn) or arn == own):
            usual = usual_seconds(jobs, arn, job.import_mode)
            return _RunningJob(arn, polling.seconds_until_next_poll(age, usual))
    return None


def _release(request: Request, services: Services) -> None:
    """Release the jobs of a resource that is removed from its stack, so that a resource created later imports again.

    Jobs are kept after a failed deployment, because the next deployment adopts them. They are also kept if the resource
    only continued to wait for another resource's job. Raise `BusyError` or `RefusedError`.
    """
    properties, resource = request.properties, request.resource
    if properties.first_resource:
        return
    try:
        root = services.stacks.root_of(resource.stack_id)
    except BusyError:
        raise
    except RefusedError as refused:
        logger.warning("It is unknown whether the stack is being deleted or rolled back: %s", refused)
    else:
        if not root.is_removing_resources:
            return
        resource = resource._replace(stack_scope=ownership.own_scope(properties, resource, root.name))
    _release_jobs(services.personalize, properties.dataset_arn, names_of(properties, resource))


def _release_jobs(personalize: Personalize, dataset_arn: str, names: JobNames) -> None:
    """Mark the resource's jobs as released in their tag; raise `BusyError` or `RefusedError`.

    No job whose rows were replaced can be adopted. The latest one is marked all the same, because a refresh that was
    requested before the Delete must not import again. Jobs of single files are neither adopted nor the latest one.
    """
    jobs = personalize.list_dataset_import_jobs(dataset_arn)
    is_latest = True
    for job in imports_of_resource(jobs, names):
        arn = job.dataset_import_job_arn
        if (is_latest or not is_replaced(job, jobs)) and is_of_resource(names, arn, personalize, is_create=True):
            personalize.tag_resource(arn, {RESOURCE_TAG: f"{names.resource_tag}{RELEASED}"})
            is_latest = False
