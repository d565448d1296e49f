"""`ImportTarget`: any rule of EventBridge and any schedule of EventBridge Scheduler can refresh an import."""

import json
from collections.abc import Callable, Mapping
from typing import Any

import aws_cdk as cdk
import jsii
import pytest
from aws_cdk import aws_events as events
from aws_cdk import aws_scheduler as scheduler
from constructs import Construct, IConstruct

import personalize_import
from personalize_import import DatasetImportProvider, DatasetSchema, DataSource, ImportedDataset, ImportTarget
from personalize_import.synthesis.validation import ValidationError
from tests.constructs.support.refreshes import (
    EVERY_HOUR,
    EVERY_NIGHT,
    add_rule,
    event_of_rule,
    event_of_schedule,
    refreshed_job,
)
from tests.constructs.support.stacks import (
    add_job,
    deployed,
    logical_id,
    new_app,
    new_stack,
    own_warnings,
    template_of,
)

TOKEN = "arn:aws:lambda:eu-west-1:123456789012:function:imports"


def add_schedule(job: Any, scope: Construct | None = None, id: str = "Schedule") -> scheduler.Schedule:
    return scheduler.Schedule(scope or cdk.Stack.of(job), id, schedule=EVERY_NIGHT, target=ImportTarget(job))


def test_a_rule_of_the_app_refreshes_the_import_at_once() -> None:
    job = refreshed_job()
    rule = add_rule(job)

    event = event_of_rule(job)
    assert (event["QuietSeconds"], event["Always"]) == (0, False)
    assert template_of(cdk.Stack.of(job))["Resources"][logical_id(rule)]["DependsOn"] == [logical_id(job)]


def test_a_rule_of_the_app_can_have_a_quiet_period_and_always_import() -> None:
    job = refreshed_job()
    add_rule(job, quiet_period=cdk.Duration.minutes(5), always=True)

    event = event_of_rule(job)
    assert (event["QuietSeconds"], event["Always"]) == (300, True)


def test_a_schedule_of_the_app_refreshes_the_import() -> None:
    job = refreshed_job()
    schedule = add_schedule(job)

    assert event_of_schedule(job)["RequestType"] == "Refresh"
    assert template_of(cdk.Stack.of(job))["Resources"][logical_id(schedule)]["DependsOn"] == [logical_id(job)]


def test_one_target_serves_rules_and_schedules() -> None:
    job = refreshed_job()
    stack, target = cdk.Stack.of(job), ImportTarget(job)
    events.Rule(stack, "Rule", schedule=EVERY_HOUR, targets=[target])
    scheduler.Schedule(stack, "Schedule", schedule=EVERY_NIGHT, target=target)

    rule, schedule = event_of_rule(job), event_of_schedule(job)
    assert rule == schedule


def test_a_rule_with_two_imports_has_one_permission_and_an_event_for_each() -> None:
    stack = new_stack()
    jobs = [add_job(stack, name) for name in ("One", "Two")]
    events.Rule(stack, "Rule", schedule=EVERY_HOUR, targets=[ImportTarget(job) for job in jobs])

    template = deployed(stack)
    targets = template.only("AWS::Events::Rule")["Targets"]
    ids = [json.loads(each["InputTransformer"]["InputTemplate"])["LogicalResourceId"] for each in targets]
    assert ids == [logical_id(job) for job in jobs]
    assert len(template.of_type("AWS::Lambda::Permission")) == 1


def test_a_rule_with_two_providers_has_a_permission_for_each() -> None:
    stack = new_stack()
    jobs = [add_job(stack, name, provider=DatasetImportProvider(stack, f"Of{name}")) for name in ("One", "Two")]
    events.Rule(stack, "Rule", schedule=EVERY_HOUR, targets=[ImportTarget(job) for job in jobs])

    assert len({each["FunctionName"] for each in deployed(stack).all_properties("AWS::Lambda::Permission")}) == 2


