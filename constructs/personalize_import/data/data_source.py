"""Data sources: asset files of the app, a file or folder in a bucket, or an S3 location outside the app."""

import os
from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import Final

import aws_cdk as cdk
from aws_cdk.interfaces.aws_kms import IKeyRef
from aws_cdk.interfaces.aws_s3 import IBucketRef
from constructs import Construct

from personalize_import.data.asset_files import AssetFiles
from personalize_import.data.buckets import bucket_of, check_bucket
from personalize_import.data.data_source_config import DataSourceConfig, DataSourceContext
from personalize_import.data.dataset_schema_lookup import find_schema, is_same_schema
from personalize_import.policies.encryption_keys import check_key, key_of
from personalize_import.provider.interface import support_of
from personalize_import.schema.dataset_schema import DatasetSchema
from personalize_import.synthesis.stack_environment import is_token, stack_folder_of
from personalize_import.synthesis.validation import check_text, require, require_all
from personalize_import_handler import contract
from personalize_import_handler.contract import constraints
from personalize_import_handler.contract.constraints import TextRule, violation
from personalize_import_handler.contract.locations import S3_SCHEME, Location, object_pattern, parse_location

_OBJECT_KEY_LENGTH_MAX: Final = contract.DATA_LOCATION_LENGTH_MAX - len("s3://the/")
_OBJECT_KEY: Final = TextRule(
    "a file's key such as interactions.csv, a folder's prefix such as interactions/, or '' for the top of the bucket, "
    f"without a slash at its start, at most {_OBJECT_KEY_LENGTH_MAX} characters, {constraints.PLAIN_FILES_ALLOWED}",
    rf"(?!/){constraints.PLAIN_FILES}[^\x00-\x1f\x7f]*",
    _OBJECT_KEY_LENGTH_MAX,
)


class DataSource(ABC):
    """The CSV file, or the folder of CSV files, to import.

    Create one with `from_asset`, `from_bucket` or `from_s3_uri`. Personalize reads only the files directly under a
    prefix: https://docs.aws.amazon.com/personalize/latest/dg/bulk-data-import-step.html
    """

    @staticmethod
    def from_asset(path: str | os.PathLike[str], *, schema: DatasetSchema | None = None) -> "DataSource":
        """Import local files, which `cdk deploy` uploads. Changed files are imported again.

        The files are checked against the dataset's schema at synth. Data that would make the import fail is reported as
        an error, and the app can't be deployed; lost rows or values are reported as a warning.

        Args:
            path: A CSV file, or a folder; the files directly in it that end in `.csv` are imported. A relative path
                starts at the working directory of the app.
            schema: The schema of the dataset. Default: the schema that the app creates for the job's dataset; without
                one, the files aren't checked.

        Raises:
            ValidationError: A `ValueError` that names each invalid argument, its value and what is allowed.
        """
        return AssetDataSource(path, schema)

    @staticmethod
    def from_bucket(bucket: IBucketRef, object_key: str, *, encryption_key: IKeyRef | None = None) -> "DataSource":
        """Import from a bucket that this app creates or references.

        Args:
            bucket: The bucket. The bucket policy that Personalize needs is added to a bucket that this app creates.
            object_key: A file's key such as `interactions.csv`, or a prefix that ends with a slash such as
                `interactions/`. An empty string imports the files at the top of the bucket. Wildcards and compressed
                files are not supported.
            encryption_key: The KMS key that encrypts the data. Personalize is allowed to use a key that this app
                creates. Default: the key of the bucket, if it is known at synth.

        Raises:
            ValidationError: A `ValueError` that names each invalid argument, its value and what is allowed.
        """
        return BucketDataSource(bucket, object_key, encryption_key)

    @staticmethod
    def from_s3_uri(uri: str, *, encryption_key: IKeyRef | None = None) -> "DataSource":
        """Import from a bucket outside this app.

        Args:
            uri: `s3://bucket/file.csv`, or `s3://bucket/folder/` with a slash at its end; at most 256 characters.
                Wildcards and compressed files are not supported. The bucket policy must allow
                `personalize.amazonaws.com` to read the location; a warning at synth contains the statements.
            encryption_key: The customer managed KMS key that encrypts the data. Default: none.

        Raises:
            ValidationError: A `ValueError` that names each invalid argument, its value and what is allowed.
        """
        return LocationDataSource(uri, encryption_key)

    @abstractmethod
    def bind(self, scope: Construct, context: DataSourceContext) -> DataSourceConfig:
        """Return the location of the data for an import job.

        Args:
            scope: The import job.
            context: The other parts of the job.

        Raises:
            ValidationError: The source doesn't fit the dataset or the provider.
        """


