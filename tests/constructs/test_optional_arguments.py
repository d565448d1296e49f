"""None for an optional argument selects its default."""

import inspect
import typing
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from aws_cdk import aws_sns as sns

import personalize_import
from personalize_import import DatasetImportJob, DatasetSchema
from tests.constructs.support.stacks import add_job, new_stack, properties_of, template_of

CLASSES = [each for name in personalize_import.__all__ if inspect.isclass(each := getattr(personalize_import, name))]
PUBLIC = [each for each in CLASSES if not issubclass(each, personalize_import.ImportMode | ValueError)]


def methods_of(kind: type) -> Iterator[tuple[str, Callable[..., Any]]]:
    for name, method in inspect.getmembers(kind, callable):
        if name == "__init__" or not name.startswith("_"):
            yield name, method


@pytest.mark.parametrize("kind", PUBLIC, ids=str)
def test_every_optional_argument_is_none_by_default(kind: type) -> None:
    created_by_methods = {"DataSource.__init__": {"files"}}
    for name, method in methods_of(kind):
        exempt = created_by_methods.get(f"{kind.__name__}.{name}", set())
        parameters = inspect.signature(method).parameters.values()
        optional = [each for each in parameters if each.default is not inspect.Parameter.empty]
        assert [each.name for each in optional if each.default is not None and each.name not in exempt] == [], name


def test_none_for_every_argument_of_a_job_has_no_effect() -> None:
    names = inspect.signature(DatasetImportJob.__init__).parameters
    optional: dict[str, Any] = {
        name: None for name, each in names.items() if each.default is not inspect.Parameter.empty
    }
    plain, with_none = new_stack(), new_stack()
    job = add_job(with_none, **optional)
    add_job(plain)

    assert template_of(with_none) == template_of(plain)
    assert properties_of(job)["TimeoutSeconds"] == 55 * 60
    assert properties_of(job)["Wait"] is True


def test_none_is_the_default_of_metrics_and_alarms() -> None:
    plain, with_none = new_stack(), new_stack()
    for stack, arguments in [(plain, {}), (with_none, {"actions": None, "longest_execution_time": None})]:
        sns.Topic(stack, "Topic")
        add_job(stack).add_alarms("Alarms", **arguments)

    assert template_of(with_none) == template_of(plain)
    job = add_job(plain, "Other")
    assert job.metric_errors(statistic=None).expression == job.metric_errors(statistic="Sum").expression
    assert (
        job.metric_execution_time(statistic=None).expression
        == job.metric_execution_time(statistic="Maximum").expression
    )


def test_none_is_the_default_of_a_field() -> None:
    schema = DatasetSchema.users()

    assert schema.field("CLASS", nullable=None, textual=None) == schema.field("CLASS")


@pytest.mark.parametrize("kind", PUBLIC, ids=str)
def test_the_types_of_all_arguments_can_be_read(kind: type) -> None:
    for name, method in methods_of(kind):
        if getattr(method, "__module__", "").startswith("personalize_import"):
            assert typing.get_type_hints(method), name
