"""A program that fills the disk with the state of a local AWS, and prints the outcome of calls as JSON lines."""

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path

from botocore.exceptions import ClientError

from personalize_local.server.launcher import LocalAws
from personalize_local.server.options import Options
from tests.deploy.support.cloud import Cloud
from tests.local_aws.support.load import BUCKET, Clients

BLOCK = 4096
NEARLY_FULL_BYTES = 12_000_000
LARGE_BYTES = 20_000_000


def report(call: Callable[..., object], *arguments: str) -> None:
    try:
        call(*arguments)
        outcome: list[object] = ["done"]
    except ClientError as error:
        outcome = [error.response["ResponseMetadata"]["HTTPStatusCode"], error.response["Error"]["Message"]]
    write(outcome)


def write(value: object) -> None:
    sys.stdout.write(json.dumps(value) + "\n")


def fill(disk: Path, left: int) -> None:
    """Fill the disk until `left` bytes are free."""
    with (disk / "filler").open("ab") as file:
        while os.statvfs(disk).f_bavail * BLOCK > left:
            file.write(bytes(BLOCK))
            file.flush()


def main(disk: Path) -> None:
    options = Options(state=disk / "state")
    with LocalAws(options) as aws:
        clients = Clients(Cloud(aws, disk))
        make = {kind: make for kind, (make, _delete) in clients.kinds.items()}
        clients.s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
        fill(disk, NEARLY_FULL_BYTES)
        for kind in ("parameter", "object", "schema"):
            report(make[kind], "nearly-full")
        fill(disk, 0)
        report(make["schema"], "full")
        schemas = clients.personalize.list_schemas()["schemas"]
        write([schema["name"] for schema in schemas])
        (disk / "filler").unlink()
        for kind in ("parameter", "object", "schema"):
            report(make[kind], "space")
        report(lambda: clients.s3.put_object(Bucket=BUCKET, Key="large", Body=bytes(LARGE_BYTES)))
        write(sorted(clients.existing()))
    with LocalAws(options) as aws:
        write(sorted(Clients(Cloud(aws, disk)).existing()))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
