"""Each role of each template allows only the required actions, and no wildcard for all resources."""

from collections.abc import Callable
from fnmatch import fnmatchcase
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from constructs import Construct

from personalize_import import DatasetImportProvider, DataSource
from tests.constructs.support.cloudformation import Deployed
from tests.constructs.support.stacks import (
    DATASET_ARN,
    ROLE_ARN,
    add_dataset,
    add_job,
    deployed,
    logical_id,
    new_app,
    new_stack,
)

PERSONALIZE = "arn:aws:personalize:eu-west-1:123456789012"
Place = Callable[[cdk.App], tuple[cdk.Stack, Construct]]
PASSED_TO_PERSONALIZE = {"StringEquals": {"iam:PassedToService": "personalize.amazonaws.com"}}


def as_list(value: Any) -> list[str]:
    return value if isinstance(value, list) else [value]


def all_statements(template: Deployed) -> list[dict[str, Any]]:
    documents = [
        policy["PolicyDocument"]
        for role in template.all_properties("AWS::IAM::Role")
        for policy in role.get("Policies", [])
    ] + [
        policy["PolicyDocument"]
        for kind in ("AWS::IAM::Policy", "AWS::IAM::ManagedPolicy", "AWS::S3::BucketPolicy")
        for policy in template.all_properties(kind)
    ]
    return [statement for document in documents for statement in document["Statement"]]


@pytest.fixture(scope="module")
def stack() -> cdk.Stack:
    stack = new_stack(scope=new_app())
    bucket = s3.Bucket(stack, "Bucket")
    add_job(stack, "Folder", dataset=add_dataset(stack), data_source=DataSource.from_bucket(bucket, "folder/"))
    add_job(stack, "Whole", data_source=DataSource.from_bucket(bucket, ""))
    own = iam.Role(stack, "Own", assumed_by=iam.ServicePrincipal("personalize.amazonaws.com"))
    add_job(stack, "Own role", role=own)
    add_job(stack, "Imported role", role=iam.Role.from_role_arn(stack, "Imported", ROLE_ARN))
    return stack


@pytest.fixture(scope="module")
def template(stack: cdk.Stack) -> Deployed:
    return deployed(stack)


def test_no_statement_allows_every_action_of_anything(template: Deployed) -> None:
    actions = [action for statement in all_statements(template) for action in as_list(statement["Action"])]

    assert len(actions) > 20
    assert [action for action in actions if "*" in action] == []


def test_no_statement_allows_every_resource_except_a_list_action_without_resources(template: Deployed) -> None:
    about_all = [each for each in all_statements(template) if "*" in as_list(each["Resource"])]

    assert {each["Action"] for each in about_all} == {"personalize:ListDatasetImportJobs"}


def test_no_resource_of_a_statement_has_a_wildcard_for_its_account_service_or_kind(template: Deployed) -> None:
    arns = {arn for each in all_statements(template) for arn in as_list(each["Resource"])} - {"*"}

    for arn in arns:
        service, region, account, resource = arn.split(":", 5)[2:]
        assert "*" not in service + region + account
        assert not resource.startswith("*")


def test_no_role_has_a_managed_policy(template: Deployed) -> None:
    assert [role for role in template.all_properties("AWS::IAM::Role") if "ManagedPolicyArns" in role] == []


def allowed(template: Deployed, prefix: str) -> dict[str, set[str]]:
    """Return the permissions of the role whose logical id has this beginning: resources by action."""
    (name,) = [name for name in template.of_type("AWS::IAM::Role") if name.startswith(prefix)]
    may: dict[str, set[str]] = {}
    own = [each for each in template.all_properties("AWS::IAM::Policy") if name.lower() in str(each["Roles"])]
    for policy in [*template.properties(name)["Policies"], *own]:
        for statement in policy["PolicyDocument"]["Statement"]:
            for action in as_list(statement["Action"]):
                may.setdefault(action, set()).update(as_list(statement["Resource"]))
    return may


def of_is_complete(template: Deployed) -> dict[str, set[str]]:
    (own,) = [name.lower() for name in template.of_type("AWS::IAM::Role") if name.startswith("Own")]
    (log_group,) = [name.lower() for name in template.of_type("AWS::Logs::LogGroup")]
    jobs, datasets = f"{PERSONALIZE}:dataset-import-job/*", f"{PERSONALIZE}:dataset/*"
    (waiter,) = template.of_type("AWS::StepFunctions::StateMachine")
    logs = {f"arn:aws:logs:eu-west-1:123456789012:log-group:{log_group}:*"}
    return {
        "personalize:DescribeDatasetImportJob": {jobs},
        "personalize:ListTagsForResource": {jobs},
        "personalize:CreateDatasetImportJob": {jobs, datasets},
        "personalize:TagResource": {jobs},
        "personalize:UntagResource": {jobs},
        "personalize:DescribeDataset": {datasets},
        "personalize:ListDatasetImportJobs": {"*"},
        "cloudformation:DescribeStacks": {"arn:aws:cloudformation:eu-west-1:123456789012:stack/*"},
        "iam:PassRole": {
            "arn:aws:iam::123456789012:role/personalize-import/eu-west-1/Stack/*",
            f"arn:aws:iam::123456789012:role/{own}",
            ROLE_ARN,
        },
        "states:ListExecutions": {f"arn:aws:states:eu-west-1:123456789012:stateMachine:{waiter.lower()}"},
        "logs:CreateLogStream": logs,
        "logs:PutLogEvents": logs,
    }


