"""The statements that a reader of a stack event can paste: exactly what is missing, and no more."""

import json

import pytest

from personalize_import_handler.contract.import_properties import ImportProperties
from personalize_import_handler.contract.locations import object_pattern
from personalize_import_handler.errors import RefusedError
from personalize_import_handler.messages import failure_reasons

ACCOUNT = "arn:aws-cn:iam::123456789012"
ROLE_ARN = f"{ACCOUNT}:role/import"
READING = ImportProperties(
    dataset_arn="arn:aws-cn:personalize:cn-north-1:123456789012:dataset/shop/USERS",
    data_location="s3://shop-data/users/",
    role_arn=ROLE_ARN,
)
SERVICE = {"Principal": {"Service": "personalize.amazonaws.com"}}
READ = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws-cn:s3:::shop-data/users/*"}
LIST = {"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "arn:aws-cn:s3:::shop-data"}


def for_role(arn: str) -> dict[str, object]:
    """Return the statement that a bucket of another account must have."""
    return {
        "Effect": "Allow",
        "Principal": {"AWS": f"{ACCOUNT}:root"},
        "Action": [READ["Action"], LIST["Action"]],
        "Resource": [READ["Resource"], LIST["Resource"]],
        "Condition": {"ArnLike": {"aws:PrincipalArn": arn}},
    }


def advice_for(text: str, access: ImportProperties = READING) -> tuple[str, list[object]]:
    """Return the reason for a message of the service: its text and the statements in it."""
    reason = failure_reasons.start_failed(RefusedError("CreateDatasetImportJob", "Any", text), "nightly-1", access)
    words, statements, rest = [], [], reason.partition("CreateDatasetImportJob failed with Any. ")[2]
    while "{" in rest:
        before, brace, after = rest.partition("{")
        statement, end = json.JSONDecoder().raw_decode(brace + after)
        words.append(before)
        statements.append(statement)
        rest = (brace + after)[end:]
    return "…".join([*words, rest]), statements


def test_unreadable_data_is_reported_with_the_statements_for_role_and_bucket() -> None:
    words, statements = advice_for("Insufficient privileges for accessing data in S3. Please look at https://…")

    assert words.startswith(f"Add to the policy of the role {ROLE_ARN} …")
    assert "to the policy of the bucket" in words
    assert statements == [READ, LIST, {**READ, **SERVICE}, {**LIST, **SERVICE}, for_role(ROLE_ARN)]
    assert "if the bucket is in another account" in words


def test_a_created_role_is_allowed_in_another_account_by_its_path() -> None:
    role = f"{ACCOUNT}:role/personalize-import/cn-north-1/shop/Import-1A2B"

    statements = advice_for("Insufficient privileges for accessing data in S3.", READING._replace(role_arn=role))[1]

    assert statements[-1] == for_role(f"{ACCOUNT}:role/personalize-import/cn-north-1/shop/*")


def test_a_role_that_can_not_be_assumed_is_reported_with_the_trust_statement() -> None:
    words, statements = advice_for(f"Amazon Personalize can't assume the role {ROLE_ARN}")

    assert words == f"Add to the trust policy of the role {ROLE_ARN} … and deploy again."
    assert statements == [
        {
            "Effect": "Allow",
            **SERVICE,
            "Action": "sts:AssumeRole",
            "Condition": {
                "StringEquals": {"aws:SourceAccount": "123456789012"},
                "StringLike": {"aws:SourceArn": "arn:aws-cn:personalize:cn-north-1:123456789012:*"},
            },
        }
    ]


@pytest.mark.parametrize("end", ["", ".", " because no identity-based policy allows the iam:PassRole action"])
def test_a_role_that_can_not_be_passed_is_reported_with_the_statement(end: str) -> None:
    words, statements = advice_for(f"User: x is not authorized to perform: iam:PassRole on resource: {ROLE_ARN}{end}")

    assert words == "Add to the policy of the provider's role … and deploy again."
    assert statements == [
        {
            "Effect": "Allow",
            "Action": "iam:PassRole",
            "Resource": ROLE_ARN,
            "Condition": {"StringEquals": {"iam:PassedToService": "personalize.amazonaws.com"}},
        }
    ]


@pytest.mark.parametrize(
    ("role", "path"), [(ROLE_ARN, None), (ROLE_ARN, "/"), (f"{ACCOUNT}:role/team/import", "/team/")]
)
def test_a_role_that_is_not_outside_the_path_of_the_provider_is_reported_with_the_statement(
    role: str, path: str | None
) -> None:
    refused = RefusedError("Any", "Any", f"User: x is not authorized to perform: iam:PassRole on resource: {role}")

    reason = failure_reasons.start_failed(refused, "nightly-1", READING._replace(role_arn=role), path)

    assert "Add to the policy of the provider's role" in reason


def test_any_other_denied_action_is_reported_with_the_statement() -> None:
    arn = "arn:aws-cn:personalize:cn-north-1:123456789012:dataset-import-job/nightly-1"

    _, statements = advice_for(f"User: x is not authorized to perform: personalize:TagResource on resource: {arn}")

    assert statements == [{"Effect": "Allow", "Action": "personalize:TagResource", "Resource": arn}]


def test_without_a_named_action_there_is_no_statement() -> None:
    assert advice_for("Access denied")[1] == []


@pytest.mark.parametrize(
    ("key", "pattern"),
    [("a.csv", "a.csv"), ("a/", "a/*"), ("", "*"), ("a*b?$.csv", "a${*}b${?}${$}.csv")],
)
def test_the_pattern_matches_one_file_or_everything_in_a_folder(key: str, pattern: str) -> None:
    assert object_pattern(key) == pattern
