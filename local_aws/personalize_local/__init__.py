"""An AWS on this machine, including Amazon Personalize; tests of stacks import `personalize_local.testing`."""
