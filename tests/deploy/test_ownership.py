"""Two teams' stacks and the provider of a third: what a template of one team can't do to the other.

The team that is attacked deploys with the CDK. The other one writes templates by hand, with the names and ARNs of the
first one's resources, all of which it may know.
"""

import json
from collections.abc import Iterator
from typing import Any

import aws_cdk as cdk
import pytest

from personalize_import import DatasetImportProvider, DataSource
from personalize_import_handler.contract import DATA_RESOURCE_TYPE, RESOURCE_TAG, RESOURCE_TYPE, WAIT_RESOURCE_TYPE
from personalize_local.server.options import Options
from tests.deploy.support.cloud import Cloud, running_cloud
from tests.deploy.support.stacks import UsersStack, users_csv
from tests.support.until import until

pytestmark = [pytest.mark.deploy, pytest.mark.slow]

PATH = "/team/ml/"
ATTACKED, ATTACKER, PLATFORM = "Shop", "Store", "Platform"
ROWS = ["a", "b", "c"]


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    with running_cloud(tmp_path_factory.mktemp("teams"), Options(speed=100, import_seconds=60)) as cloud:
        yield cloud


@pytest.fixture(scope="module")
def shop(cloud: Cloud, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The stacks of the platform and of the team that is attacked, and what everybody may know of them."""
    file = tmp_path_factory.mktemp("shop") / "users.csv"
    file.write_text(users_csv(*ROWS))

    def build(app: cdk.App) -> None:
        platform = cdk.Stack(app, PLATFORM)
        provider = DatasetImportProvider(platform, "Imports", import_role_path=PATH)
        cdk.CfnOutput(platform, "Token", value=provider.service_token)
        cdk.CfnOutput(platform, "Bucket", value=provider.staging_bucket.bucket_name)
        stack = UsersStack(app, ATTACKED, DataSource.from_asset(str(file)), provider=lambda _: provider)
        cdk.CfnOutput(stack, "Role", value=stack.job.role.role_arn)
        cdk.CfnOutput(stack, "Location", value=f"s3://{provider.staging_bucket.bucket_name}/{cdk.Aws.STACK_ID}")

    deployed = cloud.deploy(build)
    assert deployed.succeeded, deployed.output
    known = {**cloud.outputs(PLATFORM), **cloud.outputs(ATTACKED)}
    job = cloud.personalize.describe_dataset_import_job(datasetImportJobArn=known["JobArn"])["datasetImportJob"]
    return {**known, "DataLocation": job["dataSource"]["dataLocation"]}


def attack(cloud: Cloud, kind: str, shop: dict[str, str], **properties: Any) -> str:
    """Create a stack with one resource, and return why that failed; nothing if it didn't."""
    template = {
        "Resources": {"Attack": {"Type": kind, "Properties": {"ServiceToken": shop["Token"], **properties}}},
    }
    stack_id = cloud.cloudformation.create_stack(StackName=ATTACKER, TemplateBody=json.dumps(template))["StackId"]

    def status() -> str:
        return str(cloud.cloudformation.describe_stacks(StackName=stack_id)["Stacks"][0]["StackStatus"])

    until(lambda: not status().endswith("IN_PROGRESS"))
    failed = [event for event in cloud.events(stack_id) if event["ResourceStatus"] == "CREATE_FAILED"]
    cloud.cloudformation.delete_stack(StackName=stack_id)
    until(lambda: status() == "DELETE_COMPLETE")
    return str(failed[0]["ResourceStatusReason"]) if failed else ""


def an_import(shop: dict[str, str], **changed: Any) -> dict[str, Any]:
    """Return the properties of the import that is attacked, and what an attack changes about them."""
    own = {"DatasetArn": shop["DatasetArn"], "DataLocation": shop["DataLocation"], "RoleArn": shop["Role"]}
    return {**own, **changed}


@pytest.fixture(autouse=True)
def nothing_happens_to_the_other_team(cloud: Cloud, shop: dict[str, str]) -> Iterator[None]:
    jobs = len(cloud.aws.control("GET", "jobs")["jobs"])
    yield
    tags = cloud.personalize.list_tags_for_resource(resourceArn=shop["JobArn"])["tags"]
    assert {tag["tagKey"]: tag["tagValue"] for tag in tags} == {RESOURCE_TAG: "Shop/Import98530AF4"}
    assert [row["USER_ID"] for row in cloud.rows(shop["DatasetArn"], limit=10)["rows"]] == ROWS
    assert len(cloud.s3.list_objects_v2(Bucket=shop["Bucket"])["Contents"]) == 1
    assert len(cloud.aws.control("GET", "jobs")["jobs"]) == jobs


@pytest.mark.parametrize("physical_id", ["Shop/Import98530AF4", "Store/Import98530AF4"])
def test_the_job_of_another_team_is_not_continued(cloud: Cloud, shop: dict[str, str], physical_id: str) -> None:
    own_role = shop["Role"].replace("/Shop/", "/Store/")
    first = {"LogicalId": "Import98530AF4", "PhysicalId": physical_id}
    stolen = an_import(shop, RoleArn=own_role, DataLocation="s3://store/", DatasetImportJobArn=shop["JobArn"])

    reason = attack(cloud, WAIT_RESOURCE_TYPE, shop, **stolen, FirstResource=first)

    assert "FirstResource is not of this stack" in reason or "is not a job of this import" in reason


def test_the_import_role_of_another_team_is_not_passed(cloud: Cloud, shop: dict[str, str]) -> None:
    reason = attack(cloud, RESOURCE_TYPE, shop, **an_import(shop, DataLocation="s3://shop/"))

    assert f"RoleArn '{shop['Role']}' is the import role of stack 'Shop'" in reason


@pytest.mark.parametrize("scope", [ATTACKED, f"{ATTACKED}/Nested"])
def test_a_stack_that_claims_to_be_another_one_is_rejected(cloud: Cloud, shop: dict[str, str], scope: str) -> None:
    stolen = an_import(shop, DataLocation="s3://shop/", RoleArn="arn:aws:iam::000000000000:role/team/ml/any")

    reason = attack(cloud, RESOURCE_TYPE, shop, **stolen, StackScope=scope)

    assert reason.startswith("StackScope must be")


def test_no_data_is_copied_to_or_imported_from_the_folder_of_another_team(cloud: Cloud, shop: dict[str, str]) -> None:
    own = an_import(shop, RoleArn=shop["Role"].replace("/Shop/", "/Store/"))
    file = {"Name": "users.csv", "Source": "s3://cdk-hnb659fds-assets-000000000000-eu-west-1/any.csv"}

    for properties in ({**own, "DataFiles": [file]}, own):
        reason = attack(cloud, RESOURCE_TYPE, shop, **properties)
        assert f"DataLocation '{shop['DataLocation']}' is not in the folder of this stack" in reason


def test_the_staging_bucket_is_not_emptied_for_another_team(cloud: Cloud, shop: dict[str, str]) -> None:
    reason = attack(cloud, DATA_RESOURCE_TYPE, shop, Bucket=shop["Bucket"])

    assert reason.startswith("Custom::PersonalizeImportData is allowed only in the provider's own stack")
