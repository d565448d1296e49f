"""A dashboard of import jobs and their providers."""

from collections.abc import Iterator, Sequence
from typing import Final

import aws_cdk as cdk
from constructs import Construct

from personalize_import.dataset_import_job import DatasetImportJob
from personalize_import.provider.provider import DatasetImportProvider
from personalize_import.synthesis import validation
from personalize_import.synthesis.property_injection import property_injectable
from personalize_import_handler.contract.constraints import violation

_HALF: Final = 12
_THIRD: Final = 8


@property_injectable
class ImportDashboard(Construct):
    """A CloudWatch dashboard of the errors and execution times of jobs, and of their providers."""

    PROPERTY_INJECTION_ID: Final = "cdk-personalize-import.ImportDashboard"
    """The id of this class for `PropertyInjectors`."""

    def __init__(
        self, scope: Construct, id: str, *, jobs: Sequence[DatasetImportJob], dashboard_name: str | None = None
    ) -> None:
        """Create a dashboard.

        Args:
            scope: The construct that contains this one.
            id: The id within `scope`.
            jobs: The jobs to show, at least one. Their providers are shown too, unless another app created them.
            dashboard_name: The dashboard's name. Default: a name that CloudFormation generates.

        Raises:
            ValidationError: A `ValueError`: `jobs` is empty, or contains a value that is not a job.
        """
        super().__init__(scope, id)
        validation.require(self, _check_jobs("jobs", jobs))
        providers = {each.provider.node.path: each.provider for each in jobs}
        own = [each for each in providers.values() if isinstance(each, DatasetImportProvider)]
        rows = [_of_jobs(jobs), *(_of_provider(provider) for provider in own)]
        self._dashboard = cdk.aws_cloudwatch.Dashboard(self, "Resource", dashboard_name=dashboard_name, widgets=rows)

    @property
    def dashboard(self) -> "cdk.aws_cloudwatch.Dashboard":
        """The underlying dashboard, to which you can add widgets."""
        return self._dashboard


def _of_jobs(jobs: Sequence[DatasetImportJob]) -> "list[cdk.aws_cloudwatch.IWidget]":
    # The metrics of a dataset include all of its jobs.
    of_dataset = {job.dataset_arn: job for job in jobs}
    labels = {arn: ", ".join(each.node.path for each in jobs if each.dataset_arn == arn) for arn in of_dataset}
    times = [job.metric_execution_time(label=labels[arn]) for arn, job in of_dataset.items()]
    errors = [job.metric_errors(label=labels[arn]) for arn, job in of_dataset.items()]
    seconds = cdk.aws_cloudwatch.YAxisProps(label="Seconds", min=0, show_units=False)
    return [
        cdk.aws_cloudwatch.GraphWidget(title="Execution time of imports", width=_HALF, left=times, left_y_axis=seconds),
        cdk.aws_cloudwatch.GraphWidget(title="Errors of imports", width=_HALF, left=errors),
    ]


def _of_provider(provider: DatasetImportProvider) -> "list[cdk.aws_cloudwatch.IWidget]":
    waiter, functions = provider.state_machine, (provider.on_event, provider.is_complete)
    executions = [
        waiter.metric_started(),
        waiter.metric_succeeded(),
        waiter.metric_failed(),
        waiter.metric_timed_out(),
    ]
    faults = [metric for each in functions for metric in (each.metric_errors(), each.metric_throttles())]
    durations = [each.metric_duration(statistic=cdk.aws_cloudwatch.Stats.MAXIMUM) for each in functions]
    of = provider.node.path
    return [
        cdk.aws_cloudwatch.GraphWidget(title=f"Executions of {of}", width=_THIRD, left=executions),
        cdk.aws_cloudwatch.GraphWidget(title=f"Errors and throttles of {of}", width=_THIRD, left=faults),
        cdk.aws_cloudwatch.GraphWidget(title=f"Durations of {of}", width=_THIRD, left=durations),
    ]


def _check_jobs(name: str, jobs: Sequence[object]) -> Iterator[str]:
    if not jobs or not all(isinstance(job, DatasetImportJob) for job in jobs):
        yield violation(name, jobs, "one or more DatasetImportJobs")
