"""The environment variables of clients, of ministack and of Lambda functions."""

import os
import shlex
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final

from personalize_local.cdk_cli import with_cdk_on_path
from personalize_local.javascript_sdk.installation import NODE_MODULES
from personalize_local.server.options import HOST, Options

if TYPE_CHECKING:
    from personalize_local.authentication.keys import Keys
    from personalize_local.server.tls import TlsFiles

# The only variables that the server inherits. ministack reads a hundred others, which would change its behaviour.
_INHERITED: Final = (
    *("PATH", "HOME", "LANG", "LC_ALL", "TZ", "PYTHONPATH"),
    *("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "DYLD_FALLBACK_LIBRARY_PATH"),
)
# By default clients read the files in the home directory.
_NO_FILES: Final = dict.fromkeys(("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"), os.devnull)
# Variables that override the exported credentials, or are combined with them.
_CONFLICTING: Final = ("AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_SESSION_TOKEN")


def endpoint_url(port: int) -> str:
    """Return the URL of the server."""
    return f"https://{HOST}:{port}"


def client_environment(options: Options, port: int, tls: "TlsFiles", keys: "Keys") -> dict[str, str]:
    """Return the variables that make AWS clients and the CDK CLI use this AWS."""
    return {
        "AWS_ACCESS_KEY_ID": keys.access_key_id,
        "AWS_SECRET_ACCESS_KEY": keys.secret_access_key,
        **dict.fromkeys(("AWS_REGION", "AWS_DEFAULT_REGION", "CDK_DEFAULT_REGION"), options.region),
        "CDK_DEFAULT_ACCOUNT": options.account,
        # The CDK CLI reads S3's endpoint only from the variable for S3.
        **dict.fromkeys(("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3"), endpoint_url(port)),
        # Clients of AWS connect only to this AWS, and load one certificate faster than all; Node adds it to its own.
        **dict.fromkeys(("AWS_CA_BUNDLE", "NODE_EXTRA_CA_CERTS"), str(tls.authority)),
        **dict.fromkeys(("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"), str(tls.all_authorities)),
        "AWS_EC2_METADATA_DISABLED": "true",
    }


def shell_exports(environment: Mapping[str, str]) -> str:
    """Return shell commands that make AWS clients in the shell use only this AWS."""
    exports = {**environment, **_NO_FILES}
    return "\n".join(
        [
            f"# AWS is at {environment['AWS_ENDPOINT_URL']} until Ctrl-C. Run in another terminal:",
            f"unset {' '.join(_CONFLICTING)}",
            *[f"export {name}={shlex.quote(value)}" for name, value in exports.items()],
        ]
    )


def without_aws(environment: Mapping[str, str]) -> dict[str, str]:
    """Return an environment without profiles, credentials and proxies, which would make clients use another AWS."""
    kept = {name: value for name, value in environment.items() if not _is_conflicting(name)}
    return kept | _NO_FILES


def _is_conflicting(name: str) -> bool:
    return name.startswith(("AWS_", "CDK_DEFAULT_")) or name.lower().endswith("_proxy")


def apply_environment(options: Options, clients: Mapping[str, str], tls: "TlsFiles", work: Path) -> None:
    """Set the environment of this process before ministack is imported; Lambda functions inherit it.

    Args:
        options: The options of the server.
        clients: The variables from `client_environment`.
        tls: The files of the certificate.
        work: A working folder that exists while the server runs.
    """
    temporary = work / "tmp"
    temporary.mkdir(exist_ok=True)
    # Node searches the folders above a function's own for packages, after the function's own packages.
    if NODE_MODULES.exists():
        (temporary / "node_modules").symlink_to(NODE_MODULES)
    inherited = without_aws({name: os.environ[name] for name in _INHERITED if name in os.environ})
    os.environ.clear()
    os.environ.update(
        {
            **with_cdk_on_path(inherited),
            **clients,
            "TMPDIR": str(temporary),
            # By default the CDK's AwsCustomResource installs the latest SDK, and uses the present one if that fails.
            "NPM_CONFIG_OFFLINE": "true",
            "NPM_CONFIG_CACHE": str(work / "npm"),
            "USE_SSL": "1",
            "MINISTACK_SSL_CERT": str(tls.certificate),
            "MINISTACK_SSL_KEY": str(tls.key),
            "GATEWAY_PORT": clients["AWS_ENDPOINT_URL"].rpartition(":")[2],
            **_ministack_environment(options, work),
        }
    )
    tempfile.tempdir = str(temporary)  # tempfile has cached the previous folder


def _ministack_environment(options: Options, work: Path) -> dict[str, str]:
    state = options.state or work
    persistence = {"PERSIST_STATE": "1", "S3_PERSIST": "1"} if options.state else {}
    return {
        "AUTH": "true",
        "MINISTACK_HOST": HOST,
        "MINISTACK_REGION": options.region,
        "MINISTACK_ACCOUNT_ID": options.account,
        "LAMBDA_EXECUTOR": "local",
        "LOG_LEVEL": "INFO" if options.verbose else "ERROR",
        # No listeners and containers of services that aren't used.
        "SFTP_ENABLED": "0",
        "IOT_MTLS_ENABLED": "0",
        "DOCKER_HOST": f"unix://{work / 'no-docker.sock'}",
        **persistence,
        # ministack uses these folders even if it doesn't persist its state.
        "STATE_DIR": str(state / "ministack"),
        "S3_DATA_DIR": str(state / "s3"),
    }
