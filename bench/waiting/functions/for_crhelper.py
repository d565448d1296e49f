"""A handler with crhelper, which polls with an EventBridge rule that it creates for each request."""

import os
from typing import Any

from crhelper import CfnResource

from .job import arn_of, is_active, start

helper = CfnResource(log_level="INFO", polling_interval=int(os.environ["POLLING_MINUTES"]), sleep_on_delete=0)


@helper.create
@helper.update
def begin(event: dict[str, Any], _context: object) -> None:
    """Start the job."""
    start(event)


@helper.poll_create
@helper.poll_update
def poll(event: dict[str, Any], _context: object) -> str | None:
    """Poll the job; return its ARN, which ends polling, if it is ACTIVE."""
    return arn_of(event) if is_active(event) else None


@helper.delete
def delete(_event: dict[str, Any], _context: object) -> None:
    """Do nothing: a job can't be deleted."""


def handle(event: dict[str, Any], context: object) -> None:
    """Handle a CloudFormation request, or a scheduled poll for one."""
    helper(event, context)
