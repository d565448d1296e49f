"""Custom resources of CloudFormation: which requests they receive, and in which order."""

import pytest

from tests.conformance.support.assumptions import Mark, assumption
from tests.conformance.support.custom_resources import CustomResourceStack
from tests.conformance.support.recording import Observations
from tests.conformance.support.target import Target, poll_seconds

_REQUESTS = "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref-requesttypes.html"
_FRAMEWORK = "https://docs.aws.amazon.com/cdk/api/v2/docs/aws-cdk-lib.custom_resources-readme.html"
_FAILED_CREATE = "https://github.com/aws/aws-cdk/pull/5525"
_UPDATE = "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref-requesttypes-update.html"
_CANCEL = "https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CancelUpdateStack.html"
_STRINGS = "https://github.com/aws-cloudformation/cloudformation-coverage-roadmap/issues/1037"
_NEW_ID = "https://github.com/aws/aws-cdk/issues/22670"
_CREATED, _ROLLED_BACK = "CREATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE"


@pytest.fixture
def stack(target: Target, bucket: str) -> CustomResourceStack:
    return CustomResourceStack(target, bucket)


@assumption("Numbers and booleans among the properties arrive as strings.", mark=Mark.OBSERVED, source=_STRINGS)
def test_properties_arrive_as_strings(seen: Observations, stack: CustomResourceStack) -> None:
    assert stack.create({"First": {"Id": "a", "Number": 7, "Boolean": True, "List": [1, False]}}) == _CREATED
    (request,) = stack.requests()
    properties = {name: request["ResourceProperties"][name] for name in ("Number", "Boolean", "List")}
    seen["properties"] = properties

    assert properties == {"Number": "7", "Boolean": "true", "List": ["1", "false"]}


@assumption(
    "After an update that returned another physical id, Delete of the old id comes when all resources are updated.",
    mark=Mark.DOCUMENTED,
    source=_UPDATE,
)
def test_a_replaced_resource_is_deleted_after_all_updates(seen: Observations, stack: CustomResourceStack) -> None:
    stack.create({"First": {"Id": "a"}, "Second": {"Id": "x", "Version": "1"}})
    status = stack.update({"First": {"Id": "b"}, "Second": {"Id": "x", "Version": "2"}})
    seen["status"], seen["requests"] = status, stack.order()

    assert stack.order() == ["Create a", "Create x", "Update a", "Update x", "Delete a"]
    assert status == "UPDATE_COMPLETE"


@assumption(
    "After a failed update, the rollback sends an Update with the old properties to the same physical id.",
    mark=Mark.DOCUMENTED,
    source=_FRAMEWORK,
)
def test_a_failed_update_is_rolled_back_by_an_update(seen: Observations, stack: CustomResourceStack) -> None:
    stack.create({"First": {"Id": "a", "Version": "1"}})
    status = stack.update({"First": {"Id": "a", "Version": "2", "Answer": "FAILED"}})
    seen["status"], seen["requests"] = status, stack.order()
    versions = [request["ResourceProperties"]["Version"] for request in stack.requests()]

    assert stack.order() == ["Create a", "Update a", "Update a"]
    assert versions == ["1", "2", "1"]
    assert status == _ROLLED_BACK


@assumption(
    "If another resource fails later, the rollback sends an Update with the old properties to a resource that kept its "
    "physical id.",
    mark=Mark.ASSUMED,
    source=_REQUESTS,
)
def test_a_later_failure_rolls_back_earlier_resources_by_an_update(
    seen: Observations, stack: CustomResourceStack
) -> None:
    stack.create({"First": {"Id": "a", "Version": "1"}, "Second": {"Id": "x"}})
    status = stack.update({"First": {"Id": "a", "Version": "2"}, "Second": {"Id": "x", "Answer": "FAILED"}})
    seen["status"], seen["requests"] = status, stack.order()
    versions = [
        request["ResourceProperties"]["Version"]
        for request in stack.requests()
        if request["LogicalResourceId"] == "First"
    ]

    assert versions == ["1", "2", "1"]
    assert status == _ROLLED_BACK


@assumption(
    "If another resource fails later, the rollback sends Delete of the new id, and no Update, to a resource that "
    "returned another physical id.",
    mark=Mark.OBSERVED,
    source=_NEW_ID,
)
def test_a_rollback_deletes_the_new_id_of_a_replaced_resource(seen: Observations, stack: CustomResourceStack) -> None:
    stack.create({"First": {"Id": "a"}, "Second": {"Id": "x"}})
    status = stack.update({"First": {"Id": "b"}, "Second": {"Id": "x", "Answer": "FAILED"}})
    seen["status"], seen["requests"] = status, stack.order()
    of_first = [request for request in stack.order() if not request.endswith("x")]

    assert of_first == ["Create a", "Update a", "Delete b"]
    assert status == _ROLLED_BACK


@assumption(
    "After a failed Create, the rollback sends Delete with the physical id of the failed response.",
    mark=Mark.OBSERVED,
    source=_FAILED_CREATE,
)
def test_a_failed_create_is_deleted(seen: Observations, stack: CustomResourceStack) -> None:
    status = stack.create({"First": {"Id": "a", "Answer": "FAILED"}})
    seen["status"], seen["requests"] = status, stack.order()

    assert stack.order() == ["Create a", "Delete a"]
    assert status == "ROLLBACK_COMPLETE"


@assumption(
    "A cancelled update waits for the response to a running Update, and then sends an Update with the old properties.",
    mark=Mark.ASSUMED,
    source=_CANCEL,
)
def test_a_cancelled_update_is_rolled_back_after_the_running_request(
    seen: Observations, stack: CustomResourceStack
) -> None:
    stack.create({"First": {"Id": "a", "Version": "1"}, "Second": {"Id": "x"}})
    # The update is still running when the next poll has seen its request.
    seconds = str(max(5, 4 * poll_seconds()))
    stack.start_update(
        {"First": {"Id": "a", "Version": "2", "Seconds": seconds}, "Second": {"Id": "x", "Version": "2"}}
    )
    stack.when_requested("Update", "a")
    stack.cancel_update()
    status = stack.ended()
    seen["status"], seen["requests"] = status, stack.order()
    versions = [
        request["ResourceProperties"]["Version"]
        for request in stack.requests()
        if request["LogicalResourceId"] == "First"
    ]

    assert versions == ["1", "2", "1"]
    assert status == _ROLLED_BACK
