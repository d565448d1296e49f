"""The internals of ministack that are used, by name and signature; a new version that changes one fails here."""

import ast
import json
import os
import re
import subprocess
import sys
import tomllib
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[3]
MODULES = sorted((ROOT / "local_aws" / "personalize_local" / "ministack").rglob("*.py"))

# Functions with their used parameters, classes with their fields, and other objects with their type.
USED: dict[str, Any] = {
    "ministack.app.SERVICE_HANDLERS": "dict",
    "ministack.app._build_persistence_save_dict": [],
    "ministack.app._credential_failure": ["service", "iam_action", "request_id", "denied", "headers"],
    "ministack.app.app": ["scope", "receive", "send"],
    "ministack.app.load_state": ["service"],
    "ministack.core.iam_actions.identity_denial_message": ["action", "principal_arn", "resource", "explicit_deny"],
    "ministack.core.iam_evaluator._gather_role_policies": ["role_name", "account_id"],
    "ministack.core.iam_evaluator._permissions_boundary": ["store", "name", "account_id"],
    "ministack.core.iam_evaluator.AmbiguousAccessKeyError": "type",
    "ministack.core.iam_evaluator.AuthError": ["code", "message"],
    "ministack.core.iam_evaluator.CredentialResolutionError": ["code", "message"],
    "ministack.core.iam_evaluator.EvalContext": [
        "principal_arn",
        "principal_type",
        "principal_account",
        "action",
        "resource_arn",
        "region",
        "secure_transport",
        "service_context",
    ],
    "ministack.core.iam_evaluator.enforce": [
        *("access_key_id", "iam_action", "service", "region", "resource_arn", "service_context")
    ],
    "ministack.core.iam_evaluator.evaluate": ["ctx", "policies", "limits"],
    "ministack.core.iam_evaluator.find_iam_access_key_account": ["access_key_id"],
    "ministack.core.iam_evaluator.resolve_credential": ["access_key_id", "account_id", "session_token"],
    "ministack.core.iam_evaluator.evaluate_resource_policy": ["doc", "ctx", "service"],
    "ministack.core.lambda_runtime.Worker": "type",
    "ministack.core.lambda_runtime._NODEJS_WORKER_SCRIPT": "str",
    "ministack.core.lambda_runtime._PYTHON_WORKER_SCRIPT": "str",
    "ministack.core.lambda_runtime._REAP_GRACE": "float",
    "ministack.core.lambda_runtime._collect": ["proc", "deadline"],
    "ministack.core.lambda_runtime._signal": ["proc"],
    "ministack.core.lambda_runtime.execution_credentials": ["config"],
    "ministack.core.lambda_runtime.reset": [],
    "ministack.core.persistence._json_default": ["obj"],
    "ministack.core.persistence._json_object_hook": ["obj"],
    "ministack.core.responses.get_account_id": [],
    "ministack.core.responses.get_region": [],
    "ministack.core.responses.set_request_account_id": ["access_key_id"],
    "ministack.core.responses.set_request_region": ["region"],
    "ministack.core.sigv4.decode_header_value": ["value"],
    "ministack.core.router.SERVICE_PATTERNS": "dict",
    "ministack.core.router.extract_access_key_id": ["headers", "query_params"],
    "ministack.services.cloudformation._stack_events": "AccountRegionScopedDict",
    "ministack.services.cloudformation._stacks": "AccountRegionScopedDict",
    "ministack.services.cloudformation.load_persisted_state": ["data"],
    "ministack.services.cloudformation.custom_resource._normalise_resource_properties": ["value"],
    "ministack.services.cloudformation.custom_resource._pending": "dict",
    "ministack.services.cloudformation.custom_resource.deliver_response": ["token", "response"],
    "ministack.services.cloudformation.custom_resource.invoke_custom_resource": [
        *("request_type", "logical_id", "props", "stack_name", "stack_id", "resource_type", "physical_id", "old_props")
    ],
    "ministack.services.cloudformation.handlers._ACTION_HANDLERS": "dict",
    "ministack.services.cloudformation.provisioners._NAME_SEED": "ContextVar",
    "ministack.services.cloudformation.provisioners._RESOURCE_HANDLERS": "dict",
    "ministack.services.cloudformation.provisioners._STACK_TAG_PROPERTY": "dict",
    "ministack.services.cloudformation.provisioners._cr_stack_id": ["stack_name"],
    "ministack.services.cloudformation.provisioners._custom_resource_create": [
        *("logical_id", "props", "stack_name", "resource_type")
    ],
    "ministack.services.cloudformation.provisioners._custom_resource_update": [
        *("physical_id", "old_props", "new_props", "stack_name", "logical_id", "resource_type")
    ],
    "ministack.services.cloudformation.provisioners._cw_metric_alarm_record": ["name", "props"],
    "ministack.services.cloudformation.provisioners._physical_name": ["stack_name", "logical_id"],
    "ministack.services.cloudformation.provisioners._sfn_definition": ["props"],
    "ministack.services.cloudformation.provisioners._tag_map": ["tags"],
    "ministack.services.cloudformation.stacks._roll_back_operation": ["stack_name", "stack_id", "stack", "operation"],
    "ministack.services.cloudformation.stacks._runs_on_worker_thread": ["resource_type"],
    "ministack.services.eventbridge._SCHEDULER_TICK_INTERVAL": "int",
    "ministack.services.eventbridge._cron_next_fire": ["fields", "after_dt"],
    "ministack.services.eventbridge._dispatch_to_lambda": ["arn", "payload"],
    "ministack.services.eventbridge._event_time_string": ["event"],
    "ministack.services.eventbridge._invoke_target": ["target", "event", "rule", "view"],
    "ministack.services.eventbridge._now_ts": [],
    "ministack.services.eventbridge._parse_cron_fields": ["expr"],
    "ministack.services.eventbridge._parse_rate_seconds": ["expr"],
    "ministack.services.iam._aws_managed_policies": "dict",
    "ministack.services.iam._make_aws_managed_record": ["name", "document"],
    "ministack.services.iam._roles": "AccountScopedDict",
    "ministack.services.lambda_svc._emit_lambda_logs": ["func"],
    "ministack.services.lambda_svc._event_invoke_config": ["func", "qualifier"],
    "ministack.services.lambda_svc._execute_function_docker": ["func", "event", "request_id"],
    "ministack.services.lambda_svc._execute_function_warm": ["func", "event", "request_id"],
    "ministack.services.lambda_svc._execute_function_with_config_scope": ["func", "event"],
    "ministack.services.lambda_svc._execution_record_for_config": ["func", "config"],
    "ministack.services.lambda_svc._get_func_record_for_ref": ["function_ref"],
    "ministack.services.lambda_svc._route_async_failure": ["target_arn", "func_name", "event", "result"],
    "ministack.services.lambda_svc.execution_credentials": ["config"],
    "ministack.services.lambda_svc.invoke_async_with_retry": ["func", "event"],
    "ministack.services.s3._atomic_write": ["fpath", "data", "text"],
    "ministack.services.s3._bucket_has_versions": ["name"],
    "ministack.services.s3._bucket_tags": "AccountScopedDict",
    "ministack.services.s3._buckets": "AccountScopedDict",
    "ministack.services.s3._complete_multipart_upload": ["bucket_name", "key", "body", "query_params", "headers"],
    "ministack.services.s3._multipart_uploads": "AccountScopedDict",
    "ministack.services.s3._qp": ["params", "key"],
    "ministack.services.s3._record_object_version": ["bucket_name", "key", "prior_obj", "obj", "data"],
    "ministack.services.s3.bucket_policy_for_arn": ["resource_arn"],
    "ministack.services.s3.now_iso": [],
    "ministack.services.scheduler._SCHEDULE_TICK_INTERVAL": "int",
    "ministack.services.scheduler._at_time_epoch": ["expr"],
    "ministack.services.scheduler._create_schedule": ["name", "body"],
    "ministack.services.scheduler._error": ["status", "code", "message"],
    "ministack.services.scheduler._group_arn": ["name"],
    "ministack.services.scheduler._now": [],
    "ministack.services.scheduler._schedules": "AccountRegionScopedDict",
    "ministack.services.scheduler._tick_schedules": [],
    "ministack.services.scheduler._to_epoch": ["value"],
    "ministack.services.scheduler._update_schedule": ["name", "body"],
    "ministack.services.stepfunctions._ExecutionError": "type",
    "ministack.services.stepfunctions._apply_parameters": ["state_def", "data", "ctx"],
    "ministack.services.stepfunctions._call_lambda": ["func_ref", "event"],
    "ministack.services.stepfunctions._error_matches": ["error_equals", "error"],
    "ministack.services.stepfunctions._execute_task": ["state_def", "raw_input", "execution", "ctx"],
    "ministack.services.stepfunctions._find_matching_retrier": ["retriers", "error", "retry_counts"],
    "ministack.services.stepfunctions._invoke_aws_sdk_integration": ["resource", "input_data"],
    "ministack.services.stepfunctions._scaled_sleep": ["seconds"],
    "ministack.services.stepfunctions._state_machines": "AccountRegionScopedDict",
    "ministack.services.stepfunctions._test_state": ["data"],
    "ministack.services.stepfunctions._validate_definition_jsonata": ["definition_str"],
    "ministack.services.sts.register_session": ["access_key", "session"],
}