class AssetDataSource(DataSource):
    """Local files. They are uploaded as assets, and copied to the provider's staging bucket before the import."""

    def __init__(self, path: str | os.PathLike[str], schema: DatasetSchema | None = None) -> None:
        require_all(_check_schema("schema", schema))
        self.asset_files = AssetFiles.at(path)
        self._schema = schema

    def bind(self, scope: Construct, context: DataSourceContext) -> DataSourceConfig:
        """Check the files, create their assets, and return their folder in the staging bucket."""
        from personalize_import.data.synth_checks import check_data  # imported here because it loads all data checks

        staging_bucket = support_of(context.provider).staging_bucket_for(scope)
        known = find_schema(context.dataset)
        require(scope, _check_known_schema("data_source.schema", self._schema, known))
        check_data(scope, self.asset_files, self._schema or known, context.import_mode)
        assets = self.asset_files.create_assets(scope)
        staging_bucket.allow_copying_from(assets.bucket)
        folder = f"{staging_bucket.bucket.bucket_name}/{stack_folder_of(scope)}"
        return DataSourceConfig(
            data_location=f"{S3_SCHEME}{folder}/{assets.object_key}",
            bucket_name=staging_bucket.bucket.bucket_name,
            objects=f"{folder}/{object_pattern(assets.object_key)}",
            bucket=staging_bucket.bucket,
            files=assets.files,
        )


class BucketDataSource(DataSource):
    """A file or a folder in a bucket that this app creates or references."""

    def __init__(self, bucket: IBucketRef, object_key: str, encryption_key: IKeyRef | None = None) -> None:
        require_all(
            check_bucket("bucket", bucket),
            check_text("object_key", object_key, _OBJECT_KEY),
            check_key("encryption_key", encryption_key),
        )
        self._bucket = bucket_of(bucket)
        self._object_key = object_key
        of_bucket = self._bucket.encryption_key if encryption_key is None else None
        self._encryption_key = key_of("encryption_key", encryption_key) or key_of("bucket.encryption_key", of_bucket)

    def bind(self, scope: Construct, context: DataSourceContext) -> DataSourceConfig:  # noqa: ARG002 - asset files need it
        """Return the location in the bucket, with the key of the bucket."""
        bucket_name = self._bucket.bucket_name
        return DataSourceConfig(
            data_location=Location(bucket_name, self._object_key).uri,
            bucket_name=bucket_name,
            objects=f"{bucket_name}/{_pattern(self._object_key)}",
            bucket=self._bucket,
            encryption_key=self._encryption_key,
            object_key=None if is_token(self._object_key) else self._object_key,
        )


class LocationDataSource(DataSource):
    """A file or a folder in a bucket outside this app."""

    def __init__(self, uri: str, encryption_key: IKeyRef | None = None) -> None:
        require_all(_check_uri("uri", uri), check_key("encryption_key", encryption_key))
        self._uri = uri
        self._encryption_key = key_of("encryption_key", encryption_key)

    def bind(self, scope: Construct, context: DataSourceContext) -> DataSourceConfig:  # noqa: ARG002 - asset files need it
        """Return the location."""
        object_key = None
        if is_token(self._uri):
            bucket_name = cdk.Fn.select(2, cdk.Fn.split("/", self._uri))
            # CloudFormation can't separate the bucket from the key, but an ARN contains both in this order.
            objects = f"{cdk.Fn.select(1, cdk.Fn.split(S3_SCHEME, self._uri))}*"
        else:
            bucket_name, object_key = parse_location(self._uri)
            objects = f"{bucket_name}/{_pattern(object_key)}"
        return DataSourceConfig(
            self._uri, bucket_name, objects, encryption_key=self._encryption_key, object_key=object_key
        )


def _pattern(object_key: str) -> str:
    """Return a pattern for the file, or for all objects under the prefix; a token may be either."""
    return f"{object_key}*" if is_token(object_key) else object_pattern(object_key)


def _check_uri(name: str, uri: object) -> Iterator[str]:
    is_local = isinstance(uri, str) and "://" not in uri
    for problem in check_text(name, uri, constraints.DATA_LOCATION):
        yield f"{problem}. Import local files with DataSource.from_asset" if is_local else problem


def _check_schema(name: str, schema: object) -> Iterator[str]:
    if schema is not None and not isinstance(schema, DatasetSchema):
        yield violation(name, schema, "a DatasetSchema, such as DatasetSchema.from_file('items.schema.json')")


def _check_known_schema(name: str, given: DatasetSchema | None, known: DatasetSchema | None) -> Iterator[str]:
    if given and known and not is_same_schema(given, known):
        yield violation(name, given.to_json(), "the schema of the dataset, or omitted where the app creates the schema")
