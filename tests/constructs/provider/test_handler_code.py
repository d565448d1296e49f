"""The Lambda package: its files, its size, and its dependencies."""

import base64
import hashlib
import importlib.metadata
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

from personalize_import.provider import handler_code
from tests.constructs.support.assembly import ROOT
from tests.constructs.support.stacks import add_job

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
    return synthesized(tmp_path_factory.mktemp("assembly"))


def synthesized(folder: Path) -> Path:
    """Synthesize two stacks and return the one asset that both use."""
    app = cdk.App(outdir=str(folder))
    for name in ("One", "Two"):
        add_job(cdk.Stack(app, name))
    (asset,) = Path(app.synth().directory).glob("asset.*")
    return asset


def entries(folder: Path) -> list[str]:
    """Return everything in a folder that is not itself a folder."""
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_symlink() or not path.is_dir())


def test_the_package_has_the_tracked_modules_of_the_handler_without_arrow_and_those_of_crhelper(
    asset: Path,
) -> None:
    listed = ["git", "-C", str(ROOT / "lambda_handler"), "ls-files", "personalize_import_handler/*.py"]
    tracked = subprocess.run(listed, capture_output=True, text=True, check=True).stdout.split()
    installed = [str(file) for file in importlib.metadata.files("crhelper") or [] if file.suffix == ".py"]

    assert len(installed) == 4
    deployed = [path for path in tracked if "/data_checks/arrow/" not in path]
    assert len(deployed) < len(tracked)
    assert entries(asset) == sorted([*deployed, *installed]), "a new module has to be known to git"


def test_the_package_has_the_handler_of_the_checkout(asset: Path) -> None:
    for path in (asset / "personalize_import_handler").rglob("*.py"):
        assert path.read_bytes() == (ROOT / "lambda_handler" / path.relative_to(asset)).read_bytes()


def test_the_package_has_crhelper_as_in_its_wheel(asset: Path) -> None:
    for file in importlib.metadata.files("crhelper") or []:
        if file.suffix == ".py":
            assert file.hash is not None
            digest = base64.urlsafe_b64encode(hashlib.sha256((asset / file).read_bytes()).digest())
            assert digest.decode().rstrip("=") == file.hash.value


def test_the_package_has_at_most_180_kilobytes(asset: Path) -> None:
    zipped = io.BytesIO()
    with zipfile.ZipFile(zipped, "w", zipfile.ZIP_DEFLATED) as package:
        for path in asset.rglob("*"):
            package.write(path, path.relative_to(asset))

    assert len(zipped.getvalue()) <= 180 * 1024


def test_both_handlers_load_with_only_the_packages_of_the_runtime_in_little_memory(asset: Path, tmp_path: Path) -> None:
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


def bundle(source: Path, out: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Bundle as if both packages were installed in a folder, and return the entries of one."""
    monkeypatch.setattr(handler_code, "_package_folder", lambda package: source)
    out.mkdir()
    assert handler_code._CopyInstalledPackages().try_bundle(str(out))
    assert {path.name for path in out.iterdir()} == PACKAGES
    assert entries(out / "crhelper") == entries(out / "personalize_import_handler")
    return entries(out / "crhelper")


def sources(folder: Path, *names: str) -> Path:
    for name in [*names, "__init__.py", "b/__init__.py"]:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(name)
    return folder


OURS = ["__init__.py", "b/__init__.py"]


@pytest.mark.parametrize(
    "planted",
    [".env", "b/.env", "secrets.json", "credentials", "data.csv", "a.pyi", "py.typed", "a.so", "a.pyc", "a.py~", "a.PY",
     "a.py.orig", ".a.py.swp", "._a.py", "#a.py#", "a (copy).py", "a-b.py", ".py", "__pycache__/a.pyc",
     "__pycache__/__init__.py", "b/__pycache__/c.pyc", "tests/__init__.py", "tests/test_a.py", ".cache/x.py",
     ".cache/__init__.py", "some folder/__init__.py", "data/x.py", "data/keys.pem", ".git/config"],
)  # fmt: skip
def test_a_file_next_to_the_modules_is_not_deployed(
    planted: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert bundle(sources(tmp_path / "source", planted), tmp_path / "out", monkeypatch) == OURS


def test_a_link_is_deployed_as_the_module_that_it_points_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = sources(tmp_path / "source")
    outside = sources(tmp_path / "outside", "credentials", "cached.py")
    (source / "linked.py").symlink_to(outside / "cached.py")
    (source / "secret.py").symlink_to(outside / "credentials")
    (source / "away").symlink_to(outside)
    (source / "b" / "loop").symlink_to(source)
    (source / ".#open_in_an_editor.py").symlink_to("someone@host.1234")

    assert bundle(source, tmp_path / "out", monkeypatch) == sorted([*OURS, "linked.py"])
    linked = tmp_path / "out" / "crhelper" / "linked.py"
    assert linked.read_text() == "cached.py"
    assert not linked.is_symlink()


def test_a_broken_link_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = sources(tmp_path / "source")
    (source / "gone.py").symlink_to(tmp_path / "cache" / "gone.py")

    with pytest.raises(FileNotFoundError, match=r"gone\.py"):
        bundle(source, tmp_path / "out", monkeypatch)


def test_a_pipe_is_not_read_or_deployed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = sources(tmp_path / "source")
    os.mkfifo(source / "pipe.py")

    assert bundle(source, tmp_path / "out", monkeypatch) == OURS


@pytest.mark.parametrize(("umask", "mode", "time"), [(0o077, 0o600, 0), (0o000, 0o777, 2**31)])
def test_hash_and_modes_do_not_depend_on_umask_modes_and_times(
    umask: int, mode: int, time: int, asset: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for package in PACKAGES:
        for name in entries(asset / package):
            copy = tmp_path / package / name
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes((asset / package / name).read_bytes())
            copy.chmod(mode)
            os.utime(copy, (time, time))
    monkeypatch.setattr(handler_code, "_package_folder", lambda package: tmp_path / package)
    before = os.umask(umask)
    try:
        again = synthesized(tmp_path / "assembly")
    finally:
        os.umask(before)

    assert again.name == asset.name
    assert {path.stat().st_mode & 0o777 for path in again.rglob("*") if path.is_file()} == {0o644}
    assert {path.stat().st_mode & 0o777 for path in again.rglob("*") if path.is_dir()} == {0o755}


def test_a_package_that_is_not_installed_is_reported_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)

    with pytest.raises(ModuleNotFoundError, match="personalize_import_handler is not installed; it is a part of the"):
        handler_code.handler_code()
