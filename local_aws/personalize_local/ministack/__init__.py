"""The only code that imports ministack.

It uses ministack's internals, so ministack's version is pinned; tests/local_aws/ministack/test_internals.py lists the
internals that it uses. ministack reads its configuration from the environment when it is imported: import these
modules only in the serving process, after `apply_environment`.
"""
