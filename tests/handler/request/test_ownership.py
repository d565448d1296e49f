"""Two teams, one provider: what a template of one team can't do with what belongs to the other.

The team that is attacked has the stack `shop`, the other one `store`. Both may write any properties.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple
from unittest.mock import Mock

import pytest

from personalize_import_handler.contract import DATA_RESOURCE_TYPE, REPEATED_TAG, RESOURCE_TAG
from personalize_import_handler.errors import BusyError, RefusedError
from tests.handler.conftest import Log
from tests.handler.support.account import Account
from tests.handler.support.fakes import ACCOUNT, DATASET_ARN, ROLE_ARN, FakePersonalize, job_arn
from tests.handler.support.fakes_stacks import folder_of, stack_id_of
from tests.handler.support.properties import ASSET_BUCKET, DATA_BUCKET, asset_properties, properties, tags
from tests.handler.support.simulator import CloudFormation

ROLES = f"arn:aws:iam::{ACCOUNT}:role"
ROLE_OF_SHOP = f"{ROLES}/personalize-import/eu-west-1/shop/Import-1A2B"
FIRST = {"LogicalId": "Import", "PhysicalId": "shop/Import"}


@pytest.fixture
def shop(account: Account) -> CloudFormation:
    return CloudFormation(account)


@pytest.fixture
def store(account: Account) -> CloudFormation:
    return CloudFormation(account, stack_name="store")


@pytest.fixture
def arn(shop: CloudFormation) -> str:
    """The job of the team that is attacked."""
    return shop.create(properties(Tags=tags(team="shop"))).job_arn


def assert_untouched(personalize: FakePersonalize, arn: str) -> None:
    assert personalize.tags[arn] == {"team": "shop", RESOURCE_TAG: "shop/Import"}


@pytest.mark.parametrize("first", [FIRST, {**FIRST, "PhysicalId": "store/Import"}, {**FIRST, "PhysicalId": ""}])
@pytest.mark.parametrize("request_type", ["Create", "Update"])
def test_the_job_of_another_stack_is_not_continued(
    request_type: str, first: Mapping[str, str], arn: str, store: CloudFormation, personalize: FakePersonalize
) -> None:
    wanted = properties(DatasetImportJobArn=arn, FirstResource=first, Tags=tags(team="store"))
    if request_type == "Update":
        store.create(properties(DataLocation="s3://store-data/"))
    known = len(personalize.jobs)

    response = store.run(store.begin(request_type, wanted))

    assert not response.succeeded
    assert "FirstResource is not of this stack" in response.reason or "is not a job of this import" in response.reason
    assert len(personalize.jobs) == known
    assert_untouched(personalize, arn)


def test_a_forged_poll_with_the_job_of_another_stack_changes_nothing(
    arn: str, store: CloudFormation, account: Account, personalize: FakePersonalize
) -> None:
    wanted = properties(DataLocation="s3://store-data/", Tags=tags(team="store"))
    event = store.begin("Create", wanted)
    *_, execution = account.executions.values()
    execution.data["CrHelperData"]["Progress"] |= {"dataset_import_job_arn": arn, "tags_due": True}

    response = store.run(event)

    assert response.reason.startswith(f"{arn} is not a job of this import.")
    assert_untouched(personalize, arn)


def test_no_job_is_started_under_the_name_of_another_stack(
    shop: CloudFormation, store: CloudFormation, personalize: FakePersonalize
) -> None:
    foreign = job_arn("shop-Import-c493e012844a-1")

    response = store.create(properties(DatasetImportJobArn=foreign, FirstResource={**FIRST, "PhysicalId": "store/I"}))

    assert response.reason.startswith(f"{foreign} is not a job of this import.")
    assert personalize.jobs == {}


@pytest.mark.parametrize("part", ["eu-west-1", ACCOUNT, "arn:aws:"])
def test_a_job_of_another_account_or_region_is_not_continued(
    part: str, shop: CloudFormation, personalize: FakePersonalize
) -> None:
    other = {"eu-west-1": "us-east-1", ACCOUNT: "210987654321", "arn:aws:": "arn:aws-cn:"}[part]
    elsewhere = job_arn("shop-Import-c493e012844a-1").replace(part, other)

    response = shop.create(properties(DatasetImportJobArn=elsewhere, FirstResource=FIRST))

    assert f"DatasetImportJobArn '{elsewhere}' is not in the account and Region of this stack" in response.reason
    assert personalize.jobs == {}


@pytest.mark.parametrize("name", ["JobName", "StackScope"])
def test_the_job_name_of_another_stack_adopts_no_job_of_it(
    name: str, arn: str, store: CloudFormation, personalize: FakePersonalize
) -> None:
    wanted = properties(**{name: {"JobName": "shop-Import", "StackScope": "shop/Nested"}[name]})
    store.create(wanted)

    store.update({**wanted, "Tags": tags(team="store")})
    store.delete()

    assert_untouched(personalize, arn)


def test_an_id_of_an_earlier_version_adopts_no_job_of_another_stack(
    arn: str, store: CloudFormation, personalize: FakePersonalize
) -> None:
    store.create(properties())
    store.physical_resource_id = arn

    store.update(properties(Tags=tags(team="store")))
    store.delete()

    assert_untouched(personalize, arn)


def test_properties_with_the_hash_of_another_stacks_import_adopt_no_job_of_it(
    store: CloudFormation, shop: CloudFormation, personalize: FakePersonalize, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Searching for such a ReimportToken takes hours, not years: the hash has 48 bits."""

    class Same(NamedTuple):
        hashed: bytes

        def hexdigest(self) -> str:
            return "0" * 12

    store.create(properties(DataLocation="s3://store-data/"))
    monkeypatch.setattr("personalize_import_handler.request.job_names.hashlib", Mock(sha256=Same))
    arn = shop.create(properties(Tags=tags(team="shop"))).job_arn

    response = store.update(properties(Tags=tags(team="store"), ReimportToken="found"))

    assert "belongs to another resource, as its tag personalize-import:resource says" in response.reason
    assert_untouched(personalize, arn)


