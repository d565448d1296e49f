"""Errors of the services at each call and in each type of request."""

import pytest

from personalize_import_handler.aws.error_codes import error_from
from personalize_import_handler.aws.personalize_client import BotoPersonalize
from personalize_import_handler.cloudformation.events import Event
from personalize_import_handler.contract.properties import parse
from personalize_import_handler.errors import BusyError, RefusedError
from tests.faults.support.invariants import assert_invariants
from tests.faults.support.stack import Stack
from tests.handler.support import aws_json
from tests.handler.support.account import Account
from tests.handler.support.fakes import ACCOUNT, DATASET_ARN, REGION, RUNNING_MAX, FakePersonalize, JobBehavior
from tests.handler.support.properties import DATA_LOCATION, asset_properties, properties
from tests.handler.support.queue import begin_many, starts_of

OTHER_LOCATION = "s3://shop-data/interactions-2/"
FOREIGN_DATASET = f"arn:aws:personalize:{REGION}:{ACCOUNT}:dataset/foreign/INTERACTIONS"
THROTTLED = BusyError("any", "ThrottlingException", "Rate exceeded")
SERVER_ERROR = BusyError("any", "InternalFailure", "An internal error occurred.")
RESET = BusyError("any", "ConnectionClosedError", "Connection was closed before we received a valid response")
NO_ROOM = BusyError("any", "LimitExceededException", "More than 5 resources with PENDING or IN_PROGRESS status.")
IN_USE = BusyError("any", "ResourceInUseException", "The dataset is in use.")
DENIED = RefusedError("any", "AccessDeniedException", "User: x is not authorized to perform: personalize:Describe")
UNKNOWN_CREDENTIALS = [
    RefusedError("any", "UnrecognizedClientException", "The security token included in the request is invalid."),
    RefusedError("any", "ExpiredTokenException", "The security token included in the request is expired"),
]
S3_BUSY = BusyError("CopyObject", "SlowDown", "Please reduce your request rate.")
S3_DENIED = RefusedError("CopyObject", "AccessDenied", "User: x is not authorized to perform: s3:GetObject")


@pytest.mark.parametrize("error", [THROTTLED, SERVER_ERROR, RESET], ids=["throttled", "500", "reset"])
@pytest.mark.parametrize("at", ["the first request", "a poll"])
def test_describe_returns_errors_for_two_minutes(
    error: BusyError, at: str, stack: Stack, account: Account, personalize: FakePersonalize
) -> None:
    began = account.clock.now
    if at == "the first request":
        personalize.fail_next("describe_dataset_import_job", error, times=9)
        event = stack.begin("Create", properties())
    else:
        event = stack.begin("Create", properties())
        personalize.fail_next("describe_dataset_import_job", error, times=9)

    response = stack.run(event)

    assert response.succeeded
    assert response.sent_at - began > 120
    assert_invariants(stack)


@pytest.mark.parametrize("operation", ["dataset_created_at", "list_dataset_import_jobs"])
def test_describing_the_dataset_returns_errors_while_a_job_is_adopted(
    operation: str, stack: Stack, personalize: FakePersonalize
) -> None:
    stack.deploy(properties(TimeoutSeconds=60))
    stack.generation = 2
    personalize.fail_next(operation, THROTTLED, times=9)

    assert stack.deploy(properties()).succeeded
    assert len(personalize.jobs) == 1
    assert_invariants(stack)


def test_describe_is_denied_permanently(stack: Stack, account: Account, personalize: FakePersonalize) -> None:
    event = stack.begin("Create", properties())
    personalize.fail_next("describe_dataset_import_job", DENIED, times=30)

    failed = stack.run(event)
    stack.back_to(None)

    assert failed.reason.startswith(DENIED.message)
    assert_invariants(stack)


