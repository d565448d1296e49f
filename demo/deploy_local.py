"""Deploy the demo to the AWS on this machine, or destroy it there: `make deploy-local`, `make destroy-local`.

What is deployed is kept in a folder between two runs, so that a second run updates; no process outlives a run.
"""

import argparse
import hashlib
import os
import signal
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from rich.console import Console

from demo.kept_state import InUseError, kept_state
from demo.sample import SCHEMA, write_sample
from demo.schema import DATASET_TYPES, DemoSchema
from personalize_local.cdk_cli import CdkCli, CdkError
from personalize_local.local_cloud import LocalCloud
from personalize_local.server.configuration import ACCOUNT, Options, without_aws
from personalize_local.server.launcher import LocalAws, LocalAwsError

ROOT: Final = Path(__file__).parent.parent
_SPEED: Final = 30
_INTERRUPTED: Final = 130
_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_ASSEMBLIES: Final = "cdk.out"
_SAMPLE: Final = "sample"
console: Final = Console(highlight=False)


@dataclass(frozen=True)
class Demo:
    """One deploy: what is imported, and where the local AWS keeps its state."""

    data: Path
    schema_path: Path
    schema: DemoSchema
    folder: Path
    options: Options

    @property
    def assembly(self) -> Path:
        """Where the synthesized app goes."""
        return self.folder / _ASSEMBLIES / self.schema.dataset_type


def deploy(demo: Demo) -> None:
    """Deploy, and show what came of it; raises `CdkError`."""
    with kept_state(demo.folder) as state:
        if state.is_half_done:
            console.print("The last run was interrupted; beginning anew.")
            state.forget()
        with state.changing(), LocalAws(demo.options) as aws:
            _deploy(demo, aws)


def _deploy(demo: Demo, aws: LocalAws) -> None:
    cdk = CdkCli(aws.process_environment(), ROOT)
    # Where there is no app, for it would be synthesized for that too.
    cloud = LocalCloud(aws, demo.folder)
    with cloud.cdk.start("bootstrap", f"aws://{ACCOUNT}/{demo.options.region}") as bootstrap:
        _synthesize(demo, cdk)
        bootstrap.wait()
    app = ("--app", str(demo.assembly), "--require-approval", "never")
    cdk.run("deploy", *app, demo.schema.data_stack_name)
    bucket = cloud.outputs(demo.schema.data_stack_name)["BucketName"]
    key = f"{demo.schema.dataset_type.lower()}/data.csv"
    cloud.s3.upload_file(str(demo.data), bucket, key)
    console.print(f"Uploaded {demo.data} to s3://{bucket}/{key}", markup=False, soft_wrap=True)
    cdk.show("deploy", *app, "--exclusively", demo.schema.stack_name)
    _report(cloud, cloud.outputs(demo.schema.stack_name))


def destroy(folder: Path) -> None:
    """Destroy what is deployed, and the state with it; raises `CdkError`, after which nothing is left either."""
    if folder.is_dir():
        with kept_state(folder) as state:
            try:
                if state.is_there and not state.is_half_done:
                    with LocalAws(_options(folder)) as aws:
                        _destroy_stacks(folder, aws)
            finally:
                state.remove(_ASSEMBLIES, _SAMPLE)
    console.print("Nothing is left of the demo.")


def _destroy_stacks(folder: Path, aws: LocalAws) -> None:
    cloud = LocalCloud(aws, folder)
    for assembly in sorted((folder / _ASSEMBLIES).glob("*")):
        _empty_bucket(cloud, f"PersonalizeDemo{assembly.name}Data")
        cloud.cdk.show("destroy", "--app", str(assembly), "--all", "--force")


def _empty_bucket(cloud: LocalCloud, stack_name: str) -> None:
    """Delete what is in the data stack's bucket; CloudFormation deletes no bucket that holds anything."""
    for stack in cloud.cloudformation.describe_stacks()["Stacks"]:
        if stack["StackName"] == stack_name:
            bucket = cloud.outputs(stack_name)["BucketName"]
            for item in cloud.s3.list_objects_v2(Bucket=bucket).get("Contents", []):
                cloud.s3.delete_object(Bucket=bucket, Key=item["Key"])


