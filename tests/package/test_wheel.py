"""Installed from a wheel, away from the checkout, the library synthesizes the same: template, code, hash."""

import subprocess
import tarfile
import zipfile
from pathlib import Path, PurePath

import pytest

from tests.constructs.support.assembly import ROOT, Assembly, synth
from tests.package.support.builds import BUILD_WHEEL, pip, run

PACKAGES = {
    "personalize_import": "constructs",
    "personalize_import_cli": "cli",
    "personalize_import_handler": "lambda_handler",
    "personalize_local": "local_aws",
}
METADATA = {"METADATA", "WHEEL", "RECORD", "entry_points.txt", "licenses/LICENSE"}
BESIDE_THE_MODULES = [".env", "secrets.json", "credentials", "x.pyc", ".x.py.swp", "data/keys.pem", "notes/x.py",
                      "__pycache__/x.py", "__pycache__/x.pyc"]  # fmt: skip


def tracked(*folders: str) -> set[str]:
    """Return the files that git tracks."""
    listed = subprocess.run(["git", "ls-files", *folders], cwd=ROOT, capture_output=True, text=True, check=True)
    return set(listed.stdout.splitlines())


@pytest.fixture(scope="module")
def from_checkout(small_app: Path) -> Assembly:
    return synth(small_app, small_app.parent / "from-checkout", folder=small_app.parent)


@pytest.mark.slow
@pytest.mark.parametrize("source", ["checkout", "sdist"])
def test_a_wheel_synthesizes_the_same_as_the_checkout(
    source: str, wheels: dict[str, Path], small_app: Path, from_checkout: Assembly, tmp_path: Path
) -> None:
    installed = tmp_path / "installed"
    pip("install", "--no-deps", "--target", installed, wheels[source])

    from_wheel = synth(small_app, tmp_path / "out", folder=tmp_path, packages=[installed])

    assert from_wheel.construct.is_relative_to(installed)
    assert from_checkout.construct.is_relative_to(ROOT)
    assert from_wheel.asset.name == from_checkout.asset.name
    assert from_wheel.files() == from_checkout.files()


@pytest.mark.parametrize("source", ["checkout", "sdist"])
def test_a_wheel_has_only_the_tracked_files_of_the_four_packages(source: str, wheels: dict[str, Path]) -> None:
    with zipfile.ZipFile(wheels[source]) as wheel:
        names, modes = wheel.namelist(), {file.external_attr >> 16 & 0o777 for file in wheel.infolist()}
    metadata = f"{'-'.join(wheels[source].name.split('-')[:2])}.dist-info"
    sources = tracked(*(f"{root}/{package}" for package, root in PACKAGES.items()))

    expected = [name.partition("/")[2] for name in sources] + [f"{metadata}/{name}" for name in METADATA]
    assert sorted(names) == sorted(expected), "a new module has to be known to git"
    assert {PurePath(name).suffix for name in names if not name.startswith(metadata)} == {".py", ".typed", ".json"}
    assert modes == {0o644}


def test_the_wheel_is_reproducible_with_other_files_and_modes_in_the_checkout(
    wheels: dict[str, Path], tmp_path: Path
) -> None:
    for name in tracked():
        (tmp_path / "copy" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "copy" / name).write_bytes((ROOT / name).read_bytes())
        (tmp_path / "copy" / name).chmod(0o600)
    for package, root in PACKAGES.items():
        for name in BESIDE_THE_MODULES:
            (tmp_path / "copy" / root / package / name).parent.mkdir(exist_ok=True)
            (tmp_path / "copy" / root / package / name).write_text("secret")
        (tmp_path / "copy" / root / package / "away").symlink_to("/etc")
        (tmp_path / "copy" / root / package / "linked.txt").symlink_to("/etc/passwd")

    run("-c", BUILD_WHEEL, tmp_path, folder=tmp_path / "copy")

    (built,) = tmp_path.glob("*.whl")
    assert zipfile.ZipFile(built).namelist() == zipfile.ZipFile(wheels["checkout"]).namelist()
    assert built.read_bytes() == wheels["checkout"].read_bytes() == wheels["sdist"].read_bytes()


def test_a_wheel_has_the_script_and_the_pytest_plugin(wheels: dict[str, Path]) -> None:
    with zipfile.ZipFile(wheels["checkout"]) as wheel:
        (entry_points,) = [name for name in wheel.namelist() if name.endswith(".dist-info/entry_points.txt")]
        declared = wheel.read(entry_points).decode()
    assert "personalize-import = personalize_import_cli.__main__:main" in declared
    assert "[pytest11]\npersonalize_local = personalize_local.pytest_plugin" in declared


@pytest.mark.slow  # It fails as long as git doesn't track a file, which is usual during development.
def test_the_source_distribution_has_only_the_tracked_files(sdist: Path) -> None:
    with tarfile.open(sdist) as archive:
        names = sorted(member.name.partition("/")[2] for member in archive if not member.isdir())
        links = [member.name for member in archive if not member.isreg() and not member.isdir()]

    assert names == sorted({name for name in tracked() if not name.startswith((".ci/", ".github/"))} | {"PKG-INFO"}), (
        "a file that git does not know is published"
    )
    assert links == []
