"""The imports that CloudFormation has asked for, and which jobs may be theirs."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from personalize_import_cli.stack.jobs import Job
from personalize_import_cli.stack.operations import Answer, Operation, Request
from personalize_import_handler.contract import RESOURCE_TYPE, WAIT_RESOURCE_TYPE, ReimportMode
from personalize_import_handler.contract.import_properties import ImportProperties
from personalize_import_handler.contract.properties import InvalidPropertiesError, parse
from personalize_import_handler.request.names import Resource, names_of


@dataclass(frozen=True, kw_only=True)
class AskedImport:
    """An import that was asked for: of one resource, or of a relay of them."""

    legs: Sequence[Request]
    properties: ImportProperties | None
    """None where the events don't tell them, or they are wrong."""
    resource: Resource
    is_over: bool = False
    """Whether the operation has ended, so that no more legs follow."""

    @property
    def first(self) -> Request:
        """The request that it began with."""
        return self.legs[0]

    @property
    def last(self) -> Request:
        """The request that says how it stands."""
        return self.legs[-1]

    @property
    def answer(self) -> Answer:
        """What has become of it: one that hands over is not finished before the next one is."""
        answer = self.last.answer
        if self.is_over:
            return Answer.CANCELLED if answer is Answer.NONE else answer
        hands_over = _is_true(self.last.properties.get("HandsOver"))
        return Answer.NONE if answer is Answer.COMPLETE and hands_over else answer

    def has(self, job_arn: str) -> bool:
        """Return whether a job of the dataset is one of this import, by its name."""
        if self.properties is None:
            return False
        names = names_of(self.properties, self.resource)
        if self.properties.reimport is ReimportMode.WHEN_DATA_CHANGES:
            # The fingerprint of the data is in the name, and only the handler knows it.
            return names.shares_prefix(job_arn)
        return names.includes(job_arn)

    def job_among(self, jobs: Iterable[Job]) -> Job | None:
        """Find the job that was started or adopted for this request.

        One that had ended before was adopted if the request is complete, and had failed if it is not.
        """
        own = [job for job in jobs if self.has(job.arn)]
        if self.answer is not Answer.COMPLETE:
            own = [job for job in own if job.runs or job.updated_at >= self.first.asked_at]
        return max(own, key=lambda job: job.created_at, default=None)

    def found_done(self, job: Job) -> bool:
        """Say whether the job had ended before it was asked for, so that there was nothing to import."""
        return not job.runs and job.updated_at < self.first.asked_at


def asked_imports(operation: Operation, stack_id: str, *, is_over: bool) -> list[AskedImport]:
    """Pick the imports from what was asked for; resources that go on waiting belong to the one that began."""
    imports: list[AskedImport] = []
    for request in operation.requests:
        if request.resource_type == RESOURCE_TYPE:
            properties = _parsed(request)
            scope = properties.stack_scope if properties else None
            resource = Resource(stack_id, request.logical_id, request.physical_id, scope)
            imports.append(AskedImport(legs=[request], properties=properties, resource=resource, is_over=is_over))
        elif request.resource_type == WAIT_RESOURCE_TYPE:
            begun = str(request.properties.get("DatasetImportJobArn", ""))
            for number, one in enumerate(imports):
                if one.first.rolls_back == request.rolls_back and begun and one.has(begun):
                    imports[number] = replace(one, legs=[*one.legs, request])
    return imports


def _parsed(request: Request) -> ImportProperties | None:
    try:
        return parse(request.properties)
    except InvalidPropertiesError:
        return None


def _is_true(value: object) -> bool:
    return str(value).lower() == "true"
