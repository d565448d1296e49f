"""Updates of a custom resource's ServiceToken, which CloudFormation refuses and ministack performs."""

from typing import Any

from ministack.services.cloudformation import provisioners


def refuse_changed_service_tokens() -> None:
    """Fail an update of a custom resource that changes its ServiceToken; the rollback of such an update succeeds.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudformation-customresource.html
    The message is CloudFormation's.
    """
    update = provisioners._custom_resource_update  # noqa: SLF001
    refused: set[str] = set()

    def update_with_the_same_token(
        physical_id: str, old_props: dict[str, Any], new_props: dict[str, Any], *more: str, **options: str
    ) -> Any:  # noqa: ANN401 - ministack's own
        is_rollback = physical_id in refused
        refused.discard(physical_id)
        if old_props.get("ServiceToken") != new_props.get("ServiceToken") and not is_rollback:
            refused.add(physical_id)
            raise ValueError("Modifying service token is not allowed.")
        return update(physical_id, old_props, new_props, *more, **options)

    provisioners._custom_resource_update = update_with_the_same_token  # noqa: SLF001