@pytest.mark.parametrize(("count", "warnings"), [(40, 0), (42, 1)])
def test_a_warning_reports_more_rules_than_fit_into_the_policy_of_the_function(count: int, warnings: int) -> None:
    stack = new_stack()
    target = ImportTarget(add_job(stack))
    for number in range(count):
        events.Rule(stack, f"Rule{number}", schedule=EVERY_HOUR, targets=[target])

    reported = own_warnings(stack, "rules-of-one-provider")
    assert ["more than 40 rules invoke the provider Stack/DatasetImportProvider" in each for each in reported] == [
        True
    ] * warnings


def test_only_a_job_of_this_app_can_be_refreshed() -> None:
    with pytest.raises(ValidationError, match=r"^job must be a DatasetImportJob, got 'arn'$"):
        ImportTarget("arn")  # type: ignore[arg-type]


def test_an_imported_dataset_is_refreshed_by_its_import_job() -> None:
    films = ImportedDataset(
        new_stack(),
        "Films",
        dataset_group="arn:aws:personalize:eu-west-1:123456789012:dataset-group/films",
        schema=DatasetSchema.interactions(),
        data_source=DataSource.from_s3_uri("s3://films-data/items/"),
    )

    with pytest.raises(ValidationError, match=r"^job must be a DatasetImportJob: pass its import_job, got <"):
        ImportTarget(films)  # type: ignore[arg-type]
    ImportTarget(films.import_job)


@pytest.mark.parametrize("source", ["job", "provider"])
def test_a_rule_for_the_states_of_an_import_can_not_refresh_it(source: str) -> None:
    job = refreshed_job()
    assert isinstance(job.provider, DatasetImportProvider)
    sources = {"job": job, "provider": job.provider}

    # jsii turns each error of a callback into a RuntimeError.
    with pytest.raises(RuntimeError, match=r"^Stack/Job: target must not refresh Stack/Job, got an .* Stack/.*/Again,"):
        sources[source].on_failed("Again", target=ImportTarget(job))


def test_a_rule_for_the_states_of_an_import_can_refresh_another_one() -> None:
    stack = new_stack()
    first, second = (add_job(stack, name) for name in ("First", "Second"))
    first.on_state_change("Changed", target=ImportTarget(second))

    assert len(deployed(stack).only("AWS::Events::Rule")["Targets"]) == 1


@pytest.mark.parametrize("kind", ["rule", "schedule"])
def test_a_rule_or_schedule_of_another_stack_is_rejected(kind: str) -> None:
    app = new_app()
    job, other = add_job(new_stack("Imports", app)), new_stack("Other", app)
    add: dict[str, Callable[[], object]] = {
        "rule": lambda: events.Rule(other, "Trigger", schedule=EVERY_HOUR, targets=[ImportTarget(job)]),
        "schedule": lambda: add_schedule(job, other, "Trigger"),
    }

    # jsii turns each error of a callback into a RuntimeError.
    with pytest.raises(RuntimeError, match=f"^Imports/Job: the {kind} Other/Trigger must be in the stack of the job"):
        add[kind]()


def test_jobs_of_a_nested_stack_are_refreshed_by_triggers_in_it() -> None:
    parent = new_stack()
    nested = cdk.NestedStack(parent, "Nested")
    job = add_job(nested)
    job.refresh_on_upload("Uploads")
    job.refresh_on_schedule("Nightly", schedule=EVERY_NIGHT)

    template = template_of(nested)
    (schedule,) = deployed(nested).of_type("AWS::Scheduler::Schedule").values()
    text = json.dumps(schedule["Properties"]["Target"]["Input"])
    assert '{"Ref": "AWS::StackId"}' in text
    assert f'{{"Ref": "{logical_id(job)}"}}' in text
    assert "Parameters" not in template
    assert template_of(parent)["Resources"].keys() == {
        name for name in template_of(parent)["Resources"] if name.startswith("Nested")
    }


