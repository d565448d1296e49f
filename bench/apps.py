"""Apps with many imports: each function adds the imports to a stack in a different way.

`python -m bench.apps <way> <imports>` synthesizes one of them, as an app for `cdk synth`.
"""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_personalize as personalize
from aws_cdk import custom_resources as cr
from constructs import Construct

from bench.plain_imports import plain_imports

if TYPE_CHECKING:  # loaded only by the ways that need it
    from personalize_import import DataSource

BUCKET: Final = "imports"
STACK: Final = "Deployed"
"""The stack of the apps that can be deployed."""
_CODE: Final = "def handler(event, context):\n    return {}\n"


def dataset_arn(number: int) -> str:
    """Return the ARN of an import's dataset."""
    return f"arn:aws:personalize:eu-west-1:123456789012:dataset/group-{number}/INTERACTIONS"


def ours(stack: cdk.Stack, imports: int) -> None:
    """Add jobs of this library."""
    from personalize_import import DatasetImportJob

    for number in range(imports):
        DatasetImportJob(stack, f"Import{number}", dataset=dataset_arn(number), data_source=_data(number))


def ours_shared(stack: cdk.Stack, imports: int) -> None:
    """Add jobs of this library with the provider of another stack."""
    from personalize_import import DatasetImportJob, DatasetImportProvider

    token = "arn:aws:lambda:eu-west-1:123456789012:function:imports"  # noqa: S105 - an ARN
    provider = DatasetImportProvider.from_provider_attributes(
        stack, "Provider", service_token=token, import_role_path="/team/"
    )
    for number in range(imports):
        DatasetImportJob(
            stack, f"Import{number}", dataset=dataset_arn(number), data_source=_data(number), provider=provider
        )


def provider_for_each(stack: cdk.Stack, imports: int) -> None:
    """Add custom resources, each with its own `Provider` of the CDK."""
    on_event, is_complete = _function(stack, "OnEvent"), _function(stack, "IsComplete")
    for number in range(imports):
        provider = cr.Provider(stack, f"Provider{number}", on_event_handler=on_event, is_complete_handler=is_complete)
        _resource(stack, number, provider.service_token)


def provider_for_all(stack: cdk.Stack, imports: int) -> None:
    """Add custom resources with one `Provider` of the CDK."""
    service_token = _provider(stack).service_token
    for number in range(imports):
        _resource(stack, number, service_token)


def plain_constructs(stack: cdk.Stack, imports: int) -> None:
    """Add imports as this library does, but with nothing of it, and with one `Provider` of the CDK."""
    plain_imports(stack, _provider(stack).service_token, [dataset_arn(number) for number in range(imports)], BUCKET)


def aws_custom_resource(stack: cdk.Stack, imports: int) -> None:
    """Add `AwsCustomResource`s, which start jobs and don't wait."""
    for number in range(imports):
        role = _role(stack, number)
        parameters = {
            "jobName": f"import-{number}",
            "datasetArn": dataset_arn(number),
            "dataSource": {"dataLocation": f"s3://{BUCKET}/{number}/"},
            "roleArn": role.role_arn,
        }
        call = cr.AwsSdkCall(
            service="Personalize",
            action="createDatasetImportJob",
            parameters=parameters,
            physical_resource_id=cr.PhysicalResourceId.from_response("datasetImportJobArn"),
        )
        job = cr.AwsCustomResource(
            stack,
            f"Import{number}",
            on_create=call,
            policy=cr.AwsCustomResourcePolicy.from_sdk_calls(resources=cr.AwsCustomResourcePolicy.ANY_RESOURCE),
        )
        role.grant_pass_role(job.grant_principal)


def bare(stack: cdk.Stack, imports: int) -> None:
    """Add only a custom resource and a role for each import, without functions."""
    for number in range(imports):
        _resource(stack, number, "arn:aws:lambda:eu-west-1:123456789012:function:imports")


WAYS: Final[dict[str, Callable[[cdk.Stack, int], None]]] = {
    "ours": ours,
    "ours, shared provider": ours_shared,
    "one Provider per import": provider_for_each,
    "one Provider for all imports": provider_for_all,
    "AwsCustomResource": aws_custom_resource,
    "the same without this library": plain_constructs,
    "bare": bare,
}


def make(way: str, imports: int) -> cdk.App:
    """Create an app with a stack of imports; the limit of resources in a stack is not checked."""
    app = cdk.App(context={"@aws-cdk/core:stackResourceLimit": 0, "@aws-cdk/core:enablePartitionLiterals": True})
    WAYS[way](cdk.Stack(app, "Imports"), imports)
    return app


def make_empty() -> cdk.App:
    """Create an app with a stack that can be deployed, of one resource that does nothing."""
    app = cdk.App()
    cdk.CfnWaitConditionHandle(cdk.Stack(app, STACK), "Nothing")
    return app


def make_deployable(folder: Path) -> cdk.App:
    """Create an app with a Users dataset and its import, which can be deployed."""
    from personalize_import import DatasetImportJob, DatasetSchema, DataSource

    (folder / "users.csv").write_text("USER_ID,CLASS\na,b\n")
    app = cdk.App()
    stack = cdk.Stack(app, STACK)
    schema = DatasetSchema.users().field("CLASS", categorical=True)
    group = personalize.CfnDatasetGroup(stack, "Group", name="deployed")
    dataset = personalize.CfnDataset(
        stack,
        "Dataset",
        name="users",
        dataset_type=schema.dataset_type,
        dataset_group_arn=group.attr_dataset_group_arn,
        schema_arn=schema.to_cfn_schema(stack, "Schema").attr_schema_arn,
    )
    data = DataSource.from_asset(str(folder / "users.csv"))
    DatasetImportJob(stack, "Import", dataset=dataset, data_source=data)
    return app


def _data(number: int) -> "DataSource":
    from personalize_import import DataSource

    return DataSource.from_s3_uri(f"s3://{BUCKET}/{number}/")


def _provider(stack: cdk.Stack) -> cr.Provider:
    return cr.Provider(
        stack,
        "Provider",
        on_event_handler=_function(stack, "OnEvent"),
        is_complete_handler=_function(stack, "IsComplete"),
    )


def _function(scope: Construct, id: str) -> lambda_.Function:
    return lambda_.Function(
        scope,
        id,
        runtime=lambda_.Runtime.PYTHON_3_13,
        handler="index.handler",
        code=lambda_.Code.from_inline(_CODE),
    )


def _role(stack: cdk.Stack, number: int) -> iam.Role:
    statements = [
        iam.PolicyStatement(actions=["s3:GetObject"], resources=[f"arn:aws:s3:::{BUCKET}/{number}/*"]),
        iam.PolicyStatement(actions=["s3:ListBucket"], resources=[f"arn:aws:s3:::{BUCKET}"]),
    ]
    return iam.Role(
        stack,
        f"Role{number}",
        assumed_by=iam.ServicePrincipal("personalize.amazonaws.com"),
        inline_policies={"ReadData": iam.PolicyDocument(statements=statements)},
    )


def _resource(stack: cdk.Stack, number: int, service_token: str) -> None:
    properties = {
        "DatasetArn": dataset_arn(number),
        "DataLocation": f"s3://{BUCKET}/{number}/",
        "RoleArn": _role(stack, number).role_arn,
    }
    cdk.CustomResource(
        stack,
        f"Import{number}",
        resource_type="Custom::Import",
        service_token=service_token,
        properties=properties,
    )


if __name__ == "__main__":
    make(sys.argv[1], int(sys.argv[2])).synth()
