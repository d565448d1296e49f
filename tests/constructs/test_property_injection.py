"""Property injectors of an app or a stack set the default arguments of the constructs below it."""

import aws_cdk as cdk
import pytest
from aws_cdk import aws_lambda as lambda_

from personalize_import import DatasetImportJob, DatasetImportProvider, ImportDashboard, ImportedDataset
from tests.constructs.support.injection import Injectable, Injector
from tests.constructs.support.stacks import WITHOUT_CODE, add_job, new_stack, properties_of


def test_an_injector_of_the_stack_sets_arguments_of_its_jobs() -> None:
    stack = new_stack(property_injectors=[Injector(DatasetImportJob, job_name_prefix="team")])

    assert properties_of(add_job(stack))["JobName"] == "team"


def test_an_argument_of_the_job_can_take_precedence_over_the_injector() -> None:
    stack = new_stack(property_injectors=[Injector(DatasetImportJob, job_name_prefix="team")])

    assert properties_of(add_job(stack, job_name_prefix="own"))["JobName"] == "own"


def test_the_injector_of_the_nearest_scope_applies() -> None:
    app = cdk.App(context=WITHOUT_CODE, property_injectors=[Injector(DatasetImportJob, job_name_prefix="app")])
    near = new_stack("Near", app, property_injectors=[Injector(DatasetImportJob, job_name_prefix="near")])
    far = new_stack("Far", app, property_injectors=[Injector(DatasetImportProvider)])

    near_job, far_job = add_job(near), add_job(far)

    assert properties_of(near_job)["JobName"] == "near"
    assert properties_of(far_job)["JobName"] == "app"


def test_an_injector_sets_arguments_of_the_default_provider() -> None:
    stack = new_stack(property_injectors=[Injector(DatasetImportProvider, memory_size=512)])
    function = DatasetImportProvider.get_or_create(stack).is_complete.node.default_child

    assert isinstance(function, lambda_.CfnFunction)
    assert function.memory_size == 512


@pytest.mark.parametrize("construct_class", [DatasetImportJob, DatasetImportProvider, ImportDashboard, ImportedDataset])
def test_every_public_construct_has_a_unique_property_injection_id(construct_class: type[Injectable]) -> None:
    expected = f"cdk-personalize-import.{construct_class.__name__}"

    assert expected == construct_class.PROPERTY_INJECTION_ID
