"""A dashboard of import jobs and of what handles them."""

from collections.abc import Iterator, Sequence
from typing import Final

from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from personalize_import.dataset_import_job import DatasetImportJob
from personalize_import.provider.provider import DatasetImportProvider
from personalize_import.synthesis import validation
from personalize_import_handler.contract.constraints import violation

_HALF: Final = 12
_THIRD: Final = 8


class ImportDashboard(Construct):
    """A CloudWatch dashboard: errors and execution times of jobs, executions and functions of their providers."""

    def __init__(
        self, scope: Construct, id: str, *, jobs: Sequence[DatasetImportJob], dashboard_name: str | None = None
    ) -> None:
        """Make a dashboard.

        Args:
            scope: The construct that this one is in.
            id: The id within `scope`.
            jobs: What it shows, with the provider of each, unless another app has made that.
            dashboard_name: The dashboard's name. Default: one that CloudFormation makes up.

        Raises:
            ValidationError: A `ValueError`, if there is no job, or what is no job.
        """
        super().__init__(scope, id)
        validation.require(self, _check_jobs("jobs", jobs))
        providers = {each.provider.node.path: each.provider for each in jobs}
        own = [each for each in providers.values() if isinstance(each, DatasetImportProvider)]
        rows = [_of_jobs(jobs), *(_of_provider(provider) for provider in own)]
        self._dashboard = cloudwatch.Dashboard(self, "Resource", dashboard_name=dashboard_name, widgets=rows)

    @property
    def dashboard(self) -> cloudwatch.Dashboard:
        """The dashboard, for widgets of one's own."""
        return self._dashboard


def _of_jobs(jobs: Sequence[DatasetImportJob]) -> list[cloudwatch.IWidget]:
    # What the service counts for a dataset, it counts for all of its jobs.
    of_dataset = {job.dataset_arn: job for job in jobs}
    labels = {arn: ", ".join(each.node.path for each in jobs if each.dataset_arn == arn) for arn in of_dataset}
    times = [job.metric_execution_time(label=labels[arn]) for arn, job in of_dataset.items()]
    errors = [job.metric_errors(label=labels[arn]) for arn, job in of_dataset.items()]
    seconds = cloudwatch.YAxisProps(label="Seconds", min=0, show_units=False)
    return [
        cloudwatch.GraphWidget(title="Execution time of imports", width=_HALF, left=times, left_y_axis=seconds),
        cloudwatch.GraphWidget(title="Errors of imports", width=_HALF, left=errors),
    ]


def _of_provider(provider: DatasetImportProvider) -> list[cloudwatch.IWidget]:
    waiter, functions = provider.state_machine, (provider.on_event, provider.is_complete)
    executions = [
        waiter.metric_started(),
        waiter.metric_succeeded(),
        waiter.metric_failed(),
        waiter.metric_timed_out(),
    ]
    faults = [metric for each in functions for metric in (each.metric_errors(), each.metric_throttles())]
    durations = [each.metric_duration(statistic=cloudwatch.Stats.MAXIMUM) for each in functions]
    of = provider.node.path
    return [
        cloudwatch.GraphWidget(title=f"Executions of {of}", width=_THIRD, left=executions),
        cloudwatch.GraphWidget(title=f"Errors and throttles of {of}", width=_THIRD, left=faults),
        cloudwatch.GraphWidget(title=f"Durations of {of}", width=_THIRD, left=durations),
    ]


def _check_jobs(name: str, jobs: Sequence[object]) -> Iterator[str]:
    if not jobs or not all(isinstance(job, DatasetImportJob) for job in jobs):
        yield violation(name, jobs, "one or more DatasetImportJobs")
