"""Permissions to read the data, for the role, the bucket and the key of this app or of other owners."""

import json
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3

from personalize_import import DatasetImportJob, DatasetImportProvider, DataSource
from personalize_import.synthesis.validation import ValidationError
from tests.constructs.support.cloudformation import Deployed
from tests.constructs.support.stacks import ROLE_ARN, add_job, deployed, logical_id, new_app, new_stack, own_warnings

KEY_ARN = "arn:aws:kms:eu-west-1:123456789012:key/0a1b2c3d"
SERVICE = {"Service": "personalize.amazonaws.com"}
THROUGH_S3 = {"kms:ViaService": "s3.eu-west-1.amazonaws.com*"}


def with_key_of_this_app() -> cdk.Stack:
    stack = new_stack()
    bucket = s3.Bucket(stack, "Bucket", encryption_key=kms.Key(stack, "Key"))
    add_job(stack, data_source=DataSource.from_bucket(bucket, "interactions/"))
    return stack


def reported(stack: cdk.Stack) -> dict[str, list[dict[str, Any]]]:
    """Return the statements that synth reports, by the policy that must contain them."""
    found = {}
    for warning in own_warnings(stack):
        if "[ack: cdk-personalize-import:region]" in warning:
            continue
        before, _, after = warning.partition(". Personalize can't read the data unless it contains ")
        kind, _, _ = before.removeprefix("this app doesn't manage ").rpartition(" ")
        found[kind], _ = json.JSONDecoder().raw_decode(after)
    return found


def role_of(template: Deployed) -> list[dict[str, Any]]:
    (role,) = [name for name in template.of_type("AWS::IAM::Role") if name.startswith("JobRole")]
    (policy,) = template.properties(role)["Policies"]
    statements: list[dict[str, Any]] = policy["PolicyDocument"]["Statement"]
    return statements


def test_a_key_of_this_app_allows_the_service_the_documented_actions_without_conditions() -> None:
    """https://docs.aws.amazon.com/personalize/latest/dg/granting-personalize-key-access.html."""
    statements = deployed(with_key_of_this_app()).only("AWS::KMS::Key")["KeyPolicy"]["Statement"]

    assert [each for each in statements if each["Principal"] == SERVICE] == [
        {
            "Effect": "Allow",
            "Principal": SERVICE,
            "Action": ["kms:Decrypt", "kms:GenerateDataKey", "kms:CreateGrant", "kms:DescribeKey", "kms:ListGrants"],
            "Resource": "*",
        },
    ]


