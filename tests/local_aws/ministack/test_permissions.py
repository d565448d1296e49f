"""IAM is enforced: an import without one of its permissions is refused, and the message names the permission."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.deploy.support.cloud import Cloud
from tests.local_aws.support.server_setup import (
    ACCOUNT,
    REGION,
    Document,
    allow,
    client_of,
    deny,
    finished,
    make_dataset,
    make_import_role,
    make_role,
    policy,
    put_users,
    start_job,
    user,
)

PERSONALIZE_ARN = f"arn:aws:personalize:{REGION}:{ACCOUNT}"
PASSED_TO_PERSONALIZE = {"StringEquals": {"iam:PassedToService": "personalize.amazonaws.com"}}
PASSED_TO_ANOTHER = {"StringEquals": {"iam:PassedToService": "lambda.amazonaws.com"}}
ACCOUNT_ROOT = f"arn:aws:iam::{ACCOUNT}:root"


class Import:
    """A dataset, data and a role; and the permissions that someone needs to import with them."""

    def __init__(self, cloud: Cloud, name: str) -> None:
        self.cloud, self.name = cloud, name
        self.dataset = make_dataset(cloud, name)
        self.location = put_users(cloud, name)
        self.role = make_import_role(cloud, name)
        self.job = f"{PERSONALIZE_ARN}:dataset-import-job/{name}"

    def needed(self) -> dict[str, Document]:
        return {
            "dataset": allow("personalize:CreateDatasetImportJob", on=self.dataset),
            "job": allow("personalize:CreateDatasetImportJob", on=self.job),
            "tags": allow("personalize:TagResource", on=self.job),
            "role": allow("iam:PassRole", on=self.role, Condition=PASSED_TO_PERSONALIZE),
        }

    def start(self, personalize: Any) -> str:
        tags = [{"tagKey": "team", "tagValue": "data"}]
        return start_job(personalize, self.name, self.dataset, self.location, self.role, tags=tags)


@pytest.fixture
def an_import(cloud: Cloud, name: str) -> Import:
    return Import(cloud, name)


def test_with_every_permission_the_job_is_started(cloud: Cloud, an_import: Import) -> None:
    someone = user(cloud, an_import.name, *an_import.needed().values())
    assert finished(cloud, an_import.start(someone))["status"] == "ACTIVE"


@pytest.mark.parametrize(
    ("without", "action"),
    [
        ("dataset", "personalize:CreateDatasetImportJob"),
        ("job", "personalize:CreateDatasetImportJob"),
        ("tags", "personalize:TagResource"),
        ("role", "iam:PassRole"),
    ],
)
def test_without_one_permission_the_job_is_not_started(
    cloud: Cloud, an_import: Import, without: str, action: str
) -> None:
    needed = an_import.needed()
    resource = needed.pop(without)["Resource"]
    someone = user(cloud, an_import.name, *needed.values())
    with pytest.raises(ClientError) as denied:
        an_import.start(someone)
    assert denied.value.response["Error"]["Code"] == "AccessDeniedException"
    assert denied.value.response["Error"]["Message"] == (
        f"User: arn:aws:iam::{ACCOUNT}:user/{an_import.name} is not authorized to perform: {action} on resource: "
        f"{resource} because no identity-based policy allows the {action} action"
    )
    assert cloud.jobs(an_import.name) == []


def test_a_role_passed_to_another_service_is_not_passed_to_this_one(cloud: Cloud, an_import: Import) -> None:
    needed = an_import.needed() | {"role": allow("iam:PassRole", on=an_import.role, Condition=PASSED_TO_ANOTHER)}
    someone = user(cloud, an_import.name, *needed.values())
    with pytest.raises(ClientError, match=f"iam:PassRole on resource: {an_import.role} because"):
        an_import.start(someone)


def test_an_explicit_deny_wins(cloud: Cloud, an_import: Import) -> None:
    forbidden = deny("iam:PassRole", on=an_import.role)
    someone = user(cloud, an_import.name, *an_import.needed().values(), forbidden)
    with pytest.raises(ClientError, match=r"iam:PassRole .* with an explicit deny"):
        an_import.start(someone)


def test_a_function_is_named_by_the_role_that_it_has_assumed(cloud: Cloud, an_import: Import) -> None:
    statement = {"Effect": "Allow", "Principal": {"AWS": ACCOUNT_ROOT}, "Action": "sts:AssumeRole"}
    needed = an_import.needed()
    needed.pop("role")
    name = f"f-{an_import.name}"[:60]
    arn = make_role(cloud, name, *needed.values(), trusting=policy(statement))
    session = cloud.client("sts").assume_role(RoleArn=arn, RoleSessionName="session")["Credentials"]
    function = client_of(cloud, "personalize", session)
    with pytest.raises(ClientError) as denied:
        an_import.start(function)
    assert denied.value.response["Error"]["Message"] == (
        f"User: arn:aws:sts::{ACCOUNT}:assumed-role/{name}/session is not authorized to perform: iam:PassRole on "
        f"resource: {an_import.role} because no identity-based policy allows the iam:PassRole action"
    )


@pytest.mark.parametrize("operation", ["list_schemas", "list_datasets", "list_dataset_import_jobs"])
def test_lists_are_allowed_on_all_resources_or_none(cloud: Cloud, name: str, operation: str) -> None:
    action = "personalize:" + "".join(word.capitalize() for word in operation.split("_"))
    narrow = user(cloud, f"{name}-narrow", allow(action, on=f"{PERSONALIZE_ARN}:*"))
    with pytest.raises(ClientError, match=rf"{action} on resource: \*"):
        getattr(narrow, operation)()
    wide = user(cloud, f"{name}-wide", allow(action))
    assert getattr(wide, operation)()["ResponseMetadata"]["HTTPStatusCode"] == 200


def test_a_request_without_known_credentials_is_refused(cloud: Cloud) -> None:
    stranger = client_of(cloud, "personalize", {"AccessKeyId": "AKIAIOSFODNN7EXAMPLE", "SecretAccessKey": "unknown"})
    with pytest.raises(ClientError, match="security token"):
        stranger.list_schemas()
