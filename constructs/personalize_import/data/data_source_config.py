"""The input and the result of binding a data source to an import job."""

from collections.abc import Sequence
from dataclasses import dataclass

from aws_cdk import aws_kms as kms
from aws_cdk import aws_personalize as personalize
from aws_cdk import aws_s3 as s3
from constructs import Construct

from personalize_import.provider.interface import IDatasetImportProvider
from personalize_import.synthesis.stack_environment import environment_of
from personalize_import_handler.contract import ImportMode, StagedFile


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
    bucket: s3.IBucket | None = None
    """The bucket; None if only its name is known."""
    encryption_key: kms.IKey | None = None
    """The KMS key that encrypts the data; None if there is none, or it is unknown at synth."""
    files: Sequence[StagedFile] = ()
    """The asset files that are copied to the location before the import."""

    def bucket_arn(self, scope: Construct) -> str:
        """Return the ARN of the bucket."""
        return environment_of(scope).s3_arn(self.bucket_name)

    def objects_arn(self, scope: Construct) -> str:
        """Return the ARN of the file, or a pattern for all objects under the prefix."""
        return environment_of(scope).s3_arn(self.objects)

    def all_objects_arn(self, scope: Construct) -> str:
        """Return a pattern for all objects of the bucket."""
        return environment_of(scope).s3_arn(f"{self.bucket_name}/*")
