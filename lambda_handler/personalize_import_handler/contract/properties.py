"""Parse the properties of the custom resource, once, into what the rest of the handler works with."""

import bisect
import json
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Final, NamedTuple

from personalize_import_handler import contract
from personalize_import_handler.contract import (
    DATA_FINGERPRINT_TAG,
    RESOURCE_TAG,
    ImportMode,
    ReimportMode,
    ResourceProperties,
    asset_files,
    constraints,
)
from personalize_import_handler.contract.constraints import TextRule, violation

_MESSAGE_BYTES_MAX: Final = 2800
"""So much of the 4096 bytes of an answer that the ids of the stack and the resource fit in beside it."""
_PROBLEMS_OF_A_KIND_MAX: Final = 5


class InvalidPropertiesError(ValueError):
    """One or more properties are not what the contract allows; the message names each, its value and what is."""


class ImportProperties(NamedTuple):
    """What to import, whence, as whom, and how long to wait for it."""

    dataset_arn: str
    data_location: str
    role_arn: str
    data_files: tuple[tuple[str, str], ...] = ()
    """What is brought to the location first: names, and the objects they are copied from."""
    schema_arn: str | None = None
    after: str | None = None
    followed_by: tuple[tuple[str, str | None], ...] = ()
    """The logical ids of the resources that come after this one, and their job names where they have one."""
    stack_scope: str | None = None
    job_name: str | None = None
    import_mode: ImportMode = ImportMode.FULL
    publish_attribution_metrics_to_s3: bool = False
    reimport_token: str | None = None
    reimport: ReimportMode = ReimportMode.WHEN_PROPERTIES_CHANGE
    data_fingerprint: str | None = None
    """What the data is told apart by, where it decides; in no template, for it is found out."""
    preflight: bool = False
    publish_state_changes: bool = False
    tags: tuple[tuple[str, str], ...] = ()
    timeout_seconds: int = contract.TIMEOUT_SECONDS_DEFAULT
    wait: bool = True
    hands_over: bool = False
    dataset_import_job_arn: str | None = None
    first_resource: tuple[str, str] | None = None
    """The logical and the physical id of the resource that has begun the import; None if this one does."""
    waited_seconds: int = 0
    last_status: str | None = None

    def job_tags(self, resource_tag: str) -> dict[str, str]:
        """Return the tags of a job: those of the properties, its resource, and the data's fingerprint if known."""
        fingerprint = {DATA_FINGERPRINT_TAG: self.data_fingerprint} if self.data_fingerprint else {}
        return {**dict(self.tags), RESOURCE_TAG: resource_tag, **fingerprint}


def parse(properties: Mapping[str, object]) -> ImportProperties:
    """Parse what CloudFormation delivered, or raise `InvalidPropertiesError` with everything that is wrong."""
    read = _Reader(properties)
    read.note_first("Unknown properties", constraints.check_known(properties, ResourceProperties.__annotations__))
    parsed = ImportProperties(
        dataset_arn=read.text("DatasetArn", constraints.DATASET_ARN) or "",
        data_location=read.text("DataLocation", constraints.DATA_LOCATION) or "",
        role_arn=read.text("RoleArn", constraints.ROLE_ARN) or "",
        data_files=read.data_files("DataFiles"),
        schema_arn=read.text("SchemaArn", constraints.SCHEMA_ARN),
        after=read.text("After", constraints.DATASET_IMPORT_JOB_ARN),
        followed_by=read.followers("FollowedBy"),
        stack_scope=read.text("StackScope", constraints.STACK_SCOPE),
        job_name=read.text("JobName", constraints.JOB_NAME),
        import_mode=read.import_mode("ImportMode"),
        publish_attribution_metrics_to_s3=read.boolean("PublishAttributionMetricsToS3", default=False),
        reimport_token=read.text("ReimportToken", constraints.REIMPORT_TOKEN),
        reimport=read.reimport("Reimport"),
        preflight=read.boolean("Preflight", default=False),
        publish_state_changes=read.boolean("PublishStateChanges", default=False),
        tags=read.tags("Tags"),
        timeout_seconds=read.timeout_seconds("TimeoutSeconds"),
        wait=read.boolean("Wait", default=True),
        hands_over=read.boolean("HandsOver", default=False),
        dataset_import_job_arn=read.text("DatasetImportJobArn", constraints.DATASET_IMPORT_JOB_ARN),
        first_resource=read.first_resource("FirstResource"),
        waited_seconds=read.waited_seconds("WaitedSeconds"),
        last_status=read.text("LastStatus", constraints.STATUS),
    )
    read.text("DataAsOf", constraints.DATA_AS_OF)  # that it has changed is all that it says
    if read.problems:
        raise InvalidPropertiesError(_message(read.problems))
    return parsed


_BOOLEANS: Final = {"true": True, "false": False}


