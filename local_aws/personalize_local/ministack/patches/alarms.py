"""Alarms on metric math, which ministack's CloudFormation refuses."""

from collections.abc import Mapping
from typing import Any

from ministack.services.cloudformation import provisioners


def accept_metric_math_alarms() -> None:
    """Accept alarms on metric queries and expressions; they never receive any data."""
    original = provisioners._cw_metric_alarm_record  # noqa: SLF001

    def record(name: str, props: Mapping[str, Any]) -> dict[str, Any]:
        if not props.get("Metrics"):
            return dict(original(name, props))
        others = {key: value for key, value in props.items() if key != "Metrics"}
        alarm = original(name, {**others, "Namespace": "none", "MetricName": "none"})
        # ministack doesn't evaluate alarms with empty names.
        return {**alarm, "Namespace": "", "MetricName": ""}

    provisioners._cw_metric_alarm_record = record  # noqa: SLF001
