"""Metrics, alarms and the dashboard, as in the template."""

import json
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_sns as sns

from personalize_import import DatasetImportProvider, ImportDashboard
from personalize_import.monitoring.metrics import Statistic
from personalize_import.synthesis.validation import ValidationError
from tests.constructs.support.stacks import DATASET_ARN, add_dataset, add_job, deployed, new_app, new_stack, template_of

OF_THE_PROVIDER = {
    "ExecutionsAborted",
    "ExecutionsFailed",
    "ExecutionsTimedOut",
    "IsCompleteErrors",
    "IsCompleteThrottles",
    "OnEventErrors",
    "OnEventThrottles",
}


def alarms(stack: cdk.Stack) -> dict[str, dict[str, Any]]:
    """Return the alarms by the beginning of their logical ids."""
    template = deployed(stack)
    return {name[:-8]: template.properties(name) for name in template.of_type("AWS::CloudWatch::Alarm")}


def test_errors_are_those_of_all_jobs_of_the_dataset() -> None:
    metric = add_job(new_stack()).metric_errors()

    assert metric.expression == (
        f"SELECT SUM(DatasetImportJobError) FROM \"AWS/Personalize\" WHERE DatasetArn = '{DATASET_ARN}'"
    )
    assert metric.period is not None
    assert metric.period.to_minutes() == 5


def test_the_execution_time_is_that_of_the_longest_import() -> None:
    metric = add_job(new_stack()).metric_execution_time()

    assert str(metric.expression).startswith("SELECT MAX(DatasetImportJobExecutionTime) FROM")


@pytest.mark.parametrize(("statistic", "function"), [("Average", "AVG"), ("Minimum", "MIN"), ("Sum", "SUM")])
def test_a_metric_accepts_the_statistics_that_the_service_supports(statistic: Statistic, function: str) -> None:
    metric = add_job(new_stack()).metric_execution_time(
        statistic=statistic, period=cdk.Duration.hours(1), label="time", color=cloudwatch.Color.RED
    )

    assert f" {function}(" in str(metric.expression)
    assert metric.period is not None
    assert (metric.period.to_hours(), metric.label, metric.color) == (1, "time", cloudwatch.Color.RED)


def test_any_other_statistic_is_refused_with_those_that_are_allowed() -> None:
    job = add_job(new_stack())

    with pytest.raises(ValidationError, match="Stack/Job: statistic must be Average, Maximum, Minimum, Sum, got 'p99'"):
        job.metric_errors(statistic="p99")  # type: ignore[arg-type]


def test_a_metric_references_a_dataset_of_the_stack() -> None:
    stack = new_stack()
    job = add_job(stack, dataset=add_dataset(stack))

    job.metric_errors().create_alarm(stack, "Alarm", threshold=1, evaluation_periods=1)

    (alarm,) = alarms(stack).values()
    assert alarm["Metrics"][0]["Expression"].endswith("dataset/group/INTERACTIONS'")


def test_add_alarms_creates_alarms_for_the_job_and_its_provider() -> None:
    stack = new_stack()
    job = add_job(stack)
    made = job.add_alarms("Alarms", longest_execution_time=cdk.Duration.hours(1))

    found = alarms(stack)
    assert set(found) == {
        "JobAlarmsErrors",
        "JobAlarmsExecutionTime",
        *(f"DatasetImportProviderAlarms{name}" for name in OF_THE_PROVIDER),
    }
    assert len(made) == len(found)
    assert found["JobAlarmsExecutionTime"]["Threshold"] == 3600
    assert {alarm["TreatMissingData"] for alarm in found.values()} == {"notBreaching"}
    assert {alarm["ComparisonOperator"] for alarm in found.values()} == {"GreaterThanOrEqualToThreshold"}
    assert {alarm["Threshold"] for name, alarm in found.items() if "Time" not in name} == {1}


def test_without_a_maximum_duration_there_is_no_alarm_on_the_duration() -> None:
    stack = new_stack()
    add_job(stack).add_alarms("Alarms")

    assert "JobAlarmsExecutionTime" not in alarms(stack)


