"""The built and installed package, created once per run for all test processes."""

import fcntl
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.package.support.builds import BUILD_SDIST, ROOT, make_environment, pip, run

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

Once = Callable[[str, Callable[[Path], None]], Path]


@pytest.fixture(scope="session")
def once(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Once:
    """Create a folder by name, once for all processes of this run."""
    temporary = tmp_path_factory.getbasetemp()
    shared = temporary if worker_id == "master" else temporary.parent

    def make(name: str, fill: Callable[[Path], None]) -> Path:
        folder, done = shared / name, shared / f"{name}.done"
        with (shared / f"{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not done.exists():
                folder.mkdir()
                fill(folder)
                done.touch()
        return folder

    return make


@pytest.fixture(scope="session")
def sdist(once: Once) -> Path:
    def build(folder: Path) -> None:
        run("-c", BUILD_SDIST, folder)

    (archive,) = once("sdist", build).glob("*.tar.gz")
    return archive


@pytest.fixture(scope="session")
def wheels(sdist: Path, once: Once) -> dict[str, Path]:
    """Build a wheel from the checkout, and one from the source distribution."""
    built = {}
    for name, source in [("checkout", ROOT), ("sdist", sdist)]:

        def build(folder: Path, source: Path = source) -> None:
            pip("wheel", "--no-deps", "--no-build-isolation", "--no-index", "--wheel-dir", folder, source)

        (built[name],) = once(f"wheel-from-{name}", build).glob("*.whl")
    return built


@pytest.fixture(scope="session")
def with_the_extra(wheels: dict[str, Path], once: Once) -> Path:
    """An environment with nothing in it but the wheel and its extra `[local]`; its folder of programs."""

    def fill(folder: Path) -> None:
        make_environment(folder, sys.executable, f"{wheels['checkout']}[local]")

    return once("with-the-extra", fill) / "bin"


@pytest.fixture(scope="session")
def small_app(tmp_path_factory: pytest.TempPathFactory) -> Path:
    app = tmp_path_factory.mktemp("app") / "app.py"
    app.write_text(SMALL_APP)
    return app
