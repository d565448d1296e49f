"""Names of jobs, which depend only on the identity of the import."""

import re

import pytest
from botocore.session import Session
from hypothesis import given
from hypothesis import strategies as st

from personalize_import_handler.contract import (
    ATTEMPTS_MAX,
    JOB_NAME_LENGTH_MAX,
    RELEASED,
    TAG_VALUE_LENGTH_MAX,
    ImportMode,
)
from personalize_import_handler.contract.constraints import ATTEMPT_PATTERN
from personalize_import_handler.contract.import_properties import ImportProperties
from personalize_import_handler.contract.properties import parse
from personalize_import_handler.request.import_identity import canonical_role, is_equivalent_role, is_same_location
from personalize_import_handler.request.job_names import (
    attempt_number,
    attempt_of,
    attempt_text,
    digest_after,
    is_tag_of_scope,
    names_from_job_arn,
    names_of,
)
from personalize_import_handler.request.resource import Resource
from tests.handler.support.properties import properties

STACK_ID = "arn:aws:cloudformation:eu-west-1:123456789012:stack/shop/6c81e0f0-0000-11ee-8000-0a0b0c0d0e0f"
RESOURCE = Resource(stack_id=STACK_ID, logical_id="Import")
IMPORT = parse(properties())

LIMITS = Session().get_service_model("personalize").shape_for("Name").metadata
PATTERN = re.compile(LIMITS["pattern"])
# https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStack.html
STACK_NAMES = st.from_regex(r"\A[a-zA-Z][-a-zA-Z0-9]{0,127}\Z")
LOGICAL_IDS = st.from_regex(r"\A[a-zA-Z0-9]{1,255}\Z")
PREFIXES = st.from_regex(rf"\A[a-zA-Z0-9][a-zA-Z0-9_-]{{0,{JOB_NAME_LENGTH_MAX - 1}}}\Z")


def test_the_name_of_a_job_is_deterministic() -> None:
    # Written out: a name that changes with a release of the handler would start every import of every stack again.
    assert names_of(IMPORT, RESOURCE).name(1) == "shop-Import-c493e012844a-1"


@pytest.mark.parametrize(
    "other",
    [
        IMPORT._replace(dataset_arn=IMPORT.dataset_arn.replace("shop", "other")),
        IMPORT._replace(schema_arn="arn:aws:personalize:eu-west-1:123456789012:schema/v2"),
        IMPORT._replace(data_location="s3://shop-data/other/"),
        IMPORT._replace(role_arn=IMPORT.role_arn + "2"),
        IMPORT._replace(import_mode=ImportMode.INCREMENTAL),
        IMPORT._replace(publish_attribution_metrics_to_s3=True),
        IMPORT._replace(reimport_token="2"),
    ],
)
def test_each_property_of_the_identity_changes_the_name(other: ImportProperties) -> None:
    assert names_of(other, RESOURCE).name(1) != names_of(IMPORT, RESOURCE).name(1)


@pytest.mark.parametrize(
    "other",
    [
        Resource(stack_id=STACK_ID.replace("/shop/", "/store/"), logical_id="Import"),
        Resource(stack_id=STACK_ID, logical_id="Import2"),
    ],
)
def test_another_stack_name_or_logical_id_changes_the_hash_under_the_same_prefix(other: Resource) -> None:
    named = IMPORT._replace(job_name="nightly")

    assert names_of(named, other).name(1) != names_of(named, RESOURCE).name(1)


def test_a_stack_that_is_created_again_has_the_same_names() -> None:
    again = Resource(stack_id=STACK_ID[:-12] + "ffffffffffff", logical_id="Import")

    assert names_of(IMPORT, again).name(1) == names_of(IMPORT, RESOURCE).name(1)


@pytest.mark.parametrize(
    "other",
    [
        IMPORT._replace(tags=(("team", "data"),)),
        IMPORT._replace(timeout_seconds=60),
        IMPORT._replace(wait=False),
    ],
)
def test_tags_timeout_and_waiting_do_not_change_a_name(other: ImportProperties) -> None:
    assert names_of(other, RESOURCE).name(1) == names_of(IMPORT, RESOURCE).name(1)


def test_a_job_name_changes_only_the_prefix() -> None:
    named = names_of(IMPORT._replace(job_name="nightly"), RESOURCE).name(3)

    assert named == names_of(IMPORT, RESOURCE).name(3).replace("shop-Import-", "nightly-")


def test_attempts_differ_only_in_their_number() -> None:
    assert [
        names_of(IMPORT, RESOURCE).name(attempt).removeprefix("shop-Import-c493e012844a-")
        for attempt in (1, 2, 999, 1000, 34_695)
    ] == [
        "1",
        "2",
        "999",
        "a00",
        "zzz",
    ]


