"""A certificate authority and a server certificate for loopback, created at each start of a server."""

import os
from pathlib import Path
from typing import Final, NamedTuple

import trustme

_THIS_USER: Final = 0o600


class TlsFiles(NamedTuple):
    """The files of the server's certificate, its key, and the authority that clients must trust."""

    certificate: Path
    key: Path
    authority: Path


def create_certificate(folder: Path) -> TlsFiles:
    """Create the files in `folder`."""
    files = TlsFiles(folder / "server.pem", folder / "server.key", folder / "authority.pem")
    authority = trustme.CA()
    server = authority.issue_cert("localhost", "127.0.0.1")
    with open(files.key, "xb", opener=_for_this_user) as key:
        key.write(server.private_key_pem.bytes())
    for position, blob in enumerate(server.cert_chain_pems):
        blob.write_to_path(str(files.certificate), append=position > 0)
    authority.cert_pem.write_to_path(str(files.authority))
    return files


def _for_this_user(path: str, flags: int) -> int:
    """Open a file for writing, created with permissions for this user only."""
    return os.open(path, flags, _THIS_USER)
