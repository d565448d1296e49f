"""Schemas, datasets, files and jobs in a service with fakes."""

import json
import time
from typing import Any

from tests.local_aws.support.fakes import BUCKET, ROLE_ARN, World

INTERACTION_FIELDS: list[dict[str, Any]] = [
    {"name": "USER_ID", "type": "string"},
    {"name": "ITEM_ID", "type": "string"},
    {"name": "TIMESTAMP", "type": "long"},
]
ITEM_FIELDS: list[dict[str, Any]] = [
    {"name": "ITEM_ID", "type": "string"},
    {"name": "TITLE", "type": ["null", "string"], "textual": True},
    {"name": "PRICE", "type": ["float", "null"]},
    {"name": "GENRE", "type": "string", "categorical": True},
]
USER_FIELDS: list[dict[str, Any]] = [
    {"name": "USER_ID", "type": "string"},
    {"name": "AGE", "type": ["int", "null"]},
]
FIELDS = {"Interactions": INTERACTION_FIELDS, "Items": ITEM_FIELDS, "Users": USER_FIELDS}


def schema_text(name: str, fields: list[dict[str, Any]]) -> str:
    namespace = "com.amazonaws.personalize.schema"
    return json.dumps({"type": "record", "name": name, "namespace": namespace, "fields": fields, "version": "1.0"})


def make_schema(world: World, kind: str = "Interactions", name: str | None = None, text: str | None = None) -> str:
    text = text or schema_text(kind, FIELDS[kind])
    return str(world.client("CreateSchema", name=name or f"schema-{kind}", schema=text)["schemaArn"])


def make_group(world: World, name: str = "shop") -> str:
    arn = world.client("CreateDatasetGroup", name=name)["datasetGroupArn"]
    world.clock.time += 60
    return str(arn)


def make_dataset(
    world: World, kind: str = "Interactions", *, group: str | None = None, text: str | None = None, name: str = "data"
) -> str:
    """Create a dataset, its schema and, if none is given, its group, and wait until it is ACTIVE."""
    group_arn = group or make_group(world)
    group_name = group_arn.rpartition("/")[2]
    schema_arn = make_schema(world, kind, f"{group_name}-{kind}", text)
    made = world.client(
        "CreateDataset", name=name, datasetGroupArn=group_arn, schemaArn=schema_arn, datasetType=kind.upper()
    )
    world.clock.time += 60
    return str(made["datasetArn"])


def interactions(count: int = 1000, start: int = 0) -> str:
    rows = "".join(f"u{n % 97},i{n % 31},{1_600_000_000 + n}\n" for n in range(start, start + count))
    return "USER_ID,ITEM_ID,TIMESTAMP\n" + rows


def start_job(world: World, dataset_arn: str, name: str = "job", key: str = "data.csv", **more: Any) -> str:
    parameters = {
        "jobName": name,
        "datasetArn": dataset_arn,
        "dataSource": {"dataLocation": f"s3://{BUCKET}/{key}"},
        "roleArn": ROLE_ARN,
        **more,
    }
    return str(world.client("CreateDatasetImportJob", **parameters)["datasetImportJobArn"])


def describe(world: World, job_arn: str) -> dict[str, Any]:
    job: dict[str, Any] = world.client("DescribeDatasetImportJob", datasetImportJobArn=job_arn)["datasetImportJob"]
    return job


def finish(world: World, job_arn: str) -> dict[str, Any]:
    """Advance the clock until a job has ended, and return the job."""
    world.clock.time += 60
    for _ in range(5000):
        job = describe(world, job_arn)
        if job["status"] not in ("CREATE PENDING", "CREATE IN_PROGRESS"):
            return job
        time.sleep(0.002)
    raise AssertionError(f"{job_arn} did not end")


def imported(world: World, dataset_arn: str, content: str | bytes, name: str = "job", **more: Any) -> dict[str, Any]:
    """Import one file, and return the job as it ended."""
    world.aws.put("data.csv", content)
    return finish(world, start_job(world, dataset_arn, name, **more))
