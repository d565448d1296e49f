"""Locations in S3 and ARNs, parsed."""

import pytest

from personalize_import_handler.contract.locations import Arn, Location, parse_arn, parse_location


@pytest.mark.parametrize(
    ("uri", "location"),
    [
        ("s3://shop-data/items/a.csv", Location("shop-data", "items/a.csv")),
        ("s3://shop-data/items/", Location("shop-data", "items/")),
        ("s3://shop-data/", Location("shop-data", "")),
    ],
)
def test_a_location_is_a_bucket_and_a_key_and_can_be_written_again(uri: str, location: Location) -> None:
    assert parse_location(uri) == location
    assert location.uri == uri


def test_the_resource_of_an_arn_may_contain_colons() -> None:
    arn = "arn:aws:states:eu-west-1:123456789012:execution:waiter:1"

    assert parse_arn(arn) == Arn("aws", "states", "eu-west-1", "123456789012", "execution:waiter:1")


def test_an_arn_without_all_parts_is_refused() -> None:
    with pytest.raises(ValueError, match="not enough values"):
        parse_arn("arn:aws:states:eu-west-1")
