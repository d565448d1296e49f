"""One look at a stack: what is asked of AWS, and in which order."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from personalize_import_cli.stack.account import Account, Stack, StackResource
from personalize_import_cli.stack.imports import AskedImport, asked_imports
from personalize_import_cli.stack.jobs import job_of, running
from personalize_import_cli.stack.operations import Answer, Operation, operations
from personalize_import_cli.stack.sight import (
    Jobs,
    Seen,
    Sight,
    State,
    dataset_arn_of,
    has_ended,
    seen,
    without_job,
)
from personalize_import_handler.aws.personalize import DatasetImportJob, has_failed
from personalize_import_handler.contract import RESOURCE_TYPE

_NESTED: Final = "AWS::CloudFormation::Stack"
_REVIEW: Final = "REVIEW_IN_PROGRESS"
_NOTHING: Final = Operation(0.0, ())


class Looker:
    """Looks at one stack, and remembers what doesn't change from one look to the next."""

    def __init__(self, account: Account, stack: str) -> None:
        self._account = account
        self._stack = stack
        self._template: tuple[float, Mapping[str, Any]] = (-1.0, {})
        self._unchanged: dict[str, Seen] = {}

    def look(self) -> Sight | None:
        """Look at the stack and its imports; None if there is no such stack."""
        stack = self._account.stack(self._stack)
        if stack is None:
            return None
        operation = next(iter(operations(self._account.events(stack.id))[-1:]), _NOTHING)
        resources = self._account.resources(stack.id)
        template = self._template_of(stack, operation)
        asked = asked_imports(operation, stack.id, is_over=has_ended(stack.status))
        jobs, waiting = self._jobs(asked)
        names = _names(template, stack.name)
        shown = [seen(one, _name(names, one.first.logical_id), jobs, waiting, stack.now) for one in asked]
        others = self._not_asked(stack, resources, template, {one.first.logical_id for one in asked}, names)
        return Sight(
            stack_name=stack.name,
            stack_id=stack.id,
            stack_status=stack.status,
            begun_at=operation.begun_at or None,
            imports=(*shown, *others),
            nested_stacks=[each.physical_id for each in resources if each.resource_type == _NESTED],
            first_failure=operation.first_failure,
        )

    def _jobs(self, asked: Sequence[AskedImport]) -> tuple[Jobs, list[AskedImport]]:
        """List the jobs of each dataset; those of the whole account only where somebody waits for room."""
        by_dataset, now = {}, 0.0
        for dataset_arn in dict.fromkeys(filter(None, map(dataset_arn_of, asked))):
            by_dataset[dataset_arn], now = self._account.jobs(dataset_arn)
        waiting = without_job(asked, by_dataset)
        in_account = None
        if any(not running(by_dataset.get(dataset_arn_of(one) or "", ())) for one in waiting):
            everybodys, now = self._account.jobs()
            in_account = len(running(everybodys))
        return Jobs(now=now, by_dataset=by_dataset, running_in_account=in_account), waiting

    def _template_of(self, stack: Stack, operation: Operation) -> Mapping[str, Any]:
        begun_at, template = self._template
        if begun_at != operation.begun_at or not template:
            template = {} if stack.status == _REVIEW else self._account.template(stack.id)
            self._template = operation.begun_at, template
        return template

    def _not_asked(
        self,
        stack: Stack,
        resources: Iterable[StackResource],
        template: Mapping[str, Any],
        asked: set[str],
        names: Mapping[str, str],
    ) -> list[Seen]:
        """Give the imports that this operation has not asked for: not yet, or not at all."""
        there = [each for each in resources if each.resource_type == RESOURCE_TYPE]
        if has_ended(stack.status):
            return [
                self._unchanged_import(stack, each, _name(names, each.logical_id))
                for each in there
                if each.logical_id not in asked
            ]
        return [
            Seen(name=_name(names, logical_id), logical_id=logical_id, state=State.NOT_ASKED_FOR)
            for logical_id in dict.fromkeys([*_imports_in(template), *[each.logical_id for each in there]])
            if logical_id not in asked
        ]

    def _unchanged_import(self, stack: Stack, resource: StackResource, name: str) -> Seen:
        logical_id = resource.logical_id
        if logical_id not in self._unchanged:
            described = self._last_job(stack, resource)
            job = job_of(described) if described else None
            self._unchanged[logical_id] = Seen(
                name=name,
                logical_id=logical_id,
                state=State.FAILED if job and has_failed(job.status) else State.UNCHANGED,
                job=job,
                dataset_arn=described.dataset_arn if described else None,
                data_location=described.data_location if described else None,
                elapsed_seconds=job.seconds(job.updated_at) if job else None,
                reason=job.failure_reason if job else "",
            )
        return self._unchanged[logical_id]

    def _last_job(self, stack: Stack, resource: StackResource) -> DatasetImportJob | None:
        """Describe the job of a resource that this operation has not touched: an earlier one has its properties."""
        for operation in reversed(operations(self._account.events(stack.id, all_operations=True))):
            for one in asked_imports(operation, stack.id, is_over=True):
                if one.first.logical_id == resource.logical_id and one.answer is Answer.COMPLETE:
                    jobs, _ = self._account.jobs(dataset_arn_of(one))
                    job = one.job_among(jobs)
                    return self._account.job(job.arn) if job else None
        return None


def _imports_in(template: Mapping[str, Any]) -> list[str]:
    resources = template.get("Resources", {})
    return [logical_id for logical_id, resource in resources.items() if resource.get("Type") == RESOURCE_TYPE]


def _name(names: Mapping[str, str], logical_id: str) -> str:
    return names.get(logical_id, logical_id)


def _names(template: Mapping[str, Any], stack_name: str) -> dict[str, str]:
    """Name imports as their constructs are named, where the template tells it."""
    paths = {
        logical_id: str(template["Resources"][logical_id].get("Metadata", {}).get("aws:cdk:path", ""))
        for logical_id in _imports_in(template)
    }
    return {
        logical_id: path.removesuffix("/Default").removesuffix("/Resource").removeprefix(f"{stack_name}/")
        for logical_id, path in paths.items()
        if path
    }
