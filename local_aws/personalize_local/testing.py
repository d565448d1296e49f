"""What tests of one's own stacks import, beside the pytest fixtures `local_cloud` and `local_cloud_options`."""

from personalize_local.cdk_cli import CdkFailed
from personalize_local.local_cloud import Deployed, LocalCloud, Rows
from personalize_local.server.configuration import Options

__all__ = ["CdkFailed", "Deployed", "LocalCloud", "Options", "Rows"]