class _Reader:
    """Reads properties one by one and remembers what is wrong with them."""

    def __init__(self, properties: Mapping[str, object]) -> None:
        self.properties = properties
        self.problems: list[str] = []

    def text(self, name: str, rule: TextRule) -> str | None:
        if name not in self.properties:
            if name in ResourceProperties.__required_keys__:
                self.problems.append(f"{name} is missing: it must be {rule.allowed}")
            return None
        value = self.properties[name]
        self.problems.extend(rule.check(name, value))
        return str(value)

    def import_mode(self, name: str) -> ImportMode:
        value = self.properties.get(name, ImportMode.FULL)
        problems = list(constraints.check_import_mode(name, value))
        self.problems.extend(problems)
        return ImportMode.FULL if problems else ImportMode(str(value))

    def reimport(self, name: str) -> ReimportMode:
        value = self.properties.get(name, ReimportMode.WHEN_PROPERTIES_CHANGE)
        problems = list(constraints.check_reimport(name, value))
        self.problems.extend(problems)
        return ReimportMode.WHEN_PROPERTIES_CHANGE if problems else ReimportMode(str(value))

    def boolean(self, name: str, *, default: bool) -> bool:
        value = self.properties.get(name, default)
        parsed = value if isinstance(value, bool) else _BOOLEANS.get(str(value).lower())
        if parsed is None:
            self.problems.append(violation(name, value, "true or false"))
            return default
        return parsed

    def timeout_seconds(self, name: str) -> int:
        default = contract.TIMEOUT_SECONDS_DEFAULT
        return self._seconds(name, default, constraints.TIMEOUT_SECONDS_ALLOWED, constraints.check_timeout_seconds)

    def waited_seconds(self, name: str) -> int:
        return self._seconds(name, 0, constraints.WAITED_SECONDS_ALLOWED, constraints.check_waited_seconds)

    def _seconds(self, name: str, default: int, allowed: str, check: Callable[[str, float], Iterable[str]]) -> int:
        value = self.properties.get(name, default)
        # ASCII digits only: int() would take "٣٠٠", " 300 " and "3_00" too, none of which a template means.
        if not re.fullmatch(r"[0-9]{1,9}", str(value)):
            self.problems.append(violation(name, value, allowed))
            return default
        seconds = int(str(value))
        self.problems.extend(check(name, seconds))
        return seconds

    def tags(self, name: str) -> tuple[tuple[str, str], ...]:
        value = self.properties.get(name, [])
        if not isinstance(value, list) or not all(_has_strings(tag, "Key", "Value") for tag in value):
            self.problems.append(violation(name, value, "a list of {Key, Value}, both of them strings"))
            return ()
        tags = tuple((str(tag["Key"]), str(tag["Value"])) for tag in value)
        self.note_first(name, constraints.check_tags(name, tags))
        return tags

    def data_files(self, name: str) -> tuple[tuple[str, str], ...]:
        if name not in self.properties:
            return ()
        value = self.properties[name]
        if not isinstance(value, list) or not all(_has_strings(file, "Name", "Source") for file in value):
            self.problems.append(violation(name, value, "a list of {Name, Source}, both of them strings"))
            return ()
        files = tuple((str(file["Name"]), str(file["Source"])) for file in value)
        location = str(self.properties.get("DataLocation", ""))
        if any(constraints.DATA_LOCATION.check("", location)):
            location = "/"  # what is wrong with it is told already
        self.note_first(name, asset_files.check_data_files(name, files, location))
        return files

    def followers(self, name: str) -> tuple[tuple[str, str | None], ...]:
        value = self.properties.get(name, [])
        if not isinstance(value, list) or not all(
            _has_strings(each, "LogicalId") or _has_strings(each, "LogicalId", "JobName") for each in value
        ):
            self.problems.append(violation(name, value, "a list of {LogicalId, JobName}, all of them strings"))
            return ()
        followers = tuple((each["LogicalId"], each.get("JobName")) for each in value)
        self.note_first(name, constraints.check_followers(name, followers))
        return followers

    def first_resource(self, name: str) -> tuple[str, str] | None:
        if name not in self.properties:
            job_arn = self.properties.get("DatasetImportJobArn")
            if job_arn is not None and not any(constraints.DATASET_IMPORT_JOB_ARN.check("", job_arn)):
                self.problems.append(f"{name} is missing: it must be {constraints.FIRST_RESOURCE_ALLOWED}")
            return None
        value = self.properties[name]
        if not isinstance(value, dict) or not _has_strings(value, "LogicalId", "PhysicalId"):
            self.problems.append(violation(name, value, constraints.FIRST_RESOURCE_ALLOWED))
            return None
        self.problems.extend(constraints.LOGICAL_ID.check(f"{name}: LogicalId", value["LogicalId"]))
        return value["LogicalId"], value["PhysicalId"]

    def note_first(self, what: str, problems: Iterable[str]) -> None:
        """Note some problems that may be hundreds, and how many more there are."""
        problems = list(problems)
        self.problems.extend(problems[:_PROBLEMS_OF_A_KIND_MAX])
        if len(problems) > _PROBLEMS_OF_A_KIND_MAX:
            self.problems.append(f"{what}: {len(problems) - _PROBLEMS_OF_A_KIND_MAX} more problems of this kind")


def _has_strings(value: object, *names: str) -> bool:
    return isinstance(value, dict) and set(value) == {*names} and all(isinstance(v, str) for v in value.values())


def _message(problems: list[str]) -> str:
    """Join problems; where they are too long together, the longest are cut, for each begins with what is wrong."""

    def cut_to(length: int) -> str:
        return "; ".join(text if len(text) <= length else f"{text[:length]}…" for text in problems)

    lengths = range(max(map(len, problems)) + 1)
    too_long = bisect.bisect(lengths, _MESSAGE_BYTES_MAX, key=lambda length: _bytes_in_json(cut_to(length)))
    return cut_to(max(0, too_long - 1))


def _bytes_in_json(text: str) -> int:
    return len(json.dumps(text, ensure_ascii=False).encode())
