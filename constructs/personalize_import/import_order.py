"""The order of several imports into one dataset, and the imports that run again after another one.

A FULL import removes the rows that were added before. So an INCREMENTAL import comes `after` the FULL one, and runs
again whenever the FULL one does. The FULL one lists its followers, because a rollback may run only the FULL one again.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from weakref import WeakKeyDictionary

import aws_cdk as cdk
from constructs import Construct, IConstruct

from personalize_import.data.dataset_reference import DatasetReference, referenced_by
from personalize_import.synthesis.at_synthesis import at_synthesis
from personalize_import.synthesis.stack_environment import is_token, once_per_stack, stack_of, top_level_stack_of
from personalize_import.synthesis.warnings import WARNING_ID_PREFIX
from personalize_import.wait_chain import add_property
from personalize_import_handler.contract import Follower, ImportMode
from personalize_import_handler.contract.constraints import violation


@dataclass(eq=False)
class _OrderedJob:
    """A job and its place in the order of imports."""

    construct: Construct
    mode: str
    resources: Sequence[cdk.CfnResource]
    job_name_prefix: str | None
    needs_full_import: bool = False
    """True for an INCREMENTAL import without `after` into a dataset that the app creates."""
    after: "_OrderedJob | None" = None
    """The argument `after`."""
    links: list["_OrderedJob"] = field(default_factory=list)
    """The previous job, and the jobs that come directly after this one."""
    followers: list[Follower] = field(default_factory=list)
    """For a FULL job, all jobs that come after it, directly or through others, in order."""


_Datasets = dict[str, list[_OrderedJob]]
_APPS: Final[WeakKeyDictionary[IConstruct, _Datasets]] = WeakKeyDictionary()
_JOBS: Final[WeakKeyDictionary[IConstruct, _OrderedJob]] = WeakKeyDictionary()


def check_after(name: str, after: Any, scope: Construct, import_mode: object, dataset_arn: str) -> Iterator[str]:  # noqa: ANN401 - any argument
    """Yield a problem unless `after` is None, or a job that an INCREMENTAL import of the dataset can follow."""
    if after is None:
        return
    if not hasattr(after, "dataset_import_job_arn") or not hasattr(after, "dataset_arn"):
        yield violation(name, after, "a DatasetImportJob")
        return
    path = after.node.path
    if import_mode != ImportMode.INCREMENTAL and not (isinstance(import_mode, str) and is_token(import_mode)):
        yield f"{name} is only for INCREMENTAL imports; a FULL import removes what was imported before: omit {name}"
    if stack_of(after) is not stack_of(scope):
        # The job's ARN would be an export. It changes with each import, but an export can't change while it is in use.
        yield violation(name, path, "a job of the same stack")
    before, own = _dataset_of(after.dataset_arn), _dataset_of(dataset_arn)
    is_known = bool(before and own) and is_token(after.dataset_arn) == is_token(dataset_arn)
    if is_known and before != own:
        yield violation(name, f"{path}, which imports into {before}", f"a job of the dataset {own}")


def _dataset_of(dataset_arn: str) -> str | None:
    """Return the ARN of a dataset, or the path of a dataset of this app; None for any other token."""
    if not is_token(dataset_arn):
        return dataset_arn
    dataset = referenced_by(dataset_arn)
    return dataset.node.path if dataset else None


def order_imports(
    job: Construct,
    dataset: DatasetReference,
    import_mode: object,
    resources: Sequence[cdk.CfnResource],
    after: Construct | None,
    job_name_prefix: str | None,
) -> None:
    """Add the job to the followers of its FULL import, and warn about imports that remove rows of others."""
    jobs = _datasets_of(job).setdefault(dataset.arn, [])
    before, mode = _JOBS.get(after) if after else None, str(import_mode or ImportMode.FULL)
    needs_full_import = mode == ImportMode.INCREMENTAL and not after and dataset.resource is not None
    this = _JOBS[job] = _OrderedJob(job, mode, resources, job_name_prefix, needs_full_import, before)
    if before:
        this.links.append(before)
        before.links.append(this)
        _add_to_followers(this)
    full = [other for other in jobs if other.mode == ImportMode.FULL]
    if this.mode == ImportMode.FULL and full:
        _warn_of_full_imports(this, full[-1])
    for other in jobs:
        is_mixed = {this.mode, other.mode} == {ImportMode.FULL, ImportMode.INCREMENTAL}
        if is_mixed and not _are_linked(this, other):
            _warn_of_lost_rows(this, other)
    jobs.append(this)


def _add_to_followers(this: _OrderedJob) -> None:
    """Add a job to the followers of the FULL import that it comes after."""
    full = this
    while full.after:
        full = full.after
    if full.mode != ImportMode.FULL:
        return
    # The logical id as a token, because it may be overridden until synthesis. A Ref would be a circular dependency.
    follower: Follower = {"LogicalId": this.resources[0].logical_id}
    if this.job_name_prefix is not None:
        follower["JobName"] = this.job_name_prefix
    full.followers.append(follower)
    for resource in full.resources:
        add_property(resource, "FollowedBy", full.followers)


@once_per_stack
def _datasets_of(stack: cdk.Stack) -> _Datasets:
    """Return the jobs of the app by their dataset, and check the jobs of this stack when its template is written."""
    datasets = _APPS.setdefault(stack.node.root, {})
    at_synthesis(stack, lambda: _warn_of_undefined_order(stack, datasets))
    at_synthesis(stack, lambda: _warn_of_missing_full_imports(stack, datasets))
    return datasets


def _warn_of_full_imports(this: _OrderedJob, other: _OrderedJob) -> None:
    cdk.Annotations.of(this.construct).add_warning_v2(
        f"{WARNING_ID_PREFIX}full-imports-into-one-dataset",
        f"{other.construct.node.path} is a FULL import into the same dataset; only the data of the import that runs "
        "last remains. Import both from one folder, or make one of them INCREMENTAL",
    )


def _warn_of_lost_rows(this: _OrderedJob, other: _OrderedJob) -> None:
    full, added = (this, other) if this.mode == ImportMode.FULL else (other, this)
    advice = "Pass it to the INCREMENTAL one: after=..."
    if stack_of(full.construct) is not stack_of(added.construct):
        advice = "Move both into one stack, and pass it to the INCREMENTAL one: after=..."
    cdk.Annotations.of(this.construct).add_warning_v2(
        f"{WARNING_ID_PREFIX}incremental-import-without-after",
        f"{full.construct.node.path} is a FULL import into the same dataset as {added.construct.node.path}: whenever "
        f"the FULL import runs, it removes the rows that {added.construct.node.path} has added. {advice}",
    )


def _warn_of_undefined_order(stack: cdk.Stack, datasets: _Datasets) -> None:
    """Warn about INCREMENTAL imports in no defined order: for rows with the same id, the later import wins."""
    for jobs in datasets.values():
        added = [job for job in jobs if job.mode == ImportMode.INCREMENTAL]
        for number, this in enumerate(added):
            for other in added[:number]:
                is_here = stack_of(this.construct) is stack
                if is_here and not _are_linked(this, other) and not _are_ordered(this, other):
                    cdk.Annotations.of(this.construct).add_warning_v2(
                        f"{WARNING_ID_PREFIX}imports-in-any-order",
                        f"{other.construct.node.path} imports into the same dataset, before or after this one. Order "
                        "them: after=..., or node.add_dependency(...)",
                    )


def _warn_of_missing_full_imports(stack: cdk.Stack, datasets: _Datasets) -> None:
    """Warn about INCREMENTAL imports into a dataset that the app creates but never fills with a FULL import."""
    for jobs in datasets.values():
        if all(job.mode == ImportMode.INCREMENTAL for job in jobs):
            for job in jobs:
                if job.needs_full_import and stack_of(job.construct) is stack:
                    cdk.Annotations.of(job.construct).add_warning_v2(
                        f"{WARNING_ID_PREFIX}missing-full-import",
                        "this app creates the dataset, and has no FULL import into it. The first import into a dataset "
                        "must be FULL: set import_mode to FULL, or add a FULL import and pass it here: after=...",
                    )


def _are_linked(this: _OrderedJob, other: _OrderedJob) -> bool:
    """Return whether two jobs are connected through `after`, directly or through other jobs."""
    linked, found = [this], {this}
    while linked:
        for each in linked.pop().links:
            if each not in found:
                found.add(each)
                linked.append(each)
    return other in found


def _are_ordered(this: _OrderedJob, other: _OrderedJob) -> bool:
    """Return whether one job depends on the other, or its stack depends on the other's stack."""
    one, two = stack_of(this.construct), stack_of(other.construct)
    if one is two:
        return _depends(this, other) or _depends(other, this)
    first, second = top_level_stack_of(one), top_level_stack_of(two)
    # Nested stacks of one stack can be ordered by any construct in them, so they count as ordered.
    return first is second or _stack_depends(first, second) or _stack_depends(second, first)


def _stack_depends(this: cdk.Stack, other: cdk.Stack) -> bool:
    """Return whether a stack is deployed after another one."""
    waiting, found = [this], {this.node.path}
    while waiting:
        for each in waiting.pop().dependencies:
            if each.node.path == other.node.path:
                return True
            if each.node.path not in found:
                found.add(each.node.path)
                waiting.append(each)
    return False


def _depends(this: _OrderedJob, other: _OrderedJob) -> bool:
    """Return whether a resource of one job depends on a resource of the other, directly or indirectly."""
    ends = {resource.node.path for resource in other.resources}
    waiting = [*this.resources]
    found: set[str] = set()
    while waiting:
        for each in waiting.pop().obtain_dependencies():
            path = each.node.path
            if path in ends:
                return True
            if isinstance(each, cdk.CfnResource) and path not in found:
                found.add(path)
                waiting.append(each)
    return False
