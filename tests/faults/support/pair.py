"""A stack with a FULL import and INCREMENTAL ones after it, updated and rolled back as CloudFormation documents it.

Only a resource whose update has begun gets another one with the old properties, in the order of their dependency:
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/troubleshooting.html
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from personalize_import_handler.cloudformation.custom_resource import Event
from personalize_import_handler.contract import Attribute
from personalize_import_handler.contract.properties import parse
from personalize_import_handler.request.import_identity import import_identity
from tests.faults.support.stack import Stack
from tests.handler.support.account import Account, Answer
from tests.handler.support.fakes import Course
from tests.handler.support.properties import properties
from tests.handler.support.simulator import as_delivered

FULL: Final = "Full"
ADDED: Final = "Added"
Template = dict[str, dict[str, Any]]
"""The properties of each resource, in the order of their dependency."""


@dataclass
class Member(Stack):
    """A resource of the stack."""

    job_arn: str | None = None
    """Its attribute, as of the last answer."""
    is_begun: bool = False
    """Whether the operation that is under way has made a request for it."""

    def start(self, properties: Mapping[str, Any]) -> Event:
        """Make the request that these properties ask for."""
        self.is_begun = True
        return self.begin("Create" if self.settled is None else "Update", properties)

    def end(self, event: Event) -> Answer:
        answer = self.run(event)
        if answer.succeeded:
            self.job_arn = answer.attributes[Attribute.DATASET_IMPORT_JOB_ARN]
        return answer


@dataclass
class Pair:
    """A stack with imports of which each comes after the one before."""

    account: Account
    names: tuple[str, ...] = (FULL, ADDED)
    stack_name: str = "shop"
    members: dict[str, Member] = field(init=False)
    template: Template = field(default_factory=dict)
    """The one that the stack has when CloudFormation is through."""
    rollbacks: int = 0
    continued_rollbacks: int = 0

    def __post_init__(self) -> None:
        self.members = {name: Member(self.account, stack_name=self.stack_name, logical_id=name) for name in self.names}

    @property
    def rows(self) -> list[str]:
        """The locations whose rows are in the dataset, once all jobs have ended."""
        self.account.run()
        longest = max((job.course.seconds for job in self.account.personalize.jobs.values()), default=0)
        self.account.clock.advance(longest)
        return self.account.personalize.imported()

    def deploy(
        self,
        template: Template,
        *,
        fails_before: str | None = None,
        import_fails: str | None = None,
        interrupted_in: str | None = None,
    ) -> bool:
        """Update the stack, or roll it back.

        Another resource fails before the request for a resource is made; "" is after all of them. Or the import of a
        resource fails, or the operation is cancelled while a resource imports.
        """
        for member in self.members.values():
            member.is_begun = False
        for name in template:
            if import_fails == name:
                self.account.personalize.course = Course(end="CREATE FAILED")
            if fails_before == name or not self._update(name, template, cancel=interrupted_in == name):
                return self._roll_back()
        if fails_before == "":
            return self._roll_back()
        self._delete(set(self.template) - set(template))
        self.template = template
        return True

    def _update(self, name: str, template: Template, *, cancel: bool = False) -> bool:
        """Create or update a resource if that is needed, and return whether it has succeeded and goes on."""
        member = self.members[name]
        wanted = self._resolved(name, template)
        if member.settled is not None and as_delivered(wanted) == as_delivered(member.settled) and not member.is_begun:
            return True
        event = member.start(wanted)
        if cancel and member.settled is None:  # CloudFormation makes up an id, for it has not read an answer
            member.physical_resource_id = f"{self.stack_name}-{name}-1A2B3C4D5E6F"
        return not cancel and member.end(event).succeeded

    def _roll_back(self) -> bool:
        """Give back the old properties to what was updated, and delete what was created."""
        self.rollbacks += 1
        begun = [name for name in self.names if self.members[name].is_begun]
        for name in begun:
            if name in self.template:
                answer = self._undo(name)
                while not answer.succeeded:
                    assert answer.reason.startswith("Timed out"), f"the rollback of {name} failed: {answer.reason}"
                    self.continued_rollbacks += 1
                    answer = self._undo(name)
        self._delete(set(begun) - set(self.template))
        return False

    def _undo(self, name: str) -> Answer:
        """Give a resource its old properties, as a rollback does, and `continue-update-rollback` once more."""
        self._heal(name)
        member = self.members[name]
        return member.end(member.begin("Update", self._resolved(name, self.template)))

    def _heal(self, name: str) -> None:
        """What was good is good: its import fails no second time, and neither does one that runs already."""
        personalize = self.account.personalize
        personalize.course = replace(personalize.course, end="ACTIVE", failure_reason=None)
        wanted = parse(as_delivered(self._resolved(name, self.template)))
        for job_name, job in personalize.jobs.items():
            runs = self.account.clock.now < job.created_at + job.course.seconds
            if runs and import_identity(job.properties) == import_identity(wanted):
                personalize.jobs[job_name] = replace(job, course=replace(job.course, end="ACTIVE", failure_reason=None))

    def _delete(self, names: set[str]) -> None:
        for name in sorted(names):
            member = self.members[name]
            if member.properties is not None:
                member.delete()
                self.account.run()
            self.members[name] = Member(
                self.account, stack_name=self.stack_name, logical_id=name, _requests=member._requests
            )

    def _resolved(self, name: str, template: Template) -> dict[str, Any]:
        """Return the properties of a resource with the attribute of the one before it."""
        before = [each for each in template if each != name][: list(template).index(name)]
        return {**template[name], **({"After": self.members[before[-1]].job_arn} if before else {})}


def template(full: str, *added: str | None, names: tuple[str, ...] = (FULL, ADDED), **changed: Any) -> Template:
    """Return a template by the locations of its imports; None leaves out the resource."""
    given = {name: location for name, location in zip(names, (full, *added), strict=False) if location}
    followers = [{"LogicalId": name} for name in given if name != names[0]]
    return {
        name: properties(
            DataLocation=location,
            ImportMode=None if name == names[0] else "INCREMENTAL",
            **({"FollowedBy": followers} if followers and name == names[0] else {}),
            **changed.get(name, {}),
        )
        for name, location in given.items()
    }