def test_is_complete_may_start_find_poll_and_tag_jobs_and_log(template: Deployed) -> None:
    assert allowed(template, "DatasetImportProviderIsCompleteRole") == of_is_complete(template)


def test_on_event_may_start_the_waiter_and_log(template: Deployed) -> None:
    (waiter,) = template.of_type("AWS::StepFunctions::StateMachine")

    may = allowed(template, "DatasetImportProviderOnEventRole")

    assert set(may) == {"states:StartExecution", "logs:CreateLogStream", "logs:PutLogEvents"}
    assert may["states:StartExecution"] == {f"arn:aws:states:eu-west-1:123456789012:stateMachine:{waiter.lower()}"}


def test_the_state_machine_may_only_invoke_is_complete(template: Deployed) -> None:
    (is_complete,) = [name.lower() for name in template.of_type("AWS::Lambda::Function") if "IsComplete" in name]

    assert allowed(template, "DatasetImportProviderWaiterRole") == {
        "lambda:InvokeFunction": {f"arn:aws:lambda:eu-west-1:123456789012:function:{is_complete}"}
    }


def test_roles_are_passed_to_personalize_only(template: Deployed) -> None:
    passing = [each for each in all_statements(template) if each["Action"] == "iam:PassRole"]

    assert len(passing) == 3
    assert [each for each in passing if each["Condition"] != PASSED_TO_PERSONALIZE] == []


def test_sids_are_valid_in_iam(template: Deployed) -> None:
    sids = [each["Sid"] for each in all_statements(template) if "Sid" in each]

    assert sids
    assert [sid for sid in sids if not sid.isalnum()] == []


def test_the_import_roles_are_under_the_path_that_may_be_passed(template: Deployed) -> None:
    import_roles = [name for name in template.of_type("AWS::IAM::Role") if name.startswith(("FolderRole", "WholeRole"))]

    assert [template.properties(name)["Path"] for name in import_roles] == ["/personalize-import/eu-west-1/Stack/"] * 2


def test_stacks_of_one_name_in_two_regions_can_t_pass_or_assume_each_other_s_import_roles() -> None:
    allowing, roles = {}, {}
    for region in ("eu-west-1", "us-east-1"):
        stack = new_stack("Shop", env=cdk.Environment(account="123456789012", region=region))
        job = add_job(stack, dataset=DATASET_ARN.replace("eu-west-1", region), preflight=True)
        template = deployed(stack)
        may = allowed(template, "DatasetImportProviderIsCompleteRole")
        roles[region] = "arn:aws:iam::123456789012:role" + template.properties(logical_id(job.role))["Path"] + "name"
        allowing[region] = [may["iam:PassRole"], may["sts:AssumeRole"]]

    for region, patterns in allowing.items():
        for (pattern,) in patterns:
            assert [other for other, role in roles.items() if fnmatchcase(role, pattern)] == [region]


def with_long_name(app: cdk.App) -> tuple[cdk.Stack, Construct]:
    stack = new_stack("Long", app, stack_name="n" * 128)
    return stack, stack


def nested(app: cdk.App) -> tuple[cdk.Stack, Construct]:
    stack = cdk.NestedStack(new_stack("Outer", app), "Inner")
    return stack, stack


def three_constructs_deep(app: cdk.App) -> tuple[cdk.Stack, Construct]:
    stack = new_stack("Deep", app)
    return stack, Construct(Construct(Construct(stack, "Platform"), "Recommendations"), "Imports")


@pytest.mark.parametrize("place", [with_long_name, nested, three_constructs_deep], ids=lambda place: place.__name__)
def test_executions_are_listed_by_the_exact_arn_of_the_state_machine_in_any_stack(place: Place) -> None:
    stack, scope = place(new_app())
    add_job(scope, provider=DatasetImportProvider(scope, "Provider"))

    template = deployed(stack)
    ((waiter, _),) = template.of_type("AWS::StepFunctions::StateMachine").items()
    policies = template.of_type("AWS::IAM::Policy")
    (name,) = [each for each in policies if "SeeLaterRequests" in each]

    (statement,) = policies[name]["Properties"]["PolicyDocument"]["Statement"]
    assert statement["Action"] == "states:ListExecutions"
    assert statement["Resource"] == {"Fn::GetAtt": [waiter, "Arn"]}


def test_no_resource_is_handled_before_or_after_its_provider_may_list_executions(template: Deployed) -> None:
    ((on_event, resource),) = [
        each for each in template.of_type("AWS::Lambda::Function").items() if "OnEvent" in each[0]
    ]
    (policy,) = [each for each in template.of_type("AWS::IAM::Policy") if "SeeLaterRequests" in each]

    assert policy in resource["DependsOn"]
    for job in template.of_type("Custom::PersonalizeDatasetImportJob").values():
        assert job["Properties"]["ServiceToken"] == {"Fn::GetAtt": [on_event, "Arn"]}


@pytest.mark.parametrize("nested", [False, True], ids=["a stack", "a nested stack"])
def test_the_passed_path_is_exactly_that_of_the_stack(nested: bool) -> None:
    stack = new_stack("Outer")
    inner = cdk.NestedStack(stack, "Inner") if nested else stack
    job = add_job(inner)
    add_job(stack, "Another")  # whose roles are under another path, if the stack is another one

    template = deployed(inner)
    path = template.properties(logical_id(job.role))["Path"]
    passed = allowed(template, "DatasetImportProviderIsCompleteRole")["iam:PassRole"]

    assert passed == {f"arn:aws:iam::123456789012:role{path}*"}
    own = "/personalize-import/eu-west-1/Outer/"
    assert path == (f"{own}OuterInner590FD8F7/" if nested else own)
