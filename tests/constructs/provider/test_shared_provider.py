"""One provider for many stacks: of this app, or of another app and imported by its service token."""

from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_iam as iam
from aws_cdk import aws_ssm as ssm

from personalize_import import DatasetImportProvider, DataSource, Reimport
from personalize_import.synthesis.validation import ValidationError
from tests.constructs.access.test_preflight_access import statements_of_provider, trust_of
from tests.constructs.support.stacks import (
    ROLE_ARN,
    add_job,
    deployed,
    from_new_bucket,
    logical_id,
    new_app,
    new_stack,
    own_warnings,
    template_of,
)

TOKEN = "arn:aws:lambda:eu-west-1:123456789012:function:imports"
PREFLIGHT_ROLE = "arn:aws:iam::123456789012:role/imports-IsComplete"
PATH = "/team/ml/"


def platform_and_shops(*names: str, **provider: Any) -> tuple[DatasetImportProvider, list[cdk.Stack]]:
    app = new_app()
    platform = new_stack("Platform", app)
    return DatasetImportProvider(platform, "Imports", **provider), [new_stack(name, app) for name in names]


def imported(scope: cdk.Stack, **arguments: Any) -> Any:
    return DatasetImportProvider.from_provider_attributes(
        scope, "Imports", **{"service_token": TOKEN, "import_role_path": PATH, **arguments}
    )


def passed(provider: DatasetImportProvider) -> list[str]:
    (statement,) = statements_of_provider(cdk.Stack.of(provider), "PassImportRoles")
    resources = statement["Resource"]
    return [each.partition(":role")[2] for each in (resources if isinstance(resources, list) else [resources])]


def path_of_created_role(stack: cdk.Stack) -> str:
    return str(deployed(stack).only("AWS::IAM::Role")["Path"])


def new_role(scope: cdk.Stack, path: str | None = None) -> iam.Role:
    return iam.Role(scope, "Own", path=path, assumed_by=iam.ServicePrincipal("personalize.amazonaws.com"))


def test_stacks_of_an_app_use_the_provider_of_another_stack_and_create_none() -> None:
    provider, shops = platform_and_shops("One", "Two")
    for shop in shops:
        add_job(shop, provider=provider)

    for shop in shops:
        assert len(deployed(shop).of_type("Custom::PersonalizeDatasetImportJob")) == 1
        assert deployed(shop).of_type("AWS::Lambda::Function") == {}
        assert shop.dependencies == [cdk.Stack.of(provider)]


def test_the_provider_may_pass_only_the_import_roles_of_the_stacks_that_it_serves() -> None:
    provider, (one, two, _other) = platform_and_shops("One", "Two", "Other")
    for shop, name in [(one, "A"), (one, "B"), (two, "A")]:
        add_job(shop, name, provider=provider)

    assert passed(provider) == [
        "/personalize-import/eu-west-1/Platform/*",
        "/personalize-import/eu-west-1/One/*",
        "/personalize-import/eu-west-1/Two/*",
    ]
    assert path_of_created_role(two) == "/personalize-import/eu-west-1/Two/"


def test_only_roles_under_the_path_can_be_passed_and_import_roles_are_created_under_it() -> None:
    provider, (shop,) = platform_and_shops("Shop", import_role_path=PATH)
    add_job(shop, provider=provider)

    assert passed(provider) == ["/team/ml/*"]
    assert path_of_created_role(shop) == "/team/ml/personalize-import/eu-west-1/Shop/"


def test_the_function_that_starts_jobs_has_the_path_for_its_messages() -> None:
    provider, _ = platform_and_shops(import_role_path=PATH)

    template = deployed(cdk.Stack.of(provider))
    variables = template.properties(logical_id(provider.is_complete))["Environment"]["Variables"]
    assert variables["IMPORT_ROLE_PATH"] == PATH


def test_a_role_under_the_path_can_be_used_without_a_change_to_the_provider_s_template() -> None:
    provider, (shop,) = platform_and_shops("Shop", import_role_path=PATH)
    before = template_of(cdk.Stack.of(provider))
    provider, (shop,) = platform_and_shops("Shop", import_role_path=PATH)
    add_job(shop, role=new_role(shop, "/team/ml/shop/"), provider=provider)

    assert template_of(cdk.Stack.of(provider))["Resources"] == before["Resources"]


