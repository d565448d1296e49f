"""The synth of the demo app: the same bytes anywhere, with only Python and Node."""

import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.constructs.support.assembly import ROOT, Assembly, synth

APP = ROOT / "app.py"
NOWHERE = "http://127.0.0.1:9"  # the port of `discard`, which nothing listens to
WITHOUT_NETWORK = (shutil.which("unshare") or "unshare", "--map-root-user", "--net")
NOTHING_BUT_PYTHON_AND_NODE = {
    "PATH": str(Path(sys.executable).parent),
    "HTTP_PROXY": NOWHERE,
    "HTTPS_PROXY": NOWHERE,
    "http_proxy": NOWHERE,
    "https_proxy": NOWHERE,
    "NO_PROXY": "",
    "no_proxy": "",
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "AWS_EC2_METADATA_DISABLED": "true",
}


def network_can_be_disabled() -> bool:
    try:
        return subprocess.run([*WITHOUT_NETWORK, "true"], capture_output=True, check=False).returncode == 0
    except OSError:
        return False


@dataclass(frozen=True)
class Synths:
    """An ordinary synth, and one in another folder, with another hash seed, and with as little around as possible."""

    ordinary: Assembly
    bare: Assembly


@pytest.fixture(scope="module")
def synths(tmp_path_factory: pytest.TempPathFactory) -> Synths:
    here, elsewhere = (tmp_path_factory.mktemp(name) for name in ("here", "elsewhere"))
    with ThreadPoolExecutor() as pool:
        ordinary = pool.submit(
            synth, APP, here / "cdk.out", environment={"PYTHONHASHSEED": "1", "CDK_VALIDATION": "true"}
        )
        bare = pool.submit(
            synth,
            APP,
            elsewhere / "out",
            folder=elsewhere,
            environment={**NOTHING_BUT_PYTHON_AND_NODE, "PYTHONHASHSEED": "2"},
            without=("AWS_",),
            prefix=WITHOUT_NETWORK if network_can_be_disabled() else (),
        )
        return Synths(ordinary.result(), bare.result())


def test_two_synths_are_the_same_byte_by_byte(synths: Synths) -> None:
    ordinary, bare = synths.ordinary.files(), synths.bare.files()
    ordinary.pop("validation-report.json", None)  # the other one had no validation

    assert len(ordinary) > 20
    assert list(ordinary) == list(bare)
    assert [name for name, content in ordinary.items() if content != bare[name]] == []


def test_docker_and_an_aws_environment_are_not_needed(synths: Synths) -> None:
    environment = NOTHING_BUT_PYTHON_AND_NODE

    assert shutil.which("docker", path=environment["PATH"]) is None
    assert synths.bare.templates()


def test_no_network_is_needed(synths: Synths) -> None:
    if not network_can_be_disabled():
        pytest.skip("`unshare` can't take the network away here; the synth had proxies that nobody listens at")

    assert synths.bare.templates()


def test_synth_has_no_warnings(synths: Synths) -> None:
    for said in (synths.ordinary.said, synths.bare.said):
        assert "warning" not in said.lower()
        assert "end-of-life" not in said
        assert "deprecated" not in said


def test_synth_does_not_load_boto3_crhelper_or_the_local_aws(synths: Synths) -> None:
    loaded = {name.partition(".")[0] for name in synths.ordinary.modules}

    assert {"aws_cdk", "personalize_import", "personalize_import_handler"} <= loaded
    assert loaded & {"boto3", "botocore", "crhelper", "requests", "personalize_local", "ministack"} == set()


def test_synth_without_refreshes_does_not_load_the_scheduler(synths: Synths) -> None:
    assert "personalize_import.refresh.refreshed_import" in synths.ordinary.modules
    assert {"aws_cdk.aws_scheduler", "personalize_import.refresh.import_target"} & synths.ordinary.modules == set()


def test_the_assembly_contains_no_local_path(synths: Synths) -> None:
    paths = [str(path).encode() for path in (ROOT, Path.home(), Path(sys.prefix)) if len(path.parts) > 2]

    for name, content in synths.ordinary.files().items():
        assert [path for path in paths if path in content] == [], name


def test_the_solution_of_the_demo_depends_on_the_import(synths: Synths) -> None:
    template = synths.ordinary.templates()["PersonalizeDemoInteractions.template.json"]
    (job,) = [
        name for name, each in template["Resources"].items() if each["Type"] == "Custom::PersonalizeDatasetImportJob"
    ]

    assert job in template["Resources"]["Solution"]["DependsOn"]