@pytest.mark.parametrize(
    ("stack_name", "nested_in", "scope"),
    [
        ("store", None, "shop/Nested"),
        ("shop", None, "shop/Nested"),
        ("shop-Nested-1A2B3C4D5E6F", None, "shop/Nested"),
        ("store-Nested-1A2B3C4D5E6F", "store", "shop/Nested"),
        ("store-Nested-1A2B3C4D5E6F", "store", "storefront/Nested"),
        ("store-Nested-1A2B3C4D5E6F", "store", "store"),
    ],
)
def test_a_stack_that_claims_to_be_nested_in_another_one_is_rejected(
    stack_name: str, nested_in: str | None, scope: str, account: Account, personalize: FakePersonalize
) -> None:
    stack = CloudFormation(account, stack_name=stack_name, nested_in=nested_in)

    response = stack.create(properties(StackScope=scope))

    assert response.reason.startswith("StackScope must begin with the name of this stack's root stack, ")
    assert f"got '{scope}'" in response.reason
    assert response.physical_resource_id == f"{stack_name}/Import"
    assert personalize.jobs == {}


@pytest.mark.parametrize("bound", ["", "/team"])
@pytest.mark.parametrize("path", ["eu-west-1/shop", "shop", "eu-west-1/shop/Nested"])
def test_an_import_role_of_another_stack_is_not_passed(
    path: str, bound: str, store: CloudFormation, personalize: FakePersonalize
) -> None:
    role = f"{ROLES}{bound}/personalize-import/{path}/Import-1A2B"

    response = store.create(properties(RoleArn=role, Preflight=True))

    assert response.reason.startswith(f"RoleArn '{role}' is the import role of stack 'shop'")
    assert personalize.jobs == {}
    assert store.account.storage.calls == []  # nor was it assumed


def test_a_nested_stack_uses_the_roles_of_its_root_stack_and_its_nested_stacks(
    account: Account, personalize: FakePersonalize
) -> None:
    nested = CloudFormation(account, stack_name="shop-Nested-1A2B3C4D5E6F", nested_in="shop")

    for number, path in enumerate(["shop/Nested", "shop/Other", "shop", nested.stack_name]):
        nested.logical_id = f"Import{number}"
        role = f"{ROLES}/personalize-import/eu-west-1/{path}/Import-1A2B"
        assert nested.create(properties(RoleArn=role, StackScope="shop/Nested")).succeeded
    assert not nested.create(properties(RoleArn=f"{ROLES}/personalize-import/eu-west-1/store/Import-1A2B")).succeeded


