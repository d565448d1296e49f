"""Checks that the resources of a job are in the account, Region and partition of its stack.

Only known values are compared: a token, or a stack that may be deployed anywhere, is never a problem.
"""

from collections.abc import Iterator
from typing import Final, NamedTuple, cast
from weakref import WeakKeyDictionary

import aws_cdk as cdk
from constructs import Construct, IConstruct

from personalize_import.synthesis.stack_environment import environment_of, is_token, once_per_stack, partition_of
from personalize_import.synthesis.warnings import WARNING_ID_PREFIX
from personalize_import_handler.contract.constraints import shown

_ONE_ENVIRONMENT: Final = "Personalize imports only into datasets of the same account and Region: move the job there"
_ONE_REGION: Final = "Personalize reads only buckets of its own Region: copy the data to one"
_ONE_ACCOUNT: Final = "iam:PassRole works only within one account: use a role of this account that may read the data"
_ONE_EVENT_BUS: Final = "A bucket sends events to the account and Region that it is in: use refresh_on_schedule"
_ONE_PROVIDER: Final = "A provider imports only in its own account and Region: use one that is deployed there"


class AwsEnvironment(NamedTuple):
    """The account, Region and partition of a resource. Each is None if it is unknown at synth."""

    account: str | None = None
    region: str | None = None
    partition: str | None = None


_ENVIRONMENTS: Final[WeakKeyDictionary[IConstruct, AwsEnvironment]] = WeakKeyDictionary()


def check_environment(
    scope: Construct, dataset: object, dataset_arn: str, role: object, provider: object
) -> Iterator[str]:
    """Yield a problem for each argument in an account, Region or partition that Personalize doesn't support."""
    own = _environment_of_stack(scope)
    if own == AwsEnvironment():
        return
    found = _of_arn(dataset_arn) or _of_construct(dataset)
    yield from _differences("dataset", dataset_arn, found, own, _ONE_ENVIRONMENT)
    if hasattr(role, "role_arn"):
        found = _of_arn(role.role_arn) or _of_resource(role)
        yield from _differences("role", role.role_arn, found._replace(region=None), own, _ONE_ACCOUNT)
    if provider is not None:
        token = getattr(provider, "service_token", provider)
        yield from _differences("provider", token, _of_construct(provider), own, _ONE_PROVIDER)


def check_bucket_environment(scope: Construct, bucket: "cdk.aws_s3.IBucket | None") -> Iterator[str]:
    """Yield a problem if the bucket of a data source is in another Region."""
    own = _environment_of_stack(scope)
    if bucket and own != AwsEnvironment():
        found = AwsEnvironment(region=_of_resource(bucket).region)
        yield from _differences("the bucket of data_source", bucket.bucket_name, found, own, _ONE_REGION)


def check_events_of_bucket(scope: Construct, bucket: "cdk.aws_s3.IBucket | None") -> Iterator[str]:
    """Yield a problem if the bucket of a data source sends its events to another account."""
    if bucket:
        found = AwsEnvironment(account=_of_resource(bucket).account)
        own = _environment_of_stack(scope)
        yield from _differences("the bucket of data_source", bucket.bucket_name, found, own, _ONE_EVENT_BUS)


def check_arn_of_provider(name: str, arn: str | None, scope: Construct) -> Iterator[str]:
    """Yield a problem if the function or role of a provider is not in the environment of the stack."""
    found = _of_arn(arn) or AwsEnvironment()
    yield from _differences(name, arn, found, _environment_of_stack(scope), _ONE_PROVIDER)


def warn_of_environment(scope: Construct, bucket: "cdk.aws_s3.IBucket | None", key: "cdk.aws_kms.IKey | None") -> None:
    """Warn if a bucket or key is in another environment and this app doesn't own it: its owner must allow access."""
    own = _environment_of_stack(scope)
    if own == AwsEnvironment():
        return
    if bucket and not cdk.Resource.is_owned_resource(bucket):
        advice = "Its policy must allow both the import role and personalize.amazonaws.com to read the data"
        found = AwsEnvironment(account=_of_resource(bucket).account)
        _warn(scope, "bucket-account", _differences("the bucket", bucket.bucket_name, found, own, advice))
    if key and not cdk.Resource.is_owned_resource(key):
        advice = "S3 uses only keys of the bucket's Region, and a key of another account must allow this one to use it"
        found = _of_arn(key.key_arn) or _of_resource(key)
        _warn(scope, "key-environment", _differences("the key", key.key_arn, found, own, advice))


def _warn(scope: Construct, id: str, problems: Iterator[str]) -> None:
    if texts := [*problems]:
        cdk.Annotations.of(scope).add_warning_v2(f"{WARNING_ID_PREFIX}{id}", "; ".join(texts))


def _differences(name: str, value: object, found: AwsEnvironment, own: AwsEnvironment, advice: str) -> Iterator[str]:
    words = ("account", "Region", "partition")
    different = [
        f"{word} {there} (the stack: {here})"
        for word, there, here in zip(words, found, own, strict=True)
        if there and here and there != here
    ]
    if different:
        shown_value = "" if isinstance(value, str) and is_token(value) else f", got {shown(value)}"
        yield f"{name} is in {' and '.join(different)}{shown_value}. {advice}"


def _of_arn(arn: object) -> AwsEnvironment | None:
    """Return the environment of a resource by its ARN, or None if the ARN is a token or invalid."""
    if not isinstance(arn, str) or is_token(arn):
        return None
    try:
        parts = cdk.Arn.split(arn, cdk.ArnFormat.NO_RESOURCE_NAME)
    except RuntimeError:  # raised by the CDK for text that is not an ARN
        return None
    return AwsEnvironment(parts.account or None, parts.region or None, parts.partition or None)


def _of_resource(resource: object) -> AwsEnvironment:
    """Return the environment of a bucket, role or key, which may differ from its stack's if it was imported."""
    construct = cast("IConstruct", resource)
    known = _ENVIRONMENTS.get(construct)
    if known is None:
        env = getattr(resource, "env", None)  # a class of the app may not have it
        known = _ENVIRONMENTS[construct] = (
            AwsEnvironment(_known(env.account), _known(env.region)) if env else AwsEnvironment()
        )
    return known


def _of_construct(construct: object) -> AwsEnvironment:
    """Return the environment of a construct's stack, or an empty one if the value is not a construct."""
    return _environment_of_stack(cast("IConstruct", construct)) if hasattr(construct, "node") else AwsEnvironment()


@once_per_stack
def _environment_of_stack(scope: IConstruct) -> AwsEnvironment:
    own = environment_of(scope)
    region = _known(own.region)
    return AwsEnvironment(_known(own.account), region, partition_of(scope) if region else None)


def _known(value: str) -> str | None:
    return None if is_token(value) else value