def test_the_alarms_of_a_provider_are_created_once_with_the_actions_of_all_its_jobs() -> None:
    stack = new_stack()
    one, other = (actions.SnsAction(sns.Topic(stack, name)) for name in ("One", "Other"))
    add_job(stack, "First").add_alarms("Alarms", actions=[one])
    add_job(stack, "Second").add_alarms("Alarms", actions=[one, other])

    found = alarms(stack)
    assert len(found) == 2 + len(OF_THE_PROVIDER)
    assert [len(found[name]["AlarmActions"]) for name in ("FirstAlarmsErrors", "SecondAlarmsErrors")] == [1, 2]
    assert {len(found[f"DatasetImportProviderAlarms{name}"]["AlarmActions"]) for name in OF_THE_PROVIDER} == {2}


def widgets(stack: cdk.Stack) -> list[dict[str, Any]]:
    (body,) = [each["DashboardBody"] for each in deployed(stack).all_properties("AWS::CloudWatch::Dashboard")]
    shown: list[dict[str, Any]] = json.loads(body)["widgets"]
    return shown


def test_a_dashboard_shows_jobs_and_each_of_their_providers_once() -> None:
    stack = new_stack()
    own = DatasetImportProvider(stack, "Own")
    items = DATASET_ARN.replace("INTERACTIONS", "ITEMS")
    jobs = [add_job(stack, "First"), add_job(stack, "Second", dataset=items), add_job(stack, "Third", provider=own)]
    ImportDashboard(stack, "Dashboard", jobs=jobs, dashboard_name="imports")

    assert [widget["properties"]["title"] for widget in widgets(stack)] == [
        "Execution time of imports",
        "Errors of imports",
        *(
            f"{what} of Stack/{provider}"
            for provider in ("DatasetImportProvider", "Own")
            for what in ("Executions", "Errors and throttles", "Durations")
        ),
    ]
    labels = [metric[0]["label"] for metric in widgets(stack)[0]["properties"]["metrics"]]
    assert labels == ["Stack/First, Stack/Third", "Stack/Second"]
    assert deployed(stack).all_properties("AWS::CloudWatch::Dashboard")[0]["DashboardName"] == "imports"


def test_widgets_can_be_added_to_a_dashboard() -> None:
    stack = new_stack()
    dashboard = ImportDashboard(stack, "Dashboard", jobs=[add_job(stack)])
    dashboard.dashboard.add_widgets(cloudwatch.TextWidget(markdown="# Shop"))

    assert widgets(stack)[-1]["type"] == "text"


@pytest.mark.parametrize("jobs", [[], ["Import"]])
def test_a_dashboard_without_jobs_is_rejected(jobs: Any) -> None:
    with pytest.raises(ValidationError, match="jobs must be one or more DatasetImportJobs, got"):
        ImportDashboard(new_stack(), "Dashboard", jobs=jobs)


def test_without_metrics_and_alarms_nothing_is_created() -> None:
    stack = new_stack()
    add_job(stack)

    kinds = {resource["Type"] for resource in template_of(stack)["Resources"].values()}
    assert not [kind for kind in kinds if kind.startswith(("AWS::CloudWatch", "AWS::Events"))]


def test_the_alarms_of_a_provider_in_another_stack_are_in_the_stack_of_the_job() -> None:
    app = new_app()
    platform, shop = new_stack("Platform", app), new_stack("Shop", app)
    provider = DatasetImportProvider(platform, "Imports")
    for name in ("First", "Second"):
        job = add_job(shop, name, provider=provider)
        job.add_alarms("Alarms", actions=[actions.SnsAction(sns.Topic(shop, f"{name}Topic"))])

    kinds = [resource["Type"] for resource in template_of(shop)["Resources"].values()]
    assert kinds.count("AWS::CloudWatch::Alarm") == 2 + len(OF_THE_PROVIDER)
    assert "AWS::CloudWatch::Alarm" not in str(template_of(platform))


def test_a_provider_of_another_app_adds_no_alarms_and_graphs() -> None:
    stack = new_stack()
    token = "arn:aws:lambda:eu-west-1:123456789012:function:on-event"
    provider = DatasetImportProvider.from_provider_attributes(
        stack, "Imports", service_token=token, import_role_path="/shops/"
    )
    job = add_job(stack, provider=provider)
    job.add_alarms("Alarms")
    ImportDashboard(stack, "Dashboard", jobs=[job])

    assert set(alarms(stack)) == {"JobAlarmsErrors"}
    assert len(widgets(stack)) == 2
