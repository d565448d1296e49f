"""The code of the Lambda functions: the handler and crhelper as they are installed, without Docker or network."""

import importlib.util
import shutil
from pathlib import Path
from typing import Final

import aws_cdk as cdk
import jsii
from aws_cdk import aws_lambda as lambda_

_PACKAGES: Final = ("personalize_import_handler", "crhelper")


def handler_code() -> lambda_.Code:
    """Bundle the code; its hash is the same from a checkout and from an installed package."""
    return lambda_.Code.from_asset(
        str(_package_folder(_PACKAGES[0])),
        # The hash of the output alone, for where the packages are installed is not part of what they do.
        asset_hash_type=cdk.AssetHashType.OUTPUT,
        bundling=cdk.BundlingOptions(
            image=cdk.DockerImage.from_registry("unused"),
            local=_CopyInstalledPackages(),
        ),
    )


@jsii.implements(cdk.ILocalBundling)
class _CopyInstalledPackages:
    # jsii passes the options positionally, other than the protocol's signature says.
    def try_bundle(self, output_dir: str, *_args: object, **_kwargs: object) -> bool:
        copy_packages(Path(output_dir))
        return True


def copy_packages(folder: Path) -> None:
    """Copy the sources that the functions run into a folder."""
    for package in _PACKAGES:
        shutil.copytree(_package_folder(package), folder / package, ignore=_not_shipped)


def _not_shipped(folder: str, names: list[str]) -> set[str]:
    # Sources alone: whatever an editor, a type checker or the interpreter leaves beside them would change the hash.
    sources = {name for name in names if name.endswith(".py")}
    packages = {name for name in names if name.isidentifier() and Path(folder, name).is_dir()}
    return set(names) - sources - (packages - {"__pycache__", "tests"})


def _package_folder(package: str) -> Path:
    # find_spec doesn't execute the package: synth needs neither boto3 nor crhelper in memory.
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError(f"{package} is not installed; it is a part of the Lambda package")
    return Path(spec.origin).parent