@pytest.mark.parametrize(
    "error", [THROTTLED, SERVER_ERROR, NO_ROOM, IN_USE], ids=["throttled", "500", "no capacity", "in use"]
)
@pytest.mark.parametrize("deployment", ["first", "second"])
def test_create_returns_an_error_in_three_polls(
    error: BusyError, deployment: str, stack: Stack, personalize: FakePersonalize
) -> None:
    if deployment == "second":
        stack.deploy(properties())
    personalize.fail_next("create_dataset_import_job", error, times=3)

    assert stack.deploy(properties(DataLocation=OTHER_LOCATION)).succeeded
    assert personalize.imported() == [OTHER_LOCATION]
    assert_invariants(stack)


@pytest.mark.parametrize("error", [SERVER_ERROR, RESET], ids=["500", "reset"])
def test_create_returns_an_error_although_it_has_accepted_the_job(
    error: BusyError, stack: Stack, personalize: FakePersonalize
) -> None:
    personalize.fail_next("create_dataset_import_job", error, after_effect=True)

    assert stack.deploy(properties()).succeeded
    assert len(personalize.jobs) == 1
    assert_invariants(stack)


def test_five_other_jobs_run_in_the_account(stack: Stack, account: Account, personalize: FakePersonalize) -> None:
    personalize.datasets[FOREIGN_DATASET] = account.clock.now
    for number in range(RUNNING_MAX):
        personalize.import_elsewhere(f"foreign-{number}", parse(properties(DatasetArn=FOREIGN_DATASET)))

    assert stack.deploy(properties()).succeeded
    assert personalize.max_running == RUNNING_MAX
    assert_invariants(stack)


def test_another_job_imports_into_the_same_dataset(
    stack: Stack, account: Account, personalize: FakePersonalize
) -> None:
    personalize.job_behavior = JobBehavior(seconds=1200)
    personalize.import_elsewhere("by-hand", parse(properties(DataLocation=OTHER_LOCATION)))
    personalize.job_behavior = JobBehavior(seconds=300)

    response = stack.deploy(properties())

    assert response.succeeded
    assert personalize.max_running == 1
    assert personalize.imported() == [DATA_LOCATION]
    assert_invariants(stack)


def test_executions_can_not_be_listed_while_an_import_is_queued(
    stack: Stack, account: Account, personalize: FakePersonalize
) -> None:
    personalize.datasets[FOREIGN_DATASET] = account.clock.now
    for number in range(RUNNING_MAX):
        personalize.import_elsewhere(f"foreign-{number}", parse(properties(DatasetArn=FOREIGN_DATASET)))
    throttled = BusyError("ListExecutions", "ThrottlingException", "Rate exceeded")
    began = account.clock.now
    event = stack.begin("Create", properties())
    account.run(until=began + 10)
    assert personalize.calls_of("create_dataset_import_job")
    account.fail_list_executions(*[throttled] * 6)

    assert stack.run(event).succeeded
    assert account.clock.now - began < 900
    assert_invariants(stack)


def test_a_slot_becomes_free_at_the_timeout(stack: Stack, account: Account, personalize: FakePersonalize) -> None:
    personalize.datasets[FOREIGN_DATASET] = account.clock.now
    for number in range(RUNNING_MAX):
        personalize.import_elsewhere(f"foreign-{number}", parse(properties(DatasetArn=FOREIGN_DATASET)))

    response = stack.deploy(properties(TimeoutSeconds=300))

    assert "was queued with 0 imports of the same provider ahead of it and not started" in response.reason
    assert len(personalize.jobs) == RUNNING_MAX
    assert_invariants(stack)


def test_imports_that_are_ahead_are_cancelled(account: Account, personalize: FakePersonalize) -> None:
    personalize.job_behavior = JobBehavior(seconds=1000)
    stacks, events = begin_many(account, RUNNING_MAX + 10)
    account.run(until=account.clock.now + 60)
    for stack in stacks[RUNNING_MAX:]:
        stack.begin("Delete", stack.properties or {})
    (last,), _ = begin_many(account, 1, first=100)
    account.run()

    assert len(personalize.jobs) == RUNNING_MAX + 1
    assert all(
        "another request" in stack.response_to(event).reason
        for stack, event in list(zip(stacks, events, strict=True))[5:]
    )
    assert 900 < starts_of([last], personalize)[0] - starts_of(stacks[:1], personalize)[0] < 1200


