"""The AWS SDK for JavaScript, which tests of functions and clients in JavaScript need."""

import pytest

from personalize_local.javascript_sdk.installation import NODE_MODULES

needs_sdk = pytest.mark.skipif(
    not (NODE_MODULES / "@aws-sdk" / "client-personalize").is_dir(),
    reason=f"the AWS SDK for JavaScript is not installed in {NODE_MODULES}",
)
