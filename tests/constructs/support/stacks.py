"""Small stacks with import jobs, and their templates."""

from typing import Any, Final

import aws_cdk as cdk
from aws_cdk import aws_personalize as personalize
from aws_cdk import aws_s3 as s3
from aws_cdk.assertions import Annotations, Match, Template
from constructs import Construct, IConstruct

from personalize_import import DatasetImportJob, DataSource
from tests.constructs.support.cloudformation import Deployed

DATASET_ARN: Final = "arn:aws:personalize:eu-west-1:123456789012:dataset/group/INTERACTIONS"
SCHEMA_ARN: Final = "arn:aws:personalize:eu-west-1:123456789012:schema/schema"
ROLE_ARN: Final = "arn:aws:iam::123456789012:role/team/reads-data"
URI: Final = "s3://some-bucket/interactions.csv"
# The code has tests of its own; without this every provider copies it.
WITHOUT_CODE: Final[dict[str, Any]] = {"aws:cdk:bundling-stacks": []}


def new_app() -> cdk.App:
    return cdk.App(context=WITHOUT_CODE)


def new_stack(id: str = "Stack", scope: Construct | None = None, **props: Any) -> cdk.Stack:
    return cdk.Stack(scope or new_app(), id, **props)


def add_job(scope: Construct, id: str = "Job", **arguments: Any) -> DatasetImportJob:
    """Add a job with what it takes at least, and with what is given."""
    required = {"dataset": DATASET_ARN, "data_source": DataSource.from_s3_uri(URI)}
    return DatasetImportJob(scope, id, **{**required, **arguments})


def add_dataset(scope: Construct, id: str = "Dataset") -> personalize.CfnDataset:
    schema = personalize.CfnSchema(scope, f"{id}Schema", name="schema", schema="{}")
    group = personalize.CfnDatasetGroup(scope, f"{id}Group", name="group")
    return personalize.CfnDataset(
        scope,
        id,
        name="dataset",
        dataset_type="Interactions",
        dataset_group_arn=group.attr_dataset_group_arn,
        schema_arn=schema.attr_schema_arn,
    )


def from_new_bucket(scope: Construct, object_key: str = "interactions/", id: str = "Bucket") -> DataSource:
    return DataSource.from_bucket(s3.Bucket(scope, id), object_key)


def template_of(stack: cdk.Stack) -> dict[str, Any]:
    return dict(Template.from_stack(stack).to_json())


def deployed(stack: cdk.Stack, **parameters: str) -> Deployed:
    return Deployed(template_of(stack), parameters)


def own_warnings(stack: cdk.Stack, id: str = "") -> list[str]:
    """Return the warnings of this library whose ids begin so, each with its id at the end."""
    tag = f"[ack: cdk-personalize-import:{id}"
    found = Annotations.from_stack(stack).find_warning("*", Match.any_value())
    return [text for each in found if tag in (text := str(each.entry.data))]


def logical_id(construct: IConstruct) -> str:
    """Return the logical id of a resource, or of the resource that a construct stands for."""
    child = construct.node.default_child or construct
    assert isinstance(child, Construct)
    name = cdk.Stack.of(construct).resolve(getattr(child, "logical_id"))  # noqa: B009  # no static type has it
    assert isinstance(name, str)
    return name


def properties_of(job: DatasetImportJob, **parameters: str) -> dict[str, Any]:
    """Return the properties of the job's resource, as CloudFormation works them out."""
    return deployed(cdk.Stack.of(job), **parameters).properties(logical_id(job))
