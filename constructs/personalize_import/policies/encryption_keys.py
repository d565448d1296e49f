"""KMS keys in policies: they are named by the key's ARN, never by an alias.

An alias ARN in a policy's `Resource` doesn't match the key:
https://docs.aws.amazon.com/kms/latest/developerguide/alias-authorization.html.
"""

from collections.abc import Iterator
from typing import Final, cast

from aws_cdk import aws_kms as kms
from aws_cdk.interfaces.aws_kms import IKeyRef

from personalize_import.synthesis.validation import ValidationError
from personalize_import_handler.contract.constraints import violation

_ALLOWED: Final = (
    "a key whose ARN is known: a policy can't name a key by its alias. Pass kms.Key.from_key_arn(...) or "
    "kms.Key.from_lookup(..., alias_name=...) as encryption_key"
)


def check_key(name: str, key: object) -> Iterator[str]:
    """Yield a problem unless the value is None or a key."""
    is_key = isinstance(key, kms.CfnKey) or (hasattr(key, "key_arn") and hasattr(key, "add_to_resource_policy"))
    if key is not None and not is_key:
        yield violation(name, key, "a Key or another IKey, such as kms.Key.from_key_arn(...)")


def key_of(name: str, key: IKeyRef | None) -> kms.IKey | None:
    """Return a key that policies can name by its ARN.

    Args:
        name: The name of the argument, for the message.
        key: A key, an alias, a `CfnKey`, or None.

    Raises:
        ValidationError: The alias was imported by its name, so its key is unknown.
    """
    if key is None:
        return None
    if isinstance(key, kms.CfnKey):
        return kms.Key.from_cfn_key(key)
    alias_name = getattr(key, "alias_name", None)
    if alias_name is not None:
        return _target_of(name, cast("kms.IAlias", key), str(alias_name))
    known = cast("kms.IKey", key)
    if ":alias/" in known.key_arn:
        raise ValidationError(violation(name, known.key_arn, _ALLOWED))
    return known


def _target_of(name: str, alias: kms.IAlias, alias_name: str) -> kms.IKey:
    try:
        return alias.alias_target_key
    except RuntimeError:  # raised by the CDK for an alias that was imported by its name
        raise ValidationError(violation(name, alias_name, _ALLOWED)) from None
