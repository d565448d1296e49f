"""Metrics of the service's own: https://docs.aws.amazon.com/personalize/latest/dg/cloudwatch-metrics.html.

Their dimensions are the dataset group, the dataset and the job, and a metric of CloudWatch is found by all of its
dimensions or not at all. A job's ARN is known only once the job has been started, and that of a failed one stands in no
template. So a metric is a query here, which takes in all jobs of a dataset, those to come included:
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-metrics-insights-querylanguage.html.
"""

from collections.abc import Iterator
from typing import Final

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from personalize_import.synthesis import validation
from personalize_import_handler.contract.constraints import violation

ERRORS: Final = "DatasetImportJobError"
EXECUTION_TIME: Final = "DatasetImportJobExecutionTime"
_NAMESPACE: Final = "AWS/Personalize"
# What the service's page says that these metrics support.
_FUNCTIONS: Final = {"Average": "AVG", "Maximum": "MAX", "Minimum": "MIN", "Sum": "SUM"}
_DEFAULT_PERIOD: Final = cdk.Duration.minutes(5)


def metric_of_dataset(
    scope: Construct,
    name: str,
    dataset_arn: str,
    *,
    statistic: str,
    period: cdk.Duration | None,
    label: str | None,
    color: str | None,
) -> cloudwatch.MathExpression:
    """Ask for a metric of all jobs that import into a dataset."""
    validation.require(scope, _check_statistic("statistic", statistic))
    function = _FUNCTIONS[statistic]
    return cloudwatch.MathExpression(
        expression=f"SELECT {function}({name}) FROM \"{_NAMESPACE}\" WHERE DatasetArn = '{dataset_arn}'",  # noqa: S608 - no SQL
        using_metrics={},
        period=period or _DEFAULT_PERIOD,
        label=label or name,
        color=color,
    )


def _check_statistic(name: str, statistic: object) -> Iterator[str]:
    if statistic not in _FUNCTIONS:
        yield violation(name, statistic, ", ".join(_FUNCTIONS))
