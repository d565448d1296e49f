"""Events as an attacker sends them: another team with the same provider, or a user who may invoke the functions."""

from dataclasses import dataclass, field
from typing import Any, Final, Literal

from hypothesis import strategies as st

from personalize_import_handler.cloudformation.events import Event
from personalize_import_handler.cloudformation.responses import is_response_url
from personalize_import_handler.contract import DATA_RESOURCE_TYPE, RESOURCE_TYPE
from tests.handler.support.account import STATE_MACHINE_ARN
from tests.handler.support.fakes import ACCOUNT, DATASET_ARN, REGION, ROLE_ARN, job_arn
from tests.handler.support.properties import properties, tags

MISSING: Final = object()
ATTACKER: Final = "mallory"
VICTIM: Final = "victim"
VICTIMS_DATASET: Final = DATASET_ARN.replace("shop", VICTIM)
VICTIMS_LOCATION: Final = "s3://victim-data/interactions/"
VICTIMS_ROLE: Final = f"arn:aws:iam::{ACCOUNT}:role/personalize-import/{REGION}/{VICTIM}/Import-1A2B"
FORGED_TEXT: Final = "Broken \x1b[31m\nERROR forged\u2028\u202e\ud800"


def _nested(depth: int) -> list[Any]:
    nested: list[Any] = []
    for _ in range(depth):
        nested = [nested]
    return nested


JUNK: Final[list[Any]] = [
    *(None, True, 0, -1, 1.5, 10**400, float("nan"), float("inf")),
    *("", "x", FORGED_TEXT, "x" * 5000, "arn:aws:cloudformation", "a/b:c", "http://example.com/", "https://"),
    *(
        [],
        ["Create"],
        [[]],
        {},
        {"Ref": "Import"},
        {"Progress": 1},
        _nested(200),
    ),
]
REQUEST_MEMBERS: Final = [
    *("RequestType", "ServiceToken", "ResponseURL", "StackId", "RequestId", "LogicalResourceId", "ResourceType"),
    *("PhysicalResourceId", "ResourceProperties", "OldResourceProperties"),
]
REFRESH_MEMBERS: Final = ["RequestedAt", "QuietSeconds", "Always", "TimeoutSeconds", "Progress"]
POLL_MEMBERS: Final = ["CrHelperPoll", "CrHelperData", "ReceivedAt", "StateMachineArn", "WaitSeconds", "IsComplete"]
_IDENTIFYING: Final = ("StackId", "RequestId", "LogicalResourceId")


@dataclass(frozen=True)
class Attack:
    """A valid event and the corruption to apply to it."""

    team: Literal["mallory", "victim"]
    function: Literal["on_event", "is_complete"]
    request_type: str
    resource_type: str
    properties: dict[str, Any]
    old_properties: dict[str, Any]
    physical_id: str
    poll: dict[str, Any]
    """Additional members of an event."""
    corrupted: dict[str, Any] = field(default_factory=dict)
    """Other values for members, or `MISSING`."""
    lost_answers: int = 0
    quiet_seconds: int = 0
    """The quiet period of a refresh."""
    always: bool = False
    """The option of a refresh."""

    def applied_to(self, event: Event) -> Event:
        changed = {**event, **self.poll, **self.corrupted}
        return {name: value for name, value in changed.items() if value is not MISSING}


def can_be_answered(event: Event) -> bool:
    """Return whether an event has everything that a response needs."""
    ids = [event.get(name) for name in _IDENTIFYING]
    has_ids = all(isinstance(value, str) and value for value in ids)
    return "RequestType" in event and has_ids and is_response_url(event.get("ResponseURL"))


def attacks(victims_jobs: list[str]) -> st.SearchStrategy[Attack]:
    """Generate events; some name the jobs of the victim."""
    arns = st.sampled_from([
        *victims_jobs * 3,
        *(arn.removesuffix("-1") + "-2" for arn in victims_jobs),
        job_arn("mallory-Import-0123456789ab-1"),
        job_arn("victim-Import-0123456789ab-7"),
        job_arn("victim-Import-0123456789ab-1").replace(ACCOUNT, "999999999999"),
    ])  # fmt: skip
    given = _properties(arns)
    team = st.sampled_from([ATTACKER, ATTACKER, ATTACKER, VICTIM])
    return st.builds(
        Attack,
        team=team,
        function=st.sampled_from(["on_event", "on_event", "is_complete"]),
        request_type=st.sampled_from(["Create", "Update", "Delete", "Refresh"]),
        resource_type=st.sampled_from([RESOURCE_TYPE, RESOURCE_TYPE, RESOURCE_TYPE, DATA_RESOURCE_TYPE]),
        properties=given,
        old_properties=given,
        # CloudFormation sends only ids that the handler has issued, or that it made up itself. See docs/security.md for
        # a user who may invoke the functions directly.
        physical_id=st.sampled_from(["mallory/Import", "mallory/Other", "mallory-Import-1A2B3C", "victim"]) | arns,
        poll=st.just({}) | _polls(arns),
        corrupted=st.just({}) | _corrupted(),
        lost_answers=st.sampled_from([0, 0, 0, 1]),
        quiet_seconds=st.sampled_from([0, 0, 10, 60]),
        always=st.booleans(),
    )


