"""The service over HTTPS on loopback: results, errors and timestamps for AWS clients."""

import ssl
import time
import urllib.error
import urllib.request
from email.utils import parsedate_to_datetime
from typing import Any

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, HTTPClientError

from personalize_local.server.launcher import LocalAwsError
from tests.deploy.support.cloud import Cloud
from tests.deploy.support.stacks import users_schema
from tests.local_aws.support.server_setup import (
    client_of,
    finished,
    make_dataset,
    make_import_role,
    put_users,
    start_job,
)
from tests.secrets import DATA_VALUE
from tests.support.until import until


def test_a_file_becomes_the_rows_of_a_dataset(cloud: Cloud, name: str) -> None:
    dataset, location, role = make_dataset(cloud, name), put_users(cloud, name), make_import_role(cloud, name)
    job = finished(cloud, start_job(cloud.personalize, name, dataset, location, role))
    assert job["status"] == "ACTIVE"
    assert job["dataSource"]["dataLocation"] == location
    # The clock is a hundred times as fast: a timer that is five seconds late is nearly ten minutes.
    assert 10 <= (job["lastUpdatedDateTime"] - job["creationDateTime"]).total_seconds() < 600
    rows = cloud.rows(dataset, limit=10)
    assert rows["count"] == 3
    assert rows["rows"][0] == {"USER_ID": "a", "CLASS": DATA_VALUE}


def test_errors_arrive_as_the_exceptions_of_the_api_model(cloud: Cloud, name: str) -> None:
    exceptions = cloud.personalize.exceptions
    arn = f"arn:aws:personalize:eu-west-1:000000000000:schema/{name}"
    with pytest.raises(exceptions.ResourceNotFoundException, match=f"Resource Arn {arn} does not exist."):
        cloud.personalize.describe_schema(schemaArn=arn)
    with pytest.raises(exceptions.InvalidInputException, match="The schema is not valid"):
        cloud.personalize.create_schema(name=name, schema="{")
    cloud.personalize.create_schema(name=name, schema=users_schema())
    with pytest.raises(exceptions.ResourceAlreadyExistsException):
        cloud.personalize.create_schema(name=name, schema=users_schema())


def test_a_request_that_the_model_forbids_is_refused_by_the_server_too(cloud: Cloud) -> None:
    unchecked = Config(parameter_validation=False)
    personalize: Any = client_of(cloud, "personalize", _root(cloud), config=unchecked)
    with pytest.raises(ClientError, match="failed to satisfy constraint") as refused:
        personalize.create_dataset_group(name="?")
    assert refused.value.response["Error"]["Code"] == "ValidationException"


def test_the_date_of_a_response_is_that_of_the_simulated_clock(cloud: Cloud) -> None:
    until(lambda: cloud.aws.control("GET", "status")["now"] > time.time() + 60)
    before = cloud.aws.control("GET", "status")["now"]
    headers = cloud.personalize.list_schemas()["ResponseMetadata"]["HTTPHeaders"]
    after = cloud.aws.control("GET", "status")["now"]
    assert before - 1 <= parsedate_to_datetime(headers["date"]).timestamp() <= after


def test_only_its_certificate_authority_verifies_the_server(cloud: Cloud) -> None:
    with pytest.raises(urllib.error.URLError) as refused:
        urllib.request.urlopen(
            f"{cloud.aws.endpoint_url}/_personalize/status", context=ssl.create_default_context(), timeout=5
        )
    assert isinstance(refused.value.reason, ssl.SSLCertVerificationError)


def test_a_throttled_call_is_retried_by_the_client(cloud: Cloud, name: str) -> None:
    cloud.aws.control("POST", "faults", {"operation": "CreateSchema", "error_code": "ThrottlingException"})
    made = cloud.personalize.create_schema(name=name, schema=users_schema())
    assert made["ResponseMetadata"]["RetryAttempts"] == 1


@pytest.mark.parametrize("after_effect", [False, True])
def test_a_dropped_connection_raises_an_error_of_botocore(cloud: Cloud, name: str, *, after_effect: bool) -> None:
    fault = {"operation": "CreateSchema", "drop_connection": True, "after_effect": after_effect}
    cloud.aws.control("POST", "faults", fault)
    impatient: Any = client_of(cloud, "personalize", _root(cloud), config=Config(retries={"total_max_attempts": 1}))
    with pytest.raises(HTTPClientError):
        impatient.create_schema(name=name, schema=users_schema())
    names = [schema["name"] for schema in cloud.personalize.list_schemas()["schemas"]]
    assert (name in names) is after_effect


def test_an_unknown_path_of_the_control_api_is_reported(cloud: Cloud) -> None:
    with pytest.raises(LocalAwsError, match=r"404 .*there is no GET /_personalize/nothing"):
        cloud.aws.control("GET", "nothing")


def _root(cloud: Cloud) -> dict[str, str]:
    environment = cloud.aws.environment
    return {"AccessKeyId": environment["AWS_ACCESS_KEY_ID"], "SecretAccessKey": environment["AWS_SECRET_ACCESS_KEY"]}
