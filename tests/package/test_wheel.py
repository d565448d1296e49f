"""Installed from a wheel, away from the checkout, the library synthesizes the same: template, code, hash."""

import tarfile
import zipfile
from pathlib import Path

import pytest

from tests.package.builds import pip
from tests.synth.assembly import ROOT, Assembly, synth

pytestmark = pytest.mark.slow  # pip makes environments for the builds

PACKAGES = {"personalize_import", "personalize_import_cli", "personalize_import_handler", "personalize_local"}


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
    assert {folder for folder in folders if not folder.endswith(".dist-info")} == PACKAGES
    assert {f"{folder}/py.typed" for folder in PACKAGES} <= names["checkout"]
    assert [name for name in names["checkout"] if name.endswith(".dist-info/licenses/LICENSE")]


def test_a_wheel_has_the_script_and_the_pytest_plugin(wheels: dict[str, Path]) -> None:
    with zipfile.ZipFile(wheels["checkout"]) as wheel:
        (entry_points,) = [name for name in wheel.namelist() if name.endswith(".dist-info/entry_points.txt")]
        declared = wheel.read(entry_points).decode()
    assert "personalize-import = personalize_import_cli.__main__:main" in declared
    assert "[pytest11]\npersonalize_local = personalize_local.pytest_plugin" in declared


def test_the_source_distribution_has_the_tests_and_the_licence(sdist: Path) -> None:
    with tarfile.open(sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}

    assert {"LICENSE", "app.py", "cdk.json", "tests/synth/golden/stack.template.json"} <= names
    assert [name for name in names if name.startswith((".venv", "cdk.out", ".local-aws"))] == []
