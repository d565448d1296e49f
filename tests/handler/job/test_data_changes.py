"""With WHEN_DATA_CHANGES, data is imported again when it is other data, and only then."""

from typing import Any

import pytest

from personalize_import_handler.aws.data_reader import NotAssumableError, NotReadableError
from personalize_import_handler.contract import (
    DATA_FINGERPRINT_TAG,
    REFRESH_TAG,
    REPEATED_TAG,
    SERVICE_TAGS_MAX,
    TAGS_MAX,
)
from personalize_import_handler.errors import BusyError
from tests.handler.support.account import Account, Response
from tests.handler.support.fakes import ROLE_ARN, FakePersonalize, JobBehavior
from tests.handler.support.fakes_storage import FakeStorage
from tests.handler.support.properties import DATA_LOCATION, properties, tags
from tests.handler.support.simulator import CloudFormation

FILE = f"{DATA_LOCATION}a.csv"
DENIED = NotReadableError("ListObjectsV2", "AccessDenied", "Access Denied")
NOT_TRUSTED = NotAssumableError(
    "AssumeRole",
    "AccessDenied",
    "User: arn:aws:sts::123456789012:assumed-role/provider/is-complete is not authorized to perform: sts:AssumeRole on "
    f"resource: {ROLE_ARN}",
)


def as_of(deploy: str, **changed: object) -> dict[str, object]:
    return properties(Reimport="WHEN_DATA_CHANGES", DataAsOf=deploy, **changed)


@pytest.fixture(autouse=True)
def storage(account: Account) -> FakeStorage:
    account.storage.objects[FILE] = "first"
    return account.storage


def test_unchanged_data_is_compared_and_not_imported_again(
    cloudformation: CloudFormation, personalize: FakePersonalize, storage: FakeStorage
) -> None:
    first = cloudformation.create(as_of("monday"))
    storage.calls.clear()
    second = cloudformation.update(as_of("tuesday"))

    assert second.succeeded
    assert second.job_arn == first.job_arn
    assert len(personalize.jobs) == 1
    assert [operation for operation, _ in storage.calls] == ["data_reader", "list_objects"]


@pytest.mark.parametrize("name", ["a.csv", "b.csv"])
def test_a_changed_or_new_file_is_imported_by_the_next_comparison(
    cloudformation: CloudFormation, personalize: FakePersonalize, storage: FakeStorage, name: str
) -> None:
    first = cloudformation.create(as_of("monday"))
    storage.objects[f"{DATA_LOCATION}{name}"] = "other"  # of the same size
    second = cloudformation.update(as_of("tuesday"))

    assert second.succeeded
    assert second.job_arn != first.job_arn
    assert len(personalize.jobs) == 2


def test_a_renamed_file_is_different_data(
    cloudformation: CloudFormation, personalize: FakePersonalize, storage: FakeStorage
) -> None:
    cloudformation.create(as_of("monday"))
    storage.objects = {f"{DATA_LOCATION}b.csv": storage.objects[FILE]}
    cloudformation.update(as_of("tuesday"))

    assert len(personalize.jobs) == 2


def test_a_deleted_file_changes_the_data(
    cloudformation: CloudFormation, personalize: FakePersonalize, storage: FakeStorage
) -> None:
    storage.objects[f"{DATA_LOCATION}b.csv"] = "more"
    cloudformation.create(as_of("monday"))
    del storage.objects[f"{DATA_LOCATION}b.csv"]
    cloudformation.update(as_of("tuesday"))

    assert len(personalize.jobs) == 2


@pytest.mark.parametrize("name", ["notes.txt", "old/c.csv"])
def test_files_that_are_not_imported_do_not_change_the_data(
    cloudformation: CloudFormation, personalize: FakePersonalize, storage: FakeStorage, name: str
) -> None:
    cloudformation.create(as_of("monday"))
    storage.objects[f"{DATA_LOCATION}{name}"] = "nothing to do with it"
    cloudformation.update(as_of("tuesday"))

    assert len(personalize.jobs) == 1


def test_a_single_file_is_compared_with_any_name(
    cloudformation: CloudFormation, personalize: FakePersonalize, storage: FakeStorage
) -> None:
    location = f"{DATA_LOCATION}data"
    storage.objects |= {location: "first", f"{location}-2": "another"}
    cloudformation.create(as_of("monday", DataLocation=location))
    storage.objects[f"{location}-2"] = "changed"
    cloudformation.update(as_of("tuesday", DataLocation=location))
    assert len(personalize.jobs) == 1
    storage.objects[location] = "second"
    cloudformation.update(as_of("wednesday", DataLocation=location))

    assert len(personalize.jobs) == 2


