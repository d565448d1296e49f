"""The input and the result of binding a data source to an import job."""

from collections.abc import Sequence
from dataclasses import dataclass

import aws_cdk as cdk
from aws_cdk import aws_personalize as personalize
from constructs import Construct

from personalize_import.provider.interface import IDatasetImportProvider
from personalize_import.synthesis.stack_environment import environment_of
from personalize_import.synthesis.warnings import WARNING_ID_PREFIX
from personalize_import_handler.contract import ImportMode, StagedFile
from personalize_import_handler.contract.constraints import shown


@dataclass(frozen=True)
class DataSourceContext:
    """The parts of an import job that a data source is bound to."""

    provider: IDatasetImportProvider
    dataset: personalize.CfnDataset | None
    """The dataset, if the app creates it."""
    import_mode: ImportMode | str | None


@dataclass(frozen=True)
class DataSourceConfig:
    """The location of the data that an import job reads, and its bucket, key and asset files."""

    data_location: str
    """The `s3://` URI."""
    bucket_name: str
    objects: str
    """The objects, as in an ARN: `bucket/file.csv`, or `bucket/folder/*`."""
    bucket: "cdk.aws_s3.IBucket | None" = None
    """The bucket; None if only its name is known."""
    encryption_key: "cdk.aws_kms.IKey | None" = None
    """The KMS key that encrypts the data; None if there is none, or it is unknown at synth."""
    files: Sequence[StagedFile] = ()
    """The asset files that are copied to the location before the import."""
    object_key: str | None = None
    """The key of the file, or the prefix of the folder; None if it is unknown at synth."""

    def bucket_arn(self, scope: Construct) -> str:
        """Return the ARN of the bucket."""
        return environment_of(scope).s3_arn(self.bucket_name)

    def objects_arn(self, scope: Construct) -> str:
        """Return the ARN of the file, or a pattern for all objects under the prefix."""
        return environment_of(scope).s3_arn(self.objects)

    def all_objects_arn(self, scope: Construct) -> str:
        """Return a pattern for all objects of the bucket."""
        return environment_of(scope).s3_arn(f"{self.bucket_name}/*")


def warn_of_missing_slash(scope: Construct, data_location: str) -> None:
    """Warn if a location is probably a folder, but has no slash at its end, so that it stands for one file."""
    name = data_location.rpartition("/")[2]
    extension = name.rpartition(".")[2] if "." in name else ""
    is_file = extension[:1].isalpha() and extension.isalnum()
    if name and not is_file and not name.endswith("}"):  # a token at the end may be either
        cdk.Annotations.of(scope).add_warning_v2(
            f"{WARNING_ID_PREFIX}location-without-slash",
            f"data_source is the file {shown(name)}, which has no extension such as .csv. If it is a folder, end it "
            f"with a slash: {shown(name + '/')}",
        )