@pytest.mark.parametrize("role", [ROLE_OF_SHOP, ROLE_ARN])
def test_a_stack_that_is_not_nested_needs_no_call_of_cloudformation(
    role: str, shop: CloudFormation, account: Account
) -> None:
    shop.create(properties(RoleArn=role))
    shop.update(properties(RoleArn=role, Tags=tags(team="shop")))

    assert account.stacks.calls == []


def test_a_nested_stack_needs_one_call_of_cloudformation_per_request(account: Account) -> None:
    nested = CloudFormation(account, stack_name="shop-Nested-1A2B3C4D5E6F", nested_in="shop")
    nested.create(properties(StackScope="shop/Nested"))
    nested.update(properties(StackScope="shop/Nested", Tags=tags(team="shop")))

    assert account.stacks.calls == [nested.stack_id] * 2


def test_the_clock_of_the_service_is_read_before_cloudformation_is_called(
    account: Account, personalize: FakePersonalize
) -> None:
    account.stacks.errors = [BusyError("DescribeStacks", "Throttling", "Rate exceeded")]
    nested = CloudFormation(account, stack_name="shop-Nested-1A2B3C4D5E6F", nested_in="shop")

    nested.begin("Create", properties(StackScope="shop/Nested"))

    assert [operation for operation, _ in personalize.calls] == ["dataset_created_at"]


def test_a_nested_stack_passes_a_role_outside_of_the_paths_of_stacks(account: Account) -> None:
    nested = CloudFormation(account, stack_name="shop-Nested-1A2B3C4D5E6F", nested_in="shop")

    assert nested.create(properties(StackScope="shop/Nested", RoleArn=ROLE_ARN)).succeeded


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (
            RefusedError("DescribeStacks", "AccessDenied", "Not authorized to perform: cloudformation:DescribeStacks"),
            "Not authorized to perform: cloudformation:DescribeStacks. The root stack of this nested stack is",
        ),
        (None, ""),
    ],
)
def test_a_nested_stack_whose_root_stack_can_not_be_described_fails_or_retries(
    error: Exception | None, reason: str, account: Account, personalize: FakePersonalize
) -> None:
    throttled = BusyError("DescribeStacks", "Throttling", "Rate exceeded")
    account.stacks.errors = [error] * 30 if error else [throttled] * 3
    nested = CloudFormation(account, stack_name="shop-Nested-1A2B3C4D5E6F", nested_in="shop")

    response = nested.create(properties(StackScope="shop/Nested"))

    assert response.succeeded == (error is None)
    assert response.reason.startswith(reason)
    assert len(personalize.jobs) == (error is None)


FOLDER_OF_SHOP = f"s3://{DATA_BUCKET}/{folder_of('shop')}/"


@pytest.mark.parametrize(
    "wanted",
    [
        asset_properties("a.csv"),
        properties(DataLocation=asset_properties("a.csv")["DataLocation"]),
        properties(DataLocation=f"s3://{DATA_BUCKET}/"),
        properties(DataLocation=f"s3://{DATA_BUCKET}/{folder_of('store')[:-1]}"),
        asset_properties("a.csv", stack=f"{folder_of('store')}/../{folder_of('shop')}"),
        asset_properties("a.csv", stack=f"{folder_of('shop')}/{folder_of('store')}"),
        asset_properties("a.csv", stack=folder_of("store", generation=2)),
        {**asset_properties("a.csv"), "DataLocation": "s3://shop-data/a/"},
    ],
    ids=["copies", "imports", "bucket", "prefix", "up", "below", "stack of before", "other bucket"],
)
def test_no_stack_copies_to_or_imports_from_the_folder_of_another_one(
    wanted: Mapping[str, Any], store: CloudFormation, account: Account, personalize: FakePersonalize
) -> None:
    account.storage.add_files([{"Name": "a.csv", "Source": f"{ASSET_BUCKET}/1-a.csv"}])

    response = store.create(wanted)

    if "/../" in wanted["DataLocation"]:  # for S3 that is a name like any other, and below the stack's own folder
        assert response.succeeded
        return
    assert not response.succeeded
    assert "staging bucket" in response.reason
    assert personalize.jobs == {}
    assert account.storage.below(f"s3://{DATA_BUCKET}/") == {}


