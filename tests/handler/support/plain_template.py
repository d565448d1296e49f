"""A stack of a plain template: its properties are no construct's, and may be anything that JSON can hold."""

import json
import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

from personalize_import_handler.cloudformation.custom_resource import Event
from personalize_import_handler.cloudformation.responses import BODY_BYTES_MAX, body_of
from tests.handler.conftest import Log
from tests.handler.support.account import Account, Response
from tests.handler.support.fakes import JobBehavior
from tests.handler.support.malformed import Malformed
from tests.handler.support.properties import properties
from tests.handler.support.simulator import CloudFormation

JOB_SECONDS: Final = 20


@dataclass
class MeasuringAccount(Account):
    """An account that measures the size of responses; its jobs take less than the shortest timeout."""

    answer_sizes: list[int] = field(default_factory=list)
    cut_reasons: list[str] = field(default_factory=list)
    """Reasons that were too long for a response."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.personalize.job_behavior = JobBehavior(pending_seconds=5, seconds=JOB_SECONDS)

    def _send(self, url: str, response: Mapping[str, object]) -> None:
        body = body_of(response)
        self.answer_sizes.append(len(body))
        if json.loads(body)["Reason"] != response["Reason"]:
            self.cut_reasons.append(str(response["Reason"]))
        super()._send(url, response)


@dataclass
class PlainTemplate(CloudFormation):
    """Sends properties as they are, or in the way of CloudFormation, which makes every scalar a string."""

    scalars_as_strings: bool = True
    urls: list[str] = field(default_factory=list)
    """The ResponseURLs of the requests."""

    def event(self, request_type: str, properties: Mapping[str, Any], physical_resource_id: str | None = None) -> Event:
        event = super().event(request_type, properties, physical_resource_id)
        self.urls.append(event["ResponseURL"])
        if not self.scalars_as_strings:
            event["ResourceProperties"] = dict(properties)
            if request_type == "Update":
                event["OldResourceProperties"] = dict(self.properties or {})
        return event


def refusal_of(sent: Malformed, request_type: str) -> Response:
    """Send malformed properties, and check that they have one response and no other effect."""
    account = MeasuringAccount()
    stack = PlainTemplate(account, scalars_as_strings=sent.scalars_as_strings)
    with _everything_logged() as log:
        if request_type == "Update":
            assert stack.create(properties()).succeeded
        started = account.personalize.calls_of("create_dataset_import_job")
        response = stack.run(stack.begin(request_type, sent.properties))
        assert stack.roll_back().succeeded
        assert stack.delete(response.physical_resource_id).succeeded
    assert account.personalize.calls_of("create_dataset_import_job") == started
    assert len(account.personalize.jobs) == len(started)
    assert account.abandoned == []
    _assert_answers_fit(account)
    _assert_no_url_is_logged(stack, [*log.lines, response.reason])
    return response


def _assert_answers_fit(account: MeasuringAccount) -> None:
    assert max(account.answer_sizes) <= BODY_BYTES_MAX
    assert account.cut_reasons == [], "a name may stand in what was cut off"


def _assert_no_url_is_logged(stack: PlainTemplate, texts: list[str]) -> None:
    assert len(texts) > 1, "nothing was logged, so this would prove nothing"
    for url in stack.urls:
        signature = url.rpartition("=")[2]
        assert not [text for text in texts if url in text or signature in text]


@contextmanager
def _everything_logged() -> Iterator[Log]:
    # Not the fixture `log`, which would keep what all examples of a test have logged.
    log, level = Log(), logging.root.level
    logging.root.addHandler(log)
    try:
        yield log
    finally:
        logging.root.removeHandler(log)
        logging.root.setLevel(level)
