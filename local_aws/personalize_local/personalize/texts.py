"""The texts of the service that the conformance tests can confirm or replace.

The comment after a text is its source. Texts marked "assumed" are this project's own, so nothing may depend on
them. `python -m tests.conformance texts` replaces texts by those recorded on AWS, see docs/conformance.md.
"""
# ruff: noqa: E501  # one line for each text, so that the command can replace it

from collections.abc import Mapping
from typing import Final

_TEXTS: Final[Mapping[str, str]] = {
    "dataset_has_running_job": "The dataset {dataset_arn} is in use: the dataset import job {job_arn} is still running.",  # assumed
    "does_not_exist": "Resource Arn {arn} does not exist.",  # from another implementation of the schema operations
    "first_import_must_be_full": "The import mode INCREMENTAL needs bulk data to add to, and this dataset has none: the first import of a dataset must be FULL.",  # assumed
    "headers_differ": "The header of {file} is not the same as in other files ({detail}).",  # assumed
    "invalid_data_location": "Invalid Data location.",  # documented, error-messages.html
    "invalid_next_token": "The nextToken is not one that this operation has returned.",  # assumed
    "missing_columns": "Input csv is missing the following columns: [{columns}]",  # observed for a header without ITEM_ID
    "name_taken": "Another resource with Arn {arn} already exists.",  # assumed
    "no_access_to_data": "Insufficient privileges for accessing data in S3. Please look at https://docs.aws.amazon.com/personalize/latest/dg/granting-personalize-s3-access.html#attach-bucket-policy and fix bucket policy on {bucket}.",  # observed for a missing bucket policy
    "not_ready": "The resource {arn} must be ACTIVE, but its status is {status}.",  # assumed
    "role_not_assumable": "Amazon Personalize can't assume the role {role_arn}: check that it exists and that its trust policy allows sts:AssumeRole to personalize.amazonaws.com for this account and resource.",  # assumed
    "too_few_interactions": "An import of interactions needs at least {minimum} records; there are {found}.",  # assumed
    "too_long": "Length cannot be more than {limit} characters for {column}. If no values exceed the character limit, make sure your data follows the formatting guidelines listed in https://docs.aws.amazon.com/personalize/latest/dg/data-prep-formatting.html.",  # documented, error-messages.html
    "wrong_type": "A value in column {column} is not of type {type_name}.",  # assumed
}


def text(key: str, **values: object) -> str:
    """Return a text with the given values; a recorded text may not contain all of them."""
    return _TEXTS[key].format(**values)
