"""A local AWS, including Amazon Personalize; tests of stacks import `personalize_local.testing`."""
