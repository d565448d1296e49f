"""Random access keys, created at each start of a server."""

import base64
import secrets
from dataclasses import dataclass, field

_ID_BYTES = 10
_SECRET_BYTES = 30


@dataclass(frozen=True)
class Keys:
    """An access key id and its secret."""

    access_key_id: str
    secret_access_key: str = field(repr=False)


def new_keys() -> Keys:
    """Return random keys in the format of AWS."""
    access_key_id = f"AKIA{base64.b32encode(secrets.token_bytes(_ID_BYTES)).decode()}"
    return Keys(access_key_id, base64.b64encode(secrets.token_bytes(_SECRET_BYTES)).decode())