def test_the_jobs_of_an_import_are_its_attempts_with_any_prefix() -> None:
    names, named = names_of(IMPORT, RESOURCE), names_of(IMPORT._replace(job_name="nightly"), RESOURCE)

    assert [names.attempt(arn) for arn in (names.arn(1), named.arn(12), named.arn(1000))] == [1, 12, 1000]
    assert names.includes(named.arn(1))
    assert not names.shares_prefix(named.arn(1))


@pytest.mark.parametrize(
    ("part", "other"),
    [
        ("eu-west-1", "eu-west-2"),
        ("123456789012", "210987654321"),
        ("arn:aws:", "arn:aws-cn:"),
        ("c493e012844a", "c493e012844b"),
        ("c493e012844a", "C493E012844A"),
        ("-1", "-0"),
        ("-1", "-01"),
        ("-1", "-1000"),
        ("-1", "-a0"),
        ("-1", "-A00"),
        ("-1", "-9zz"),
        ("-1", "-aaaa"),
        ("-1", "-1 "),
        ("-1", ""),
    ],
)
def test_a_job_whose_arn_differs_in_anything_else_is_no_attempt(part: str, other: str) -> None:
    names = names_of(IMPORT, RESOURCE)
    beginning, _, end = names.arn(1).rpartition(part)

    assert names.attempt(names.arn(1)) == 1
    assert names.attempt(f"{beginning}{other}{end}") is None


@pytest.mark.parametrize("physical_id", ["shop/Import", "store/Moved", "shop-Import-1A2B3C4D5E6F"])
def test_a_later_resource_of_a_wait_chain_has_the_names_of_the_first_one(physical_id: str) -> None:
    first = RESOURCE._replace(physical_id=physical_id)
    continued = IMPORT._replace(first_resource=("Import", physical_id))

    assert names_of(continued, RESOURCE._replace(logical_id="Wait")) == names_of(IMPORT, first)


def test_all_attempt_numbers_have_different_texts_of_at_most_three_characters_that_are_parsed_again() -> None:
    texts = [attempt_text(number) for number in range(1, ATTEMPTS_MAX + 1)]

    assert [attempt_number(text) for text in texts] == [*range(1, ATTEMPTS_MAX + 1)]
    assert {len(text) for text in texts} == {1, 2, 3}
    assert all(re.fullmatch(ATTEMPT_PATTERN, text) for text in texts)


def test_the_job_of_a_file_has_the_prefix_of_the_resource_and_is_no_attempt_of_the_import() -> None:
    names = names_of(IMPORT, RESOURCE)
    prefix = f"{names.arn_prefix}{names.name_prefix}"
    of_file = names._replace(digest="u0123456789a").arn(1)

    assert names.shares_prefix(of_file)
    assert not names.includes(of_file)
    assert digest_after(prefix, of_file) is None
    assert digest_after(prefix, names.arn(1)) == names.digest


@pytest.mark.parametrize("attempt", [1, 12, 999, 1000, 34_695])
def test_the_names_of_an_import_are_parsed_from_the_arn_of_any_of_its_jobs(attempt: int) -> None:
    names = names_of(IMPORT, RESOURCE)

    assert names_from_job_arn(names.arn(attempt), names.resource_tag) == names
    assert attempt_of(names.arn(attempt)) == attempt


def test_a_role_of_another_stack_changes_the_name() -> None:
    path = "arn:aws:iam::123456789012:role/personalize-import/eu-west-1"
    own, other = (IMPORT._replace(role_arn=f"{path}/{stack}/A") for stack in ("shop", "store"))

    assert names_of(own, RESOURCE).digest != names_of(other, RESOURCE).digest


def test_only_created_roles_are_identified_by_their_path() -> None:
    account = "arn:aws:iam::123456789012:role"

    assert canonical_role(f"{account}/personalize-import/shop/A") == canonical_role(
        f"{account}/personalize-import/shop/B"
    )
    assert canonical_role(f"{account}/personalize-import/shop/A") != canonical_role(
        f"{account}/personalize-import/store/A"
    )
    assert canonical_role(f"{account}/own/personalize-import/A") != canonical_role(
        f"{account}/own/personalize-import/B"
    )
    assert canonical_role(f"{account}/own/A") != canonical_role(f"{account}/own/B")
    assert canonical_role(f"{account}-personalize-import/shop/A") != canonical_role(
        f"{account}-personalize-import/shop/B"
    )


def test_created_roles_of_one_account_are_equivalent() -> None:
    account = "arn:aws:iam::123456789012:role"
    role = f"{account}/personalize-import/eu-west-1/shop/A"

    assert is_equivalent_role(role, f"{account}/personalize-import/store/B")
    assert not is_equivalent_role(role, role.replace("123456789012", "210987654321"))
    assert not is_equivalent_role(role, f"{account}/mine")
    assert is_equivalent_role(f"{account}/mine", f"{account}/mine")
    assert not is_equivalent_role(f"{account}/mine", f"{account}/yours")


def test_a_created_role_is_the_same_under_the_path_of_a_shared_provider() -> None:
    account = "arn:aws:iam::123456789012:role"

    assert canonical_role(f"{account}/team/ml/personalize-import/shop/A") == canonical_role(
        f"{account}/personalize-import/shop/B"
    )


