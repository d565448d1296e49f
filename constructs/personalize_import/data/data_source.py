"""Where the data is: a file or a folder in S3."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Self

import aws_cdk as cdk
from constructs import Construct

from personalize_import.data.asset_files import LocalData
from personalize_import.policies.encryption_keys import key_of
from personalize_import.schema.dataset_schema import DatasetSchema
from personalize_import.synthesis.environment import environment_of, is_token, stack_folder_of
from personalize_import.synthesis.validation import check_text, require_all
from personalize_import_handler import contract
from personalize_import_handler.contract import DataFile, constraints
from personalize_import_handler.contract.constraints import TextRule, violation
from personalize_import_handler.contract.required_statements import object_pattern

if TYPE_CHECKING:  # for annotations alone: the provider needs this module, and each module of the CDK costs time
    from aws_cdk import aws_kms as kms
    from aws_cdk import aws_s3 as s3

    from personalize_import.provider.provider import DatasetImportProvider

_SCHEME: Final = "s3://"
_OBJECT_KEY_LENGTH_MAX: Final = contract.DATA_LOCATION_LENGTH_MAX - len("s3://the/")
_OBJECT_KEY: Final = TextRule(
    "a file's key such as interactions.csv, a folder's prefix such as interactions/, or '' for the top of the bucket, "
    f"without a slash at its start, at most {_OBJECT_KEY_LENGTH_MAX} characters",
    r"(?!/)[^\x00-\x1f\x7f]*",
    _OBJECT_KEY_LENGTH_MAX,
)


@dataclass(frozen=True)
class DataSource:
    """The CSV file, or the folder of CSV files, to import.

    Make one with `from_asset`, `from_bucket` or `from_s3_uri`.

    In a folder, Personalize reads the files of the first level only:
    https://docs.aws.amazon.com/personalize/latest/dg/bulk-data-import-step.html
    """

    data_location: str
    """The `s3://` URI; that of data of this machine is known to its job alone."""
    bucket_name: str
    objects: str
    """What is read, as an ARN names it: `bucket/file.csv`, or `bucket/folder/*`."""
    bucket: "s3.IBucket | None"
    """The bucket, where CDK knows it."""
    encryption_key: "kms.IKey | None" = None
    """The KMS key that the data is encrypted with, where CDK knows it."""
    local: LocalData | None = None
    """The data of this machine, before a job ships it."""
    schema: DatasetSchema | None = None
    """What the data of this machine is checked for, where that is told here rather than by the dataset."""
    files: Sequence[DataFile] = ()
    """What is brought to the location before it is imported."""

    @classmethod
    def from_asset(cls, path: str, *, schema: DatasetSchema | None = None) -> Self:
        """Import data of this machine, which is shipped by `cdk deploy`; what has changed is imported again.

        At synth it is checked for the dataset's schema: what the import would fail over is an error that keeps the app
        from being deployed, what would be lost or of no use a warning.

        Args:
            path: A CSV file, or a folder, of which the files of the first level that end in `.csv` are imported. A
                relative path starts at the folder that the app runs in.
            schema: The dataset's schema, where dataset or schema is made elsewhere. Default: the one that the app
                makes, found through the job's dataset.

        Raises:
            ValidationError: A `ValueError` that names what is wrong, its value and what is allowed.
        """
        require_all(_check_schema("schema", schema))
        return cls(data_location="", bucket_name="", objects="", bucket=None, local=LocalData.at(path), schema=schema)

    @classmethod
    def from_bucket(cls, bucket: "s3.IBucket", object_key: str, *, encryption_key: "kms.IKey | None" = None) -> Self:
        """Import from a bucket of this app, or one that was looked up or imported into it.

        Args:
            bucket: The bucket. One that this app creates gets the bucket policy that Personalize asks for.
            object_key: A file's key such as `interactions.csv`, or a folder's prefix with the slash at its end such as
                `interactions/`. An empty string is the top of the bucket.
            encryption_key: The KMS key that the data is encrypted with, where it isn't the bucket's own or CDK doesn't
                know that of the bucket. One that this app creates lets Personalize use it. Default: the bucket's.

        Raises:
            ValidationError: A `ValueError` that names what is wrong, its value and what is allowed.
        """
        require_all(
            [
                *_check_bucket("bucket", bucket),
                *check_text("object_key", object_key, _OBJECT_KEY),
                *_check_key("encryption_key", encryption_key),
            ]
        )
        return cls(
            data_location=f"{_SCHEME}{bucket.bucket_name}/{object_key}",
            bucket_name=bucket.bucket_name,
            objects=f"{bucket.bucket_name}/{_pattern(object_key)}",
            bucket=bucket,
            encryption_key=key_of("encryption_key", encryption_key)
            or key_of("bucket.encryption_key", bucket.encryption_key),
        )

    @classmethod
    def from_s3_uri(cls, uri: str, *, encryption_key: "kms.IKey | None" = None) -> Self:
        """Import from a bucket that CDK doesn't know.

        Args:
            uri: `s3://bucket/file.csv`, or `s3://bucket/folder/` with the slash at its end; at most 256 characters. The
                bucket's policy must let `personalize.amazonaws.com` read the location: synth tells the statements.
            encryption_key: The KMS key that the data is encrypted with, if it is a customer managed one. Default: none.

        Raises:
            ValidationError: A `ValueError` that names what is wrong, its value and what is allowed.
        """
        require_all([*check_text("uri", uri, constraints.DATA_LOCATION), *_check_key("encryption_key", encryption_key)])
        if is_token(uri):
            bucket_name = cdk.Fn.select(2, cdk.Fn.split("/", uri))
            # CloudFormation can't tell the key from the bucket, but neither has an ARN to.
            objects = f"{cdk.Fn.select(1, cdk.Fn.split(_SCHEME, uri))}*"
        else:
            bucket_name, _, object_key = uri.removeprefix(_SCHEME).partition("/")
            objects = f"{bucket_name}/{_pattern(object_key)}"
        key = key_of("encryption_key", encryption_key)
        return cls(data_location=uri, bucket_name=bucket_name, objects=objects, bucket=None, encryption_key=key)

    def bind(self, scope: Construct, provider: "DatasetImportProvider") -> "DataSource":
        """Return the source as a job reads it: files of the app are in the stack's folder of the data bucket then."""
        if self.local is None:
            return self
        shipped = self.local.ship(scope)
        provider.staging_bucket.allow_copying_from(shipped.bucket)
        bucket = provider.staging_bucket.bucket
        folder = f"{bucket.bucket_name}/{stack_folder_of(scope)}"
        return replace(
            self,
            data_location=f"{_SCHEME}{folder}/{shipped.object_key}",
            bucket_name=bucket.bucket_name,
            objects=f"{folder}/{object_pattern(shipped.object_key)}",
            bucket=bucket,
            local=None,
            files=shipped.files,
        )

    def bucket_arn(self, scope: Construct) -> str:
        """Give the bucket's ARN, for policies."""
        return _s3_arn(scope, self.bucket_name)

    def objects_arn(self, scope: Construct) -> str:
        """Give the ARN of the file, or a pattern for all below the folder, for policies."""
        return _s3_arn(scope, self.objects)

    def all_objects_arn(self, scope: Construct) -> str:
        """Return a pattern for everything in the bucket, for policies."""
        return _s3_arn(scope, f"{self.bucket_name}/*")


def _s3_arn(scope: Construct, resource: str) -> str:
    return environment_of(scope).s3_arn(resource)


def _pattern(object_key: str) -> str:
    """Give what matches the file alone, or all below the folder; a key that is a token may be either."""
    if is_token(object_key):
        return f"{object_key}*"
    return object_pattern(object_key)


def _check_bucket(name: str, bucket: object) -> Iterator[str]:
    # isinstance against a jsii interface raises.
    if not hasattr(bucket, "add_to_resource_policy"):
        yield violation(name, bucket, "a Bucket or another IBucket; a bucket's name goes into DataSource.from_s3_uri")


def _check_schema(name: str, schema: object) -> Iterator[str]:
    if schema is not None and not isinstance(schema, DatasetSchema):
        yield violation(name, schema, "a DatasetSchema, such as DatasetSchema.from_file('items.schema.json')")


def _check_key(name: str, key: object) -> Iterator[str]:
    if key is not None and not (hasattr(key, "key_arn") and hasattr(key, "add_to_resource_policy")):
        yield violation(name, key, "a Key or another IKey, such as kms.Key.from_key_arn(...)")
