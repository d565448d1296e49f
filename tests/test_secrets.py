"""The scan of the logs finds what it is for."""

import pytest

from tests.secrets import DATA_VALUE, lines_with_secrets


@pytest.mark.parametrize(
    "line",
    [
        "PUT https://cloudformation-custom-resource-response.s3.amazonaws.com/x?X-Amz-Signature=0a1b",
        "{'RequestType': 'Create', 'ResponseURL': 'https://…'}",
        "PUT https://127.0.0.1:4566/_ministack/cfn-response/x",
        "Credentials(AKIAIOSFODNN7EXAMPLE)",
        "AWS_SESSION_TOKEN=FwoGZXIvYXdzE",
        "aws_secret_access_key = x",
        f"The value '{DATA_VALUE}' in column CLASS",
    ],
)
def test_a_line_with_a_secret_is_found(line: str) -> None:
    assert lines_with_secrets(["Started the job", line]) == [line]


def test_the_real_log_lines_of_the_functions_contain_no_secret() -> None:
    arn = "arn:aws:personalize:eu-west-1:123456789012:dataset-import-job/shop-Import-0123456789ab-1"
    lines = [
        f"Started {arn}",
        "Sent a response to CloudFormation: SUCCESS",
        "Retrying later: Rate exceeded (ThrottlingException)",
        "DataLocation must be a file, got 's3://shop-data/AWS_SESSION_TOKEN'",
        "'ResponseURL' is not a property of Custom::PersonalizeDatasetImportJob",
    ]

    assert lines_with_secrets(lines) == []