@pytest.mark.parametrize("path", [None, "/team/", "/other/team/ml/"])
def test_a_role_outside_the_path_is_rejected(path: str | None) -> None:
    provider, (shop,) = platform_and_shops("Shop", import_role_path=PATH)

    with pytest.raises(
        ValidationError, match="role must be a role whose path begins with /team/ml/, because its provider"
    ):
        add_job(shop, role=new_role(shop, path), provider=provider)


def test_the_path_of_an_imported_role_is_read_from_its_arn() -> None:
    provider, (shop,) = platform_and_shops("Shop", import_role_path="/team/")
    add_job(shop, role=iam.Role.from_role_arn(shop, "Known", ROLE_ARN), provider=provider)

    with pytest.raises(ValidationError, match="got '/'"):
        add_job(shop, "Other", role=iam.Role.from_role_name(shop, "Unpathed", "name"), provider=provider)


def test_a_role_of_the_job_s_stack_needs_a_path_or_the_stacks_would_depend_on_each_other() -> None:
    provider, (shop,) = platform_and_shops("Shop")

    with pytest.raises(ValidationError, match="pass a provider with an import_role_path, got 'Shop/Own'"):
        add_job(shop, role=new_role(shop), provider=provider)


def test_a_provider_of_another_stack_may_run_preflight_with_roles_that_trust_it() -> None:
    provider, (shop,) = platform_and_shops("Shop")
    job = add_job(shop, preflight=True, provider=provider)

    (taken_on,) = statements_of_provider(cdk.Stack.of(provider), "AssumeImportRoles")
    assert taken_on["Resource"][1].endswith(":role/personalize-import/eu-west-1/Shop/*")
    assert len(trust_of(shop, job.role)) == 1
    assert not [text for text in own_warnings(shop) if "trust policy" in text]


def test_stacks_that_are_created_after_the_first_preflight_can_use_it_too() -> None:
    provider, (one, two) = platform_and_shops("One", "Two")
    add_job(one, preflight=True, provider=provider)
    add_job(two, preflight=True, provider=provider)

    (taken_on,) = statements_of_provider(cdk.Stack.of(provider), "AssumeImportRoles")
    assert [each.rpartition("/personalize-import/")[2] for each in taken_on["Resource"]] == [
        "eu-west-1/Platform/*",
        "eu-west-1/One/*",
        "eu-west-1/Two/*",
    ]


def test_asset_files_are_copied_to_the_staging_bucket_of_a_provider_in_another_stack(tmp_path: Any) -> None:
    (tmp_path / "users.csv").write_text("USER_ID,CLASS\na,b\n")
    provider, (shop,) = platform_and_shops("Shop")
    add_job(shop, data_source=DataSource.from_asset(tmp_path / "users.csv"), provider=provider)

    assert len(deployed(cdk.Stack.of(provider)).of_type("AWS::S3::Bucket")) == 1
    assert deployed(shop).of_type("AWS::S3::Bucket") == {}


def test_a_job_in_a_nested_stack_needs_a_provider_with_a_path() -> None:
    app = new_app()
    parent = new_stack("Parent", app)
    nested = cdk.NestedStack(parent, "Nested")

    with pytest.raises(ValidationError, match="provider must be one with an import_role_path, because this stack is a"):
        add_job(nested, provider=DatasetImportProvider(parent, "Without"))
    add_job(nested, "Other", provider=DatasetImportProvider(parent, "With", import_role_path=PATH))

    assert app.synth().stacks


def test_other_apps_use_the_provider_by_its_service_token() -> None:
    stack = new_stack()
    add_job(stack, provider=imported(stack), data_source=from_new_bucket(stack))

    assert deployed(stack).only("Custom::PersonalizeDatasetImportJob")["ServiceToken"] == TOKEN
    assert deployed(stack).of_type("AWS::Lambda::Function") == {}
    assert path_of_created_role(stack) == "/team/ml/personalize-import/eu-west-1/Stack/"


def test_token_and_path_may_be_parameters_of_systems_manager() -> None:
    stack = new_stack()
    provider = imported(
        stack,
        service_token=ssm.StringParameter.value_for_string_parameter(stack, "/imports/token"),
        import_role_path=ssm.StringParameter.value_for_string_parameter(stack, "/imports/path"),
    )
    add_job(stack, provider=provider)
    parameters = {
        name: TOKEN if parameter["Default"] == "/imports/token" else PATH
        for name, parameter in template_of(stack)["Parameters"].items()
        if parameter["Type"] == "AWS::SSM::Parameter::Value<String>"
    }

    template = deployed(stack, **parameters)

    assert template.only("Custom::PersonalizeDatasetImportJob")["ServiceToken"] == TOKEN
    assert template.only("AWS::IAM::Role")["Path"] == "/team/ml/personalize-import/eu-west-1/Stack/"


