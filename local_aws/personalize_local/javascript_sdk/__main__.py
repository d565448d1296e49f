"""Install the AWS SDK for JavaScript: `python -m personalize_local.javascript_sdk`."""

import sys

from personalize_local.javascript_sdk.installation import InstallationError, install

if __name__ == "__main__":
    try:
        install()
    except InstallationError as problem:
        sys.exit(str(problem))
