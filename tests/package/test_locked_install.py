"""`make install` installs what is locked, and refuses a file with another hash; without network."""

import base64
import hashlib
import importlib.metadata
import os
import shutil
import subprocess
import zipfile
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.package.support.builds import ROOT

pytestmark = pytest.mark.nightly

ENVIRONMENT = ".venv-checkov"
METADATA = "Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
WHEEL = "Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: py3-none-any\n"


class Index(NamedTuple):
    """A project with locks, and the wheels that its installers find."""

    project: Path
    wheels: Path


def add_wheel(folder: Path, name: str, version: str, files: dict[str, bytes]) -> str:
    """Write a wheel, and return it as a line of a lock."""
    information = f"{name}-{version}.dist-info"
    files = {
        **files,
        f"{information}/METADATA": METADATA.format(name=name, version=version).encode(),
        f"{information}/WHEEL": WHEEL.encode(),
    }
    hashes = {path: base64.urlsafe_b64encode(hashlib.sha256(content).digest()) for path, content in files.items()}
    record = [f"{path},sha256={hashes[path].decode().rstrip('=')},{len(files[path])}" for path in files]
    wheel = folder / f"{name}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        for path, content in {**files, f"{information}/RECORD": "\n".join([*record, ""]).encode()}.items():
            file = zipfile.ZipInfo(path)
            file.external_attr = 0o100755 << 16
            archive.writestr(file, content)
    return f"{name}=={version} --hash=sha256:{hashlib.sha256(wheel.read_bytes()).hexdigest()}\n"


@pytest.fixture
def index(tmp_path: Path) -> Index:
    """A project that locks uv, as it is installed here, and a small package."""
    project, wheels = tmp_path / "project", tmp_path / "wheels"
    (project / "locks").mkdir(parents=True)
    wheels.mkdir()
    shutil.copy(ROOT / "Makefile", project)
    uv = importlib.metadata.distribution("uv")
    (program,) = [Path(str(file.locate())) for file in uv.files or [] if file.name == "uv"]
    scripts = f"uv-{uv.version}.data/scripts/uv"
    (project / "locks" / "uv.txt").write_text(add_wheel(wheels, "uv", uv.version, {scripts: program.read_bytes()}))
    (project / "locks" / "checkov.txt").write_text(add_wheel(wheels, "small", "1.0", {"small.py": b"locked = True"}))
    return Index(project, wheels)


def install(index: Index, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["make", f"{ENVIRONMENT}/.installed"],
        cwd=index.project,
        env={
            **{name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ},
            "PIP_CONFIG_FILE": os.devnull,
            "PIP_NO_INDEX": "1",
            "PIP_FIND_LINKS": str(index.wheels),
            "UV_OFFLINE": "1",
            "UV_NO_CACHE": "1",
            "UV_FIND_LINKS": str(index.wheels),
            **environment,
        },
        capture_output=True,
        text=True,
        check=False,
    )


def installed(index: Index) -> list[Path]:
    return list((index.project / ENVIRONMENT).glob("lib/python*/site-packages/small.py"))


def test_uv_installs_the_locked_packages(index: Index) -> None:
    done = install(index)

    assert done.returncode == 0, done.stderr
    assert installed(index)
    (by,) = (index.project / ENVIRONMENT).glob("lib/python*/site-packages/small-1.0.dist-info/INSTALLER")
    assert by.read_text() == "uv"


def test_pip_installs_the_locked_packages_if_uv_finds_none(index: Index) -> None:
    done = install(index, UV_FIND_LINKS="")

    assert done.returncode == 0, done.stderr
    assert installed(index)


def test_uv_and_pip_reject_a_file_with_another_hash(index: Index) -> None:
    add_wheel(index.wheels, "small", "1.0", {"small.py": b"locked = False"})

    done = install(index)

    assert done.returncode != 0
    assert not installed(index)
    assert "Hash mismatch for `small==1.0`" in done.stderr
    assert "THESE PACKAGES DO NOT MATCH THE HASHES" in done.stderr


def test_a_uv_with_another_hash_is_rejected_before_it_runs(index: Index) -> None:
    (wheel,) = index.wheels.glob("uv-*")
    add_wheel(index.wheels, "uv", wheel.name.split("-")[1], {"uv.py": b"locked = False"})

    done = install(index)

    assert done.returncode != 0
    assert not (index.project / ENVIRONMENT / "bin" / "uv").exists()
    assert "THESE PACKAGES DO NOT MATCH THE HASHES" in done.stderr


def test_a_package_without_a_locked_hash_is_rejected(index: Index) -> None:
    lock = index.project / "locks" / "checkov.txt"
    lock.write_text(lock.read_text().partition(" ")[0])

    assert install(index).returncode != 0
    assert not installed(index)
