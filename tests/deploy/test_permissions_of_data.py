"""Asset files and preflight need each of their permissions: without one of them the deploy reports it."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

import aws_cdk as cdk
import pytest

from personalize_import import DataSource
from tests.deploy.support.cloud import Cloud
from tests.deploy.support.permission_removal import TRUST, Template, Variant, variants
from tests.deploy.support.permission_run import DATA, DEMO, PermissionRun
from tests.deploy.support.stack_under_test import publish
from tests.deploy.support.stacks import UsersStack, users_csv

pytestmark = [pytest.mark.deploy, pytest.mark.nightly]

_EMPTYING: Final = {"s3:DeleteObject", "s3:DeleteObjectVersion", "s3:ListBucketVersions"}
BUCKET_MESSAGE: Final = "The bucket you tried to delete is not empty"


class DataPermissionRun(PermissionRun):
    """A run that creates and deletes one stack."""

    poll_seconds = 2

    def _steps(self) -> Iterator[str]:
        yield self._change(self._stack, self._template)
        yield self._delete(self._stack)


def data_stack(scope: cdk.App, folder: Path) -> cdk.Stack:
    """Create a stack with two files, because one object needs fewer calls than two."""
    for user in "ab":
        (folder / f"{user}.csv").write_text(users_csv(user))
    return UsersStack(scope, DEMO, DataSource.from_asset(str(folder)), preflight=True)


def data_variants(template: Template) -> list[Variant]:
    """Return the variants without a permission for the staging bucket or for preflight."""
    found = variants({DATA: {"Resources": {}}, DEMO: template})
    return [
        variant
        for variant in found
        if variant.policy.startswith("DatasetImportProviderDataPolicy") or _is_for_preflight(variant)
    ]


def _is_for_preflight(variant: Variant) -> bool:
    is_of_provider = variant.policy.startswith("DatasetImportProviderIsComplete") and variant.action == TRUST
    is_second_trust = variant.policy.startswith("ImportRole") and variant.action == TRUST and "[1]" in variant.statement
    inline = is_of_provider and not variant.policy.endswith("AssumeRolePolicyDocument")
    return inline or is_second_trust or variant.action == "personalize:DescribeSchema"


def test_asset_files_and_preflight_need_each_of_their_permissions(cloud: Cloud, tmp_path: Path) -> None:
    def build(app: cdk.App) -> None:
        data_stack(app, tmp_path)

    assembly = cloud.synthesize(build)
    publish(cloud, assembly / f"{DEMO}.assets.json")
    template = json.loads((assembly / f"{DEMO}.template.json").read_text())
    assert DataPermissionRun(cloud, 50, {DATA: {"Resources": {}}, DEMO: template}, b"").first_failure() == ""

    # Each run retries for two minutes before it fails.
    tried = data_variants(template)
    assert len(tried) == 9, [str(variant) for variant in tried]
    with ThreadPoolExecutor(len(tried)) as pool:
        runs = [DataPermissionRun(cloud, 51 + number, variant.templates, b"") for number, variant in enumerate(tried)]
        failures = list(pool.map(DataPermissionRun.first_failure, runs))

    by_action = {variant.action: failure for variant, failure in zip(tried, failures, strict=True)}
    for action, failure in by_action.items():
        assert (BUCKET_MESSAGE if action in _EMPTYING else action) in failure, by_action