@pytest.mark.parametrize("region", ["eu-west-1", "us-gov-west-1", "eusc-de-east-1"])
@pytest.mark.parametrize("bound", ["", "/team/ml", "/personalize-import"])
def test_the_region_in_the_path_of_a_role_changes_no_name_of_a_job(region: str, bound: str) -> None:
    account = "arn:aws:iam::123456789012:role"

    assert (
        canonical_role(f"{account}{bound}/personalize-import/{region}/shop/A") == f"{account}/personalize-import/shop"
    )
    assert canonical_role(f"{account}{bound}/personalize-import/shop/A") == f"{account}/personalize-import/shop"


def test_only_a_region_may_precede_the_stack_in_the_path_of_a_created_role() -> None:
    account = "arn:aws:iam::123456789012:role"

    assert canonical_role(f"{account}/personalize-import/team/shop/A") == f"{account}/personalize-import/team/shop/A"
    assert canonical_role(f"{account}/personalize-import/eu-west-1/A") == f"{account}/personalize-import/eu-west-1"


def test_the_scope_of_a_nested_stack_begins_with_the_name_of_its_root_stack() -> None:
    path = "arn:aws:iam::123456789012:role/personalize-import/eu-west-1/shop/shopImports0123ABCD"

    assert canonical_role(f"{path}/A") == canonical_role(f"{path}/B") == path.replace("/eu-west-1", "")


@pytest.mark.parametrize(
    ("files", "is_other"), [((), True), ((("a.csv", "s3://assets/1.csv"),), False)], ids=["bucket", "asset files"]
)
def test_the_folder_of_a_stack_changes_the_location_except_for_asset_files(
    files: tuple[tuple[str, str], ...], *, is_other: bool
) -> None:
    one, other = (
        IMPORT._replace(data_files=files, data_location=f"s3://data/{folder}/{'5' * 32}/")
        for folder in ("6c81e0f0-0000-11ee-8000-0a0b0c0d0e0f", "7d92f101-0000-11ee-8000-0a0b0c0d0e0f")
    )
    earlier = one._replace(data_location=f"s3://data/{'5' * 32}/")

    assert (names_of(one, RESOURCE) != names_of(other, RESOURCE)) == is_other
    assert (names_of(one, RESOURCE) != names_of(earlier, RESOURCE)) == is_other
    assert is_same_location(one.data_location, other) != is_other
    assert not is_same_location(f"s3://data/{'6' * 32}/", one)


@pytest.mark.parametrize("scope", [None, f"{'s' * 128}/{'n' * 255}"])
def test_the_longest_resource_tag_can_be_marked_as_released(scope: str | None) -> None:
    longest = Resource(STACK_ID.replace("/shop/", f"/{'s' * 128}/"), "I" * 255, stack_scope=scope)

    tag = names_of(IMPORT, longest).resource_tag

    assert len(tag + RELEASED) <= TAG_VALUE_LENGTH_MAX
    assert is_tag_of_scope(tag, longest)


def test_the_longest_stack_name_is_cut_so_that_the_hash_fits() -> None:
    longest = Resource(stack_id=STACK_ID.replace("/shop/", f"/{'s' * 128}/"), logical_id="I" * 255)

    assert len(names_of(IMPORT, longest).name(34_695)) == LIMITS["max"]


@given(STACK_NAMES, LOGICAL_IDS, st.none() | PREFIXES, st.integers(1, ATTEMPTS_MAX))
def test_every_name_is_valid_for_the_service(
    stack_name: str, logical_id: str, prefix: str | None, attempt: int
) -> None:
    resource = Resource(stack_id=STACK_ID.replace("/shop/", f"/{stack_name}/"), logical_id=logical_id)

    name = names_of(IMPORT._replace(job_name=prefix), resource).name(attempt)

    assert PATTERN.fullmatch(name)
    assert LIMITS["min"] <= len(name) <= LIMITS["max"] == 63


@pytest.mark.parametrize("partition", ["aws", "aws-cn", "aws-us-gov"])
def test_a_job_s_arn_is_in_the_stack_s_partition_region_and_account(partition: str) -> None:
    resource = Resource(stack_id=STACK_ID.replace("arn:aws:", f"arn:{partition}:"), logical_id="Import")

    assert names_of(IMPORT, resource).arn(1) == (
        f"arn:{partition}:personalize:eu-west-1:123456789012:dataset-import-job/{names_of(IMPORT, resource).name(1)}"
    )


def test_long_names_with_the_same_beginning_have_different_tags() -> None:
    resources = [RESOURCE._replace(stack_scope=f"shop/{'n' * 200}", logical_id=f"{'I' * 200}{end}") for end in "ab"]
    first, second = (names_of(IMPORT, each).resource_tag for each in resources)

    assert first != second
    assert is_tag_of_scope(first, resources[1])
