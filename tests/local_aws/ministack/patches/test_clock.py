"""S3 and Step Functions on the simulated clock."""

import time
from datetime import UTC, datetime

from tests.deploy.support.cloud import Cloud
from tests.local_aws.support.server_setup import finished, make_dataset, make_import_role, put_users, start_job
from tests.local_aws.support.state_machines import make_state_machine
from tests.support.until import until


def simulated(cloud: Cloud) -> datetime:
    return datetime.fromtimestamp(cloud.aws.control("GET", "status")["now"], UTC)


def test_a_file_that_was_uploaded_after_an_import_is_newer_than_the_import(cloud: Cloud, name: str) -> None:
    until(lambda: simulated(cloud).timestamp() > time.time() + 60)
    dataset, location, role = make_dataset(cloud, name), put_users(cloud, name), make_import_role(cloud, name)
    job = finished(cloud, start_job(cloud.personalize, name, dataset, location, role))
    imported, _head = modified(cloud, name, "users.csv")
    time.sleep(0.02)  # two seconds of simulated time; S3's times are whole seconds
    cloud.client("s3").put_object(Bucket=name, Key="later.csv", Body=b"USER_ID\nd\n")
    later, head = modified(cloud, name, "later.csv")
    assert imported < job["creationDateTime"] < job["lastUpdatedDateTime"] < later <= simulated(cloud)
    assert head == later


def test_an_object_that_was_uploaded_in_parts_has_the_time_of_the_first_call(cloud: Cloud, name: str) -> None:
    cloud.put(name, "any.csv", "")
    s3, upload = cloud.client("s3"), {"Bucket": name, "Key": "parts.csv"}
    upload["UploadId"] = s3.create_multipart_upload(**upload)["UploadId"]
    begun_at = simulated(cloud)
    until(lambda: (simulated(cloud) - begun_at).total_seconds() > 60)
    part = s3.upload_part(**upload, PartNumber=1, Body=b"USER_ID\na\n")
    s3.complete_multipart_upload(**upload, MultipartUpload={"Parts": [{"PartNumber": 1, "ETag": part["ETag"]}]})

    listed, head = modified(cloud, name, "parts.csv")
    assert listed == head <= begun_at


def test_an_execution_that_waits_follows_a_change_of_the_speed(cloud: Cloud, name: str) -> None:
    hours = {"Type": "Wait", "Seconds": 10 * 3600, "End": True}
    machine = make_state_machine(cloud, name, {"StartAt": "Wait", "States": {"Wait": hours}})
    client, speed = cloud.client("stepfunctions"), cloud.aws.control("GET", "status")["speed"]
    arn = client.start_execution(stateMachineArn=machine)["executionArn"]
    cloud.aws.control("POST", "clock", {"speed": 10_000})
    try:
        until(lambda: client.describe_execution(executionArn=arn)["status"] == "SUCCEEDED")
    finally:
        cloud.aws.control("POST", "clock", {"speed": speed})


def modified(cloud: Cloud, bucket: str, key: str) -> tuple[datetime, datetime]:
    """Return an object's `LastModified` in a list and in the header of the object."""
    s3 = cloud.client("s3")
    [listed] = s3.list_objects_v2(Bucket=bucket, Prefix=key)["Contents"]
    return listed["LastModified"], s3.head_object(Bucket=bucket, Key=key)["LastModified"]
