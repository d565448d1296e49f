"""Deletions by CloudFormation: a bucket must be empty, and a custom resource whose Create failed is deleted."""

from typing import Any, Final

from ministack.services import s3
from ministack.services.cloudformation import custom_resource, provisioners, stacks

_BUCKET: Final = "AWS::S3::Bucket"


def require_empty_buckets() -> None:
    """Fail the deletion of a bucket that contains an object, a version or a delete marker."""
    handlers = provisioners._RESOURCE_HANDLERS[_BUCKET]  # noqa: SLF001
    delete = handlers["delete"]

    def delete_empty_bucket(physical_id: str, props: dict[str, Any]) -> Any:  # noqa: ANN401 - ministack's own
        bucket = s3._buckets.get(physical_id)  # noqa: SLF001
        if bucket and (bucket["objects"] or s3._bucket_has_versions(physical_id)):  # noqa: SLF001
            raise ValueError("The bucket you tried to delete is not empty. You must delete all versions in the bucket.")
        return delete(physical_id, props)

    handlers["delete"] = delete_empty_bucket


def delete_failed_custom_resources() -> None:
    """On rollback, delete a custom resource whose Create failed, by the physical id in the failed response.

    ministack does not record such a resource. This patch intercepts responses, and adds the resource to the created
    ones, which the rollback deletes.
    """
    physical_ids: dict[tuple[str, str], str] = {}
    failed: dict[tuple[str, str], dict[str, Any]] = {}
    create, deliver = provisioners._custom_resource_create, custom_resource.deliver_response  # noqa: SLF001
    roll_back = stacks._roll_back_operation  # noqa: SLF001

    def deliver_response(token: str, response: dict[str, Any]) -> bool:
        resource = response.get("StackId", ""), response.get("LogicalResourceId", "")
        physical_ids[resource] = response.get("PhysicalResourceId", "")
        return bool(deliver(token, response))

    def custom_resource_create(logical_id: str, props: dict[str, Any], stack_name: str, resource_type: str) -> Any:  # noqa: ANN401
        resource = provisioners._cr_stack_id(stack_name), logical_id  # noqa: SLF001
        try:
            return create(logical_id, props, stack_name, resource_type)
        except RuntimeError:  # the response was FAILED
            failed[resource] = {"ResourceType": resource_type, "Properties": props, "LogicalResourceId": logical_id}
            failed[resource]["PhysicalResourceId"] = physical_ids.get(resource, "")
            raise

    async def roll_back_operation(
        stack_name: str, stack_id: str, stack: dict[str, Any], operation: dict[str, Any]
    ) -> None:
        logical_id = operation["failed_logical_id"]
        if record := failed.pop((stack_id, logical_id), None):
            stack["_resources"][logical_id] = record
            operation["created"].append(logical_id)
        await roll_back(stack_name, stack_id, stack, operation)

    provisioners._custom_resource_create = custom_resource_create  # noqa: SLF001
    custom_resource.deliver_response = deliver_response
    stacks._roll_back_operation = roll_back_operation  # noqa: SLF001
