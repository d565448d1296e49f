"""Refreshes need each permission of their triggers: without one of them there is no refresh, or it has failed."""

import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

import aws_cdk as cdk
import pytest
from aws_cdk.aws_scheduler import ScheduleExpression

from tests.deploy.support.cloud import Cloud
from tests.deploy.support.permission_removal import TRUST, Template, Variant, variants
from tests.deploy.support.permission_run import DATA, DEMO, NAME, PermissionRun
from tests.deploy.support.stack_under_test import publish
from tests.deploy.support.stacks import UsersStack, users_csv

pytestmark = [pytest.mark.deploy, pytest.mark.nightly]

BUCKET: Final = "refreshed-without-permissions"
NO_REFRESH: Final = "no refresh has ended"
_OF_THE_SCHEDULE, _OF_THE_UPLOAD = "-refresh-0-", "-refresh-10-"
_DEADLINE_SECONDS: Final = 60
_CONCURRENT_RUNS: Final = 4
# What a deploy doesn't need, or not in the same way as a refresh.
_ACTIONS: Final = {"cloudformation:DescribeStacks", "states:ListExecutions", "lambda:InvokeFunction"}


class RefreshPermissionRun(PermissionRun):
    """A run that creates a stack, waits for a refresh of each trigger, and deletes the stack."""

    poll_seconds = 2

    def first_failure(self) -> str:
        try:
            return super().first_failure()
        finally:  # or its triggers would start refreshes during the other runs
            self._cloud.cloudformation.delete_stack(StackName=self._stack)

    def _steps(self) -> Iterator[str]:
        self._put("users/users.csv", "a", "b")
        self._put("new/1.csv", "c")
        yield self._change(self._stack, self._template)
        yield self._refreshed(_OF_THE_SCHEDULE)
        self._put("new/2.csv", "d")
        yield self._refreshed(_OF_THE_UPLOAD)
        yield self._delete(self._stack)

    def _put(self, key: str, *users: str) -> None:
        self._cloud.s3.put_object(Bucket=BUCKET, Key=f"{self._name}/{key}", Body=users_csv(*users))

    def _refreshed(self, kind: str) -> str:
        """Wait for the end of a refresh, and return its failure, or "" if it has succeeded."""
        deadline = time.monotonic() + _DEADLINE_SECONDS
        while time.monotonic() < deadline:
            for status, cause in self._refreshes(kind):
                if status != "RUNNING":
                    return cause
            time.sleep(self.poll_seconds)
        return NO_REFRESH

    def _refreshes(self, kind: str) -> list[tuple[str, str]]:
        client = self._cloud.client("stepfunctions")
        machines = [m for m in client.list_state_machines()["stateMachines"] if self._stack in m["name"]]
        executions = [
            client.describe_execution(executionArn=execution["executionArn"])
            for machine in machines
            for execution in client.list_executions(stateMachineArn=machine["stateMachineArn"])["executions"]
            if kind in execution["name"]
        ]
        return [(each["status"], each.get("cause", "")) for each in executions]


def refreshed_stack(app: cdk.App) -> None:
    """Create a stack with a FULL import that has a schedule, and an INCREMENTAL one that is refreshed on uploads."""
    folder = f"s3://{BUCKET}/{NAME}"
    stack = UsersStack(app, DEMO, f"{folder}/users/", appended=f"{folder}/new/")
    stack.job.refresh_on_schedule("Schedule", schedule=ScheduleExpression.cron(minute="0/15"))
    stack.last_job.refresh_on_upload("Uploads", quiet_period=cdk.Duration.seconds(10))


def refresh_variants(template: Template) -> list[Variant]:
    """Return the variants without a permission of a trigger, or one that a refresh needs for itself."""
    return [variant for variant in variants({DATA: {"Resources": {}}, DEMO: template}) if is_for_refreshes(variant)]


def is_for_refreshes(variant: Variant) -> bool:
    is_of_trigger = "Schedule" in variant.policy or "Invoke" in variant.policy
    is_of_import_role = variant.policy.startswith("ImportRole") and variant.action == TRUST
    assumes_import_role = variant.policy.startswith("DatasetImportProvider") and variant.action == TRUST
    compares = is_of_import_role or (assumes_import_role and not variant.policy.endswith("AssumeRolePolicyDocument"))
    return is_of_trigger or compares or variant.action in _ACTIONS


def test_refreshes_need_each_of_their_permissions(cloud: Cloud, request: pytest.FixtureRequest) -> None:
    cloud.put(BUCKET, "any.csv", "")
    notifications: Any = {"EventBridgeConfiguration": {}}
    cloud.s3.put_bucket_notification_configuration(Bucket=BUCKET, NotificationConfiguration=notifications)
    assembly = cloud.synthesize(refreshed_stack)
    publish(cloud, assembly / f"{DEMO}.assets.json")
    template = json.loads((assembly / f"{DEMO}.template.json").read_text())
    empty: dict[str, Any] = {DATA: {"Resources": {}}}
    assert RefreshPermissionRun(cloud, 80, {**empty, DEMO: template}, b"").first_failure() == ""

    tried = refresh_variants(template)
    runs = [RefreshPermissionRun(cloud, 81 + number, variant.templates, b"") for number, variant in enumerate(tried)]
    with ThreadPoolExecutor(_CONCURRENT_RUNS) as pool:
        failures = list(pool.map(RefreshPermissionRun.first_failure, runs))

    request.node.user_properties.append(("variants", [str(variant) for variant in tried]))
    assert [f"{v}: {text}" for v, text in zip(tried, failures, strict=True) if not is_reported(v, text)] == []


def is_reported(variant: Variant, failure: str) -> bool:
    """Return whether a failure names the missing permission; a trigger without one refreshes nothing."""
    if "Invoke" in variant.policy or ("Schedule" in variant.policy and variant.action != TRUST):
        return failure == NO_REFRESH
    return ("assume" if variant.action == TRUST else variant.action) in failure
