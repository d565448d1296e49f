"""Which update of a custom resource CloudFormation refuses, where ministack does it."""

from typing import Any

from ministack.services.cloudformation import provisioners


def keep_service_tokens() -> None:
    """Let the update of a custom resource fail that would have it handled by another function.

    Updates of the token aren't supported:
    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudformation-customresource.html
    The words are CloudFormation's.
    """
    update = provisioners._custom_resource_update  # noqa: SLF001
    refused: set[str] = set()

    def update_with_the_same_token(
        physical_id: str, old_props: dict[str, Any], new_props: dict[str, Any], *more: str, **options: str
    ) -> Any:  # noqa: ANN401 - ministack's own
        is_undone = physical_id in refused
        refused.discard(physical_id)
        if old_props.get("ServiceToken") != new_props.get("ServiceToken") and not is_undone:
            refused.add(physical_id)
            raise ValueError("Modifying service token is not allowed.")
        return update(physical_id, old_props, new_props, *more, **options)

    provisioners._custom_resource_update = update_with_the_same_token  # noqa: SLF001