def test_data_that_has_changed_back_is_imported_again(
    cloudformation: CloudFormation, personalize: FakePersonalize, storage: FakeStorage
) -> None:
    responses: list[Response] = []
    for deploy, content in enumerate(["first", "second", "first"]):
        storage.objects[FILE] = content
        responses.append(cloudformation.update(as_of(str(deploy))) if responses else cloudformation.create(as_of("0")))

    assert len({response.job_arn for response in responses}) == 3
    assert all(response.succeeded for response in responses)


def test_changed_tags_are_set_on_the_existing_job_and_the_fingerprint_stays(
    cloudformation: CloudFormation, personalize: FakePersonalize
) -> None:
    first = cloudformation.create(as_of("monday", Tags=tags(team="data")))
    fingerprint = personalize.tags[first.job_arn][DATA_FINGERPRINT_TAG]
    cloudformation.update(as_of("tuesday", Tags=tags(stage="test")))
    assert personalize.tags_of(first.job_arn) == {"stage": "test"}
    assert personalize.tags[first.job_arn][DATA_FINGERPRINT_TAG] == fingerprint
    cloudformation.update(properties(Tags=tags(stage="prod")))

    assert personalize.tags_of(first.job_arn) == {"stage": "prod"}
    assert personalize.tags[first.job_arn][DATA_FINGERPRINT_TAG] == fingerprint
    assert len(personalize.jobs) == 1


def test_without_data_comparison_the_latest_job_is_kept(
    cloudformation: CloudFormation, account: Account, personalize: FakePersonalize, storage: FakeStorage
) -> None:
    cloudformation.create(as_of("monday"))
    storage.objects[FILE] = "second"
    second = cloudformation.update(as_of("tuesday"))

    kept = cloudformation.update(properties(Tags=tags(stage="prod")))

    assert kept.job_arn == second.job_arn
    assert len(personalize.jobs) == 2


def test_without_data_comparison_the_job_that_did_not_fail_is_kept(
    cloudformation: CloudFormation, personalize: FakePersonalize, storage: FakeStorage
) -> None:
    first = cloudformation.create(as_of("monday"))
    storage.objects[FILE] = "second"
    personalize.job_behavior = JobBehavior(end="CREATE FAILED")
    assert not cloudformation.update(as_of("tuesday")).succeeded

    assert cloudformation.update(properties(Tags=tags(stage="prod"))).job_arn == first.job_arn
    assert len(personalize.jobs) == 2


def test_without_data_comparison_the_job_of_another_resource_with_the_same_name_is_not_kept(
    cloudformation: CloudFormation, account: Account
) -> None:
    first = cloudformation.create(as_of("monday", JobName="nightly", ImportMode="INCREMENTAL"))
    account.clock.advance(60)
    CloudFormation(account, logical_id="Other").create(as_of("monday", JobName="nightly", ImportMode="INCREMENTAL"))

    kept = cloudformation.update(properties(JobName="nightly", ImportMode="INCREMENTAL", Tags=tags(stage="prod")))

    assert kept.job_arn == first.job_arn


def test_without_data_comparison_the_running_job_is_kept_and_polled(
    cloudformation: CloudFormation, personalize: FakePersonalize
) -> None:
    first = cloudformation.create(as_of("monday", Wait=False))

    kept = cloudformation.update(properties(Wait=True))

    assert kept.job_arn == first.job_arn
    assert kept.attributes["Status"] == "ACTIVE"
    assert len(personalize.jobs) == 1


def test_a_running_job_of_the_same_data_is_adopted_and_polled(cloudformation: CloudFormation, account: Account) -> None:
    first = cloudformation.create(as_of("monday", Wait=False))

    adopted = CloudFormation(account, generation=2).create(as_of("monday"))

    assert adopted.job_arn == first.job_arn
    assert adopted.attributes["Status"] == "ACTIVE"


def test_the_job_is_polled_as_usual_and_the_data_is_compared_once(
    cloudformation: CloudFormation, account: Account, storage: FakeStorage
) -> None:
    event = cloudformation.begin("Create", as_of("monday"))
    account.run(until=account.clock.now + 100)
    storage.objects[FILE] = "changed while the job runs"

    assert cloudformation.run(event).succeeded
    assert [operation for operation, _ in storage.calls].count("list_objects") == 1


