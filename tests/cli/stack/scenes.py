"""Events and jobs to decide on, as AWS tells them."""

from typing import Any

from personalize_import_cli.stack.imports import AskedImport, asked_imports
from personalize_import_cli.stack.jobs import Job
from personalize_import_cli.stack.operations import Event, Operation, operations
from personalize_import_handler.contract import RESOURCE_TYPE, WAIT_RESOURCE_TYPE
from personalize_import_handler.contract.properties import parse
from personalize_import_handler.request.names import Resource, names_of

ARN = "arn:aws:personalize:eu-west-1:123456789012"
STACK_ID = "arn:aws:cloudformation:eu-west-1:123456789012:stack/Shop/1"
PROPERTIES: dict[str, object] = {
    "ServiceToken": "arn:aws:lambda:eu-west-1:123456789012:function:any",
    "DatasetArn": f"{ARN}:dataset/shop/USERS",
    "DataLocation": "s3://shop-data/users/",
    "RoleArn": "arn:aws:iam::123456789012:role/import",
    "Wait": "true",
}


def of_stack(status: str, at: float) -> Event:
    return Event(
        logical_id="Shop",
        resource_type="AWS::CloudFormation::Stack",
        status=status,
        at=at,
        physical_id=STACK_ID,
        is_of_the_stack=True,
    )


def of_import(status: str, at: float, *, logical_id: str = "Import", more: Any = None, **fields: Any) -> Event:
    properties = {**PROPERTIES, **(more or {})}
    return Event(
        **{
            "logical_id": logical_id,
            "resource_type": RESOURCE_TYPE,
            "status": status,
            "at": at,
            "properties": properties,
            **fields,
        }
    )


def of_wait(status: str, at: float, arn: str, **fields: Any) -> Event:
    more = {"DatasetImportJobArn": arn, **fields.pop("more", {})}
    return of_import(status, at, logical_id="ImportWait2", resource_type=WAIT_RESOURCE_TYPE, more=more, **fields)


def last(*events: Event) -> Operation:
    return operations(events)[-1]


def asked(*events: Event, is_over: bool = False) -> list[AskedImport]:
    return asked_imports(last(*events), STACK_ID, is_over=is_over)


def job_name(attempt: int = 1, logical_id: str = "Import", **more: object) -> str:
    return names_of(parse({**PROPERTIES, **more}), Resource(STACK_ID, logical_id)).name(attempt)


def job(
    name: str, status: str = "CREATE IN_PROGRESS", created_at: float = 10, updated_at: float = 20, **more: Any
) -> Job:
    arn = f"{ARN}:dataset-import-job/{name}"
    return Job(arn=arn, name=name, status=status, created_at=created_at, updated_at=updated_at, **more)
