"""Metrics that Personalize publishes: https://docs.aws.amazon.com/personalize/latest/dg/cloudwatch-metrics.html.

Their dimensions are the dataset group, the dataset and the job, and CloudWatch finds a metric only by all of its
dimensions. But a job's ARN is unknown until the job has started, and a failed job has no ARN in the template. So each
metric is a Metrics Insights query over all jobs of a dataset, including future ones:
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-metrics-insights-querylanguage.html.
"""

from collections.abc import Iterator, Mapping
from typing import Final, Literal

import aws_cdk as cdk
from constructs import Construct

from personalize_import.synthesis import validation
from personalize_import_handler.contract.constraints import violation

ERRORS: Final = "DatasetImportJobError"
EXECUTION_TIME: Final = "DatasetImportJobExecutionTime"
# The statistics that these metrics support, according to the page above.
Statistic = Literal["Average", "Maximum", "Minimum", "Sum"]
_NAMESPACE: Final = "AWS/Personalize"
_FUNCTIONS: Final[Mapping[Statistic, str]] = {"Average": "AVG", "Maximum": "MAX", "Minimum": "MIN", "Sum": "SUM"}
_DEFAULT_PERIOD: Final = cdk.Duration.minutes(5)


def metric_of_dataset(
    scope: Construct,
    name: str,
    dataset_arn: str,
    *,
    statistic: Statistic,
    period: cdk.Duration | None,
    label: str | None,
    color: str | None,
) -> "cdk.aws_cloudwatch.MathExpression":
    """Return a metric of all jobs that import into a dataset.

    Raises:
        ValidationError: The metric doesn't support the statistic.
    """
    validation.require(scope, _check_statistic("statistic", statistic))
    function = _FUNCTIONS[statistic]
    return cdk.aws_cloudwatch.MathExpression(
        expression=f"SELECT {function}({name}) FROM \"{_NAMESPACE}\" WHERE DatasetArn = '{dataset_arn}'",  # noqa: S608 - no SQL
        using_metrics={},
        period=period or _DEFAULT_PERIOD,
        label=label or name,
        color=color,
    )


def _check_statistic(name: str, statistic: object) -> Iterator[str]:
    if statistic not in _FUNCTIONS:
        yield violation(name, statistic, ", ".join(_FUNCTIONS))