def _options(folder: Path, import_seconds: float = 0) -> Options:
    """Say how the local AWS runs: its time is faster, so that an import takes its usual minutes there."""
    return Options(speed=_SPEED, import_seconds=import_seconds * _SPEED, state=folder / "state")


def _synthesize(demo: Demo, cdk: CdkCli) -> None:
    # Other data under the same name is imported again, the same is not.
    digest = hashlib.sha256(demo.data.read_bytes()).hexdigest()[:16]
    context = (f"schema={demo.schema_path.resolve()}", f"reimport_token={digest}")
    arguments = [part for pair in context for part in ("--context", pair)]
    cdk.run("synth", "--quiet", "--output", str(demo.assembly), *arguments)


def _report(cloud: LocalCloud, outputs: dict[str, str]) -> None:
    lines = {
        "Job": outputs["JobName"],
        "ARN": outputs["JobArn"],
        "Status": outputs["Status"],
        "Duration": f"{outputs['DurationSeconds']} s, on a clock that runs {_SPEED} times as fast",
        "Records": cloud.rows(outputs["DatasetArn"], limit=0)["count"],
    }
    console.print()
    for label, value in lines.items():
        console.print(f"[bold]{label:<9}[/bold] {value}", soft_wrap=True)


def _demo(arguments: argparse.Namespace) -> Demo:
    folder = Path(arguments.folder).resolve()
    if arguments.schema and not arguments.data:
        raise ValueError("SCHEMA without DATA: the sample that is made has a schema of its own")
    schema_path = Path(arguments.schema) if arguments.schema else SCHEMA
    schema = DemoSchema.from_file(schema_path)
    data = Path(arguments.data) if arguments.data else write_sample(folder / _SAMPLE / "interactions.csv")
    try:
        data.open("rb").close()
    except OSError as error:
        raise ValueError(f"DATA must be a CSV file, got {data}: {error.strerror}") from error
    return Demo(data, schema_path, schema, folder, _options(folder, arguments.import_seconds))


def _interrupt(_number: int, _frame: object) -> None:
    """End as after Ctrl-C, and once: what has to be cleaned up takes some seconds."""
    for number in _SIGNALS:
        signal.signal(number, signal.SIG_IGN)
    raise KeyboardInterrupt


def _complain(problem: object) -> None:
    console.print(str(problem), style="red", markup=False, soft_wrap=True)


def main() -> int:
    """Read the command line, and do it; the exit code is 0, 1 for what failed, 2 for what could not be tried."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("command", choices=("deploy", "destroy"))
    parser.add_argument("--data", help="a CSV file (default: a sample is made)")
    parser.add_argument("--schema", help=f"its Avro schema, named {', '.join(DATASET_TYPES)} (default: the sample's)")
    parser.add_argument("--import-seconds", type=float, default=20, help="how long the import takes")
    parser.add_argument("--folder", default=str(ROOT / ".local-aws"), help="where the state is kept")
    arguments = parser.parse_args()
    for number in _SIGNALS:
        signal.signal(number, _interrupt)
    # Nothing here is for a real account.
    local = without_aws(os.environ)
    os.environ.clear()
    os.environ.update(local)
    try:
        if arguments.command == "deploy":
            deploy(_demo(arguments))
        else:
            destroy(Path(arguments.folder).resolve())
    except CdkError as failure:
        console.print(failure.output, markup=False)
        _complain(failure)
        return 1
    except (ValueError, OSError, LocalAwsError, InUseError) as error:
        _complain(error)
        return 2
    except KeyboardInterrupt:
        console.print("Interrupted.")
        return _INTERRUPTED
    return 0


if __name__ == "__main__":
    sys.exit(main())
