"""A wait chain: resources that CloudFormation creates one after the other, which wait for one import."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.handler.support.account import Account, Answer
from tests.handler.support.simulator import CloudFormation


@dataclass
class WaitChain:
    """The resources of one job whose timeout is longer than one resource may wait."""

    account: Account
    resource_count: int
    timeout_seconds: int = 2400
    generation: int = 1
    resources: list[CloudFormation] = field(init=False)

    def __post_init__(self) -> None:
        names = ["Import", *[f"ImportWait{number}" for number in range(2, self.resource_count + 1)]]
        self.resources = [CloudFormation(self.account, logical_id=name, generation=self.generation) for name in names]

    def create(self, properties: Mapping[str, Any]) -> list[Answer]:
        """Create one resource after the other, up to one that fails."""
        return self._deploy("Create", properties)

    def update(self, properties: Mapping[str, Any]) -> list[Answer]:
        """Update one resource after the other, up to one that fails."""
        return self._deploy("Update", properties)

    def delete(self) -> list[Answer]:
        """Delete them, the last one first."""
        return [resource.delete() for resource in reversed(self.resources) if resource.properties is not None]

    def _deploy(self, request_type: str, properties: Mapping[str, Any]) -> list[Answer]:
        answers: list[Answer] = []
        for number, resource in enumerate(self.resources):
            before = answers[-1] if answers else None
            of_resource = self.properties_of(
                properties, number, before.attributes["DatasetImportJobArn"] if before else None
            )
            if before and properties.get("PublishStateChanges"):
                of_resource["LastStatus"] = before.attributes["Status"]
            answers.append(resource.run(resource.begin(request_type, of_resource)))
            if not answers[-1].succeeded:
                break
        return answers

    def properties_of(self, properties: Mapping[str, Any], number: int, previous: str | None) -> dict[str, Any]:
        """Return the properties of one of the resources, as the construct sets them."""
        of_resource: dict[str, Any] = {**properties, "TimeoutSeconds": self.timeout_seconds}
        if number + 1 < self.resource_count:
            of_resource["HandsOver"] = True
        if previous:
            first = self.resources[0]
            of_resource |= {
                "DatasetImportJobArn": previous,
                "FirstResource": {"LogicalId": first.logical_id, "PhysicalId": first.physical_resource_id},
                "WaitedSeconds": number * self.timeout_seconds,
            }
        return of_resource
