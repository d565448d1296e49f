"""Prerequisites of an import: the root stack of its stack, and the data fingerprint.

A separate poll determines and records each of them, so that later polls don't repeat the calls.
"""

from personalize_import_handler.errors import ImportFailedError, RefusedError
from personalize_import_handler.job.requested_import import RequestedImport
from personalize_import_handler.messages import failure_reasons
from personalize_import_handler.request import ownership
from personalize_import_handler.request.outcome import Outcome, Progress


def resolve_root_stack(requested: RequestedImport, progress: Progress) -> Outcome | None:
    """Describe the root stack if the properties depend on it and it is not recorded yet."""
    properties, resource = requested.properties, requested.resource
    if progress.root_stack_name is not None or not ownership.depends_on_root_stack(properties, resource):
        return None
    try:
        requested.sync_clock()
        root = requested.services.stacks.root_of(resource.stack_id)
    except RefusedError as refused:
        return requested.retry_or_fail(
            refused, failure_reasons.root_stack_unknown(refused, again=requested.again), None, progress
        )
    if problems := [*ownership.problems_with_root_stack(properties, resource, root.name)]:
        raise ImportFailedError(failure_reasons.properties_of_another_stack(problems))
    return requested.wait(None, progress._replace(root_stack_name=root.name), seconds=0)


def compute_fingerprint(requested: RequestedImport, progress: Progress) -> Outcome | None:
    """Compute the data fingerprint if the import depends on it and it is not recorded yet."""
    properties = requested.properties
    if not requested.compares_data or properties.data_fingerprint:
        return None
    from personalize_import_handler.data.fingerprint import fingerprint_of  # few imports need it

    arn = requested.names.arn(1)
    try:
        requested.sync_clock()
        reader = requested.services.data_reader(properties.role_arn)
        fingerprint = fingerprint_of(reader.list_objects(properties.data_location))
    except RefusedError as refused:
        reason = failure_reasons.fingerprint_failed(refused, properties, requested.import_role_path)
        return requested.retry_or_fail(refused, reason, arn, progress)
    return requested.wait(arn, progress._replace(data_fingerprint=fingerprint), seconds=0)
