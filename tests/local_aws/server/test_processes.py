"""The server process: its port, its end, its files and its environment."""

import io
import math
import os
import signal
import socket
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from personalize_local.server.launcher import LocalAws, LocalAwsError
from personalize_local.server.options import Options
from tests.deploy.support.cloud import Cloud
from tests.local_aws.support.processes import SERVE, descendants, is_alive, listeners
from tests.local_aws.support.server_setup import make_role, trust
from tests.support.until import until

OPTIONS = Options(speed=100, import_seconds=10)
OTHER_ENVIRONMENT = {
    "AWS_PROFILE": "of-somebody",
    "AWS_ENDPOINT_URL": "http://nowhere.invalid",
    "AWS_CA_BUNDLE": "/nowhere.pem",
    "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
    "HTTPS_PROXY": "http://127.0.0.1:9",
    "https_proxy": "http://127.0.0.1:9",
    "SERVICES": "sqs",
    "PERSIST_STATE": "1",
    "GATEWAY_PORT": "1",
    "LAMBDA_EXECUTOR": "docker",
}


@pytest.fixture
def server(temporary: Path) -> Iterator[LocalAws]:
    with LocalAws(OPTIONS) as aws:
        yield aws


def pid_of(aws: LocalAws) -> int:
    assert aws._process is not None
    return aws._process.pid


def run_a_function(aws: LocalAws, folder: Path) -> int:
    """Run a function that returns its process id."""
    cloud = Cloud(aws, folder)
    code = io.BytesIO()
    with zipfile.ZipFile(code, "w") as package:
        package.writestr("index.py", "import os\ndef handler(event, context):\n    return os.getpid()\n")
    functions = cloud.client("lambda")
    functions.create_function(
        FunctionName="pid",
        Runtime="python3.11",
        Handler="index.handler",
        Role=make_role(cloud, "function", trusting=trust({"Service": "lambda.amazonaws.com"}, {})),
        Code={"ZipFile": code.getvalue()},
    )
    until(lambda: functions.get_function(FunctionName="pid")["Configuration"]["State"] == "Active")
    return int(functions.invoke(FunctionName="pid")["Payload"].read())


def close(aws: LocalAws) -> None:
    aws.stop()


def terminate(aws: LocalAws) -> None:
    os.kill(pid_of(aws), signal.SIGTERM)


@pytest.mark.parametrize("end", [close, terminate])
def test_when_the_server_ends_its_functions_and_files_are_gone(
    server: LocalAws, temporary: Path, tmp_path: Path, end: Callable[[LocalAws], None]
) -> None:
    function, process = run_a_function(server, tmp_path), pid_of(server)
    assert function in descendants(process)
    end(server)
    until(lambda: not is_alive(process) and not is_alive(function))
    assert list(temporary.iterdir()) == []


@pytest.mark.skipif(not Path("/proc/net/tcp").exists(), reason="only Linux lists listening sockets in files")
def test_it_listens_only_on_loopback(server: LocalAws, tmp_path: Path) -> None:
    run_a_function(server, tmp_path)
    processes = [pid_of(server), *descendants(pid_of(server))]
    port = int(server.endpoint_url.rpartition(":")[2])
    assert listeners(processes) == {f"0100007F:{port:04X}"}


def test_servers_that_run_at_the_same_time_are_independent(cloud: Cloud, server: LocalAws, tmp_path: Path) -> None:
    other = Cloud(server, tmp_path)
    assert other.aws.endpoint_url != cloud.aws.endpoint_url
    for service, operation in [("personalize", "create_dataset_group"), ("s3", "create_bucket")]:
        names: Any = {"name": "side-by-side"} if service == "personalize" else {"Bucket": "side-by-side"}
        if service == "s3":
            names["CreateBucketConfiguration"] = {"LocationConstraint": "eu-west-1"}
        getattr(cloud.client(service), operation)(**names)
    assert other.personalize.list_dataset_groups()["datasetGroups"] == []
    assert "side-by-side" not in [bucket["Name"] for bucket in other.s3.list_buckets()["Buckets"]]
    server.control("POST", "faults", {"error_code": "ThrottlingException"})
    assert cloud.personalize.list_schemas()["ResponseMetadata"]["RetryAttempts"] == 0


