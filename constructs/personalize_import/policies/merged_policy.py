"""Policies to which each job adds resources: resources are added to one statement instead of one statement per job.

The size of a policy is limited, and the CDK merges statements only with the feature flag `minimizePolicies`.
"""

import json
from collections.abc import Callable
from typing import Generic, NamedTuple, TypeVar

from aws_cdk import aws_iam as iam

from personalize_import.policies.documents import resources_of
from personalize_import_handler.contract.statements import Statement

_Result = TypeVar("_Result")


class _Added(NamedTuple, Generic[_Result]):
    statement: iam.PolicyStatement
    resources: set[str]
    result: _Result


class MergedPolicy(Generic[_Result]):
    """The statements that jobs have added to one policy."""

    def __init__(self) -> None:
        self._is_large = False
        self._added: dict[str, _Added[_Result]] = {}

    def has_grown_to(self, count: int) -> bool:
        """Return whether the statements together have at least `count` resources; True is returned only once."""
        has_grown = not self._is_large and sum(len(each.resources) for each in self._added.values()) >= count
        self._is_large |= has_grown
        return has_grown

    def add(self, statement: Statement, add: Callable[[iam.PolicyStatement], _Result]) -> _Result:
        """Add a statement, or add its resources to a statement that differs in nothing else.

        Args:
            statement: The statement to add.
            add: The function that adds a statement to the policy. Its result is returned for all statements that are
                merged into the added one.
        """
        kind, resources = json.dumps({**statement, "Resource": ""}, sort_keys=True), resources_of(statement)
        added = self._added.get(kind)
        new = [each for each in resources if added is None or each not in added.resources]
        if added is None or (new and added.statement.frozen):  # a statement that was synthesized can't grow
            written = iam.PolicyStatement.from_json(statement)
            added = self._added[kind] = _Added(written, set(resources), add(written))
        elif new:
            added.statement.add_resources(*new)
            added.resources.update(new)
        return added.result
