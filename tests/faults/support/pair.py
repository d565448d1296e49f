"""A stack with a FULL import followed by INCREMENTAL ones, updated and rolled back as CloudFormation documents it.

A rollback sends an Update with the old properties only to resources whose update has started, in dependency order:
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
from tests.handler.support.account import Account, Response
from tests.handler.support.fakes import JobBehavior
from tests.handler.support.properties import properties
from tests.handler.support.simulator import as_delivered

FULL: Final = "Full"
ADDED: Final = "Added"
Template = dict[str, dict[str, Any]]
"""The properties of each resource, in dependency order."""


@dataclass
class Member(Stack):
    """A resource of the stack."""

    job_arn: str | None = None
    """Its attribute in the last response."""
    is_started: bool = False
    """True if the current operation has sent a request for it."""

    def start(self, properties: Mapping[str, Any]) -> Event:
        """Send the Create or Update request for these properties."""
        self.is_started = True
        return self.begin("Create" if self.settled is None else "Update", properties)

    def end(self, event: Event) -> Response:
        response = self.run(event)
        if response.succeeded:
            self.job_arn = response.attributes[Attribute.DATASET_IMPORT_JOB_ARN]
        return response


@dataclass
class Pair:
    """A stack with imports that depend on each other in order."""

    account: Account
    names: tuple[str, ...] = (FULL, ADDED)
    stack_name: str = "shop"
    members: dict[str, Member] = field(init=False)
    template: Template = field(default_factory=dict)
    """The template after the last successful operation."""
    rollbacks: int = 0
    continued_rollbacks: int = 0

    def __post_init__(self) -> None:
        self.members = {name: Member(self.account, stack_name=self.stack_name, logical_id=name) for name in self.names}

    @property
    def rows(self) -> list[str]:
        """The locations whose rows are in the dataset after all jobs have ended."""
        self.account.run()
        longest = max((job.job_behavior.seconds for job in self.account.personalize.jobs.values()), default=0)
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
        """Update the stack, or roll it back if something fails; return whether the update has succeeded.

        Args:
            template: The new template.
            fails_before: Resource before which another resource fails; "" is after all resources.
            import_fails: Resource whose import fails.
            interrupted_in: Resource during whose import the operation is cancelled.
        """
        for member in self.members.values():
            member.is_started = False
        for name in template:
            if import_fails == name:
                self.account.personalize.job_behavior = JobBehavior(end="CREATE FAILED")
            if fails_before == name or not self._update(name, template, cancel=interrupted_in == name):
                return self._roll_back()
        if fails_before == "":
            return self._roll_back()
        self._delete(set(self.template) - set(template))
        self.template = template
        return True

    def _update(self, name: str, template: Template, *, cancel: bool = False) -> bool:
        """Create or update a resource if its properties have changed, and return whether it has succeeded."""
        member = self.members[name]
        wanted = self._resolved(name, template)
        if (
            member.settled is not None
            and as_delivered(wanted) == as_delivered(member.settled)
            and not member.is_started
        ):
            return True
        event = member.start(wanted)
        if cancel and member.settled is None:  # CloudFormation makes up an id, because it has read no response
            member.physical_resource_id = f"{self.stack_name}-{name}-1A2B3C4D5E6F"
        return not cancel and member.end(event).succeeded

    def _roll_back(self) -> bool:
        """Restore the old properties of updated resources, and delete created ones."""
        self.rollbacks += 1
        started = [name for name in self.names if self.members[name].is_started]
        for name in started:
            if name in self.template:
                response = self._undo(name)
                while not response.succeeded:
                    assert response.reason.startswith("Timed out"), f"the rollback of {name} failed: {response.reason}"
                    self.continued_rollbacks += 1
                    response = self._undo(name)
        self._delete(set(started) - set(self.template))
        return False

    def _undo(self, name: str) -> Response:
        """Update a resource to its old properties, as a rollback and `continue-update-rollback` do."""
        self._clear_import_failure(name)
        member = self.members[name]
        return member.end(member.begin("Update", self._resolved(name, self.template)))

    def _clear_import_failure(self, name: str) -> None:
        """Create the repeated import succeed, even if its job is already running."""
        personalize = self.account.personalize
        personalize.job_behavior = replace(personalize.job_behavior, end="ACTIVE", failure_reason=None)
        wanted = parse(as_delivered(self._resolved(name, self.template)))
        for job_name, job in personalize.jobs.items():
            runs = self.account.clock.now < job.created_at + job.job_behavior.seconds
            if runs and import_identity(job.properties) == import_identity(wanted):
                personalize.jobs[job_name] = replace(
                    job, job_behavior=replace(job.job_behavior, end="ACTIVE", failure_reason=None)
                )

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
        """Return the properties of a resource with the attribute of its predecessor."""
        before = [each for each in template if each != name][: list(template).index(name)]
        return {**template[name], **({"After": self.members[before[-1]].job_arn} if before else {})}


def template(full: str, *added: str | None, names: tuple[str, ...] = (FULL, ADDED), **changed: Any) -> Template:
    """Return a template with the locations of its imports; None omits the resource."""
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
