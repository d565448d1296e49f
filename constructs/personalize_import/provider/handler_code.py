"""The code of the Lambda functions: the installed handler and crhelper, bundled without Docker or network access."""

import importlib.util
from pathlib import Path
from typing import Final

import aws_cdk as cdk
import jsii
from aws_cdk import aws_lambda as lambda_

_PACKAGES: Final = ("personalize_import_handler", "crhelper")
_NOT_DEPLOYED: Final = frozenset({"tests", "__pycache__", "arrow"})
"""Packages that only this machine needs: data_checks.arrow needs pyarrow."""


def handler_code() -> lambda_.Code:
    """Bundle the code; its hash is the same from a checkout and from an installed package."""
    return lambda_.Code.from_asset(
        str(_package_folder(_PACKAGES[0])),
        # Hash the output only: the folder in which the packages are installed doesn't matter.
        asset_hash_type=cdk.AssetHashType.OUTPUT,
        bundling=cdk.BundlingOptions(
            image=cdk.DockerImage.from_registry("unused"),
            local=_CopyInstalledPackages(),
        ),
    )


@jsii.implements(cdk.ILocalBundling)
class _CopyInstalledPackages:
    # jsii passes the options as positional arguments, unlike the signature of the protocol.
    def try_bundle(self, output_dir: str, *_args: object, **_kwargs: object) -> bool:
        copy_packages(Path(output_dir))
        return True


def copy_packages(folder: Path) -> None:
    """Copy the handler and crhelper into an existing folder, readable by every user."""
    for package in _PACKAGES:
        _copy_package(_package_folder(package), folder / package)


def _copy_package(source: Path, target: Path) -> None:
    # Copy only modules, and set their modes: Lambda runs the code as another user, who must be able to read it for any
    # local umask.
    target.mkdir()
    target.chmod(0o755)
    for path in source.iterdir():
        if _is_module(path):
            (target / path.name).write_bytes(path.read_bytes())
            (target / path.name).chmod(0o644)
        elif _is_package(path):
            _copy_package(path, target / path.name)


def _is_module(path: Path) -> bool:
    # Some installers link each module to their cache, so links to modules are followed. A broken link raises an error
    # when it is read: a package without one of its modules must not be deployed.
    named = path.suffix == path.resolve().suffix == ".py" and path.stem.isidentifier()
    return named and (path.is_file() or not path.exists())


def _is_package(path: Path) -> bool:
    # Links to folders are not followed: they may form a loop.
    named = path.name.isidentifier() and path.name not in _NOT_DEPLOYED
    return named and (path / "__init__.py").is_file() and not path.is_symlink()


def _package_folder(package: str) -> Path:
    # find_spec doesn't execute the package: synth needs neither boto3 nor crhelper in memory.
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError(f"{package} is not installed; it is a part of the Lambda package")
    return Path(spec.origin).parent
