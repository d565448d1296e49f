"""KMS keys in policies: they are named by the key's ARN, never by an alias.

An alias ARN in a policy's `Resource` doesn't match the key:
https://docs.aws.amazon.com/kms/latest/developerguide/alias-authorization.html.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final, cast

import aws_cdk as cdk
from aws_cdk.interfaces.aws_kms import IKeyRef

from personalize_import.synthesis.validation import ValidationError
from personalize_import_handler.contract.constraints import violation

if TYPE_CHECKING:
    from constructs import Construct

_REFERENCE_ID: Final = "Referenced"
_ALLOWED: Final = (
    "a key whose ARN is known: a policy can't name a key by its alias. Pass kms.Key.from_key_arn(...) or "
    "kms.Key.from_lookup(..., alias_name=...) as encryption_key"
)


def check_key(name: str, key: object) -> Iterator[str]:
    """Yield a problem unless the value is None or a key."""
    if key is not None and not hasattr(key, "key_ref"):
        yield violation(name, key, "a Key or another IKeyRef, such as kms.Key.from_key_arn(...)")


def key_of(name: str, key: IKeyRef | None) -> "cdk.aws_kms.IKey | None":
    """Return a key that policies can name by its ARN.

    Args:
        name: The name of the argument, for the message.
        key: A key, an alias, a `CfnKey`, another reference to a key, or None.

    Raises:
        ValidationError: The alias was imported by its name, so its key is unknown.
    """
    if key is None:
        return None
    if isinstance(key, cdk.aws_kms.CfnKey):
        return cdk.aws_kms.Key.from_cfn_key(key)
    alias_name = getattr(key, "alias_name", None)
    if alias_name is not None:
        return _target_of(name, cast("cdk.aws_kms.IAlias", key), str(alias_name))
    known = cast("cdk.aws_kms.IKey", key) if hasattr(key, "key_arn") else _referenced_key(key)
    if ":alias/" in known.key_arn:
        raise ValidationError(violation(name, known.key_arn, _ALLOWED))
    return known


def _referenced_key(key: IKeyRef) -> "cdk.aws_kms.IKey":
    existing = cast("cdk.aws_kms.IKey | None", key.node.try_find_child(_REFERENCE_ID))
    return existing or cdk.aws_kms.Key.from_key_arn(cast("Construct", key), _REFERENCE_ID, key.key_ref.key_arn)


def _target_of(name: str, alias: "cdk.aws_kms.IAlias", alias_name: str) -> "cdk.aws_kms.IKey":
    try:
        return alias.alias_target_key
    except RuntimeError:  # raised by the CDK for an alias that was imported by its name
        raise ValidationError(violation(name, alias_name, _ALLOWED)) from None