def test_a_role_can_be_used_with_a_provider_that_was_imported_by_its_service_token() -> None:
    stack = new_stack()
    role = new_role(stack, "/team/ml/")
    provider = imported(stack)
    job = add_job(stack, role=role, provider=provider)

    assert logical_id(role) in template_of(stack)["Resources"][logical_id(job)]["DependsOn"]
    known = iam.Role.from_role_arn(stack, "Known", ROLE_ARN)
    with pytest.raises(ValidationError, match="role must be a role whose path begins with /team/ml/"):
        add_job(stack, "Other", role=known, provider=provider)


@pytest.mark.parametrize("asked", [{"preflight": True}, {"reimport": Reimport.when_data_changes()}])
def test_preflight_needs_the_preflight_role(asked: dict[str, Any]) -> None:
    stack = new_stack()
    with pytest.raises(ValidationError, match="needs a provider that allows preflight: pass preflight_role_arn"):
        add_job(stack, provider=imported(stack), **asked)


def test_the_import_role_trusts_the_preflight_role() -> None:
    stack = new_stack()
    job = add_job(stack, provider=imported(stack, preflight_role_arn=PREFLIGHT_ROLE), preflight=True)

    assert [each["Principal"]["AWS"] for each in trust_of(stack, job.role)] == [PREFLIGHT_ROLE]


def test_a_provider_allows_preflight_for_other_apps_if_allow_preflight_is_set() -> None:
    provider, _ = platform_and_shops(import_role_path=PATH, allow_preflight=True)

    (taken_on,) = statements_of_provider(cdk.Stack.of(provider), "AssumeImportRoles")
    assert taken_on["Resource"].endswith(":role/team/ml/*")
    assert len(statements_of_provider(cdk.Stack.of(provider), "DescribeSchemas")) == 1


def test_asset_files_need_a_provider_of_this_app(tmp_path: Any) -> None:
    (tmp_path / "users.csv").write_text("USER_ID,CLASS\na,b\n")
    stack = new_stack()

    with pytest.raises(ValidationError, match="data_source must be in S3 if another app created the provider"):
        add_job(stack, data_source=DataSource.from_asset(tmp_path / "users.csv"), provider=imported(stack))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"service_token": "imports"}, "service_token must be a Lambda function's ARN"),
        (
            {"service_token": TOKEN.replace("eu-west-1", "us-east-1")},
            r"service_token is in Region us-east-1 \(the stack: eu-west-1\), got",
        ),
        (
            {"service_token": TOKEN.replace("123456789012", "210987654321")},
            r"in account 210987654321 \(the stack: 123456789012\), got .* A provider imports only in its",
        ),
        ({"import_role_path": "/"}, "import_role_path must be a path of IAM roles such as /personalize/"),
        ({"import_role_path": "personalize"}, "import_role_path must be a path of IAM roles"),
        ({"import_role_path": "/team*/"}, "import_role_path must be a path of IAM roles"),
        ({"preflight_role_arn": "role"}, "preflight_role_arn must be an IAM role's ARN"),
        (
            {"preflight_role_arn": PREFLIGHT_ROLE.replace("1234", "2234")},
            "preflight_role_arn is in account 223456789012",
        ),
    ],
)
def test_invalid_arguments_are_reported(arguments: dict[str, str], message: str) -> None:
    stack = new_stack(env=cdk.Environment(account="123456789012", region="eu-west-1"))
    with pytest.raises(ValidationError, match=message):
        imported(stack, **arguments)


def test_the_path_of_a_created_provider_is_checked_in_the_same_way() -> None:
    with pytest.raises(ValidationError, match="import_role_path must be a path of IAM roles such as /personalize/"):
        DatasetImportProvider(new_stack(), "Imports", import_role_path="/")
    with pytest.raises(ValidationError, match="allow_preflight must be True or False, got 'yes'"):
        DatasetImportProvider(new_stack(), "Imports", allow_preflight="yes")  # type: ignore[arg-type]
