"""The provider as one CloudFormation template that contains the functions' code, for users without the CDK.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-lambda-function-code.html allows
a template to contain the source of a Python function. Here, the source contains a ZIP archive of the package as base64.
"""

import base64
import hashlib
import io
import json
import tempfile
import zipfile
from pathlib import Path
from typing import Any, Final

import aws_cdk as cdk

from personalize_import.provider import handler_code
from personalize_import.provider.provider import DatasetImportProvider
from personalize_import_handler import contract
from personalize_import_handler.contract import constraints

_STACK: Final = "PersonalizeImportProvider"
_LINE_LENGTH: Final = 120
_DIGEST_LENGTH: Final = 12
_LONG_AGO: Final = (1980, 1, 1, 0, 0, 0)
"""The time of all files in the package, so that the same code always creates the same template."""
_INDEX: Final = '''"""{description}"""

import base64
import importlib
import os
import sys
import tempfile

PACKAGE = """
{package}
"""
folder = tempfile.gettempdir()  # the one place where a function may write
with tempfile.NamedTemporaryFile(dir=folder, delete=False) as file:
    file.write(base64.b64decode(PACKAGE))
path = os.path.join(folder, "personalize-import-{digest}.zip")
os.replace(file.name, path)
sys.path.insert(0, path)

handler = importlib.import_module("personalize_import_handler.index").{handler}
'''


def provider_template() -> str:
    """Return the template of the provider, with its parameters, outputs and code."""
    with tempfile.TemporaryDirectory() as folder:
        app = cdk.App(outdir=folder, analytics_reporting=False)
        stack = cdk.Stack(
            app,
            _STACK,
            description=f"Handles {contract.RESOURCE_TYPE} in all stacks of this account and Region.",
            synthesizer=cdk.DefaultStackSynthesizer(generate_bootstrap_version_rule=False),
        )
        _fill(stack)
        template = app.synth().get_stack_by_name(_STACK).template
    return json.dumps(_with_code(template), indent=1) + "\n"


def _fill(stack: cdk.Stack) -> None:
    path = cdk.CfnParameter(
        stack,
        "ImportRolePath",
        default=contract.IMPORT_ROLE_PATH,
        allowed_pattern=constraints.IMPORT_ROLE_PATH.pattern,
        max_length=constraints.IMPORT_ROLE_PATH.length_max,
        description="The provider may pass the roles whose paths begin with this, and no others.",
    )
    provider = DatasetImportProvider(
        stack, "Provider", import_role_path=path.value_as_string, allow_preflight=True, publish_state_changes=True
    )
    for name, value, description in [
        ("ServiceToken", provider.service_token, f"The ServiceToken of {contract.RESOURCE_TYPE}."),
        ("PreflightRoleArn", provider.preflight_role.role_arn, "What roles trust with which data is looked at first."),
        ("ImportRolePath", path.value_as_string, "The path of roles that can be passed."),
    ]:
        export = cdk.Fn.join("-", [cdk.Aws.STACK_NAME, name])
        output = cdk.CfnOutput(stack, f"{name}Output", value=value, description=description, export_name=export)
        output.override_logical_id(name if name != "ImportRolePath" else "ImportRolePathInUse")


def _with_code(template: dict[str, Any]) -> dict[str, Any]:
    """Return the template without the CDK's parameters and metadata, and with the code instead of assets."""
    template.get("Parameters", {}).pop("BootstrapVersion", None)
    package = _package()
    for resource in template["Resources"].values():
        resource.pop("Metadata", None)
        if resource["Type"] == "AWS::Lambda::Function":
            properties = resource["Properties"]
            handler = properties["Handler"].rpartition(".")[2]
            description = f"{contract.RESOURCE_TYPE}: {handler}"
            digest = hashlib.sha256(package.encode()).hexdigest()[:_DIGEST_LENGTH]
            code = _INDEX.format(description=description, package=package, digest=digest, handler=handler)
            properties |= {"Code": {"ZipFile": code}, "Handler": "index.handler"}
    return template


def _package() -> str:
    """Return a ZIP archive of the handler and crhelper, as lines of base64."""
    package = io.BytesIO()
    with (
        tempfile.TemporaryDirectory() as folder,
        zipfile.ZipFile(package, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive,
    ):
        handler_code.copy_packages(Path(folder))
        for path in sorted(Path(folder).rglob("*.py")):
            file = zipfile.ZipInfo(path.relative_to(folder).as_posix(), _LONG_AGO)
            file.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(file, path.read_bytes())
    letters = base64.b64encode(package.getvalue()).decode()
    return "\n".join(letters[at : at + _LINE_LENGTH] for at in range(0, len(letters), _LINE_LENGTH))