# ministack reads its configuration when it is imported, and patches hypercorn: not in the process of the tests.
INSPECT = """
import dataclasses, importlib, inspect, json, sys
found = {}
for name in sys.argv[1:]:
    module, _, member = name.rpartition(".")
    thing = getattr(importlib.import_module(module), member, None)
    if dataclasses.is_dataclass(thing):
        found[name] = [field.name for field in dataclasses.fields(thing)]
    elif inspect.isfunction(thing):
        found[name] = list(inspect.signature(thing).parameters)
    else:
        found[name] = type(thing).__name__
from ministack.core import iam_evaluator, router
from ministack.services import iam, s3
from ministack.services.cloudformation import provisioners
found["get_scoped"] = list(inspect.signature(iam._roles.get_scoped).parameters)
found["result"] = [field.name for field in dataclasses.fields(iam_evaluator.EvalResult)]
found["personalize"] = [n for n in provisioners._RESOURCE_HANDLERS if n.startswith("AWS::Personalize")]
found["target_prefixes"] = router.SERVICE_PATTERNS["dynamodb"]["target_prefixes"]
found["type"] = sorted(provisioners._RESOURCE_HANDLERS["AWS::S3::Bucket"])
print(json.dumps(found))
"""


@pytest.fixture(scope="module")
def ministack(tmp_path_factory: pytest.TempPathFactory) -> Any:
    environment = {**os.environ, "STATE_DIR": str(tmp_path_factory.mktemp("state"))}
    command = [sys.executable, "-c", INSPECT, *USED]
    run = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout.splitlines()[-1])


