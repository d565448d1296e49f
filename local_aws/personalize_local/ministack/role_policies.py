"""Evaluation of roles in ministack's IAM: which services may assume them, and which actions their policies allow."""

import json
from typing import Any

from ministack.core import iam_actions, iam_evaluator
from ministack.services import iam

from personalize_local.personalize.arns import last_part, parse_arn


def action_denial(role_arn: str, action: str, resource: str) -> str | None:
    """Return IAM's message if the role's policies don't allow an action, otherwise None."""
    account, name = parse_arn(role_arn)["account"], last_part(role_arn)
    context = iam_evaluator.EvalContext(
        principal_arn=f"arn:aws:sts::{account}:assumed-role/{name}/session",
        principal_type="AssumedRole",
        principal_account=account,
        action=action,
        resource_arn=resource,
        region=parse_arn(resource)["region"],
        secure_transport=True,
    )
    policies = iam_evaluator._gather_role_policies(name, account)  # noqa: SLF001
    limits = iam_evaluator._permissions_boundary(iam._roles, name, account)  # noqa: SLF001
    decision = iam_evaluator.evaluate(context, policies, *limits).decision
    if decision == "Allow":
        return None
    return str(iam_actions.identity_denial_message(action, context.principal_arn, resource, decision == "Deny"))


def trusts_service(role_arn: str, service: str, source_account: str, source_arn: str) -> bool:
    """Return whether a role exists and its trust policy, conditions included, allows a service to assume it."""
    role = iam._roles.get_scoped(source_account, None, last_part(role_arn))  # noqa: SLF001
    if role is None or role.get("Arn") != role_arn:
        return False
    document = role.get("AssumeRolePolicyDocument") or "{}"
    document = json.loads(document) if isinstance(document, str) else document
    statements = document.get("Statement", [])
    # Trust policies have no Resource, but the evaluation of resource policies requires one.
    policy = [
        {**statement, "Resource": "*"} for statement in (statements if isinstance(statements, list) else [statements])
    ]
    context = service_context(service, "sts:AssumeRole", role_arn, source_account, source_arn)
    return allows({"Statement": policy}, context)


def service_context(service: str, action: str, resource: str, source_account: str, source_arn: str) -> Any:  # noqa: ANN401 - ministack's own
    """Return the context in which a policy is evaluated for an action of a service principal."""
    return iam_evaluator.EvalContext(
        principal_arn=service,
        principal_type="Service",
        principal_account=source_account,
        action=action,
        resource_arn=resource,
        region=parse_arn(source_arn)["region"],
        secure_transport=True,
        service_context={"aws:sourceaccount": source_account, "aws:sourcearn": source_arn},
    )


def allows(policy: object, context: Any) -> bool:  # noqa: ANN401 - ministack's own
    """Return whether a resource policy allows the action and service principal of a context."""
    service = context.principal_arn
    return bool(iam_evaluator.evaluate_resource_policy(policy, context, service=service).decision == "Allow")
