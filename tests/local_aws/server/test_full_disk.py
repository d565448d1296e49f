"""A full disk is an error at the call, for each service."""

import json
import os
import resource
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from personalize_local.server.launcher import LocalAws
from personalize_local.server.options import Options
from tests.deploy.support.cloud import Cloud
from tests.local_aws.support.load import BUCKET, Clients

# A file system for one process, which ends with the process.
MOUNT = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-euc"]
SIZE = "32m"


def mounted(disk: Path, *command: str) -> "subprocess.CompletedProcess[str]":
    """Run a command with a small disk."""
    script = f'mount -t tmpfs -o size={SIZE} none "$0"; chmod 700 "$0"; exec "$@"'
    return subprocess.run([*MOUNT, script, str(disk), *command], capture_output=True, text=True, check=False)


@pytest.mark.nightly
def test_calls_fail_on_a_full_disk_and_succeed_when_there_is_space(tmp_path: Path) -> None:
    if not shutil.which("unshare") or mounted(tmp_path, "true").returncode:
        pytest.skip("this system doesn't allow its users to mount file systems")
    ended = mounted(tmp_path, sys.executable, "-m", "tests.local_aws.support.full_disk", str(tmp_path))
    assert ended.returncode == 0, ended.stdout + ended.stderr
    *outcomes, existing, after_restart = (json.loads(line) for line in ended.stdout.splitlines())
    state = f"Nothing was changed: the local AWS can't save its state in {tmp_path / 'state'}"
    nearly_full = [503, f"{state}: less than 16 MB are free on the disk"]
    done = ["done"]
    assert outcomes == [
        *(nearly_full, nearly_full, done),  # only Personalize undoes what it can't save
        [503, f"{state}/state.sqlite: database or disk is full"],
        ["nearly-full"],
        *(done, done, done),
        [503, f"{state}: less than 36 MB are free on the disk"],
    ]
    resources = [["object", "space"], ["parameter", "space"], ["schema", "nearly-full"], ["schema", "space"]]
    assert existing == after_restart == resources


@pytest.mark.nightly
def test_what_can_not_be_saved_is_an_error_and_saved_with_the_next_request(tmp_path: Path) -> None:
    options = Options(state=tmp_path / "state")
    with LocalAws(options) as aws:
        clients = Clients(Cloud(aws, tmp_path))
        clients.s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
        make_parameter, make_object = (clients.kinds[kind][0] for kind in ("parameter", "object"))
        assert aws.pid
        _soft, hard = resource.prlimit(aws.pid, resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))
        with pytest.raises(ClientError, match="The change was made, and is lost if the server stops before another"):
            make_parameter("late")
        with pytest.raises(ClientError, match=r"The object is lost when the server stops: .*: File too large"):
            make_object("lost")
        resource.prlimit(aws.pid, resource.RLIMIT_FSIZE, (hard, hard))
        make_object("saved")
        os.kill(aws.pid, signal.SIGKILL)
    with LocalAws(options) as aws:
        assert Clients(Cloud(aws, tmp_path)).existing() == {("parameter", "late"), ("object", "saved")}
