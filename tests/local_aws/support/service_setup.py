"""Schemas, datasets, files and jobs in a service with fakes."""

import json
import time
from typing import Any

from personalize_local.personalize.generic_kinds import GENERIC_KINDS
from tests.local_aws.support.fakes import BUCKET, ROLE_ARN, Refused, World

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


DOMAIN_RECIPE = "arn:aws:personalize:::recipe/aws-ecomm-recommended-for-you"
FILTER = 'EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("purchase")'
METRIC = {"eventType": "click", "metricName": "clicks", "expression": "COUNT(Interactions.EVENT_TYPE)"}
RECIPE = "arn:aws:personalize:::recipe/aws-user-personalization-v2"


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


def refusal(world: World, operation: str, **parameters: Any) -> Refused:
    """Return the error with which a call is refused; fail if it isn't."""
    try:
        world.client(operation, **parameters)
    except Refused as refused:
        return refused
    raise AssertionError(f"{operation} was not refused")


class Shop:
    """A dataset group with imported interactions, in which records of every kind can be created."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.group = make_group(world)
        self.dataset = make_dataset(world, group=self.group)
        imported(world, self.dataset, interactions(), "first")
        world.aws.put("users.csv", "USER_ID\nu1\n")
        self.domain_group = str(
            world.client("CreateDatasetGroup", name="domain", domain="ECOMMERCE")["datasetGroupArn"]
        )
        self.arns: dict[str, str] = {}
        world.clock.time += 60
        self.create("Solution")

    def create(self, kind: str, **more: Any) -> str:
        """Create a record, after the records that it refers to."""
        if "solutionVersionArn" in GENERIC_KINDS[kind].parents and "SolutionVersion" not in self.arns:
            self.create("SolutionVersion")
            self.world.clock.time += 60
        if kind == "Solution" and kind in self.arns and not more:
            return self.arns[kind]
        parameters = {**self.parameters(kind), **({"name": "configured"} if kind in self.arns else {}), **more}
        arn = str(self.world.client(f"Create{kind}", **parameters)[GENERIC_KINDS[kind].arn_member])
        self.arns.setdefault(kind, arn)
        return arn

    def parameters(self, kind: str) -> dict[str, Any]:
        """Return parameters for a Create operation."""
        if "solutionVersionArn" in GENERIC_KINDS[kind].parents and "SolutionVersion" not in self.arns:
            self.create("SolutionVersion")
            self.world.clock.time += 60
        group: dict[str, Any] = {"name": "first", "datasetGroupArn": self.group}
        output = {"s3DataDestination": {"path": f"s3://{BUCKET}/out/"}}
        version_job = {
            "jobName": "first",
            "solutionVersionArn": self.arns.get("SolutionVersion"),
            "jobInput": {"s3DataSource": {"path": f"s3://{BUCKET}/in.json"}},
            "jobOutput": output,
            "roleArn": ROLE_ARN,
        }
        parameters: dict[str, dict[str, Any]] = {
            "Solution": {**group, "recipeArn": RECIPE},
            "SolutionVersion": {"solutionArn": self.arns.get("Solution")},
            "Campaign": {"name": "first", "solutionVersionArn": self.arns.get("SolutionVersion")},
            "Recommender": {**group, "datasetGroupArn": self.domain_group, "recipeArn": DOMAIN_RECIPE},
            "EventTracker": group,
            "Filter": {**group, "filterExpression": FILTER},
            "MetricAttribution": {**group, "metrics": [METRIC], "metricsOutputConfig": {**output, "roleArn": ROLE_ARN}},
            "BatchInferenceJob": version_job,
            "BatchSegmentJob": version_job,
            "DatasetExportJob": {
                "jobName": "first",
                "datasetArn": self.dataset,
                "jobOutput": output,
                "roleArn": ROLE_ARN,
            },
            "DataDeletionJob": {
                "jobName": "first",
                "datasetGroupArn": self.group,
                "dataSource": {"dataLocation": f"s3://{BUCKET}/users.csv"},
                "roleArn": ROLE_ARN,
            },
        }
        return parameters[kind]
