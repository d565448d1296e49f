"""Load on a local AWS from several clients, which record what was acknowledged."""

import json
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from typing import Any, Final, Self

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from tests.deploy.support.cloud import Cloud
from tests.deploy.support.stacks import users_schema
from tests.local_aws.support.server_setup import start_job
from tests.support.until import until

STATUSES: Final = ("CREATE PENDING", "CREATE IN_PROGRESS", "ACTIVE")
BUCKET: Final = "load"
TAG: Final = "number"
_TRUST: Final = json.dumps({"Version": "2012-10-17", "Statement": []})
_STACK: Final = json.dumps(
    {"Resources": {"Parameter": {"Type": "AWS::SSM::Parameter", "Properties": {"Type": "String", "Value": "x"}}}}
)
_KEPT: Final = 2
"""The number of resources of a kind in a run before the oldest is deleted."""


@dataclass
class Acknowledged:
    """The changes that the server has acknowledged, in all its runs."""

    present: set[tuple[str, str]] = field(default_factory=set)
    absent: set[tuple[str, str]] = field(default_factory=set)
    tag: int = -1
    jobs: dict[str, str] = field(default_factory=dict)


class Clients:
    """Clients without retries, and what they can create, delete and list."""

    def __init__(self, cloud: Cloud) -> None:
        clients = [_client(cloud, name) for name in ("personalize", "s3", "ssm", "iam", "cloudformation")]
        self.personalize, self.s3, self._ssm, self._iam, self._cloudformation = clients
        self.kinds: dict[str, tuple[Callable[[str], object], Callable[[str], object]]] = {
            "schema": (self._make_schema, self._delete_schema),
            "object": (
                lambda name: self.s3.put_object(Bucket=BUCKET, Key=name, Body=name.encode()),
                lambda name: self.s3.delete_object(Bucket=BUCKET, Key=name),
            ),
            "parameter": (
                lambda name: self._ssm.put_parameter(Name=name, Value=name, Type="String"),
                lambda name: self._ssm.delete_parameter(Name=name),
            ),
            "role": (
                lambda name: self._iam.create_role(RoleName=name, AssumeRolePolicyDocument=_TRUST),
                lambda name: self._iam.delete_role(RoleName=name),
            ),
            "stack": (self._make_stack, self._delete_stack),
        }

    def existing(self) -> set[tuple[str, str]]:
        """Return the kinds and names of all resources."""
        pages = {
            "schema": (self.personalize, "list_schemas", "schemas", "name"),
            "object": (self.s3, "list_objects_v2", "Contents", "Key"),
            "parameter": (self._ssm, "describe_parameters", "Parameters", "Name"),
            "role": (self._iam, "list_roles", "Roles", "RoleName"),
        }
        found = {("stack", name) for name, status in self._stacks() if status == "CREATE_COMPLETE"}
        for kind, (client, operation, member, name) in pages.items():
            arguments = {"Bucket": BUCKET} if kind == "object" else {}
            for page in client.get_paginator(operation).paginate(**arguments):
                found |= {(kind, each[name]) for each in page.get(member, ())}
        return found

    def _stacks(self) -> list[tuple[str, str]]:
        stacks = self._cloudformation.describe_stacks()["Stacks"]
        return [(stack["StackName"], stack["StackStatus"]) for stack in stacks]

    def _make_schema(self, name: str) -> None:
        self.personalize.create_schema(name=name, schema=users_schema())

    def _delete_schema(self, name: str) -> None:
        self.personalize.delete_schema(schemaArn=f"arn:aws:personalize:eu-west-1:000000000000:schema/{name}")

    def _make_stack(self, name: str) -> None:
        self._cloudformation.create_stack(StackName=name, TemplateBody=_STACK)
        until(lambda: (name, "CREATE_COMPLETE") in self._stacks())

    def _delete_stack(self, name: str) -> None:
        self._cloudformation.delete_stack(StackName=name)
        until(lambda: name not in dict(self._stacks()))


def _client(cloud: Cloud, service: str) -> Any:
    return cloud.session.client(
        service,  # type: ignore[call-overload]
        endpoint_url=cloud.aws.endpoint_url,
        verify=cloud.aws.environment["AWS_CA_BUNDLE"],
        config=Config(retries={"total_max_attempts": 1}),
    )


class Load:
    """Calls in threads within a `with` block; at its end, the server must have been killed."""

    def __init__(self, run: str, cloud: Cloud, target: dict[str, str], acknowledged: Acknowledged) -> None:
        """Prepare the calls.

        Args:
            run: The beginning of all names.
            cloud: The server's clients.
            target: The arguments of import jobs.
            acknowledged: The record, which the calls extend.
        """
        self._run = run
        self._clients, self._target, self._acknowledged = Clients(cloud), target, acknowledged
        self.errors: list[str] = []
        makers = [lambda kind=kind: self._make_and_delete(kind) for kind in self._clients.kinds]
        self._threads = [
            threading.Thread(target=self._call, args=(each,)) for each in (*makers, self._tag, self._import)
        ]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        for thread in self._threads:
            thread.join()

    def _call(self, calls: Callable[[], None]) -> None:
        try:
            calls()
        except BotoCoreError:
            pass  # the server was killed
        except (ClientError, AssertionError) as error:
            self.errors.append(str(error))

    def _make_and_delete(self, kind: str) -> None:
        make, delete = self._clients.kinds[kind]
        made = deque[str]()
        for number in count():
            name = f"{self._run}-{number}"
            make(name)
            self._acknowledged.present.add((kind, name))
            made.append(name)
            if len(made) > _KEPT:
                oldest = made.popleft()
                self._acknowledged.present.remove((kind, oldest))
                delete(oldest)
                self._acknowledged.absent.add((kind, oldest))

    def _tag(self) -> None:
        for number in count(self._acknowledged.tag + 1):
            tags: Any = [{"tagKey": TAG, "tagValue": str(number)}]
            self._clients.personalize.tag_resource(resourceArn=self._target["dataset_arn"], tags=tags)
            self._acknowledged.tag = number

    def _import(self) -> None:
        for number in count():
            while not self._all_ended():
                pass
            arn = start_job(self._clients.personalize, f"{self._run}-{number}", **self._target)
            self._acknowledged.jobs[arn] = STATUSES[0]

    def _all_ended(self) -> bool:
        """Return whether all jobs have ended, those too whose creation was not acknowledged before a kill."""
        jobs = self._clients.personalize.list_dataset_import_jobs()["datasetImportJobs"]
        self._acknowledged.jobs |= {job["datasetImportJobArn"]: job["status"] for job in jobs}
        return all(job["status"] == STATUSES[-1] for job in jobs)
