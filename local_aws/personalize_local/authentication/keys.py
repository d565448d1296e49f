"""The keys of a server: random, and new each time it starts."""

import base64
import secrets
from dataclasses import dataclass, field

_ID_BYTES = 10
_SECRET_BYTES = 30


@dataclass(frozen=True)
class Keys:
    """The access key of the account's root."""

    access_key_id: str
    secret_access_key: str = field(repr=False)


def new_keys() -> Keys:
    """Return keys that nobody can guess, in the form that AWS gives them."""
    access_key_id = f"AKIA{base64.b32encode(secrets.token_bytes(_ID_BYTES)).decode()}"
    return Keys(access_key_id, base64.b64encode(secrets.token_bytes(_SECRET_BYTES)).decode())
