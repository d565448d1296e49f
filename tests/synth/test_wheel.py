"""Installed from a wheel, away from the checkout, the library synthesizes the same: template, code, hash."""

import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from tests.synth.assembly import ROOT, Assembly, synth

pytestmark = pytest.mark.slow  # pip makes environments for the builds

SMALL_APP = """
import aws_cdk as cdk
from aws_cdk import aws_s3 as s3
from personalize_import import DatasetImportJob, DataSource

app = cdk.App()
stack = cdk.Stack(app, "Small")
DatasetImportJob(
    stack,
    "Job",
    dataset="arn:aws:personalize:eu-west-1:123456789012:dataset/group/ITEMS",
    data_source=DataSource.from_bucket(s3.Bucket(stack, "Bucket"), "items/"),
)
app.synth()
"""
BUILD_SDIST = "import sys; from hatchling.build import build_sdist; build_sdist(sys.argv[1])"


def run(*arguments: str | Path, folder: Path = ROOT, **environment: str) -> None:
    done = subprocess.run(
        [sys.executable, *arguments], cwd=folder, env=environment or None, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def pip(*arguments: str | Path) -> None:
    run("-m", "pip", "--disable-pip-version-check", "--quiet", *arguments)


@pytest.fixture(scope="module")
def small_app(tmp_path_factory: pytest.TempPathFactory) -> Path:
    app = tmp_path_factory.mktemp("app") / "app.py"
    app.write_text(SMALL_APP)
    return app


@pytest.fixture(scope="module")
def sdist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    tools, folder = tmp_path_factory.mktemp("tools"), tmp_path_factory.mktemp("sdist")
    pip("install", "--target", tools, "hatchling>=1.27")
    run("-c", BUILD_SDIST, folder, PYTHONPATH=str(tools))
    (archive,) = folder.glob("*.tar.gz")
    return archive


@pytest.fixture(scope="module")
def wheels(sdist: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Build a wheel from the checkout, and one from the source distribution."""
    built = {}
    for name, source in [("checkout", ROOT), ("sdist", sdist)]:
        folder = tmp_path_factory.mktemp(f"wheel-from-{name}")
        pip("wheel", "--no-deps", "--wheel-dir", folder, source)
        (built[name],) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def from_checkout(small_app: Path) -> Assembly:
    return synth(small_app, small_app.parent / "from-checkout", folder=small_app.parent)


@pytest.mark.parametrize("source", ["checkout", "sdist"])
def test_a_wheel_synthesizes_what_the_checkout_does(
    source: str, wheels: dict[str, Path], small_app: Path, from_checkout: Assembly, tmp_path: Path
) -> None:
    installed = tmp_path / "installed"
    pip("install", "--no-deps", "--target", installed, wheels[source])

    from_wheel = synth(small_app, tmp_path / "out", folder=tmp_path, packages=[installed])

    assert from_wheel.construct.is_relative_to(installed)
    assert from_checkout.construct.is_relative_to(ROOT)
    assert from_wheel.asset.name == from_checkout.asset.name
    assert from_wheel.files() == from_checkout.files()


def test_both_wheels_have_the_same_files_and_only_the_four_packages(wheels: dict[str, Path]) -> None:
    names = {source: set(zipfile.ZipFile(wheel).namelist()) for source, wheel in wheels.items()}
    folders = {name.partition("/")[0] for name in names["checkout"]}

    assert names["checkout"] == names["sdist"]
    assert {folder for folder in folders if not folder.endswith(".dist-info")} == {
        "personalize_import",
        "personalize_import_cli",
        "personalize_import_handler",
        "personalize_local",
    }
    assert {"personalize_import/py.typed", "personalize_import_handler/py.typed"} <= names["checkout"]


def test_a_wheel_has_the_script(wheels: dict[str, Path]) -> None:
    with zipfile.ZipFile(wheels["checkout"]) as wheel:
        (entry_points,) = [name for name in wheel.namelist() if name.endswith(".dist-info/entry_points.txt")]
        assert "personalize-import = personalize_import_cli.__main__:main" in wheel.read(entry_points).decode()


def test_the_source_distribution_has_the_tests_and_the_licence(sdist: Path) -> None:
    with tarfile.open(sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}

    assert {"LICENSE", "app.py", "cdk.json", "tests/synth/golden/stack.template.json"} <= names
    assert [name for name in names if name.startswith((".venv", "cdk.out", ".local-aws"))] == []
