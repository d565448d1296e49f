"""Each property that is a setting of the job is compared when a job is adopted, and kept when a job is repeated.

The settings come from the property table, so a new property fails here until each of these places handles it.
"""

from dataclasses import fields, replace
from typing import Any, Final

import pytest

from personalize_import_handler.aws.personalize import DatasetImportJob
from personalize_import_handler.contract import ImportMode
from personalize_import_handler.contract.import_properties import ImportProperties
from personalize_import_handler.contract.properties import parse
from personalize_import_handler.contract.property_table import PROPERTIES, Update
from personalize_import_handler.job.adoption import is_same_import
from personalize_import_handler.request.import_identity import import_identity
from tests.handler.support.account import Account
from tests.handler.support.fakes import ROLE_ARN, FakePersonalize
from tests.handler.support.properties import properties
from tests.handler.support.simulator import CloudFormation

ONLY_IN_THE_JOB_NAME: Final = {"schema_arn", "stack_scope", "reimport_token", "reimport"}
"""Properties that start a new import, and are no argument of CreateDatasetImportJob."""
WITHOUT_IDENTITY: Final = {"stack_scope", "reimport"}
"""The scope is in the hash as part of the resource, `Reimport` as the data fingerprint."""
IMPORTS_AGAIN: Final = {each.field for each in PROPERTIES if each.update is Update.IMPORT}
SETTINGS: Final = sorted(IMPORTS_AGAIN - ONLY_IN_THE_JOB_NAME)


def other(value: object) -> object:
    """Return another value of the same type."""
    match value:
        case bool():
            return not value
        case ImportMode():
            return next(mode for mode in ImportMode if mode is not value)
    return f"{value}-2"


def job_of(import_properties: ImportProperties) -> DatasetImportJob:
    known = {each.name: getattr(import_properties, each.name, None) for each in fields(DatasetImportJob)}
    members: Any = {**known, "dataset_import_job_arn": "arn", "status": "ACTIVE"}
    return DatasetImportJob(**members)


def test_a_description_of_a_job_has_each_setting() -> None:
    assert {each.name for each in fields(DatasetImportJob)} >= set(SETTINGS)


@pytest.mark.parametrize("setting", SETTINGS)
def test_a_job_with_another_setting_is_not_the_same_import(setting: str) -> None:
    wanted = parse(properties())
    job = job_of(wanted)
    changed: Any = {setting: other(getattr(job, setting))}
    assert is_same_import(job, wanted)

    assert not is_same_import(replace(job, **changed), wanted)


@pytest.mark.parametrize("field", sorted(IMPORTS_AGAIN - WITHOUT_IDENTITY))
def test_a_property_that_imports_again_is_part_of_the_identity(field: str) -> None:
    wanted = parse(properties())
    changed: Any = {field: other(getattr(wanted, field))}

    assert import_identity(wanted._replace(**changed)) != import_identity(wanted)


def test_a_repeated_job_has_each_setting_of_the_first_one(
    cloudformation: CloudFormation, account: Account, personalize: FakePersonalize
) -> None:
    added = {"ImportMode": "INCREMENTAL", "RoleArn": f"{ROLE_ARN}-2", "PublishAttributionMetricsToS3": True}
    full = properties(FollowedBy=[{"LogicalId": "Added"}])
    cloudformation.create(full)
    CloudFormation(account, logical_id="Added").create(properties(DataLocation="s3://shop-data/rows/", **added))
    cloudformation.update({**full, "DataLocation": "s3://shop-data/2/"})

    cloudformation.roll_back()

    _, first, _, _, repeated = personalize.jobs.values()
    for setting in SETTINGS:
        assert getattr(repeated.properties, setting) == getattr(first.properties, setting), setting
        if setting != "dataset_arn":  # a follower imports into the same dataset
            assert getattr(first.properties, setting) != getattr(parse(full), setting), f"give `added` a {setting}"