@pytest.mark.parametrize(
    "text", ["Input csv is missing the following columns: [ITEM_ID]", "Invalid Data location.", "S3 says no."]
)
def test_the_call_that_creates_the_job_is_refused(text: str, stack: Stack, personalize: FakePersonalize) -> None:
    stack.deploy(properties())
    refused = RefusedError("CreateDatasetImportJob", "InvalidInputException", text)
    personalize.fail_next("create_dataset_import_job", refused)

    failed = stack.deploy(properties(DataLocation=OTHER_LOCATION))

    assert failed.reason.startswith(text)
    assert personalize.imported() == [DATA_LOCATION]
    assert_invariants(stack)


@pytest.mark.parametrize("seconds", [0, 3000], ids=["at once", "late"])
@pytest.mark.parametrize("end", ["CREATE FAILED", "CREATE PAUSED"])
def test_a_job_fails_or_has_an_unknown_status(
    seconds: int, end: str, stack: Stack, personalize: FakePersonalize
) -> None:
    personalize.job_behavior = JobBehavior(seconds=seconds, end=end, failure_reason="Broken row")
    failed = stack.deploy(properties())
    assert not failed.succeeded
    personalize.job_behavior = JobBehavior()

    assert stack.deploy(properties(ReimportToken="2")).succeeded
    assert_invariants(stack)


def test_a_job_and_its_dataset_are_deleted_while_a_request_waits_for_the_job(
    stack: Stack, account: Account, personalize: FakePersonalize
) -> None:
    event = stack.begin("Create", properties())
    account.step()
    personalize.delete_dataset()

    failed = stack.run(event)
    stack.back_to(None)

    assert "no longer exists" in failed.reason
    assert_invariants(stack)


