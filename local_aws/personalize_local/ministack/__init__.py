"""The only code that imports ministack.

It reaches into ministack's own modules, which is why its version is pinned; tests/local_aws/ministack/test_internals.py
lists what it reaches into. ministack reads its configuration from the environment when it is imported: import these
modules only in the serving process, after `apply_environment`.
"""
