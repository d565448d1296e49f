"""The Lambda package: what is in it, how large it is, and what it needs to run."""

import importlib.util
import io
import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import aws_cdk as cdk
import pytest

from personalize_import import handler_code
from tests.synth.assembly import ROOT
from tests.synth.stacks import add_job

PACKAGES = {"personalize_import_handler", "crhelper"}
# What comes with the runtime: boto3, and what that needs.
OF_THE_RUNTIME = ("boto3", "botocore", "s3transfer", "jmespath", "dateutil", "six", "urllib3")
ISOLATED = """
import json, re, sys
sys.path[:0] = sys.argv[1:]
from personalize_import_handler import index
status = open("/proc/self/status").read() if sys.platform == "linux" else ""
peak = re.search(r"VmHWM:\\s+(\\d+) kB", status)
print(json.dumps({
    "handlers": [callable(index.on_event), callable(index.is_complete)],
    "files": [str(getattr(module, "__file__", None)) for module in sys.modules.values()],
    "peak_mib": int(peak[1]) / 1024 if peak else 0,
}))
"""


@pytest.fixture(scope="module")
def asset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    app = cdk.App(outdir=str(tmp_path_factory.mktemp("assembly")))
    for name in ("One", "Two"):
        add_job(cdk.Stack(app, name))
    (folder,) = Path(app.synth().directory).glob("asset.*")
    return folder


def test_the_package_is_the_handler_and_crhelper_and_nothing_but_sources(asset: Path) -> None:
    assert {path.name for path in asset.iterdir()} == PACKAGES
    assert {path.suffix for path in asset.rglob("*") if path.is_file()} == {".py"}


def test_the_handler_is_there_as_it_is_in_the_checkout(asset: Path) -> None:
    package = "personalize_import_handler"
    sources = {path.relative_to(ROOT / "lambda_handler") for path in (ROOT / "lambda_handler" / package).rglob("*.py")}

    assert {path.relative_to(asset) for path in (asset / package).rglob("*.py")} == sources
    for source in sources:
        assert (asset / source).read_bytes() == (ROOT / "lambda_handler" / source).read_bytes()


def test_the_package_takes_at_most_110_kilobytes(asset: Path) -> None:
    zipped = io.BytesIO()
    with zipfile.ZipFile(zipped, "w", zipfile.ZIP_DEFLATED) as package:
        for path in asset.rglob("*"):
            package.write(path, path.relative_to(asset))

    assert len(zipped.getvalue()) <= 110 * 1024


def test_both_handlers_load_with_nothing_but_the_runtimes_own_packages_in_little_memory(
    asset: Path, tmp_path: Path
) -> None:
    for package in OF_THE_RUNTIME:
        spec = importlib.util.find_spec(package)
        assert spec is not None
        assert spec.origin is not None
        origin = Path(spec.origin)
        origin = origin.parent if origin.name == "__init__.py" else origin
        (tmp_path / origin.name).symlink_to(origin)

    done = subprocess.run(
        [sys.executable, "-I", "-S", "-B", "-c", ISOLATED, str(asset), str(tmp_path)],
        env={"AWS_DEFAULT_REGION": "eu-west-1", "PATH": os.defpath},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    loaded = json.loads(done.stdout)
    assert loaded["handlers"] == [True, True]
    assert [file for file in loaded["files"] if "site-packages" in file] == []
    assert [file for file in loaded["files"] if "crhelper" in file and str(asset) not in file] == []
    assert loaded["peak_mib"] < 192, "of the 256 MiB that the function has"


def test_what_lies_beside_the_sources_is_not_shipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    installed = tmp_path / "installed"
    for name in ["a.py", "b/__init__.py", "b/c.py", "a.pyi", "py.typed", ".a.py.swp", "__pycache__/a.pyc", "a.py~",
                 "tests/test_a.py", ".cache/x.py", "b/__pycache__/c.pyc", "some folder/x.py"]:  # fmt: skip
        (installed / name).parent.mkdir(parents=True, exist_ok=True)
        (installed / name).touch()
    monkeypatch.setattr(handler_code, "_package_folder", lambda package: installed)

    assert handler_code._CopyInstalledPackages().try_bundle(str(tmp_path / "out"))

    for package in PACKAGES:
        shipped = [path for path in (tmp_path / "out" / package).rglob("*") if path.is_file()]
        assert {str(path.relative_to(tmp_path / "out" / package)) for path in shipped} == {
            "a.py",
            "b/__init__.py",
            "b/c.py",
        }


def test_a_package_that_is_not_installed_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)

    with pytest.raises(ModuleNotFoundError, match="personalize_import_handler is not installed; it is a part of the"):
        handler_code.handler_code()