@pytest.mark.parametrize(
    "asked", [as_of("monday"), properties(Preflight="true")], ids=["when data changes", "preflight"]
)
def test_the_clock_of_the_service_is_read_before_the_data(
    cloudformation: CloudFormation, account: Account, asked: dict[str, object]
) -> None:
    cloudformation.create(asked)

    polls_before = 1 if "Preflight" in asked else 0  # the poll that has searched for a job and recorded an attempt
    assert account.calls_before_reading[polls_before:] == ["dataset_created_at"]


def test_a_temporary_refusal_is_retried(
    cloudformation: CloudFormation, storage: FakeStorage, personalize: FakePersonalize
) -> None:
    storage.fail_next("data_reader", NOT_TRUSTED, times=2)
    storage.fail_next("list_objects", BusyError("ListObjectsV2", "SlowDown", "Please reduce your request rate."))

    assert cloudformation.create(as_of("monday")).succeeded
    assert len(personalize.jobs) == 1


def test_a_role_without_list_permission_is_reported_with_the_missing_statements(
    cloudformation: CloudFormation, storage: FakeStorage, personalize: FakePersonalize
) -> None:
    storage.fail_next("list_objects", DENIED, times=100)
    response = cloudformation.create(as_of("monday"))

    assert not response.succeeded
    assert response.reason.startswith(
        "Access Denied. The files at s3://shop-data/interactions/ could not be compared with the last import"
    )
    assert f'the policy of the role {ROLE_ARN} {{"Effect": "Allow", "Action": "s3:GetObject"' in response.reason
    assert personalize.jobs == {}


def test_a_role_outside_the_path_of_the_provider_is_the_reason_that_it_can_not_be_assumed(
    account: Account, storage: FakeStorage
) -> None:
    account.provider = account.provider._replace(import_role_path="/team/")
    account.functions = account.instance()
    storage.fail_next("data_reader", NOT_TRUSTED, times=100)

    reason = CloudFormation(account).create(as_of("monday")).reason

    assert f"The role {ROLE_ARN} is not under the path /team/, and the provider can use no other roles." in reason
    assert "Add to" not in reason


def test_a_role_that_does_not_trust_the_provider_is_reported_with_the_missing_statement(
    cloudformation: CloudFormation, storage: FakeStorage
) -> None:
    storage.fail_next("data_reader", NOT_TRUSTED, times=100)
    response = cloudformation.create(as_of("monday"))

    assert not response.succeeded
    assert (
        f'Add to the trust policy of the role {ROLE_ARN} {{"Effect": "Allow", "Principal": {{"AWS": '
        '"arn:aws:iam::123456789012:role/provider"}, "Action": "sts:AssumeRole"}' in response.reason
    )
    assert f'the provider\'s role {{"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "{ROLE_ARN}"}}' in (
        response.reason
    )


def test_a_delete_waits_for_a_job_whose_create_was_cancelled(
    cloudformation: CloudFormation, account: Account, personalize: FakePersonalize
) -> None:
    cloudformation.begin("Create", as_of("monday"))
    account.run(until=account.clock.now + 100)
    response = cloudformation.delete("an id that CloudFormation has made up")

    assert response.succeeded
    (job,) = personalize.jobs.values()
    assert response.sent_at >= job.created_at + job.job_behavior.seconds


def test_a_job_with_the_maximum_number_of_tags_can_have_the_tags_of_the_handler(
    cloudformation: CloudFormation, personalize: FakePersonalize
) -> None:
    response = cloudformation.create(as_of("monday", Tags=tags(**{f"tag{number}": "" for number in range(TAGS_MAX)})))

    assert response.succeeded
    own = {*personalize.tags[response.job_arn], REFRESH_TAG, REPEATED_TAG}
    assert len(own) == SERVICE_TAGS_MAX


def test_a_wait_chain_keeps_its_job_when_data_is_no_longer_compared(account: Account) -> None:
    account.storage.objects[f"{DATA_LOCATION}a.csv"] = "rows"
    first = CloudFormation(account)
    wait = CloudFormation(account, logical_id="ImportWait2")

    def deploy(**changed: Any) -> list[Response]:
        wanted = properties(HandsOver=True, **changed)
        begun = first.update(wanted) if first.properties else first.create(wanted)
        resource = {"LogicalId": "Import", "PhysicalId": begun.physical_resource_id}
        waits = properties(DatasetImportJobArn=begun.job_arn, FirstResource=resource, **changed)
        return [begun, wait.update(waits) if wait.properties else wait.create(waits)]

    responses = [*deploy(Reimport="WHEN_DATA_CHANGES"), *deploy(), *deploy(Reimport="WHEN_DATA_CHANGES")]

    assert [response.reason for response in responses if not response.succeeded] == []
    assert len({response.job_arn for response in responses}) == len(account.personalize.jobs) == 1
