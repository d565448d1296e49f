"""How CloudFormation deletes where ministack does otherwise: a bucket must be empty, a failed Create is deleted."""

from typing import Any, Final

from ministack.services import s3
from ministack.services.cloudformation import custom_resource, provisioners, stacks

_BUCKET: Final = "AWS::S3::Bucket"


def keep_buckets_that_are_not_empty() -> None:
    """Let the deletion of a bucket fail while anything is in it, a version or a mark of deletion included."""
    handlers = provisioners._RESOURCE_HANDLERS[_BUCKET]  # noqa: SLF001
    delete = handlers["delete"]

    def delete_empty_bucket(physical_id: str, props: dict[str, Any]) -> Any:  # noqa: ANN401 - ministack's own
        bucket = s3._buckets.get(physical_id)  # noqa: SLF001
        if bucket and (bucket["objects"] or s3._bucket_has_versions(physical_id)):  # noqa: SLF001
            raise ValueError("The bucket you tried to delete is not empty. You must delete all versions in the bucket.")
        return delete(physical_id, props)

    handlers["delete"] = delete_empty_bucket


def delete_what_failed_to_be_made() -> None:
    """Let a rollback delete a custom resource whose creation failed, by the id of that answer, as CloudFormation does.

    ministack forgets such a resource. Here the rollback is told that it was made: it deletes it like all others.
    """
    answered: dict[tuple[str, str], str] = {}
    halfway: dict[tuple[str, str], dict[str, Any]] = {}
    create, deliver = provisioners._custom_resource_create, custom_resource.deliver_response  # noqa: SLF001
    roll_back = stacks._roll_back_operation  # noqa: SLF001

    def deliver_response(token: str, response: dict[str, Any]) -> bool:
        resource = response.get("StackId", ""), response.get("LogicalResourceId", "")
        answered[resource] = response.get("PhysicalResourceId", "")
        return bool(deliver(token, response))

    def custom_resource_create(logical_id: str, props: dict[str, Any], stack_name: str, resource_type: str) -> Any:  # noqa: ANN401
        resource = provisioners._cr_stack_id(stack_name), logical_id  # noqa: SLF001
        try:
            return create(logical_id, props, stack_name, resource_type)
        except RuntimeError:  # FAILED was answered
            halfway[resource] = {"ResourceType": resource_type, "Properties": props, "LogicalResourceId": logical_id}
            halfway[resource]["PhysicalResourceId"] = answered.get(resource, "")
            raise

    async def roll_back_operation(
        stack_name: str, stack_id: str, stack: dict[str, Any], operation: dict[str, Any]
    ) -> None:
        logical_id = operation["failed_logical_id"]
        if record := halfway.pop((stack_id, logical_id), None):
            stack["_resources"][logical_id] = record
            operation["created"].append(logical_id)
        await roll_back(stack_name, stack_id, stack, operation)

    provisioners._custom_resource_create = custom_resource_create  # noqa: SLF001
    custom_resource.deliver_response = deliver_response
    stacks._roll_back_operation = roll_back_operation  # noqa: SLF001
