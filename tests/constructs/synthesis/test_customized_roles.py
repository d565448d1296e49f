"""`Role.customize_roles`: roles are created outside the app, and the CDK's report lists all that they need."""

import json
from pathlib import Path
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_iam as iam

from personalize_import import DatasetImportProvider, DataSource
from personalize_import.synthesis.customized_roles import is_customized
from tests.constructs.support.stacks import ROLE_ARN, WITHOUT_CODE, add_job, from_new_bucket, new_stack, template_of

IS_COMPLETE = "DatasetImportProvider/IsCompleteRole"


def ids_and_actions(statements: list[dict[str, Any]]) -> set[tuple[str, str]]:
    """Return pairs of action and resource, tokens as in the report."""
    pairs = set()
    for each in statements:
        actions, resources = each["Action"], each.get("Resource", "")
        for action in actions if isinstance(actions, list) else [actions]:
            for resource in resources if isinstance(resources, list) else [resources]:
                pairs.add((action, json.dumps(resource)))
    return pairs


def app_with_everything(folder: Path, *, customize: bool) -> tuple[cdk.App, cdk.Stack]:
    """Create an app whose jobs need each permission that a provider can have."""
    (folder / "users.csv").write_text("USER_ID,CLASS\na,b\n", encoding="utf-8")
    app = cdk.App(context=WITHOUT_CODE, outdir=str(folder / f"out-{customize}"))
    stack, shop = new_stack(scope=app), new_stack("Shop", app)
    if customize:
        iam.Role.customize_roles(stack)
    provider = DatasetImportProvider(stack, "DatasetImportProvider", publish_state_changes=True)
    for number in range(2):
        imported = iam.Role.from_role_arn(shop, f"Imported{number}", f"{ROLE_ARN}-{number}", mutable=False)
        add_job(shop, f"With{number}", role=imported, preflight=True, provider=provider)
    add_job(shop, "Own job", provider=provider, preflight=True)
    add_job(stack, "Local", data_source=DataSource.from_asset(str(folder / "users.csv")))
    return app, stack


def statements_of(stack: cdk.Stack) -> list[dict[str, Any]]:
    """Return the statements that the template has for IsComplete."""
    resources = template_of(stack)["Resources"]
    (role,) = [name for name in resources if name.startswith("DatasetImportProviderIsCompleteRole")]
    documents = [inline["PolicyDocument"] for inline in resources[role]["Properties"]["Policies"]] + [
        each["Properties"]["PolicyDocument"]
        for each in resources.values()
        if each["Type"] == "AWS::IAM::Policy" and {"Ref": role} in each["Properties"]["Roles"]
    ]
    return [statement for document in documents for statement in document["Statement"]]


def test_the_report_on_a_customized_role_has_every_action_that_the_template_would_have(tmp_path: Path) -> None:
    _, stack = app_with_everything(tmp_path, customize=False)
    needed = statements_of(stack)

    app, _ = app_with_everything(tmp_path, customize=True)
    folder = Path(app.synth().directory)
    report = json.loads((folder / "iam-policy-report.json").read_text(encoding="utf-8"))
    (reported,) = [each for each in report["roles"] if each["roleConstructPath"] == f"Stack/{IS_COMPLETE}"]
    statements = reported["identityPolicyStatements"]

    assert {action for action, _ in ids_and_actions(statements)} == {action for action, _ in ids_and_actions(needed)}
    # Tokens differ in the report, so resources are counted. It has one more: the customized role of the job in
    # the same stack, which is under no path of import roles and is passed by its ARN.
    assert len(ids_and_actions(statements)) == len(ids_and_actions(needed)) + 1
    assert {each for each in ids_and_actions(needed) if ROLE_ARN in each[1]} == {
        each for each in ids_and_actions(statements) if ROLE_ARN in each[1]
    }


def test_the_report_names_the_state_machine_whose_executions_are_listed(tmp_path: Path) -> None:
    app, _ = app_with_everything(tmp_path, customize=True)
    report = (Path(app.synth().directory) / "iam-policy-report.json").read_text(encoding="utf-8")

    assert "(Stack/DatasetImportProvider/Waiter.Arn)" in report


def test_an_app_that_customizes_its_roles_has_no_policy_of_a_role_in_its_template() -> None:
    stack = new_stack()
    iam.Role.customize_roles(stack)
    role = iam.Role(stack, "Own", assumed_by=iam.ServicePrincipal("personalize.amazonaws.com"))
    add_job(stack, data_source=from_new_bucket(stack), role=role)

    kinds = {each["Type"] for each in template_of(stack)["Resources"].values()}
    assert {kind for kind in kinds if kind.startswith("AWS::IAM::")} == set()


def test_a_role_is_customized_only_if_the_app_requests_it() -> None:
    plain, customized = new_stack(), new_stack()
    iam.Role.customize_roles(customized)
    principal = iam.ServicePrincipal("personalize.amazonaws.com")

    assert not is_customized(iam.Role(plain, "Role", assumed_by=principal))
    assert is_customized(iam.Role(customized, "Role", assumed_by=principal))
    assert not is_customized(iam.Role.from_role_arn(plain, "Imported", ROLE_ARN))
