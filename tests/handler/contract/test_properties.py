"""Parsing of properties, and the messages for invalid ones."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from personalize_import_handler import contract
from personalize_import_handler.contract import ImportMode, ResourceProperties
from personalize_import_handler.contract.import_properties import ImportProperties
from personalize_import_handler.contract.properties import InvalidPropertiesError, parse
from tests.handler.support.account import Account
from tests.handler.support.fakes import DATASET_ARN, ROLE_ARN, job_arn
from tests.handler.support.properties import DATA_LOCATION, properties, tags
from tests.handler.support.simulator import CloudFormation, as_delivered

SCHEMA_ARN = "arn:aws:personalize:eu-west-1:123456789012:schema/interactions"


def problem_with(**changed: Any) -> str:
    with pytest.raises(InvalidPropertiesError) as raised:
        parse(properties(**changed))
    return str(raised.value)


def test_required_properties_are_sufficient_and_others_have_defaults() -> None:
    assert parse(properties()) == ImportProperties(
        dataset_arn=DATASET_ARN,
        data_location=DATA_LOCATION,
        role_arn=ROLE_ARN,
        schema_arn=None,
        job_name=None,
        import_mode=ImportMode.FULL,
        publish_attribution_metrics_to_s3=False,
        reimport_token=None,
        tags=(),
        timeout_seconds=3300,
        wait=True,
    )


def test_scalars_are_read_as_cloudformation_delivers_them() -> None:
    everything = properties(
        ServiceTimeout=3600,
        SchemaArn=SCHEMA_ARN,
        After=job_arn("shop-Full-0123456789ab-1"),
        StackScope="shop/Imports",
        JobName="nightly",
        ImportMode="INCREMENTAL",
        PublishAttributionMetricsToS3=True,
        Tags=tags(team="data", count="3"),
        ReimportToken=7,
        TagFingerprint=True,
        TimeoutSeconds=600,
        Wait=False,
    )
    delivered = as_delivered(everything)
    assert (delivered["Wait"], delivered["TimeoutSeconds"]) == ("false", "600")

    assert parse(delivered) == ImportProperties(
        dataset_arn=DATASET_ARN,
        data_location=DATA_LOCATION,
        role_arn=ROLE_ARN,
        schema_arn=SCHEMA_ARN,
        after=job_arn("shop-Full-0123456789ab-1"),
        stack_scope="shop/Imports",
        job_name="nightly",
        import_mode=ImportMode.INCREMENTAL,
        publish_attribution_metrics_to_s3=True,
        reimport_token="7",
        tag_fingerprint=True,
        tags=(("team", "data"), ("count", "3")),
        timeout_seconds=600,
        wait=False,
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DatasetArn", "arn:aws-us-gov:personalize:us-gov-west-1:123456789012:dataset/g/ACTION_INTERACTIONS"),
        ("RoleArn", "arn:aws-cn:iam::123456789012:role/service-role/a_b+c=d,e.f@g-h"),
        ("DataLocation", "s3://a.bucket-1/" + "k" * 240),
        ("DataLocation", "s3://bucket/ordner mit Leerzeichen/ä.csv"),
        ("JobName", "a" * contract.JOB_NAME_LENGTH_MAX),
        ("JobName", "0_-"),
        ("ReimportToken", "any\nthing 👻"),
        ("TimeoutSeconds", "60"),
        ("TimeoutSeconds", "0060"),
        ("TimeoutSeconds", 3300),
        ("Wait", "FALSE"),
        ("Tags", tags(**{f"key-{number}": "" for number in range(contract.TAGS_MAX)})),
        ("Tags", [{"Key": "schlüssel/_.:/=+-@ 1", "Value": "v" * 256}]),
    ],
)
def test_values_that_the_service_accepts_are_accepted(name: str, value: object) -> None:
    assert parse(properties(**{name: value}))


@pytest.mark.parametrize(
    ("fingerprints", "tagged"),
    [
        ({}, None),
        ({"files_fingerprint": "files"}, "files"),
        ({"data_fingerprint": "data"}, "data"),
        ({"data_fingerprint": "data", "files_fingerprint": "files"}, "data"),
    ],
)
def test_a_job_is_tagged_with_the_fingerprint_that_is_known(fingerprints: dict[str, Any], tagged: str | None) -> None:
    tags_of_job = parse(properties(Tags=tags(team="data")))._replace(**fingerprints).job_tags("shop/Import")

    expected = {"team": "data", contract.RESOURCE_TAG: "shop/Import"}
    assert tags_of_job == expected | ({contract.DATA_FINGERPRINT_TAG: tagged} if tagged else {})


@pytest.mark.parametrize("name", ["DatasetArn", "DataLocation", "RoleArn"])
def test_a_missing_property_is_named_with_its_allowed_values(name: str) -> None:
    assert problem_with(**{name: None}).startswith(f"{name} is missing: it must be a")


@pytest.mark.parametrize(
    ("name", "value", "shown", "allowed"),
    [
        ("DatasetArn", "", "''", "a dataset's ARN such as"),
        ("DatasetArn", DATASET_ARN + "\n", "INTERACTIONS\\n'", "a dataset's ARN"),
        ("DatasetArn", "arn:aws:personalize:eu-west-1:123456789012:dataset-group/g", "dataset-group/g'", "a dataset's"),
        ("DatasetArn", "arn:aws:personalize:eu-west-1:123456789012:dataset/" + "g" * 256 + "/ITEMS", "…", "most 256"),
        ("DatasetArn", {"Ref": "Dataset"}, "{'Ref': 'Dataset'}", "a dataset's ARN"),
        ("DatasetArn", DATASET_ARN.replace("1234", "١٢٣٤"), "١٢٣٤", "a dataset's ARN"),
        ("DatasetArn", "arn:aws:personalize:eu-west-1:123456789012:dataset/g", "dataset/g'", "a dataset's"),
        ("DatasetArn", DATASET_ARN.replace("dataset", "recipe"), "INTERACTIONS'", "a dataset's ARN"),
        ("SchemaArn", DATASET_ARN, "INTERACTIONS'", "a schema's ARN"),
        ("SchemaArn", SCHEMA_ARN.replace("schema", "recipe"), "recipe/interactions'", "a schema's ARN"),
        ("DatasetImportJobArn", job_arn("nightly"), "nightly'", "the ARN of an import job"),
        ("DatasetImportJobArn", job_arn("nightly-0123456789ab-0"), "-0'", "the ARN of an import job"),
        ("DatasetImportJobArn", job_arn("nightly-0123456789ab-1000"), "-1000'", "the ARN of an import job"),
        ("FirstResource", {"LogicalId": "Import"}, "{'LogicalId': 'Import'}", "{LogicalId, PhysicalId}"),
        ("FirstResource", {"LogicalId": "Import", "PhysicalId": ["i"]}, "['i']", "{LogicalId, PhysicalId}"),
        ("FirstResource", {"LogicalId": "Im-port", "PhysicalId": "i"}, "'Im-port'", "the logical id of a resource"),
        ("WaitedSeconds", "129601", "129601", "from 0 to 129600"),
        ("LastStatus", "active", "'active'", "the Status attribute of the previous resource of the wait chain"),
        (
            "LastStatus",
            "ACTIVE" * 43,
            "(260 characters)",
            "the Status attribute of the previous resource of the wait chain",
        ),
        ("RoleArn", "arn:aws:iam::12:role/r", "'arn:aws:iam::12:role/r'", "an IAM role's ARN"),
        ("RoleArn", "arn:aws:iam::123456789012:user/me", "user/me'", "an IAM role's ARN"),
        ("DataLocation", "https://bucket/key", "'https://bucket/key'", "s3://bucket/folder/"),
        ("DataLocation", "s3://bucket", "'s3://bucket'", "s3://bucket/folder/"),
        ("DataLocation", "s3://-bucket/a", "'s3://-bucket/a'", "s3://bucket/folder/"),
        ("DataLocation", "s3://bucket/a\nb", "'s3://bucket/a\\nb'", "s3://bucket/folder/"),
        ("DataLocation", "s3://bucket/" + "k" * 245, "(259 characters)", "at most 256 characters"),
        ("DataLocation", ["s3://bucket/a"], "['s3://bucket/a']", "s3://bucket/folder/"),
        ("JobName", "", "''", "1 to 46 letters"),
        ("JobName", "-nightly", "'-nightly'", "starting with a letter or digit"),
        ("JobName", "a" * 47, "'aaa", "1 to 46 letters"),
        ("JobName", "nächtlich", "'nächtlich'", "letters, digits, hyphens and underscores"),
        ("JobName", "nightly\n", "'nightly\\n'", "letters"),
        ("ImportMode", "full", "'full'", "FULL or INCREMENTAL"),
        ("ImportMode", ["FULL"], "['FULL']", "FULL or INCREMENTAL"),
        ("PublishAttributionMetricsToS3", "yes", "'yes'", "true or false"),
        ("Wait", "", "''", "true or false"),
        ("Wait", "1", "'1'", "true or false"),
        ("ReimportToken", "", "''", "1 to 256 characters"),
        ("ReimportToken", "t" * 257, "…", "1 to 256 characters"),
        ("TimeoutSeconds", "59", "59", "from 60 (1 minute) to 3300 (55 minutes)"),
        ("TimeoutSeconds", "3301", "3301", "from 60 (1 minute) to 3300 (55 minutes)"),
        ("TimeoutSeconds", "1000000", "1000000", "from 60 (1 minute) to 3300 (55 minutes)"),
        ("TimeoutSeconds", "9" * 5000, "…", "from 60 (1 minute) to 3300 (55 minutes)"),
        ("TimeoutSeconds", "-60", "'-60'", "a whole number of seconds"),
        ("TimeoutSeconds", "60.5", "'60.5'", "a whole number of seconds"),
        ("TimeoutSeconds", "6_0", "'6_0'", "a whole number of seconds"),
        ("TimeoutSeconds", "٣٠٠", "'٣٠٠'", "a whole number of seconds"),
        ("TimeoutSeconds", True, "True", "a whole number of seconds"),
        ("TimeoutSeconds", "55 minutes", "'55 minutes'", "a whole number of seconds"),
        ("Tags", "team=data", "'team=data'", "a list of {Key, Value}"),
        ("Tags", [{"Key": "team"}], "[{'Key': 'team'}]", "a list of {Key, Value}"),
        ("Tags", [{"Key": "a", "Value": "b", "Other": "c"}], "'Other'", "a list of {Key, Value}"),
        ("Tags", [{"Key": "a", "Value": ["b"]}], "['b']", "both of them strings"),
        ("Tags", tags(**{f"key{number}": "" for number in range(47)}), "47", "at most 46 tags"),
        ("Tags", tags(a="1") + tags(a="2"), "'a'", "tags with different keys"),
        ("Tags", [{"Key": "", "Value": "b"}], "''", "1 to 128 letters"),
        ("Tags", [{"Key": "k" * 129, "Value": "b"}], "'kkk", "1 to 128 letters"),
        ("Tags", [{"Key": "k!", "Value": "b"}], "'k!'", "1 to 128 letters"),
        ("Tags", [{"Key": "AWS:mine", "Value": "b"}], "'AWS:mine'", "not starting with 'aws:'"),
        (
            "Tags",
            tags(**{"Personalize-Import:resource": "b"}),
            "'Personalize-Import:resource'",
            "'personalize-import:'",
        ),
        ("Tags", [{"Key": "a", "Value": "b!"}], "'b!'", "at most 256 letters"),
        ("Tags", [{"Key": "a", "Value": "v" * 257}], "…", "at most 256 letters"),
    ],
)
def test_an_invalid_value_is_reported_with_name_value_and_allowed_values(
    name: str, value: object, shown: str, allowed: str
) -> None:
    problem = problem_with(**{name: value})

    assert problem.startswith(name)
    assert shown in problem
    assert allowed in problem
    assert ";" not in problem, "one mistake is one problem"


def test_an_unknown_property_is_named_with_the_known_ones() -> None:
    problem = problem_with(TimeoutInSeconds="60")

    assert problem.startswith("'TimeoutInSeconds' is not a property of Custom::PersonalizeDatasetImportJob, which has ")
    assert all(name in problem for name in ResourceProperties.__annotations__)


def test_all_problems_are_reported_together() -> None:
    problem = problem_with(DatasetArn="a", DataLocation=None, Wait="maybe", Surprise="1")

    assert [word for word in ("'Surprise'", "DatasetArn", "DataLocation", "Wait") if word not in problem] == []
    assert problem.count("; ") == 3


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=40),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=4,
)
NAMES = st.sampled_from(sorted(ResourceProperties.__annotations__)) | st.text(max_size=12).filter(
    lambda name: name != "ResponseURL"  # a constant that Hypothesis finds; as a name it would look like a secret
)


@given(st.dictionaries(NAMES, JUNK, max_size=14))
def test_random_values_raise_only_invalid_properties_error(junk: dict[str, Any]) -> None:
    with pytest.raises(InvalidPropertiesError, match=r"DatasetArn|DataLocation|RoleArn"):
        parse({name: value for name, value in junk.items() if name != "DatasetArn"})


@given(st.sampled_from(sorted(set(ResourceProperties.__annotations__) - {"ServiceToken", "ServiceTimeout"})), JUNK)
def test_a_single_random_value_is_named_or_valid(name: str, value: object) -> None:
    try:
        parse({**properties(), name: value})
    except InvalidPropertiesError as problem:
        assert str(problem).startswith(name)  # noqa: PT017 - many values of many names are no problem


@pytest.mark.parametrize("request_type", ["Create", "Update"])
@settings(max_examples=40)
@given(junk=st.dictionaries(NAMES, JUNK, max_size=6), delivered=st.booleans())
def test_random_properties_result_in_one_failed_response_and_no_job(
    request_type: str, junk: dict[str, Any], *, delivered: bool
) -> None:
    account = Account()
    stack = CloudFormation(account, physical_resource_id="some-id")
    event = stack.event(request_type, {})
    properties_sent = {**properties(), **junk, "DataLocation": "s3:/typo"}
    event["ResourceProperties"] = as_delivered(properties_sent) if delivered else properties_sent

    account.deliver(event)
    account.run()

    response = stack.response_to(event)
    assert not response.succeeded
    assert "DataLocation" in response.reason or len(response.reason) > 3000
    assert account.personalize.calls == []


@pytest.mark.parametrize("follower", [{"JobName": "nightly"}, {"LogicalId": "Import", "Name": "x"}, {}, "Import"])
def test_a_follower_without_a_logical_id_is_rejected(follower: object) -> None:
    with pytest.raises(InvalidPropertiesError, match=r"^FollowedBy must be a list of"):
        parse(properties(FollowedBy=[follower]))


def test_a_job_to_continue_requires_the_resource_that_started_it() -> None:
    problem = problem_with(DatasetImportJobArn=job_arn("nightly-0123456789ab-1"))

    assert problem.startswith("FirstResource is missing: it must be {LogicalId, PhysicalId}: the logical id")
