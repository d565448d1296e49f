"""The native types Campaign, EventTracker, Filter and MetricAttribution."""

from typing import Any

import aws_cdk.aws_personalize as personalize
import pytest

from personalize_local.cloudformation_types.native_resources import NativeResource, native_resources
from personalize_local.cloudformation_types.native_types import NATIVE_TYPES
from tests.local_aws.support.fakes import ROLE_ARN, World
from tests.local_aws.support.service_setup import FILTER, METRIC, Shop

KINDS = ("Campaign", "EventTracker", "Filter", "MetricAttribution")
OUTPUT = {"S3DataDestination": {"Path": "s3://training-data/out/"}, "RoleArn": ROLE_ARN}


@pytest.fixture
def shop(world: World) -> Shop:
    return Shop(world)


def handlers(shop: Shop, kind: str) -> NativeResource:
    return native_resources(shop.world.service, lambda: shop.world.client.caller)[f"AWS::Personalize::{kind}"]


def properties(shop: Shop, kind: str) -> dict[str, Any]:
    """Return the properties of a resource in a template."""
    group = {"Name": "native", "DatasetGroupArn": shop.group}
    metric = {name[:1].upper() + name[1:]: value for name, value in METRIC.items()}
    if kind == "Campaign":
        version = shop.parameters(kind)["solutionVersionArn"]
        return {"Name": "native", "SolutionVersionArn": version, "MinProvisionedTPS": "2"}
    more: dict[str, dict[str, Any]] = {
        "EventTracker": {},
        "Filter": {"FilterExpression": FILTER},
        "MetricAttribution": {"Metrics": [metric], "MetricsOutputConfig": OUTPUT},
    }
    return {**group, **more[kind]}


def test_every_type_of_the_cdk_is_provided() -> None:
    of_cdk = {
        name.removeprefix("Cfn")
        for name in dir(personalize)
        if name.startswith("Cfn") and "Props" not in name and "Mixin" not in name
    }
    assert of_cdk == {native.kind for native in NATIVE_TYPES}


@pytest.mark.parametrize("native", NATIVE_TYPES, ids=lambda native: native.kind)
def test_the_attributes_are_those_of_the_cdk(native: Any) -> None:
    attributes = [native.arn_attribute, *native.attributes]
    construct = getattr(personalize, f"Cfn{native.kind}")
    of_cdk = {name for name in dir(construct) if name.startswith("attr_")}
    assert {f"attr_{snake_case(name)}" for name in attributes} == of_cdk


def snake_case(name: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name).strip("_")


@pytest.mark.parametrize("kind", KINDS)
def test_a_resource_is_active_after_create_and_gone_after_delete(shop: Shop, kind: str) -> None:
    native = handlers(shop, kind)
    arn, attributes = native.create("Mine", properties(shop, kind))
    assert attributes[f"{kind}Arn"] == arn
    assert attributes.get("Status", "ACTIVE") == "ACTIVE"
    assert set(attributes) == {native.native.arn_attribute, *native.native.attributes}
    native.delete(arn)
    assert shop.world.client(f"List{kind}s")[f"{kind[:1].lower()}{kind[1:]}s" if kind != "Filter" else "Filters"] == []


def test_the_tracking_id_is_an_attribute(shop: Shop) -> None:
    arn, attributes = handlers(shop, "EventTracker").create("Mine", properties(shop, "EventTracker"))
    tracker = shop.world.client("DescribeEventTracker", eventTrackerArn=arn)["eventTracker"]
    assert attributes["TrackingId"] == tracker["trackingId"]


@pytest.mark.parametrize(
    ("kind", "change", "member", "expected"),
    [
        ("Campaign", {"MinProvisionedTPS": "5"}, "minProvisionedTPS", 5),
        (
            "MetricAttribution",
            {"MetricsOutputConfig": {"RoleArn": ROLE_ARN}},
            "metricsOutputConfig",
            {"roleArn": ROLE_ARN},
        ),
    ],
)
def test_a_mutable_property_is_updated_in_place(
    shop: Shop, kind: str, change: dict[str, Any], member: str, expected: object
) -> None:
    native, old = handlers(shop, kind), properties(shop, kind)
    arn, _ = native.create("Mine", old)
    assert native.update(arn, old, {**old, **change})[0] == arn
    name = f"{kind[:1].lower()}{kind[1:]}"
    assert shop.world.client(f"Describe{kind}", **{f"{name}Arn": arn})[name][member] == expected


@pytest.mark.parametrize("kind", ["Campaign", "EventTracker", "Filter"])
def test_tags_are_changed_in_place(shop: Shop, kind: str) -> None:
    native, bare = handlers(shop, kind), properties(shop, kind)
    old = {**bare, "Tags": [{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}]}
    arn, _ = native.create("Mine", old)
    new = {**bare, "Tags": [{"Key": "b", "Value": "3"}, {"Key": "c", "Value": "4"}]}
    assert native.update(arn, old, new)[0] == arn
    tags = shop.world.client("ListTagsForResource", resourceArn=arn)["tags"]
    assert tags == [{"tagKey": "b", "tagValue": "3"}, {"tagKey": "c", "tagValue": "4"}]


def test_a_changed_expression_replaces_a_filter_with_another_name(shop: Shop) -> None:
    native, old = handlers(shop, "Filter"), properties(shop, "Filter")
    arn, _ = native.create("Mine", old)
    new = {**old, "Name": "other", "FilterExpression": FILTER.replace("purchase", "view")}
    assert native.update(arn, old, new)[0].endswith("filter/other")
    assert shop.world.client("DescribeFilter", filterArn=arn)["filter"]["status"] == "ACTIVE"