def test_step_functions_wait_by_the_simulated_clock(temporary: Path, tmp_path: Path) -> None:
    with LocalAws(Options(speed=1)) as aws:
        cloud = Cloud(aws, tmp_path)
        machines = cloud.client("stepfunctions")
        definition = '{"StartAt": "Wait", "States": {"Wait": {"Type": "Wait", "Seconds": 60, "End": true}}}'
        role = make_role(cloud, "machine", trusting=trust({"Service": "states.amazonaws.com"}, {}))
        machine = machines.create_state_machine(name="wait", definition=definition, roleArn=role)["stateMachineArn"]
        aws.control("POST", "clock", {"speed": 600})
        execution = machines.start_execution(stateMachineArn=machine)["executionArn"]
        until(lambda: machines.describe_execution(executionArn=execution)["status"] == "SUCCEEDED")
        aws.control("POST", "reset")
        execution = machines.start_execution(stateMachineArn=machine)["executionArn"]
        time.sleep(1)
        assert machines.describe_execution(executionArn=execution)["status"] == "RUNNING"


def test_it_does_not_inherit_the_environment(temporary: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in OTHER_ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    with LocalAws(OPTIONS) as aws:
        assert aws.control("GET", "status")["speed"] == 100
        clients = aws.process_environment()
        for name in OTHER_ENVIRONMENT:
            monkeypatch.delenv(name)
        assert run_a_function(aws, tmp_path)
    assert clients["AWS_ENDPOINT_URL"].startswith("https://127.0.0.1:")
    assert clients.keys().isdisjoint({"AWS_PROFILE", "HTTPS_PROXY", "https_proxy"})
    assert Path(clients["AWS_CONFIG_FILE"]).read_text() == ""
    assert list(temporary.iterdir()) == []


def test_it_ends_when_its_parent_process_ends(temporary: Path) -> None:
    script = (
        "import time; from personalize_local.server.launcher import LocalAws; aws = LocalAws().__enter__();"
        "print(aws._process.pid, flush=True); time.sleep(600)"
    )
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout
        server = int(parent.stdout.readline())
        assert is_alive(server)
        parent.kill()
    until(lambda: not is_alive(server))
    assert list(temporary.iterdir()) == []


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_during_the_start_ends_it_and_leaves_no_files(temporary: Path, number: signal.Signals) -> None:
    with subprocess.Popen(
        SERVE, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as server:
        until(lambda: list(temporary.iterdir()))
        server.send_signal(number)
        _output, stderr = server.communicate(timeout=30)
    assert (server.returncode, stderr) == (0, "")
    assert list(temporary.iterdir()) == []


def test_a_port_that_is_in_use_is_reported_in_one_line(temporary: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(LocalAwsError) as refused, LocalAws(Options(port=port)):
            pass
    message = f"can't listen on port {port} of 127.0.0.1: Address already in use; use port 0 for a free port"
    assert str(refused.value) == message
    assert list(temporary.iterdir()) == []


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"port": 65536}, "port must be a whole number from 0 to 65535, got 65536"),
        ({"account": "12345"}, "account must be twelve digits, got '12345'"),
        ({"region": "eu west"}, "region must be a Region such as eu-west-1, got 'eu west'"),
        ({"region": ""}, "region must be a Region such as eu-west-1, got ''"),
        ({"speed": 0}, "speed must be a number from 0.01 to 10000, got 0"),
        ({"speed": 1e12}, "speed must be a number from 0.01 to 10000, got 1000000000000.0"),
        ({"import_seconds": -1}, "import_seconds must be a number from 0 to 31622400, got -1"),
        ({"import_seconds": math.nan}, "import_seconds must be a number from 0 to 31622400, got nan"),
    ],
)
def test_invalid_options_are_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Options(**options)
