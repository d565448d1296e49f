"""The public API for tests of stacks, besides the pytest fixtures `local_cloud` and `local_cloud_options`."""

from personalize_local.cdk_cli import CdkError
from personalize_local.local_cloud import CdkResult, DatasetRows, LocalCloud
from personalize_local.server.options import Options

__all__ = ["CdkError", "CdkResult", "DatasetRows", "LocalCloud", "Options"]
