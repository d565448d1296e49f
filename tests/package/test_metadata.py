"""Metadata of the package."""

import re
import tomllib

from tests.package.support.builds import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def test_the_changelog_begins_with_the_version_of_the_package() -> None:
    versions = re.findall(
        r"^## \[(\S+)\] - (Unreleased|\d{4}-\d{2}-\d{2})$", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE
    )
    assert versions[0][0] == PROJECT["version"]
    assert [version for version, released in versions if released == "Unreleased"] in ([], [PROJECT["version"]])


def test_the_named_licence_is_the_licence_in_the_file() -> None:
    assert PROJECT["license"] == "MIT"
    assert (ROOT / "LICENSE").read_text().startswith("MIT License")


def test_every_package_has_a_marker_for_type_checkers() -> None:
    packages = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["hatch"]["build"]["targets"]["wheel"][
        "packages"
    ]
    assert [package for package in packages if not (ROOT / package / "py.typed").exists()] == []
