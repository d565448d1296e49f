"""personalize-events and personalize-runtime over HTTPS, with clients of boto3."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.deploy.support.cloud import Cloud
from tests.local_aws.support.server_setup import (
    allow,
    client_of,
    finished,
    make_dataset,
    make_import_role,
    policy,
    put_users,
    start_job,
)

USER: Any = {"userId": "a", "properties": '{"class": "x"}'}
DATASET = "arn:aws:personalize:eu-west-1:000000000000:dataset"
CAMPAIGN = "arn:aws:personalize:eu-west-1:000000000000:campaign/nothing"


def test_a_user_that_was_put_stays_after_a_full_import(cloud: Cloud, name: str) -> None:
    dataset = make_dataset(cloud, name)
    events = cloud.client("personalize-events")
    put = events.put_users(datasetArn=dataset, users=[{"userId": "put", "properties": '{"class": "x"}'}])
    assert put["ResponseMetadata"]["HTTPStatusCode"] == 200
    assert put["ResponseMetadata"]["HTTPHeaders"]["content-type"] == "application/json"
    location, role = put_users(cloud, name), make_import_role(cloud, name)
    finished(cloud, start_job(cloud.personalize, name, dataset, location, role))
    rows = cloud.aws.control("GET", f"rows?dataset_arn={dataset}")["rows"]
    assert [row["USER_ID"] for row in rows] == ["a", "b", "c", "put"]


def test_errors_have_the_status_of_the_api_model(cloud: Cloud, name: str) -> None:
    events = cloud.client("personalize-events")
    with pytest.raises(events.exceptions.ResourceNotFoundException) as missing:
        events.put_items(datasetArn=f"{DATASET}/{name}/ITEMS", items=[{"itemId": "a"}])
    with pytest.raises(events.exceptions.InvalidInputException) as unknown:
        events.put_events(trackingId=name, sessionId="s", eventList=[{"eventType": "click", "sentAt": 1_700_000_000}])
    statuses = [error.value.response["ResponseMetadata"]["HTTPStatusCode"] for error in (missing, unknown)]
    assert statuses == [404, 400]


def test_a_call_needs_its_permission(cloud: Cloud, name: str) -> None:
    dataset = make_dataset(cloud, name)
    iam = cloud.client("iam")
    iam.create_user(UserName=name)
    events: Any = client_of(cloud, "personalize-events", iam.create_access_key(UserName=name)["AccessKey"])
    with pytest.raises(ClientError, match="not authorized to perform: personalize:PutUsers"):
        events.put_users(datasetArn=dataset, users=[USER])
    document = policy(allow("personalize:PutUsers", on=dataset))
    iam.put_user_policy(UserName=name, PolicyName="inline", PolicyDocument=document)
    events.put_users(datasetArn=dataset, users=[USER])


@pytest.mark.parametrize("operation", ["get_recommendations", "get_personalized_ranking", "get_action_recommendations"])
def test_recommendations_are_refused_with_the_reason(cloud: Cloud, operation: str) -> None:
    runtime = cloud.client("personalize-runtime")
    more = {"inputList": ["a"]} if operation == "get_personalized_ranking" else {}
    with pytest.raises(ClientError, match="does not make recommendations") as refused:
        getattr(runtime, operation)(campaignArn=CAMPAIGN, userId="u", **more)
    assert refused.value.response["Error"]["Code"] == "UnsupportedOperationException"
    assert refused.value.response["ResponseMetadata"]["RetryAttempts"] == 0