def test_the_role_may_use_the_key_for_the_location_only() -> None:
    template = deployed(with_key_of_this_app())
    (key,), (bucket,) = (
        [name.lower() for name in template.of_type(f"AWS::{kind}")] for kind in ("KMS::Key", "S3::Bucket")
    )

    of_key = [each for each in role_of(template) if not each["Resource"].startswith("arn:aws:s3:::")]

    assert {each["Resource"] for each in of_key} == {f"arn:aws:kms:eu-west-1:123456789012:key/{key}"}
    assert [each["Action"] for each in of_key] == [
        ["kms:Decrypt", "kms:GenerateDataKey"],
        ["kms:CreateGrant", "kms:DescribeKey", "kms:ListGrants"],
    ]
    assert of_key[0]["Condition"]["StringLike"] == {
        **THROUGH_S3,
        "kms:EncryptionContext:aws:s3:arn": [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/interactions/*"],
    }


def test_bucket_key_and_role_of_one_stack_do_not_depend_on_each_other_in_a_circle() -> None:
    cdk.App.of(stack := with_key_of_this_app()).synth()  # type: ignore[union-attr]

    assert reported(stack) == {}


def test_a_bucket_without_a_key_needs_no_key_permissions() -> None:
    stack = new_stack()
    add_job(stack, data_source=DataSource.from_bucket(s3.Bucket(stack, "Bucket"), "interactions/"))

    assert "kms:" not in json.dumps(deployed(stack).template)


@pytest.fixture(params=["of the bucket", "given", "given with a uri"])
def with_key_of_others(request: pytest.FixtureRequest) -> DatasetImportJob:
    stack = new_stack()
    key = kms.Key.from_key_arn(stack, "Key", KEY_ARN)
    match request.param:
        case "of the bucket":
            bucket = s3.Bucket.from_bucket_attributes(stack, "Bucket", bucket_name="data", encryption_key=key)
            data_source = DataSource.from_bucket(bucket, "interactions/")
        case "given":
            named = s3.Bucket.from_bucket_name(stack, "Bucket", "data")
            data_source = DataSource.from_bucket(named, "interactions/", encryption_key=key)
        case _:
            data_source = DataSource.from_s3_uri("s3://data/interactions/", encryption_key=key)
    return add_job(stack, data_source=data_source)


def test_the_exact_statements_for_an_imported_key_are_reported_and_returned(
    with_key_of_others: DatasetImportJob,
) -> None:
    stack = cdk.Stack.of(with_key_of_others)
    found = reported(stack)

    assert set(found) == {"the policy of the bucket", "the policy of the bucket's key"}
    of_service, of_role = found["the policy of the bucket's key"]
    assert of_service["Principal"] == SERVICE
    assert of_role["Principal"] == {"AWS": "arn:aws:iam::${AWS::AccountId}:root"}
    path = "role/personalize-import/${AWS::Region}/Stack/*"
    assert of_role["Condition"] == {"ArnLike": {"aws:PrincipalArn": f"arn:aws:iam::${{AWS::AccountId}}:{path}"}}
    assert of_service["Resource"] == of_role["Resource"] == "*"
    given = [each.to_statement_json() for each in with_key_of_others.required_key_policy_statements]
    assert [each["Action"] for each in stack.resolve(given)] == [
        each["Action"] for each in found["the policy of the bucket's key"]
    ]
    assert KEY_ARN in [each["Resource"] for each in role_of(deployed(stack))]


def test_only_an_imported_bucket_has_required_statements() -> None:
    stack = new_stack()
    of_others = add_job(stack, "Theirs", data_source=DataSource.from_s3_uri("s3://data/interactions/"))
    ours = add_job(stack, "Ours", data_source=DataSource.from_bucket(s3.Bucket(stack, "Bucket"), ""))

    actions = [each.actions for each in of_others.required_bucket_policy_statements]
    assert actions == [["s3:GetObject"], ["s3:ListBucket"]] * 2
    assert of_others.required_key_policy_statements == of_others.required_role_statements == []
    assert ours.required_bucket_policy_statements == []


def test_the_required_statements_and_trust_of_an_imported_role_are_reported() -> None:
    stack = new_stack()
    role = iam.Role.from_role_arn(stack, "Role", ROLE_ARN, mutable=False)
    bucket = s3.Bucket(stack, "Bucket", bucket_name="data")

    job = add_job(stack, role=role, data_source=DataSource.from_bucket(bucket, "a.csv"))

    assert [(each["Action"], each["Resource"]) for each in reported(stack)["the policy of the role"]] == [
        ("s3:GetObject", f"arn:aws:s3:::${{{logical_id(bucket)}}}/a.csv"),
        ("s3:ListBucket", f"arn:aws:s3:::${{{logical_id(bucket)}}}"),
    ]
    (warning,) = own_warnings(stack)
    assert ", and the role trusts personalize.amazonaws.com [ack:" in warning
    assert len(job.required_role_statements) == 2


@pytest.mark.parametrize(
    ("region", "partition"), [("cn-north-1", "aws-cn"), ("us-gov-west-1", "aws-us-gov"), (None, "aws")]
)
def test_reported_statements_have_the_partition_of_the_region(region: str | None, partition: str) -> None:
    stack = new_stack(env=cdk.Environment(account="123456789012", region=region))
    dataset = f"arn:{partition}:personalize:{region or 'eu-west-1'}:123456789012:dataset/group/ITEMS"
    add_job(stack, dataset=dataset, data_source=DataSource.from_s3_uri("s3://data/a.csv"))

    assert reported(stack)["the policy of the bucket"][0]["Resource"] == f"arn:{partition}:s3:::data/a.csv"


@pytest.mark.parametrize("key", ["arn:aws:kms:eu-west-1:123456789012:key/0a1b2c3d", 5])
def test_a_value_that_is_not_a_key_is_rejected(key: object) -> None:
    with pytest.raises(ValidationError, match=r"^encryption_key must be a Key or another IKey"):
        DataSource.from_s3_uri("s3://data/a.csv", encryption_key=key)  # type: ignore[arg-type]


def test_the_arn_of_an_alias_is_rejected_as_a_key() -> None:
    alias = kms.Key.from_key_arn(new_stack(), "Key", "arn:aws:kms:eu-west-1:123456789012:alias/data")
    with pytest.raises(ValidationError, match="alias/data"):
        DataSource.from_s3_uri("s3://data/a.csv", encryption_key=alias)


@pytest.mark.parametrize("given", ["with a uri", "with a bucket", "as the bucket's key"])
def test_a_key_with_only_an_alias_is_rejected_with_advice(given: str) -> None:
    stack = new_stack()
    alias = kms.Alias.from_alias_name(stack, "Alias", "alias/data")
    named = s3.Bucket.from_bucket_attributes(stack, "Bucket", bucket_name="data", encryption_key=alias)
    plain = s3.Bucket(stack, "Plain")

    with pytest.raises(ValidationError) as refused:  # noqa: PT012 - one of three calls
        match given:
            case "with a uri":
                DataSource.from_s3_uri("s3://data/a.csv", encryption_key=alias)
            case "with a bucket":
                DataSource.from_bucket(plain, "a.csv", encryption_key=alias)
            case _:
                DataSource.from_bucket(named, "a.csv")

    name = "bucket.encryption_key" if given == "as the bucket's key" else "encryption_key"
    assert str(refused.value).startswith(f"{name} must be a key whose ARN is known")
    assert "kms.Key.from_key_arn(...)" in str(refused.value)
    assert str(refused.value).endswith("got 'alias/data'")


def test_a_given_key_takes_precedence_over_an_alias_of_the_bucket() -> None:
    stack = new_stack()
    alias = kms.Alias.from_alias_name(stack, "Alias", "alias/data")
    bucket = s3.Bucket.from_bucket_attributes(stack, "Bucket", bucket_name="data", encryption_key=alias)
    key = kms.Key.from_key_arn(stack, "Key", KEY_ARN)
    add_job(stack, data_source=DataSource.from_bucket(bucket, "a.csv", encryption_key=key))

    assert KEY_ARN in [each["Resource"] for each in role_of(deployed(stack))]


@pytest.mark.parametrize("kind", ["created", "imported with its key"])
def test_policies_name_the_key_of_an_alias_if_it_is_known(kind: str) -> None:
    stack = new_stack()
    key: kms.IKey = kms.Key(stack, "Key") if kind == "created" else kms.Key.from_key_arn(stack, "Key", KEY_ARN)
    alias: kms.IAlias = (
        kms.Alias(stack, "Alias", alias_name="alias/data", target_key=key)
        if kind == "created"
        else kms.Alias.from_alias_attributes(stack, "Alias", alias_name="alias/data", alias_target_key=key)
    )
    bucket = s3.Bucket(stack, "Bucket", encryption_key=alias)
    add_job(stack, data_source=DataSource.from_bucket(bucket, "a.csv"))

    template = deployed(stack)
    of_key = {each["Resource"] for each in role_of(template) if "kms:Decrypt" in each["Action"]}
    assert of_key == {template.value(stack.resolve(key.key_arn))}
    assert "alias" not in str(role_of(template))


def test_a_cfn_key_is_accepted_like_a_key() -> None:
    stack = new_stack()
    policy = {"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "kms:*", "Resource": "*"}]}
    key = kms.CfnKey(stack, "Key", key_policy=policy)
    add_job(stack, data_source=DataSource.from_s3_uri("s3://data/a.csv", encryption_key=key))

    template = deployed(stack)

    of_key = {each["Resource"] for each in role_of(template) if "kms:Decrypt" in each["Action"]}
    assert of_key == {template.value(stack.resolve(key.attr_arn))}


def test_a_log_key_with_only_an_alias_is_rejected_too() -> None:
    stack = new_stack()
    alias = kms.Alias.from_alias_name(stack, "Alias", "alias/logs")

    with pytest.raises(ValidationError, match=r"encryption_key must be a key whose ARN is known.*got 'alias/logs'"):
        DatasetImportProvider(stack, "Provider", encryption_key=alias)


def test_statements_that_many_jobs_need_are_reported_once_for_each_policy() -> None:
    stack = new_stack()
    for name in ("a", "b"):
        for key in ("one.csv", "two/", "one.csv"):
            number = len(stack.node.children)
            add_job(stack, f"Job{number}", data_source=DataSource.from_s3_uri(f"s3://bucket-{name}/{key}"))

    warnings = own_warnings(stack, "policy-of")

    assert [warning.partition(". ")[0] for warning in warnings] == [
        "this app doesn't manage the policy of the bucket bucket-a",
        "this app doesn't manage the policy of the bucket bucket-b",
    ]
    objects, bucket, *of_role = json.loads(warnings[1].partition("unless it contains ")[2].rpartition("; ")[0])
    assert [each["Resource"] for each in of_role] == [objects["Resource"], bucket["Resource"]]
    assert objects["Resource"] == ["arn:aws:s3:::bucket-b/one.csv", "arn:aws:s3:::bucket-b/two/*"]
    assert bucket["Resource"] == "arn:aws:s3:::bucket-b"


def test_a_required_trust_statement_has_no_resources() -> None:
    stack = new_stack()
    add_job(stack, role=iam.Role.from_role_arn(stack, "Role", ROLE_ARN), preflight=True)

    (trust,) = reported(stack)["the trust policy of the role"]

    assert [*trust] == ["Effect", "Principal", "Action"]


def test_an_app_that_is_synthesized_again_gets_only_new_annotations() -> None:
    app = new_app()
    stack = new_stack(scope=app)
    add_job(stack, "One", data_source=DataSource.from_s3_uri("s3://bucket-a/one.csv"))
    app.synth()
    add_job(stack, "Two", data_source=DataSource.from_s3_uri("s3://bucket-b/two.csv"))
    app.synth(force=True)

    jobs = [stack.node.find_child(name) for name in ("One", "Two")]
    warnings = [str(each.data) for job in jobs for each in job.node.metadata if "policy-of-the" in str(each.data)]

    assert [warning.partition(". ")[0].rpartition(" ")[2] for warning in warnings] == ["bucket-a", "bucket-b"]


def test_required_statements_are_a_warning_per_policy_that_can_be_acknowledged() -> None:
    stack = new_stack()
    for name in ("a", "b"):
        add_job(stack, name, data_source=DataSource.from_s3_uri(f"s3://bucket-{name}/one.csv"))
    cdk.Annotations.of(stack).acknowledge_warning("cdk-personalize-import:policy-of-the-bucket:bucket-a")

    (warning,) = own_warnings(stack, "policy-of")

    assert warning.endswith("[ack: cdk-personalize-import:policy-of-the-bucket:bucket-b]")


def test_required_statements_are_reported_even_if_validations_are_skipped() -> None:
    app = new_app()
    add_job(new_stack(scope=app))

    (artifact,) = app.synth(skip_validation=True).stacks

    assert [each.level.name for each in artifact.messages] == ["WARNING"]


def test_values_that_are_known_only_at_deploy_time_are_written_as_json() -> None:
    stack = new_stack()
    uri = cdk.CfnParameter(stack, "Uri").value_as_string
    split = {"Fn::Split": ["/", {"Ref": "Uri"}]}
    add_job(stack, data_source=DataSource.from_s3_uri(uri))

    (warning,) = own_warnings(stack)

    assert "'" not in warning.replace("doesn't", "").replace("can't", ""), "the repr of something in Python"
    assert json.dumps({"Fn::Select": [2, split]}).replace('{"Ref": "Uri"}', '"${Uri}"') in warning
