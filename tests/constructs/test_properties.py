"""The properties of the custom resource, argument by argument."""

from typing import Any

import aws_cdk as cdk
import jsii
import pytest
from aws_cdk.interfaces.aws_personalize import DatasetReference, IDatasetRef

from personalize_import import DatasetImportJob, DataSource, ImportMode, Reimport
from personalize_import_handler import contract
from personalize_import_handler.contract import Attribute
from tests.constructs.support.stacks import (
    DATASET_ARN,
    SCHEMA_ARN,
    URI,
    add_dataset,
    add_job,
    deployed,
    logical_id,
    new_stack,
    properties_of,
    template_of,
)

ALWAYS = {"ServiceToken", "DatasetArn", "DataLocation", "RoleArn", "TimeoutSeconds", "Wait"}


def test_a_job_with_only_required_arguments_has_only_required_properties() -> None:
    properties = properties_of(add_job(new_stack()))

    assert set(properties) == ALWAYS
    assert properties["DatasetArn"] == DATASET_ARN
    assert properties["DataLocation"] == URI
    assert properties["RoleArn"].startswith("arn:aws:iam::123456789012:role/personalize-import/eu-west-1/Stack/jobrole")
    assert properties["TimeoutSeconds"] == 55 * 60
    assert properties["Wait"] is True


OPTIONAL: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "Incremental": ({"import_mode": ImportMode.INCREMENTAL}, {"ImportMode": "INCREMENTAL"}),
    "ModeAsText": ({"import_mode": "FULL"}, {"ImportMode": "FULL"}),
    "Name": ({"job_name_prefix": "nightly"}, {"JobName": "nightly"}),
    "Tags": ({"tags": {"team": "b"}}, {"Tags": [{"Key": "team", "Value": "b"}]}),
    "Metrics": ({"publish_attribution_metrics_to_s3": True}, {"PublishAttributionMetricsToS3": True}),
    "NoMetrics": ({"publish_attribution_metrics_to_s3": False}, {"PublishAttributionMetricsToS3": False}),
    "Value": ({"reimport": Reimport.when_value_changes("2")}, {"ReimportToken": "2"}),
    "NoTags": ({"tags": {}}, {}),
    "Nones": ({"tags": None, "job_name_prefix": None, "import_mode": None, "reimport": None, "role": None}, {}),
    "NoMetricsAtAll": ({"publish_attribution_metrics_to_s3": None}, {}),
    "NoWait": ({"wait": False}, {"Wait": False}),
    "OneMinute": ({"timeout": cdk.Duration.minutes(1)}, {"TimeoutSeconds": 60}),
    "Odd": ({"timeout": cdk.Duration.seconds(61)}, {"TimeoutSeconds": 61}),
    "Longest": ({"timeout": cdk.Duration.minutes(55)}, {"TimeoutSeconds": 3300}),
}


@pytest.fixture(scope="module")
def jobs() -> dict[str, DatasetImportJob]:
    stack = new_stack()
    return {name: add_job(stack, name, **arguments) for name, (arguments, _) in OPTIONAL.items()}


@pytest.mark.parametrize("id", OPTIONAL)
def test_an_argument_becomes_a_property_that_is_omitted_by_default(jobs: dict[str, DatasetImportJob], id: str) -> None:
    _, written = OPTIONAL[id]

    properties = properties_of(jobs[id])

    assert set(properties) == ALWAYS | set(written)
    assert {name: properties[name] for name in written} == written


def test_a_dataset_construct_provides_its_arn_and_the_arn_of_its_schema() -> None:
    stack = new_stack()
    job = add_job(stack, dataset=add_dataset(stack))

    raw = template_of(stack)["Resources"][logical_id(job)]["Properties"]

    assert raw["DatasetArn"] == {"Fn::GetAtt": ["Dataset", "DatasetArn"]}
    assert raw["SchemaArn"] == {"Fn::GetAtt": ["DatasetSchema", "SchemaArn"]}


@jsii.implements(IDatasetRef)
class DatasetElsewhere(cdk.Resource):
    """A dataset construct of another library."""

    @property
    def dataset_ref(self) -> DatasetReference:
        return DatasetReference(dataset_arn=DATASET_ARN)


def test_a_reference_to_a_dataset_provides_its_arn_and_no_schema() -> None:
    stack = new_stack()

    properties = properties_of(add_job(stack, dataset=DatasetElsewhere(stack, "Elsewhere")))

    assert properties["DatasetArn"] == DATASET_ARN
    assert "SchemaArn" not in properties


def test_a_dataset_whose_schema_is_an_arn_provides_that_arn() -> None:
    stack = new_stack()
    dataset = add_dataset(stack)
    dataset.schema_arn = SCHEMA_ARN

    assert properties_of(add_job(stack, dataset=dataset))["SchemaArn"] == SCHEMA_ARN


def test_the_resource_has_the_type_of_the_contract_and_a_stable_logical_id() -> None:
    stack = new_stack()
    job = add_job(stack)

    assert list(deployed(stack).of_type(contract.RESOURCE_TYPE)) == [logical_id(job)]
    assert isinstance(job.node.default_child, cdk.CfnResource)
    assert job.node.default_child.node.path == "Stack/Job/Resource"


def test_every_attribute_can_be_read() -> None:
    stack = new_stack()
    job = add_job(stack)
    name = logical_id(job)

    assert stack.resolve(job.dataset_import_job_arn) == {"Fn::GetAtt": [name, "DatasetImportJobArn"]}
    assert stack.resolve(job.dataset_import_job_name) == {"Fn::GetAtt": [name, "JobName"]}
    assert stack.resolve(job.dataset_import_job_status) == {"Fn::GetAtt": [name, "Status"]}
    for attribute in Attribute:
        assert stack.resolve(job.get_att_string(attribute)) == {"Fn::GetAtt": [name, attribute.value]}


def test_the_location_is_the_location_of_the_source() -> None:
    properties = properties_of(add_job(new_stack(), data_source=DataSource.from_s3_uri("s3://other/items/")))

    assert properties["DataLocation"] == "s3://other/items/"


def test_a_job_adds_no_outputs_and_no_parameters() -> None:
    stack = new_stack()
    add_job(stack)

    template = template_of(stack)

    assert "Outputs" not in template
    assert set(template["Parameters"]) == {"BootstrapVersion"}