def test_the_provider_of_another_stack_of_the_app_is_invoked() -> None:
    app = new_app()
    provider = DatasetImportProvider(new_stack("Platform", app), "Imports")
    job = add_job(new_stack("Shop", app), provider=provider)
    job.refresh_on_schedule("Nightly", schedule=EVERY_NIGHT)

    template = deployed(cdk.Stack.of(job))
    imported = template.value(cdk.Stack.of(job).resolve(job.provider.service_token))
    assert template.only("AWS::Scheduler::Schedule")["Target"]["Arn"] == imported
    assert template.of_type("AWS::Lambda::Function") == {}


def test_the_provider_of_another_app_is_invoked() -> None:
    stack = new_stack()
    provider = DatasetImportProvider.from_provider_attributes(
        stack,
        "Imports",
        service_token=TOKEN,
        import_role_path="/team/",
        preflight_role_arn="arn:aws:iam::123456789012:role/IsComplete",
    )
    job = add_job(stack, provider=provider)
    job.refresh_on_schedule("Nightly", schedule=EVERY_NIGHT)
    job.refresh_on_upload("Uploads")

    template = deployed(stack)
    assert template.only("AWS::Scheduler::Schedule")["Target"]["Arn"] == TOKEN
    assert template.only("AWS::Lambda::Permission")["FunctionName"] == TOKEN


@jsii.implements(cdk.IPropertyInjector)
class Describe:
    """Sets the description of all rules or schedules."""

    def __init__(self, unique_id: str) -> None:
        self._unique_id = unique_id

    @property
    def construct_unique_id(self) -> str:
        return self._unique_id

    def inject(self, original_props: Mapping[str, object], *, scope: Construct, id: str) -> Mapping[str, object]:
        return {**original_props, "description": "injected"}


def test_property_injectors_apply_to_rules_and_schedules() -> None:
    injectors = [Describe(each.PROPERTY_INJECTION_ID) for each in (events.Rule, scheduler.Schedule)]
    stack = new_stack(property_injectors=injectors)
    job = add_job(stack)
    job.refresh_on_upload("Uploads")
    job.refresh_on_schedule("Nightly", schedule=EVERY_NIGHT)

    template = deployed(stack)
    assert template.only("AWS::Events::Rule")["Description"] == "injected"
    assert template.only("AWS::Scheduler::Schedule")["Description"] == "injected"


@jsii.implements(cdk.IAspect)
class ReadInput:
    """Records the inputs of schedules that an Aspect sees."""

    def __init__(self) -> None:
        self.schedules: list[str] = []

    def visit(self, node: IConstruct) -> None:
        if isinstance(node, scheduler.CfnSchedule):
            cdk.Annotations.of(node).add_info_v2("seen", "seen")
            self.schedules.append(node.node.path)


def test_aspects_of_the_app_run_too() -> None:
    job = refreshed_job()
    stack, aspect = cdk.Stack.of(job), ReadInput()
    cdk.Aspects.of(stack).add(aspect)
    job.refresh_on_schedule("Nightly", schedule=EVERY_NIGHT)

    assert event_of_schedule(job)["RequestType"] == "Refresh"
    assert aspect.schedules == ["Stack/Job/Nightly/Resource"]


def test_two_synths_of_an_app_are_the_same() -> None:
    job = refreshed_job()
    job.refresh_on_upload("Uploads")
    job.refresh_on_schedule("Nightly", schedule=EVERY_NIGHT)
    app = cdk.Stack.of(job).node.root
    assert isinstance(app, cdk.App)

    first, second = (app.synth(force=True).get_stack_by_name("Stack").template for _ in range(2))
    assert first == second


def test_the_package_exports_the_target_and_nothing_that_does_not_exist() -> None:
    assert personalize_import.ImportTarget is ImportTarget
    assert "ImportTarget" in personalize_import.__all__
    with pytest.raises(AttributeError, match="has no attribute 'ImportTargets'"):
        personalize_import.ImportTargets  # type: ignore[attr-defined]  # noqa: B018
