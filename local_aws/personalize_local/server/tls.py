"""A certificate authority and a server certificate for loopback, created at each start of a server."""

import os
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

import trustme
from botocore.httpsession import DEFAULT_CA_BUNDLE

_THIS_USER: Final = 0o600
# With these variables users add the authorities of their organization.
_BUNDLE_VARIABLES: Final = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "AWS_CA_BUNDLE")


class TlsFiles(NamedTuple):
    """The files of the server's certificate, its key, and the authorities that clients trust."""

    certificate: Path
    key: Path
    authority: Path
    """The authority of this server's certificate."""
    all_authorities: Path
    """This authority and those that the user trusts, so that functions can connect to other hosts too."""


def create_certificate(folder: Path) -> TlsFiles:
    """Create the files in `folder`."""
    files = TlsFiles(folder / "server.pem", folder / "server.key", folder / "authority.pem", folder / "authorities.pem")
    authority = trustme.CA()
    server = authority.issue_cert("localhost", "127.0.0.1")
    with open(files.key, "xb", opener=_for_this_user) as key:
        key.write(server.private_key_pem.bytes())
    for position, blob in enumerate(server.cert_chain_pems):
        blob.write_to_path(str(files.certificate), append=position > 0)
    authority.cert_pem.write_to_path(str(files.authority))
    bundles = [files.authority, *_trusted_bundles()]
    files.all_authorities.write_bytes(b"\n".join(bundle.read_bytes() for bundle in bundles))
    return files


def _trusted_bundles() -> Iterator[Path]:
    """Return the files with the authorities that the user and the system trust."""
    given = {Path(os.environ[name]) for name in _BUNDLE_VARIABLES if os.environ.get(name)}
    system = ssl.get_default_verify_paths().cafile or DEFAULT_CA_BUNDLE
    yield from (path for path in sorted({*given, Path(system)}) if path.is_file())


def _for_this_user(path: str, flags: int) -> int:
    """Open a file for writing, created with permissions for this user only."""
    return os.open(path, flags, _THIS_USER)
