"""What each request of CloudFormation does: decisions over plain data and a `Personalize`, to be tested without AWS.

A request is received once and handed over to the waiter, which then looks at it as often as it takes, one look after
the other. So whatever is found, decided or started is done by one look at a time, and what it noted survives it.
"""

from personalize_import_handler.contract.properties import ImportProperties, InvalidProperties, parse
from personalize_import_handler.errors import ImportFailed
from personalize_import_handler.job.import_job import Import
from personalize_import_handler.job.state_changes import publishing
from personalize_import_handler.messages import failure_reasons
from personalize_import_handler.request import ownership
from personalize_import_handler.request.names import names_of
from personalize_import_handler.request.outcome import Outcome, Progress, Waiting
from personalize_import_handler.request.request import Request, Services


def receive(request: Request) -> Waiting:
    """Check a Create or Update, and hand it over; properties that can't be right fail here."""
    _own_properties(request)
    return Waiting(Progress(), wait_seconds=0)


def receive_delete() -> Waiting:
    """Hand a Delete over, whatever is in it."""
    return Waiting(Progress(), wait_seconds=0)


@publishing
def poll_create(request: Request, progress: Progress, services: Services) -> Outcome:
    """Find the job or start it, then look at it until it has ended."""
    wanted = _import(request, progress, services)._replace(is_new=True)
    return (
        wanted.know_stack(progress, services.stacks)
        or _going_on(wanted, progress)
        or wanted.know_data(progress)
        or wanted.begin(progress)
    )


@publishing
def poll_update(request: Request, progress: Progress, services: Services) -> Outcome:
    """Start another job if it is another import; otherwise keep the job, and set the tags that it should have now.

    CloudFormation rolls back in the same way, with the old properties: what they say is found again, or imported again.
    What is imported is compared for one and the same place: the resource may have been moved to another one.
    """
    wanted = _import(request, progress, services)
    if going_on := (
        wanted.know_stack(progress, services.stacks) or _going_on(wanted, progress) or wanted.know_data(progress)
    ):
        return going_on
    old, new = wanted.undone, wanted.properties
    if old is None or old.after != new.after or names_of(old, wanted.resource).digest != wanted.names.digest:
        return wanted.begin(progress)
    return wanted.keep(progress, tags_due=dict(old.tags) != dict(new.tags))


def _going_on(wanted: Import, progress: Progress) -> Outcome | None:
    """Go on with what was noted, or with what another resource has begun; None if nothing has."""
    if noted := progress.dataset_import_job_arn:
        if not wanted.names.include(noted):
            raise ImportFailed(failure_reasons.of_another_import(noted))
        return wanted.look(progress, noted)
    if progress.attempt:
        return wanted.start(progress, progress.attempt)
    if begun := wanted.properties.dataset_import_job_arn:
        return wanted.go_on(progress, begun)
    return None


def _import(request: Request, progress: Progress, services: Services) -> Import:
    properties = _own_properties(request)
    return Import(
        properties=properties._replace(data_fingerprint=progress.data_fingerprint),
        resource=request.resource._replace(stack_scope=properties.stack_scope if progress.root_stack_name else None),
        personalize=services.personalize,
        storage=services.storage,
        read_as=services.read_as,
        is_given_up=services.is_given_up,
        undone=_parse_old(request),
        restores=bool(request.old_properties),
    )


def _own_properties(request: Request) -> ImportProperties:
    """Parse the properties of a request, none of which may belong to another stack."""
    try:
        properties = parse(request.properties)
    except InvalidProperties as problem:
        raise ImportFailed(f"{problem}. No job was started.") from problem
    if problems := [*ownership.problems_of(properties, request.resource, request.provider)]:
        raise ImportFailed(failure_reasons.of_another_stack(problems))
    return properties


def _parse_old(request: Request) -> ImportProperties | None:
    try:
        return parse(request.old_properties)
    except InvalidProperties:
        return None  # they failed, or an earlier version took them: whatever they were, it is another import now