def _properties(arns: st.SearchStrategy[str]) -> st.SearchStrategy[dict[str, Any]]:
    followers = [{"LogicalId": "Import"}, {"LogicalId": "Import", "JobName": "victim-Import"}]
    optional: dict[str, st.SearchStrategy[Any]] = {
        "DatasetArn": st.sampled_from([DATASET_ARN, VICTIMS_DATASET]),
        "DataLocation": st.sampled_from(["s3://mallory-data/a.csv", VICTIMS_LOCATION, "s3://x-data/\u202e\u2028.csv"]),
        "RoleArn": st.sampled_from([ROLE_ARN, VICTIMS_ROLE]),
        "DatasetImportJobArn": arns,
        "After": arns,
        "JobName": st.sampled_from(["victim-Import", "victim", "nightly"]),
        "StackScope": st.sampled_from(["victim/Import", "mallory/Nested"]),
        "FollowedBy": st.lists(st.sampled_from(followers), max_size=2),
        "ImportMode": st.sampled_from(["FULL", "INCREMENTAL"]),
        "Tags": st.sampled_from([tags(team="mallory"), tags(team="other", stage="prod")]),
        "ReimportToken": st.sampled_from(["1", "2"]),
        "Reimport": st.just("WHEN_DATA_CHANGES"),
        "Preflight": st.just("true"),
        "PublishStateChanges": st.just("true"),
        "Wait": st.sampled_from(["true", "false"]),
        "HandsOver": st.just("true"),
        "WaitedSeconds": st.just("60"),
        "TimeoutSeconds": st.sampled_from(["60", "3300"]),
        "Bucket": st.just("victim-data"),
    }
    one = st.one_of([st.tuples(st.just(name), values) for name, values in optional.items()])
    well_formed = st.lists(one, max_size=5).map(lambda changed: properties(**dict(changed)))
    member = st.dictionaries(st.sampled_from([*optional, FORGED_TEXT]), st.sampled_from(JUNK), max_size=2)
    return well_formed | well_formed | st.builds(lambda given, junk: {**given, **junk}, well_formed, member)


def _polls(arns: st.SearchStrategy[str]) -> st.SearchStrategy[dict[str, Any]]:
    times = st.sampled_from([0, 0.0, 1_700_000_000.0, -1e12, 1e12])
    counts = st.sampled_from([0, 1, 2, 999, 34_694, 34_695, 34_696, 10**9])
    progress = st.fixed_dictionaries({}, optional={
        "started_at": times | st.none(),
        "attempt": counts | st.none(),
        "dataset_import_job_arn": arns | st.none(),
        "tags_due": st.booleans(),
        "data_fingerprint": st.sampled_from([None, "0" * 32]),
        "files_copied": counts,
        "prepared": st.booleans(),
        "repeated": arns | st.none(),
        "repeat_attempt": counts | st.none(),
        "repeat_started": st.booleans(),
        "published_status": st.sampled_from([None, "ACTIVE", "CREATE PENDING"]),
        "files_fingerprint": st.sampled_from([None, "0" * 32]),
        "file_name": st.sampled_from([None, "a.csv", "../victim.csv"]),
        "file_digest": st.sampled_from([None, "u0123456789a"]),
        "files_imported": counts,
        "polls": counts,
        "publishing_failed": st.booleans(),
        "url_signed_at": times | st.none(),
        "age_seconds": times,
    })  # fmt: skip
    junk = st.sampled_from(JUNK)
    corrupted = st.builds(lambda noted, name, value: {**noted, name: value}, progress, st.text(max_size=9), junk)
    data = st.builds(lambda noted: {"Progress": noted, "PhysicalResourceId": None}, progress | progress | corrupted)
    return st.fixed_dictionaries({
        "CrHelperPoll": st.just(True),
        "CrHelperData": data,
        "Progress": progress | progress | corrupted,
        "ReceivedAt": times,
        "StateMachineArn": st.just(STATE_MACHINE_ARN),
    })  # fmt: skip


def _corrupted() -> st.SearchStrategy[dict[str, Any]]:
    values = st.sampled_from(JUNK) | st.just(MISSING)
    return st.dictionaries(
        st.sampled_from([*REQUEST_MEMBERS, *REFRESH_MEMBERS, *POLL_MEMBERS]), values, min_size=1, max_size=2
    )
