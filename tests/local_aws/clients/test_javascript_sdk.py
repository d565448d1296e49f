"""The AWS SDK for JavaScript from npm, with the endpoint and keys from the environment only."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from personalize_local.javascript_sdk.installation import NODE_MODULES
from tests.deploy.support.cloud import Cloud
from tests.deploy.support.stacks import users_schema
from tests.local_aws.support.javascript import needs_sdk
from tests.local_aws.support.server_setup import make_import_role, put_users

SCRIPT = Path(__file__).with_name("import_users.mjs")


def run(cloud: Cloud, folder: Path, **values: str) -> Any:
    """Run the script in a folder with the SDK, and return what it printed."""
    (folder / "node_modules").symlink_to(NODE_MODULES)
    script = folder / SCRIPT.name
    script.write_text(SCRIPT.read_text())
    command: list[str | Path] = [Path(sys.executable).with_name("node"), script, json.dumps(values)]
    ended = subprocess.run(
        command, env=cloud.aws.process_environment(), capture_output=True, text=True, check=False, timeout=60
    )
    assert ended.returncode == 0, ended.stderr
    return json.loads(ended.stdout)


@needs_sdk
def test_the_sdk_creates_imports_lists_and_matches_errors_by_class_without_retrying_them(
    cloud: Cloud, name: str, tmp_path: Path
) -> None:
    location, role = put_users(cloud, name), make_import_role(cloud, name)
    found = run(cloud, tmp_path, name=name, schema=users_schema(), location=location, role=role)
    assert found["status"] == "ACTIVE"
    assert found["errors"] == {
        "existing": ["ResourceAlreadyExistsException", 1],
        "missing": ["ResourceNotFoundException", 1],
        "used": ["ResourceInUseException", 1],
    }
    assert found["jobs"] == [name]
    assert cloud.rows(found["datasetArn"])["count"] == 3
