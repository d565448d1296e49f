"""Everything of crhelper that `custom_resource` reaches into, so that another crhelper fails here first."""

import ast
import importlib.metadata
import inspect
from pathlib import Path

import pytest
from crhelper import CfnResource, resource_helper

from personalize_import_handler.cloudformation import custom_resource
from personalize_import_handler.cloudformation.custom_resource import CustomResource

OVERRIDDEN = {
    "__init__": "self, json_logging=False, log_level='DEBUG', boto_level='ERROR', polling_interval=2, "
    "sleep_on_delete=120, ssl_verify=None",
    "__call__": "self, event, context",
    "_poll_enabled": "self",
    "_wrap_function": "self, func",
    "_setup_polling": "self",
    "_set_timeout": "self",
    "_timeout": "self",
    "_cfn_response": "self, event",
    "_send": "self, status=None, reason='', send_response=<function _send_response>",
}
HELD = {
    "Data",
    "PhysicalResourceId",
    "LogicalResourceId",
    "Reason",
    "RequestId",
    "StackId",
    "Status",
    "_context",
    "_event",
    "_response_url",
}


def test_crhelper_has_the_pinned_version() -> None:
    assert importlib.metadata.version("crhelper") == "2.0.12"


@pytest.mark.parametrize(("name", "parameters"), OVERRIDDEN.items())
def test_overridden_methods_exist_with_the_same_parameters(name: str, parameters: str) -> None:
    signature = inspect.signature(getattr(CfnResource, name))
    rendered = ", ".join(str(parameter) for parameter in signature.parameters.values())

    assert rendered.partition(" at 0x")[0] == parameters.removesuffix(">")


def test_every_overridden_method_is_pinned() -> None:
    ours = {"record_outcome", "progress", "reject", "_begin", "_end", "_is_poll", "_answer", "_resource_id"}
    defined = {
        name
        for name, member in vars(CustomResource).items()
        if inspect.isfunction(member) or isinstance(member, property)
    }

    assert defined - ours == set(OVERRIDDEN)
    assert [name for name in ours if hasattr(CfnResource, name)] == []


def test_every_used_attribute_of_crhelper_is_pinned_and_set_by_crhelper() -> None:
    source = Path(inspect.getsourcefile(custom_resource) or "").read_text()
    set_here = {"_start_polling", "_deliver", "_clock", "_invoked_at", "wait_seconds"}
    set_here |= {"_responding", "_not_delivered", "_rejected_id"}
    ours = set(vars(CustomResource)) | set_here
    reached = {
        node.attr
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "self"
    }

    assert reached - ours == HELD | {"RequestType"}
    assert set_here.isdisjoint(dir(CfnResource))


def test_crhelper_sets_the_pinned_attributes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SAM_LOCAL", "true")
    held = vars(CfnResource(log_level="INFO"))

    assert set(held) >= HELD
    assert "RequestType" in inspect.getsource(CfnResource._crhelper_init)


def test_crhelper_creates_its_clients_through_the_replaced_name() -> None:
    assert inspect.ismodule(vars(resource_helper)["boto3"])
    assert (resource_helper.SUCCESS, resource_helper.FAILED) == ("SUCCESS", "FAILED")


def test_crhelper_recognizes_polls_and_their_data_by_the_keys_of_the_events() -> None:
    flow = inspect.getsource(CfnResource._get_func) + inspect.getsource(CfnResource._polling_init)

    assert "CrHelperPoll" in flow
    assert "CrHelperData" in inspect.getsource(CfnResource._crhelper_init)
