"""Calls of the CloudFormation client, and their responses."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.session import Session
from botocore.stub import Stubber

from personalize_import_handler.aws.stacks import RootStack
from personalize_import_handler.aws.stacks_client import BotoStacks
from personalize_import_handler.errors import BusyError, RefusedError
from tests.handler.support.fakes_stacks import stack_id_of

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient

NESTED_ID = stack_id_of("shop-Nested-1A2B3C4D5E6F")
ROOT_ID = stack_id_of("shop")


@pytest.fixture
def client() -> "CloudFormationClient":
    return boto3.client(
        "cloudformation", region_name="eu-west-1", aws_access_key_id="none", aws_secret_access_key="none"
    )


@pytest.fixture
def cloudformation(client: "CloudFormationClient") -> Iterator[Stubber]:
    with Stubber(client) as stubber:
        yield stubber
        stubber.assert_no_pending_responses()


def describes(cloudformation: Stubber, stack_id: str, status: str, **more: Any) -> None:
    stack = {
        "StackId": stack_id,
        "StackName": stack_id.split("/")[1],
        "StackStatus": status,
        "CreationTime": "2026-01-01T00:00:00Z",
        **more,
    }
    cloudformation.add_response("describe_stacks", {"Stacks": [stack]}, {"StackName": stack_id})


@pytest.mark.parametrize("more", [{}, {"RootId": ROOT_ID}])
def test_a_stack_that_is_not_nested_is_its_own_root_stack(
    more: dict[str, str], client: "CloudFormationClient", cloudformation: Stubber
) -> None:
    describes(cloudformation, ROOT_ID, "CREATE_IN_PROGRESS", **more)

    assert BotoStacks(client).root_of(ROOT_ID) == RootStack("shop", "CREATE_IN_PROGRESS")


def test_a_nested_stack_has_the_name_and_the_status_of_its_root_stack(
    client: "CloudFormationClient", cloudformation: Stubber
) -> None:
    parent_id = stack_id_of("shop-Middle-1A2B3C4D5E6F")
    describes(cloudformation, NESTED_ID, "DELETE_IN_PROGRESS", RootId=ROOT_ID, ParentId=parent_id)
    describes(cloudformation, ROOT_ID, "UPDATE_ROLLBACK_IN_PROGRESS")

    assert BotoStacks(client).root_of(NESTED_ID) == RootStack("shop", "UPDATE_ROLLBACK_IN_PROGRESS")


@pytest.mark.parametrize(("code", "error"), [("Throttling", BusyError), ("AccessDenied", RefusedError)])
def test_an_error_shows_whether_a_retry_may_succeed(
    code: str, error: type[RefusedError], client: "CloudFormationClient", cloudformation: Stubber
) -> None:
    cloudformation.add_client_error("describe_stacks", code, "No.", http_status_code=400)

    with pytest.raises(RefusedError, match="DescribeStacks") as raised:
        BotoStacks(client).root_of(NESTED_ID)

    assert type(raised.value) is error


def test_a_stack_is_settled_after_each_operation_that_has_succeeded_or_was_undone() -> None:
    # All statuses of the API, https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_Stack.html.
    statuses = Session().get_service_model("cloudformation").shape_for("StackStatus").metadata["enum"]

    assert {status for status in statuses if RootStack("shop", status).is_settled} == {
        "CREATE_COMPLETE",
        "UPDATE_COMPLETE",
        "UPDATE_ROLLBACK_COMPLETE",
        "IMPORT_COMPLETE",
        "IMPORT_ROLLBACK_COMPLETE",
    }