@pytest.fixture(params=[-1800, 1800])
def functions_clock_is_off(request: pytest.FixtureRequest, account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    """Set the functions' clock off; each process of a function learns the service's time from its first call."""

    is_complete = account.functions.is_complete

    def in_new_process(event: Event, context: object) -> Event:
        account.personalize.calls.append(("start", ""))
        return is_complete(event, context)

    def now() -> float:
        known = account.personalize.calls[-1] != ("start", "")
        return account.clock.now + (0 if known else request.param)

    account.functions_seconds_off = request.param
    monkeypatch.setattr(account.functions, "is_complete", in_new_process)
    monkeypatch.setattr(account.personalize, "now", now)


@pytest.mark.usefixtures("functions_clock_is_off")
@pytest.mark.parametrize("dates_urls", [True, False])
def test_functions_whose_clock_is_off_by_half_an_hour_import_as_usual(stack: Stack, *, dates_urls: bool) -> None:
    stack.dates_urls = dates_urls

    assert stack.deploy(properties(TimeoutSeconds=600)).succeeded
    assert_invariants(stack)


@pytest.mark.usefixtures("functions_clock_is_off")
@pytest.mark.parametrize("dates_urls", [True, False])
def test_functions_whose_clock_is_off_by_half_an_hour_wait_for_a_job_in_a_delete(
    stack: Stack, personalize: FakePersonalize, *, dates_urls: bool
) -> None:
    stack.dates_urls = dates_urls
    personalize.job_behavior = JobBehavior(seconds=2400)
    stack.deploy(properties(Wait=False))

    stack.delete()

    assert [job.status for job in personalize.list_dataset_import_jobs(DATASET_ARN)] == ["ACTIVE"]
    assert_invariants(stack)


@pytest.mark.parametrize("error", [S3_BUSY, S3_DENIED], ids=["busy", "denied for a moment"])
def test_s3_refuses_to_copy_asset_files_temporarily(error: RefusedError, stack: Stack, account: Account) -> None:
    wanted = asset_properties("one.csv", "two.csv")
    account.storage.add_files(wanted["DataFiles"])
    account.storage.fail_next("copy", error, times=4)

    assert stack.deploy(wanted).succeeded
    assert_invariants(stack)


@pytest.mark.parametrize(
    "code",
    ["Throttling", "ThrottledException", "RequestTimeout", "SlowDown", "KMS.ThrottlingException", "OperationAborted"],
)
@pytest.mark.parametrize("operation", ["copy", "data_reader", "list_objects", "describe", "create"])
def test_any_service_returns_throttling_timeout_or_conflict_errors(
    operation: str, code: str, stack: Stack, account: Account, personalize: FakePersonalize
) -> None:
    error = error_from("any", code, "Not now.")
    wanted = asset_properties("one.csv") | (
        {"Reimport": "WHEN_DATA_CHANGES"} if operation in ("data_reader", "list_objects") else {}
    )
    account.storage.add_files(wanted["DataFiles"])
    if operation in ("describe", "create"):
        personalize.fail_next(f"{operation}_dataset_import_job", error, times=9)
    else:
        account.storage.fail_next(operation, error, times=9)

    assert stack.deploy(wanted).succeeded
    assert_invariants(stack)


def test_a_page_of_a_long_list_of_jobs_is_throttled(
    stack: Stack, personalize: FakePersonalize, monkeypatch: pytest.MonkeyPatch
) -> None:
    slept: list[float] = []
    with aws_json.serve() as service:
        client = BotoPersonalize(aws_json.client_of(service.url), sleep=slept.append)
        monkeypatch.setattr(personalize, "list_dataset_import_jobs", client.list_dataset_import_jobs)
        throttled = aws_json.error("ThrottlingException", "Rate exceeded")
        pages = [{"datasetImportJobs": [], "nextToken": str(page)} for page in range(1, 7)]
        last: dict[str, list[object]] = {"datasetImportJobs": []}
        service.respond_with(*pages, throttled, throttled, last, last)  # the list is requested twice

        assert stack.deploy(properties()).succeeded

    asked = [parameters.get("nextToken") for _, parameters in service.requests]
    assert asked == [None, "1", "2", "3", "4", "5", "6", "6", "6", None]
    assert slept == [1, 2]
    assert_invariants(stack)


@pytest.mark.parametrize("error", UNKNOWN_CREDENTIALS, ids=[error.code for error in UNKNOWN_CREDENTIALS])
@pytest.mark.parametrize("operation", ["describe_dataset_import_job", "create_dataset_import_job"])
def test_a_service_does_not_accept_the_credentials_of_a_new_role_yet(
    operation: str, error: RefusedError, stack: Stack, personalize: FakePersonalize
) -> None:
    personalize.fail_next(operation, error, times=3)

    assert stack.deploy(properties()).succeeded
    assert_invariants(stack)


def test_a_service_never_accepts_the_credentials(stack: Stack, account: Account, personalize: FakePersonalize) -> None:
    personalize.fail_next("create_dataset_import_job", UNKNOWN_CREDENTIALS[0], times=30)
    began = account.clock.now

    failed = stack.deploy(properties())

    assert 120 <= failed.sent_at - began < 180
    assert failed.reason.startswith("The security token included in the request is invalid.")
    assert "Check that the roles of the provider's functions still exist and deploy again." in failed.reason
    assert_invariants(stack)


def test_asset_files_are_deleted_before_a_rollback_needs_them(stack: Stack, account: Account) -> None:
    first, second = asset_properties("one.csv"), asset_properties("one.csv", version=2)
    account.storage.add_files([*first["DataFiles"], *second["DataFiles"]])
    stack.deploy(first)
    account.storage.objects.pop(first["DataFiles"][0]["Source"])

    stack.deploy(second, another_resource_fails=True)  # the copy is there

    assert account.personalize.imported() == [first["DataLocation"]]
    assert_invariants(stack)
