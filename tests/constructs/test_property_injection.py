"""Property injectors of an app or a stack set the default arguments of the constructs below it."""

from collections.abc import Mapping

import aws_cdk as cdk
import jsii
import pytest
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from personalize_import import DatasetImportJob, DatasetImportProvider, ImportDashboard
from tests.constructs.support.stacks import WITHOUT_CODE, add_job, new_stack, properties_of


@jsii.implements(cdk.IPropertyInjector)
class Injector:
    """Adds arguments to every construct of a class, unless the construct was given other ones."""

    def __init__(self, construct_class: type[DatasetImportJob | DatasetImportProvider], **arguments: object) -> None:
        self._unique_id = construct_class.PROPERTY_INJECTION_ID
        self._arguments = arguments

    @property
    def construct_unique_id(self) -> str:
        return self._unique_id

    def inject(self, original_props: Mapping[str, object], *, scope: Construct, id: str) -> Mapping[str, object]:
        return {**self._arguments, **original_props}


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


@pytest.mark.parametrize("construct_class", [DatasetImportJob, DatasetImportProvider, ImportDashboard])
def test_every_public_construct_has_an_id_of_its_own(construct_class: type[ImportDashboard]) -> None:
    expected = f"cdk-personalize-import.{construct_class.__name__}"

    assert expected == construct_class.PROPERTY_INJECTION_ID
