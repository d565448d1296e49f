"""The handler reads the properties that the construct writes: a property renamed on one side fails here."""

from typing import Any

import aws_cdk as cdk
import pytest

from personalize_import import DataSource, ImportMode, ImportTarget, Reimport
from personalize_import_handler import contract
from personalize_import_handler.contract import ReimportMode, ResourceProperties, properties
from personalize_import_handler.contract.import_properties import ImportProperties
from tests.constructs.support.stacks import (
    SCHEMA_ARN,
    add_dataset,
    add_job,
    deployed,
    logical_id,
    new_stack,
    properties_of,
)

# CloudFormation's default is its limit, and the best for a Delete that waits for a running job.
ONLY_IN_PLAIN_TEMPLATES = {"ServiceTimeout"}


def as_delivered(value: Any) -> Any:
    """Return a value as CloudFormation delivers it to a custom resource: every scalar is a string."""
    match value:
        case dict():
            return {key: as_delivered(each) for key, each in value.items()}
        case list():
            return [as_delivered(each) for each in value]
        case bool():
            return str(value).lower()
    return str(value)


JOB_ARN = "arn:aws:personalize:eu-west-1:123456789012:dataset-import-job/nightly-0123456789ab-1"
AFTER_ARN = "arn:aws:personalize:eu-west-1:123456789012:dataset-import-job/shop-Job-0123456789ab-1"


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Return the properties of the second of three resources in a wait chain, and those that other jobs have."""
    stack = new_stack()
    dataset = add_dataset(stack)
    folder = tmp_path_factory.mktemp("data")
    (folder / "interactions.csv").write_text("USER_ID")
    full = add_job(stack, "Full", dataset=dataset)
    job = add_job(
        stack,
        dataset=dataset,
        after=full,
        data_source=DataSource.from_asset(str(folder)),
        import_mode=ImportMode.INCREMENTAL,
        job_name_prefix="nightly",
        tags={"team": "b", "stage": "prod"},
        publish_attribution_metrics_to_s3=True,
        reimport=Reimport.when_data_changes(),
        preflight=True,
        timeout=cdk.Duration.hours(2),
        wait=False,
    )
    job.on_state_change("StateChange")
    ImportTarget(full)
    second = deployed(stack).properties(logical_id(job.node.find_child("Wait2")))
    of_a_value = properties_of(add_job(new_stack(), reimport=Reimport.when_value_changes("2024-01-01")))
    nested = cdk.NestedStack(new_stack("shop"), "Nested")
    scope = properties_of(add_job(nested))["StackScope"]
    others = {
        "FollowedBy": properties_of(full)["FollowedBy"],
        "TagFingerprint": properties_of(full)["TagFingerprint"],
        "ReimportToken": of_a_value["ReimportToken"],
        "StackScope": scope,
    }
    return {**second, "DatasetImportJobArn": JOB_ARN, **others}


def test_the_handler_reads_the_arguments_of_the_construct(written: dict[str, Any]) -> None:
    assert properties.parse(as_delivered(written)) == ImportProperties(
        dataset_arn="arn:aws:personalize:eu-west-1:123456789012:dataset/group/INTERACTIONS",
        data_location=written["DataLocation"],
        data_files=(("interactions.csv", written["DataFiles"][0]["Source"]),),
        role_arn=written["RoleArn"],
        schema_arn=SCHEMA_ARN,
        after=AFTER_ARN,
        followed_by=((written["FollowedBy"][0]["LogicalId"], "nightly"),),
        stack_scope=written["StackScope"],
        job_name="nightly",
        import_mode=ImportMode.INCREMENTAL,
        publish_attribution_metrics_to_s3=True,
        reimport_token="2024-01-01",
        reimport=ReimportMode.WHEN_DATA_CHANGES,
        preflight=True,
        tag_fingerprint=True,
        publish_state_changes=True,
        tags=(("stage", "prod"), ("team", "b")),
        timeout_seconds=2400,
        wait=False,
        completes_at_timeout=True,
        dataset_import_job_arn=JOB_ARN,
        first_resource=(written["FirstResource"]["LogicalId"], written["FirstResource"]["PhysicalId"]),
        waited_seconds=2400,
        last_status="CREATE IN_PROGRESS",
    )


def test_exactly_the_properties_of_the_contract_are_written(written: dict[str, Any]) -> None:
    assert set(written) == set(ResourceProperties.__annotations__) - ONLY_IN_PLAIN_TEMPLATES


def test_the_handler_has_defaults_for_omitted_properties() -> None:
    job = add_job(new_stack())

    parsed = properties.parse(as_delivered(properties_of(job)))

    assert parsed == ImportProperties(
        dataset_arn=parsed.dataset_arn, data_location=parsed.data_location, role_arn=parsed.role_arn
    )


@pytest.mark.parametrize(
    "name", sorted(set(ResourceProperties.__annotations__) - {"ServiceToken"} - ONLY_IN_PLAIN_TEMPLATES)
)
def test_the_handler_rejects_a_property_with_another_name(written: dict[str, Any], name: str) -> None:
    renamed = {f"{key}s" if key == name else key: value for key, value in as_delivered(written).items()}

    with pytest.raises(
        properties.InvalidPropertiesError, match=f"'{name}s' is not a property of {contract.RESOURCE_TYPE}"
    ):
        properties.parse(renamed)