def test_a_provider_without_a_staging_bucket_copies_nothing() -> None:
    account = Account()
    account.provider = account.provider._replace(staging_bucket=None)
    account.functions = account.instance()

    response = CloudFormation(account).create(asset_properties("a.csv"))

    assert "DataLocation must be in the provider's staging bucket" in response.reason
    assert account.storage.calls == []


@pytest.mark.parametrize("other", [{"stack_name": "store"}, {"stack_name": "shop-1A2B3C4D5E6F"}, {"generation": 2}])
def test_only_the_stack_of_the_provider_can_empty_the_staging_bucket(
    other: Mapping[str, Any], account: Account, log: Log
) -> None:
    account.storage.objects[f"{FOLDER_OF_SHOP}a.csv"] = "rows"
    stack = CloudFormation(account, **other, resource_type=DATA_RESOURCE_TYPE)

    created = stack.create({"Bucket": DATA_BUCKET})
    deleted = stack.delete()

    assert created.reason == (
        f"Custom::PersonalizeImportData is allowed only in the provider's own stack, {stack_id_of('shop')}."
    )
    assert deleted.succeeded  # nothing may keep a stack from being deleted
    assert account.storage.objects[f"{FOLDER_OF_SHOP}a.csv"] == "rows"
    assert [line for line in log.lines_from("WARNING") if "was not emptied" in line]


@pytest.mark.parametrize("stack_name", ["store", "sho"])
def test_the_incremental_import_of_another_stack_is_not_repeated(
    stack_name: str, shop: CloudFormation, account: Account, personalize: FakePersonalize
) -> None:
    store = CloudFormation(account, stack_name=stack_name)

    def full(location: str) -> dict[str, Any]:
        return properties(DataLocation=location, FollowedBy=[{"LogicalId": "Added", "JobName": "nightly"}])

    store.create(full("s3://store-data/1/"))
    shop.create(properties(JobName="nightly", ImportMode="INCREMENTAL", DataLocation="s3://shop-data/rows/"))
    store.update(full("s3://store-data/2/"))
    known = [name for name in personalize.jobs if name.startswith("nightly")]

    assert store.roll_back().succeeded
    assert [name for name in personalize.jobs if name.startswith("nightly")] == known


@pytest.mark.parametrize("is_before", [True, False], ids=["before the update", "after it"])
def test_an_import_under_the_name_of_a_follower_neither_stops_a_rollback_nor_hides_missing_rows(
    is_before: bool, shop: CloudFormation, store: CloudFormation, account: Account, personalize: FakePersonalize
) -> None:
    one, two = (
        properties(DataLocation=f"s3://shop-data/{name}/", FollowedBy=[{"LogicalId": "Added"}]) for name in ("1", "2")
    )
    follower = CloudFormation(account, logical_id="Added")
    foreign = properties(JobName="shop-Added", ImportMode="INCREMENTAL", DataLocation="s3://store-data/")
    shop.create(one)
    follower.create(properties(ImportMode="INCREMENTAL", DataLocation="s3://shop-data/rows/"))
    if is_before:
        store.create(foreign)
    shop.update(two)
    if not is_before:
        store.create(foreign)

    response = shop.roll_back()

    assert response.succeeded, response.reason
    assert personalize.imported() == ["s3://shop-data/1/", "s3://shop-data/rows/"]