def test_ministack_has_the_pinned_version() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    (pin,) = [line for line in project["optional-dependencies"]["local"] if line.startswith("ministack")]
    assert pin == f"ministack=={version('ministack')}"


@pytest.mark.parametrize("name", USED)
def test_each_used_name_exists_in_ministack(ministack: Any, name: str) -> None:
    expected, found = USED[name], ministack[name]
    if isinstance(expected, str):
        assert found == expected
    else:
        assert [part for part in found if part in expected] == expected, f"{name} is {found}"


def test_roles_are_looked_up_by_account_and_name(ministack: Any) -> None:
    assert ministack["get_scoped"][:3] == ["account_id", "region", "key"]


def test_decisions_have_the_used_attributes(ministack: Any) -> None:
    assert {"decision", "principal_arn"} <= set(ministack["result"])


def test_services_are_found_by_their_target_and_types_have_three_handlers(ministack: Any) -> None:
    assert ministack["target_prefixes"] == ["DynamoDB_20120810"]
    assert {"create", "delete"} <= set(ministack["type"])


def test_ministack_has_no_personalize(ministack: Any) -> None:
    assert ministack["personalize"] == []


def test_no_other_names_of_ministack_are_used() -> None:
    assert {name for module in MODULES for name in used_in(ast.parse(module.read_text()))} == set(USED)


def used_in(tree: ast.Module) -> set[str]:
    modules = {
        alias.asname or alias.name: f"{node.module}.{alias.name}"
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and re.match(r"ministack(\.|$)", node.module or "")
        for alias in node.names
    }
    return {
        f"{modules[node.value.id]}.{node.attr}"
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in modules
    }
