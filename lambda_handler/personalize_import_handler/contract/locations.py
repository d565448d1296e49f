"""S3 locations and ARNs, parsed."""

from typing import Final, NamedTuple

S3_SCHEME: Final = "s3://"
# The wildcards of policies, https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
_ESCAPES: Final = str.maketrans({character: f"${{{character}}}" for character in "*?$"})


class Location(NamedTuple):
    """An object in S3, or a folder; the key of a folder is empty or ends with a slash."""

    bucket: str
    key: str

    @property
    def uri(self) -> str:
        """The location as `s3://bucket/key`."""
        return f"{S3_SCHEME}{self.bucket}/{self.key}"


class Arn(NamedTuple):
    """The parts of an ARN."""

    partition: str
    service: str
    region: str
    account: str
    resource: str


def parse_location(uri: str) -> Location:
    """Parse `s3://bucket/key`."""
    bucket, _, key = uri.removeprefix(S3_SCHEME).partition("/")
    return Location(bucket, key)


def parse_arn(arn: str) -> Arn:
    """Parse an ARN; raise `ValueError` if a part is missing."""
    _, partition, service, region, account, resource = arn.split(":", 5)
    return Arn(partition, service, region, account, resource)


def object_pattern(key: str) -> str:
    """Return the ARN pattern in policies that matches one object, or everything under a folder."""
    return key.translate(_ESCAPES) + ("*" if key == "" or key.endswith("/") else "")
