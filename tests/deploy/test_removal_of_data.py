"""Every permission that data of this machine, and a look at it, needs: with any one missing it is told."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

import aws_cdk as cdk
import pytest

from personalize_import import DataSource
from tests.deploy.support.cloud import Cloud
from tests.deploy.support.direct import publish
from tests.deploy.support.removal import TRUST, Template, Variant, variants
from tests.deploy.support.removal_trial import DATA, DEMO, Trial
from tests.deploy.support.stacks import UsersStack, users_csv

pytestmark = [pytest.mark.deploy, pytest.mark.nightly]

_EMPTYING: Final = {"s3:DeleteObject", "s3:DeleteObjectVersion", "s3:ListBucketVersions"}
TOLD_BY_THE_BUCKET: Final = "The bucket you tried to delete is not empty"


class DataTrial(Trial):
    """One stack, made and deleted."""

    seconds_between_looks = 2

    def _steps(self) -> Iterator[str]:
        yield self._change(self._stack, self._template)
        yield self._delete(self._stack)


def data_stack(scope: cdk.App, folder: Path) -> cdk.Stack:
    """Make a stack with two files, for what is asked of one object isn't asked of a second one in the same way."""
    for user in "ab":
        (folder / f"{user}.csv").write_text(users_csv(user))
    return UsersStack(scope, DEMO, DataSource.from_asset(str(folder)), preflight=True)


def data_variants(template: Template) -> list[Variant]:
    """Take away what is allowed for the sake of the data bucket alone, or of the look at the data."""
    found = variants({DATA: {"Resources": {}}, DEMO: template})
    return [
        variant
        for variant in found
        if variant.policy.startswith("DatasetImportProviderDataPolicy") or _is_for_looking(variant)
    ]


def _is_for_looking(variant: Variant) -> bool:
    is_of_provider = variant.policy.startswith("DatasetImportProviderIsComplete") and variant.action == TRUST
    is_second_trust = variant.policy.startswith("ImportRole") and variant.action == TRUST and "[1]" in variant.statement
    inline = is_of_provider and not variant.policy.endswith("AssumeRolePolicyDocument")
    return inline or is_second_trust or variant.action == "personalize:DescribeSchema"


def test_data_is_brought_and_deleted_with_all_permissions_and_with_none_of_them_missing(
    cloud: Cloud, tmp_path: Path
) -> None:
    def build(app: cdk.App) -> None:
        data_stack(app, tmp_path)

    assembly = cloud.synthesize(build)
    publish(cloud, assembly / f"{DEMO}.assets.json")
    template = json.loads((assembly / f"{DEMO}.template.json").read_text())
    assert DataTrial(cloud, 50, {DATA: {"Resources": {}}, DEMO: template}, b"").refusal() == ""

    # Each is refused for two minutes before that is told.
    tried = data_variants(template)
    assert len(tried) == 9, [str(variant) for variant in tried]
    with ThreadPoolExecutor(len(tried)) as pool:
        trials = [DataTrial(cloud, 51 + number, variant.templates, b"") for number, variant in enumerate(tried)]
        refusals = list(pool.map(DataTrial.refusal, trials))

    told = {variant.action: refusal for variant, refusal in zip(tried, refusals, strict=True)}
    for action, refusal in told.items():
        assert (TOLD_BY_THE_BUCKET if action in _EMPTYING else action) in refusal, told
