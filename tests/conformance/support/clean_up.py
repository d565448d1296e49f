"""Removal of the resources of one run or of all runs, found by their names and tags."""

import re
from collections.abc import Callable, Iterator
from typing import Final

from botocore.exceptions import ClientError

from tests.conformance.support.target import PREFIX, TAG, Target, until

_NAME: Final = re.compile(rf"{PREFIX}[0-9a-f]{{6}}-")
_GONE: Final = frozenset({"ResourceNotFoundException", "NoSuchBucket", "NoSuchEntity"})
_BUSY: Final = frozenset({"ResourceInUseException"})
"""A running import job blocks the deletion of its dataset, and can't be stopped."""


class CleanUp:
    """Removes what the tests have created; a resource needs both a name and, where possible, a tag of a run."""

    def __init__(self, target: Target, prefix: str = PREFIX) -> None:
        """Remove resources.

        Args:
            target: The account and Region.
            prefix: The beginning of the names; that of one run, or by default of all.
        """
        self._target = target
        self._prefix = prefix

    def remove_all(self) -> tuple[int, list[str]]:
        """Remove everything and wait until it is gone; return the number of resources, and the errors."""
        removed, errors = 0, list[str]()
        for kind in (self._stacks, self._dataset_groups, self._schemas, self._buckets, self._roles):
            try:
                removed += sum(1 for _ in kind())
            except (ClientError, RuntimeError, TimeoutError) as error:
                errors.append(str(error))
        return removed, errors

    def _is_ours(self, name: str) -> bool:
        return name.startswith(self._prefix) and _NAME.match(name) is not None

    def _stacks(self) -> Iterator[str]:
        cloudformation = self._target.cloudformation
        pages = cloudformation.get_paginator("describe_stacks").paginate()
        found = [
            stack["StackName"]
            for page in pages
            for stack in page["Stacks"]
            if self._is_ours(stack["StackName"]) and any(tag["Key"] == TAG for tag in stack.get("Tags", []))
        ]
        for name in found:
            until(f"{name} is deleted", lambda name=name: self._delete_stack(name))  # type: ignore[misc]
            yield name

    def _delete_stack(self, name: str) -> bool | None:
        """Return True if a stack is deleted; start its deletion unless another operation is still running."""
        cloudformation = self._target.cloudformation
        try:
            status = cloudformation.describe_stacks(StackName=name)["Stacks"][0]["StackStatus"]
        except ClientError as error:
            if "does not exist" in str(error):
                return True
            raise
        if status == "DELETE_FAILED":
            raise RuntimeError(f"the stack {name} could not be deleted")
        if not status.endswith("_IN_PROGRESS"):
            cloudformation.delete_stack(StackName=name)
        return None

    def _dataset_groups(self) -> Iterator[str]:
        personalize = self._target.personalize
        pages = personalize.get_paginator("list_dataset_groups").paginate()
        groups = [group for page in pages for group in page["datasetGroups"] if self._is_ours(group["name"])]
        for group in groups:
            arn = group["datasetGroupArn"]
            tags = personalize.list_tags_for_resource(resourceArn=arn)["tags"]
            if not any(tag["tagKey"] == TAG for tag in tags):
                continue
            for dataset in personalize.list_datasets(datasetGroupArn=arn)["datasets"]:
                dataset_arn = dataset["datasetArn"]
                _delete(dataset_arn, lambda arn=dataset_arn: personalize.delete_dataset(datasetArn=arn))  # type: ignore[misc]
                yield dataset["name"]
            _delete(arn, lambda arn=arn: personalize.delete_dataset_group(datasetGroupArn=arn))  # type: ignore[misc]
            yield group["name"]

    def _schemas(self) -> Iterator[str]:
        personalize = self._target.personalize
        pages = personalize.get_paginator("list_schemas").paginate()
        for schema in [schema for page in pages for schema in page["schemas"] if self._is_ours(schema["name"])]:
            personalize.delete_schema(schemaArn=schema["schemaArn"])
            yield schema["name"]

    def _buckets(self) -> Iterator[str]:
        for name in [bucket["Name"] for bucket in self._target.s3.list_buckets()["Buckets"]]:
            if not self._is_ours(name):
                continue
            region = self._target.s3.get_bucket_location(Bucket=name).get("LocationConstraint") or "us-east-1"
            s3 = self._target.s3_in(region)
            try:
                tags = s3.get_bucket_tagging(Bucket=name)["TagSet"]
            except ClientError:
                continue  # the bucket has no tags
            if not any(tag["Key"] == TAG for tag in tags):
                continue
            for page in s3.get_paginator("list_objects_v2").paginate(Bucket=name):
                for item in page.get("Contents", []):
                    s3.delete_object(Bucket=name, Key=item["Key"])
            s3.delete_bucket(Bucket=name)
            yield name

    def _roles(self) -> Iterator[str]:
        iam = self._target.iam
        pages = iam.get_paginator("list_roles").paginate()
        for name in [role["RoleName"] for page in pages for role in page["Roles"]]:
            if self._is_ours(name) and any(tag["Key"] == TAG for tag in iam.list_role_tags(RoleName=name)["Tags"]):
                for policy in iam.list_role_policies(RoleName=name)["PolicyNames"]:
                    iam.delete_role_policy(RoleName=name, PolicyName=policy)
                iam.delete_role(RoleName=name)
                yield name


def _delete(arn: str, delete: Callable[[], object]) -> None:
    """Delete a resource of Personalize until it is gone; deletions take minutes, and wait for running jobs."""

    def is_gone() -> bool | None:
        try:
            delete()
        except ClientError as error:
            code = error.response["Error"]["Code"]
            if code in _GONE:
                return True
            if code not in _BUSY:
                raise
        return None

    until(f"{arn} is deleted", is_gone)