@pytest.mark.parametrize("job_name", [None, "nightly"])
def test_a_rollback_repeats_jobs_of_an_earlier_version_that_have_the_name_of_the_stack(
    job_name: str | None, shop: CloudFormation, account: Account, personalize: FakePersonalize
) -> None:
    by = {"LogicalId": "Added"} | ({"JobName": job_name} if job_name else {})
    follower = CloudFormation(account, logical_id="Added")
    shop.create(properties(DataLocation="s3://shop-data/1/", FollowedBy=[by]))
    rows = "s3://shop-data/rows/"
    arn = follower.create(properties(ImportMode="INCREMENTAL", DataLocation=rows, JobName=job_name)).job_arn
    del personalize.tags[arn][RESOURCE_TAG]
    shop.update(properties(DataLocation="s3://shop-data/2/", FollowedBy=[by]))

    response = shop.roll_back()

    assert response.succeeded == (job_name is None)
    assert ("is not a job of a resource in this stack, so it is not repeated" in response.reason) != response.succeeded
    if response.succeeded:
        assert personalize.imported() == ["s3://shop-data/1/", rows]
        assert personalize.tags[f"{arn[:-1]}2"] == {RESOURCE_TAG: "shop/Added", REPEATED_TAG: "true"}


def test_a_moved_resource_rolls_back_to_the_role_of_the_stack_that_created_it(
    shop: CloudFormation, account: Account, personalize: FakePersonalize
) -> None:
    created = properties(RoleArn=ROLE_OF_SHOP)
    first = shop.create(created)
    moved = CloudFormation(
        account, stack_name="store", physical_resource_id=first.physical_resource_id, properties=created
    )
    updated = moved.update(properties(RoleArn=f"{ROLES}/personalize-import/eu-west-1/store/Import-1A2B"))

    rolled_back = moved.roll_back()

    assert (updated.job_arn, rolled_back.job_arn) == (first.job_arn, first.job_arn)


@pytest.mark.parametrize(
    ("arn", "cause"),
    [
        (DATASET_ARN.replace(ACCOUNT, "210987654321"), f"account 210987654321 (the stack: {ACCOUNT})"),
        (DATASET_ARN.replace("eu-west-1", "us-east-1"), "Region us-east-1 (the stack: eu-west-1)"),
        (DATASET_ARN.replace("arn:aws:", "arn:aws-cn:"), "partition aws-cn (the stack: aws)"),
    ],
)
@pytest.mark.parametrize("request_type", ["Create", "Update"])
def test_a_dataset_in_another_environment_fails_at_once_and_the_reason_names_both(
    request_type: str, arn: str, cause: str, shop: CloudFormation, personalize: FakePersonalize
) -> None:
    if request_type == "Update":
        shop.create(properties())
    calls = len(personalize.calls)

    response = shop.run(shop.begin(request_type, properties(DatasetArn=arn)))

    assert response.reason == (
        f"DatasetArn '{arn}' is in {cause}. Personalize imports only into datasets of the same account and Region: "
        "deploy the stack there, or use a dataset of this account and Region. No job was started."
    )
    assert len(personalize.calls) == calls


def test_a_role_of_another_account_fails_at_once_and_the_reason_names_both(shop: CloudFormation) -> None:
    arn = ROLE_ARN.replace(ACCOUNT, "210987654321")

    reason = shop.create(properties(RoleArn=arn)).reason

    assert reason.startswith(f"RoleArn '{arn}' is in account 210987654321 (the stack: {ACCOUNT}). iam:PassRole works")


def test_a_resource_whose_dataset_is_in_another_environment_can_be_deleted(shop: CloudFormation) -> None:
    elsewhere = properties(DatasetArn=DATASET_ARN.replace("eu-west-1", "us-east-1"))

    assert shop.run(shop.begin("Delete", elsewhere)).succeeded


def test_a_role_outside_the_path_of_the_provider_is_the_reason_that_it_can_not_be_passed(
    account: Account, personalize: FakePersonalize
) -> None:
    account.provider = account.provider._replace(import_role_path="/team/")
    account.functions = account.instance()
    refusal = f"User: x is not authorized to perform: iam:PassRole on resource: {ROLE_ARN}"
    for _ in range(20):
        personalize.fail_next("create_dataset_import_job", RefusedError("Any", "AccessDeniedException", refusal))

    reason = CloudFormation(account).create(properties()).reason

    assert f"The role {ROLE_ARN} is not under the path /team/, and the provider can use no other roles." in reason
    assert "Add to" not in reason
