"""A relay of resources that wait for one import, as CloudFormation goes from one to the next."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.handler.support.account import Account, Answer
from tests.handler.support.simulator import CloudFormation


@dataclass
class Relay:
    """The resources of one job whose timeout is longer than one resource may wait."""

    account: Account
    legs: int
    leg_seconds: int = 2400
    generation: int = 1
    resources: list[CloudFormation] = field(init=False)

    def __post_init__(self) -> None:
        names = ["Import", *[f"ImportWait{number}" for number in range(2, self.legs + 1)]]
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
            leg = self.leg(properties, number, before.attributes["DatasetImportJobArn"] if before else None)
            if before and properties.get("PublishStateChanges"):
                leg["LastStatus"] = before.attributes["Status"]
            answers.append(resource.run(resource.begin(request_type, leg)))
            if not answers[-1].succeeded:
                break
        return answers

    def leg(self, properties: Mapping[str, Any], number: int, previous: str | None) -> dict[str, Any]:
        """Give the properties of one of the resources, as the construct does."""
        leg: dict[str, Any] = {**properties, "TimeoutSeconds": self.leg_seconds}
        if number + 1 < self.legs:
            leg["HandsOver"] = True
        if previous:
            first = self.resources[0]
            leg |= {
                "DatasetImportJobArn": previous,
                "FirstResource": {"LogicalId": first.logical_id, "PhysicalId": first.physical_resource_id},
                "WaitedSeconds": number * self.leg_seconds,
            }
        return leg
