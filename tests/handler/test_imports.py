"""Imports of modules: none of the CDK in the handler, only the standard library in the contract."""

import os
import pkgutil
import subprocess
import sys

import pytest

import personalize_import_handler

PREFIX = "personalize_import_handler."
MODULES = sorted(
    module.name.removeprefix(PREFIX)
    for module in pkgutil.walk_packages(personalize_import_handler.__path__, PREFIX)
    if not module.ispkg
)
DEPLOYED = [module for module in MODULES if not module.startswith("data_checks.arrow.")]
SHARED = [module for module in DEPLOYED if module.startswith(("contract.", "data_checks."))]


def modules_after_importing(*names: str) -> set[str]:
    imports = [f"import {PREFIX}{name}" for name in names]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(
        [sys.executable, "-c", "\n".join(["import sys", *imports, "print(*sys.modules)"])],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return {name.partition(".")[0] for name in done.stdout.split()}


def test_no_module_of_the_handler_imports_the_cdk_or_the_construct() -> None:
    loaded = modules_after_importing(*DEPLOYED)

    assert {"boto3", "crhelper", "personalize_import_handler"} <= loaded
    assert loaded & {"aws_cdk", "constructs", "jsii", "personalize_import", "personalize_local", "pyarrow"} == set()


@pytest.mark.parametrize("module", SHARED)
def test_modules_shared_with_the_construct_import_only_the_standard_library(module: str) -> None:
    what_python_loads_anyway = modules_after_importing()

    loaded = modules_after_importing(module) - what_python_loads_anyway

    assert loaded - set(sys.stdlib_module_names) == {"personalize_import_handler"}


def test_every_module_is_found() -> None:
    assert {"index", "cloudformation.state_machine", "contract.properties", "data_checks.schema_rules"} <= set(MODULES)
