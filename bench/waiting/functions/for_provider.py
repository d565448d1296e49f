"""Handlers for the `Provider` framework of the CDK."""

from typing import Any

from .job import arn_of, is_active, start


def on_event(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Start the job. A job can't be deleted, so there is nothing to do on Delete."""
    if event["RequestType"] == "Delete":
        return {"PhysicalResourceId": event["PhysicalResourceId"]}
    start(event)
    return {"PhysicalResourceId": arn_of(event)}


def is_complete(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Poll the job."""
    return {"IsComplete": event["RequestType"] == "Delete" or is_active(event)}
