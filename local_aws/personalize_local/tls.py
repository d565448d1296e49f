"""A certificate authority and a server certificate for loopback, made anew by each server."""

from pathlib import Path
from typing import NamedTuple

import trustme


class TlsFiles(NamedTuple):
    """Where the server's certificate, its key, and the authority that clients must trust are."""

    certificate: Path
    key: Path
    authority: Path


def make_certificate(folder: Path) -> TlsFiles:
    """Make the files in `folder`."""
    files = TlsFiles(folder / "server.pem", folder / "server.key", folder / "authority.pem")
    authority = trustme.CA()
    server = authority.issue_cert("localhost", "127.0.0.1")
    server.private_key_pem.write_to_path(str(files.key))
    files.key.chmod(0o600)
    for position, blob in enumerate(server.cert_chain_pems):
        blob.write_to_path(str(files.certificate), append=position > 0)
    authority.cert_pem.write_to_path(str(files.authority))
    return files
