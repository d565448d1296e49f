"""KMS keys as policies name them: by the key's ARN, never by an alias.

An alias in a policy's `Resource` isn't the key:
https://docs.aws.amazon.com/kms/latest/developerguide/alias-authorization.html.
"""

from typing import TYPE_CHECKING, Final

from personalize_import.synthesis.validation import ValidationError
from personalize_import_handler.contract.constraints import violation

if TYPE_CHECKING:  # for annotations alone: each module of the CDK costs time
    from aws_cdk import aws_kms as kms

_ALLOWED: Final = (
    "a key whose ARN is known, for a policy can't name a key by its alias; give kms.Key.from_key_arn(...) or "
    "kms.Key.from_lookup(..., alias_name=...) as encryption_key"
)


def key_of(name: str, key: "kms.IKey | None") -> "kms.IKey | None":
    """Return the key, or the key that an alias stands for.

    Args:
        name: The argument that has the key.
        key: A key, an alias, or None.

    Raises:
        ValidationError: The alias was imported by its name, so its key isn't known.
    """
    alias_name = getattr(key, "alias_name", None)
    if alias_name is None:
        key_arn = key.key_arn if key else ""
        if ":alias/" in key_arn:
            raise ValidationError(violation(name, key_arn, _ALLOWED))
        return key
    try:
        target: kms.IKey = key.alias_target_key  # type: ignore[union-attr]  # only an alias has a name
    except RuntimeError:  # the CDK's own, for an alias that was imported by its name
        raise ValidationError(violation(name, str(alias_name), _ALLOWED)) from None
    return target
