"""The contenders: ways to wait for an import job, each written as its users would write it."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import aws_cdk as cdk
import crhelper
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import custom_resources
from constructs import Construct

from personalize_import import DatasetImportJob, DataSource
from personalize_import.provider.provider import DatasetImportProvider

_FUNCTIONS: Final = Path(__file__).parent / "functions"
_ROLE_PATH: Final = "/bench/"
_TYPE: Final = "Custom::ImportJob"


@dataclass(frozen=True)
class Import:
    """One import, for which a contender adds a resource to a stack."""

    name: str
    dataset_arn: str
    data_location: str
    role_arn: str
    long: bool = False
    """True if the import may exceed the one-hour timeout of a custom resource."""


@dataclass(frozen=True)
class Contender:
    """One way to wait for import jobs."""

    key: str
    name: str
    provide: Callable[[Construct, Path], Callable[[cdk.Stack, Import], None]]
    """Adds the shared resources, given a folder for code; returns a function that adds the resource of one import."""


def _ours(scope: Construct, _folder: Path) -> Callable[[cdk.Stack, Import], None]:
    provider = DatasetImportProvider(scope, "Provider", import_role_path=_ROLE_PATH)

    def add(stack: cdk.Stack, planned: Import) -> None:
        DatasetImportJob(
            stack,
            "Import",
            dataset=planned.dataset_arn,
            data_source=DataSource.from_s3_uri(planned.data_location),
            job_name_prefix=planned.name,
            provider=provider,
            timeout=cdk.Duration.minutes(240 if planned.long else 55),
        )

    return add


def _cdk_provider(seconds: int) -> Callable[[Construct, Path], Callable[[cdk.Stack, Import], None]]:
    def provide(scope: Construct, folder: Path) -> Callable[[cdk.Stack, Import], None]:
        code = _package(folder / "for-provider")
        on_event = _function(scope, "OnEvent", code, "for_provider.on_event")
        is_complete = _function(scope, "IsComplete", code, "for_provider.is_complete")
        provider = custom_resources.Provider(
            scope,
            "Provider",
            on_event_handler=on_event,
            is_complete_handler=is_complete,
            query_interval=cdk.Duration.seconds(seconds),
            total_timeout=cdk.Duration.hours(1),
        )
        return _custom_resource(provider.service_token)

    return provide


def _crhelper(minutes: int) -> Callable[[Construct, Path], Callable[[cdk.Stack, Import], None]]:
    def provide(scope: Construct, folder: Path) -> Callable[[cdk.Stack, Import], None]:
        code = _package(folder / "for-crhelper", Path(crhelper.__file__).parent)
        function = _function(scope, "Function", code, "for_crhelper.handle", {"POLLING_MINUTES": str(minutes)})
        # As in crhelper's README: a policy that referred to its own function would be a circular dependency.
        rules = ["events:PutRule", "events:DeleteRule", "events:PutTargets", "events:RemoveTargets"]
        function.add_to_role_policy(
            iam.PolicyStatement(actions=["lambda:AddPermission", "lambda:RemovePermission", *rules], resources=["*"])
        )
        return _custom_resource(function.function_arn)

    return provide


def _package(folder: Path, *libraries: Path) -> lambda_.Code:
    for source in (_FUNCTIONS, *libraries):
        shutil.copytree(source, folder / source.name, ignore=shutil.ignore_patterns("__pycache__"), dirs_exist_ok=True)
    return lambda_.Code.from_asset(str(folder))


def _function(
    scope: Construct, id: str, code: lambda_.Code, handler: str, environment: dict[str, str] | None = None
) -> lambda_.Function:
    function = lambda_.Function(
        scope,
        id,
        runtime=lambda_.Runtime.PYTHON_3_13,
        code=code,
        handler=f"functions.{handler}",
        timeout=cdk.Duration.minutes(1),
        environment=environment,
    )
    function.add_to_role_policy(
        iam.PolicyStatement(
            actions=["personalize:CreateDatasetImportJob", "personalize:DescribeDatasetImportJob"], resources=["*"]
        )
    )
    function.add_to_role_policy(iam.PolicyStatement(actions=["iam:PassRole"], resources=["*"]))
    return function


def _custom_resource(service_token: str) -> Callable[[cdk.Stack, Import], None]:
    def add(stack: cdk.Stack, planned: Import) -> None:
        properties = {
            "JobName": planned.name,
            "DatasetArn": planned.dataset_arn,
            "DataLocation": planned.data_location,
            "RoleArn": planned.role_arn,
        }
        cdk.CustomResource(stack, "Import", service_token=service_token, resource_type=_TYPE, properties=properties)

    return add


OURS: Final = Contender("ours", "this construct", _ours)
PROVIDER_5: Final = Contender("p5", "CDK `Provider`, every 5 s (its default)", _cdk_provider(5))
PROVIDER_30: Final = Contender("p30", "CDK `Provider`, every 30 s", _cdk_provider(30))
CRHELPER_1: Final = Contender("c1", "crhelper, every minute", _crhelper(1))
CRHELPER_2: Final = Contender("c2", "crhelper, every 2 minutes (its default)", _crhelper(2))
CONTENDERS: Final = (OURS, PROVIDER_5, PROVIDER_30, CRHELPER_1, CRHELPER_2)
