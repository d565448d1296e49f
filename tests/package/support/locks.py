"""The lock files, and the requirements that they are created from."""

import re
import tomllib
from collections.abc import Iterator
from typing import Final

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.package.support.builds import ROOT

PYPROJECT: Final = tomllib.loads((ROOT / "pyproject.toml").read_text())
PROJECT: Final = PYPROJECT["project"]["name"]
LOCKS: Final = ("uv", "build", "dev", "checkov")


def text_of(lock: str) -> str:
    """Return a lock file as it is."""
    return (ROOT / "locks" / f"{lock}.txt").read_text()


def locked(lock: str) -> dict[str, list[str]]:
    """Return each pinned requirement with its hashes."""
    lines = re.sub(r"^\s*#.*\n", "", text_of(lock), flags=re.MULTILINE).replace("\\\n", "").splitlines()
    return {pin.strip(): hashes for pin, *hashes in (re.split(r"\s+--hash=", line.strip()) for line in lines)}


def pins(lock: str, environment: dict[str, str]) -> dict[str, str]:
    """Return the versions that a lock has for an environment, by name."""
    requirements = [requirement for requirement in map(Requirement, locked(lock)) if _applies(requirement, environment)]
    return {canonicalize_name(each.name): str(each.specifier).removeprefix("==") for each in requirements}


def required(lock: str) -> list[Requirement]:
    """Return the requirements that a lock is created from."""
    lines = list(_lines(f"requirements-{lock}.txt"))
    if lock == "build":
        lines += PYPROJECT["build-system"]["requires"]
    return [requirement for requirement in map(Requirement, lines) if requirement.name != PROJECT]


def direct(lock: str) -> set[str]:
    """Return the names that a lock has because they were required, not because another package needs them."""
    blocks = re.findall(r"^(\S+)==.*\n((?: .*\n)*)", text_of(lock), re.MULTILINE)
    source = rf"(?:via|#) +(?:-r requirements-{lock}\.txt|{PROJECT})$"
    return {canonicalize_name(name) for name, comments in blocks if re.search(source, comments, re.MULTILINE)}


def unmet(lock: str, environment: dict[str, str]) -> list[str]:
    """Return the requirements that a lock doesn't satisfy in an environment."""
    versions = pins(lock, environment)
    needed = [requirement for requirement in required(lock) if _applies(requirement, environment)]
    return [
        str(each)
        for each in needed
        if not each.specifier.contains(versions.get(canonicalize_name(each.name), "0"), prereleases=True)
        or canonicalize_name(each.name) not in versions
    ]


def _lines(file: str) -> Iterator[str]:
    for line in (ROOT / file).read_text().splitlines():
        if line.startswith("-r "):
            yield from _lines(line.removeprefix("-r "))
        elif line.startswith("-e ."):
            yield from PYPROJECT["project"]["dependencies"]
            for extra in re.findall(r"\w+", line.removeprefix("-e .")):
                yield from PYPROJECT["project"]["optional-dependencies"][extra]
        elif line and not line.startswith("#"):
            yield line


def _applies(requirement: Requirement, environment: dict[str, str]) -> bool:
    return requirement.marker is None or requirement.marker.evaluate(environment)
