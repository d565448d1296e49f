"""S3 on the simulated clock, in order with the times of imports."""

import time
from datetime import UTC, datetime

from tests.deploy.support.cloud import Cloud
from tests.local_aws.support.server_setup import finished, make_dataset, make_import_role, put_users, start_job, until


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


def modified(cloud: Cloud, bucket: str, key: str) -> tuple[datetime, datetime]:
    """Return an object's `LastModified` in a list and in the header of the object."""
    s3 = cloud.client("s3")
    [listed] = s3.list_objects_v2(Bucket=bucket, Prefix=key)["Contents"]
    return listed["LastModified"], s3.head_object(Bucket=bucket, Key=key)["LastModified"]
