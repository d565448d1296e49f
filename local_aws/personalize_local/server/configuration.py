"""How the local AWS is configured: options in, the environment that ministack and the Lambda functions read out."""

import math
import os
import shlex
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from personalize_local.authentication.keys import Keys
    from personalize_local.server.tls import TlsFiles

HOST: Final = "127.0.0.1"
ACCOUNT: Final = "000000000000"
DEFAULT_REGION: Final = "eu-west-1"
# All that the server takes over from the environment it is started in. ministack has a hundred variables more, each of
# which would make another AWS of it.
_INHERITED: Final = (
    *("PATH", "HOME", "LANG", "LC_ALL", "TZ", "PYTHONPATH"),
    *("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "DYLD_FALLBACK_LIBRARY_PATH"),
)
# Without these, clients read the files in the home directory.
_NO_FILES: Final = dict.fromkeys(("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"), os.devnull)
# What goes before the credentials that a shell is given, or with them.
_LEADING_AWAY: Final = ("AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_SESSION_TOKEN")
_HIGHEST_PORT: Final = 65_535


@dataclass(frozen=True, kw_only=True)
class Options:
    """What can be chosen."""

    port: int = 0
    """0 takes a free one."""
    region: str = DEFAULT_REGION
    speed: float = 1.0
    """How many seconds of the service's time pass in one real second."""
    import_seconds: float = 20.0
    """How long an import takes, in the service's time; longer if its rows take longer to read."""
    state: Path | None = None
    """Where the state is kept between runs; nowhere by default."""
    verbose: bool = False

    def __post_init__(self) -> None:
        """Refuse what can't be served; raises ValueError."""
        if not 0 <= self.port <= _HIGHEST_PORT:
            raise ValueError(f"the port must be from 0 to {_HIGHEST_PORT}, got {self.port}")
        if not 0 < self.speed < math.inf:
            raise ValueError(f"the clock's speed must be above 0, got {self.speed:g}")
        if not 0 <= self.import_seconds < math.inf:
            raise ValueError(f"the seconds of an import must be 0 or more, got {self.import_seconds:g}")


def endpoint_url(port: int) -> str:
    """Say where the server is."""
    return f"https://{HOST}:{port}"


def client_environment(port: int, region: str, authority: Path, keys: "Keys") -> dict[str, str]:
    """Give the variables with which AWS clients, the CDK CLI among them, find this AWS instead of the real one."""
    return {
        "AWS_ACCESS_KEY_ID": keys.access_key_id,
        "AWS_SECRET_ACCESS_KEY": keys.secret_access_key,
        **dict.fromkeys(("AWS_REGION", "AWS_DEFAULT_REGION", "CDK_DEFAULT_REGION"), region),
        "CDK_DEFAULT_ACCOUNT": ACCOUNT,
        # The CDK CLI takes S3's endpoint from its own variable alone.
        **dict.fromkeys(("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3"), endpoint_url(port)),
        **dict.fromkeys(
            ("AWS_CA_BUNDLE", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "NODE_EXTRA_CA_CERTS"), str(authority)
        ),
        "AWS_EC2_METADATA_DISABLED": "true",
    }


def lines_for_a_shell(environment: Mapping[str, str]) -> str:
    """Write down what makes AWS clients that are started in a shell find this AWS, and no other."""
    exports = {**environment, **_NO_FILES}
    return "\n".join(
        [
            f"# AWS is at {environment['AWS_ENDPOINT_URL']} until Ctrl-C. In a terminal that is for nothing else:",
            f"unset {' '.join(_LEADING_AWAY)}",
            *[f"export {name}={shlex.quote(value)}" for name, value in exports.items()],
        ]
    )


def without_aws(environment: Mapping[str, str]) -> dict[str, str]:
    """Drop what would lead a client to a real account, or away from loopback: profiles, credentials, proxies."""
    kept = {name: value for name, value in environment.items() if not _leads_away(name)}
    return kept | _NO_FILES


def _leads_away(name: str) -> bool:
    return name.startswith(("AWS_", "CDK_DEFAULT_")) or name.lower().endswith("_proxy")


def apply(options: Options, clients: Mapping[str, str], tls: "TlsFiles", work: Path) -> None:
    """Set this process' environment, before ministack is imported; Lambda functions inherit it.

    Args:
        options: What was chosen.
        clients: What clients need to find the server, see `client_environment`.
        tls: The files of the certificate.
        work: A folder that lasts as long as the server.
    """
    temporary = work / "tmp"
    temporary.mkdir(exist_ok=True)
    environment = {
        **without_aws({name: os.environ[name] for name in _INHERITED if name in os.environ}),
        **clients,
        "TMPDIR": str(temporary),
        "AUTH": "true",
        "USE_SSL": "1",
        "MINISTACK_SSL_CERT": str(tls.certificate),
        "MINISTACK_SSL_KEY": str(tls.key),
        "MINISTACK_HOST": HOST,
        "MINISTACK_REGION": options.region,
        "MINISTACK_ACCOUNT_ID": ACCOUNT,
        "GATEWAY_PORT": clients["AWS_ENDPOINT_URL"].rpartition(":")[2],
        "LAMBDA_EXECUTOR": "local",
        "LOG_LEVEL": "INFO" if options.verbose else "ERROR",
        # Listeners and containers of services that nobody asked for.
        "SFTP_ENABLED": "0",
        "IOT_MTLS_ENABLED": "0",
        "DOCKER_HOST": f"unix://{work / 'no-docker.sock'}",
        # Used even where no state is kept.
        "STATE_DIR": str(work / "ministack"),
        "S3_DATA_DIR": str(work / "s3"),
    }
    if options.state:
        environment |= {
            "PERSIST_STATE": "1",
            "S3_PERSIST": "1",
            "STATE_DIR": str(options.state / "ministack"),
            "S3_DATA_DIR": str(options.state / "s3"),
        }
    os.environ.clear()
    os.environ.update(environment)
    tempfile.tempdir = str(temporary)  # it has been looked up by now, and would not be again
