"""Deploy the demo to the local AWS, or destroy it: `make deploy-local`, `make destroy-local`.

The state is kept in a folder between two runs, so that a second run updates the stacks. No process outlives a run.
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
from personalize_local.personalize.switches import check_number
from personalize_local.server.environment import without_aws
from personalize_local.server.launcher import LocalAws, LocalAwsError
from personalize_local.server.options import Options

ROOT: Final = Path(__file__).parent.parent
_SPEED: Final = 30
_IMPORT_SECONDS: Final = (0, 3600)
_INTERRUPTED: Final = 130
_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_ASSEMBLIES: Final = "cdk.out"
_SAMPLE: Final = "sample"
console: Final = Console(highlight=False)


@dataclass(frozen=True)
class Demo:
    """Options of a deploy: data, schema, folder for the state, and options of the local AWS."""

    data: Path
    schema_path: Path
    schema: DemoSchema
    folder: Path
    options: Options

    @property
    def assembly(self) -> Path:
        """Folder of the cloud assembly."""
        return self.folder / _ASSEMBLIES / self.schema.dataset_type


def deploy(demo: Demo) -> None:
    """Deploy the demo and print the result; raises `CdkError`."""
    with kept_state(demo.folder) as state:
        if state.was_interrupted:
            console.print("The previous run was interrupted; starting over.")
            state.delete()
        with state.changing(), LocalAws(demo.options) as aws:
            _deploy(demo, aws)


def _deploy(demo: Demo, aws: LocalAws) -> None:
    cdk = CdkCli(aws.process_environment(), ROOT)
    # In a folder without an app, because the CLI would synthesize it for the bootstrap too.
    cloud = LocalCloud(aws, demo.folder)
    with cloud.cdk.start("bootstrap", f"aws://{demo.options.account}/{demo.options.region}") as bootstrap:
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
    """Destroy the stacks and remove the state, also if destroying raises `CdkError`."""
    if folder.is_dir():
        with kept_state(folder) as state:
            try:
                if state.exists and not state.was_interrupted:
                    with LocalAws(_options(folder)) as aws:
                        _destroy_stacks(folder, aws)
            finally:
                state.remove(_ASSEMBLIES, _SAMPLE)
    console.print("The demo has been removed.")


def _destroy_stacks(folder: Path, aws: LocalAws) -> None:
    cloud = LocalCloud(aws, folder)
    for assembly in sorted((folder / _ASSEMBLIES).glob("*")):
        _empty_bucket(cloud, f"PersonalizeDemo{assembly.name}Data")
        cloud.cdk.show("destroy", "--app", str(assembly), "--all", "--force")


def _empty_bucket(cloud: LocalCloud, stack_name: str) -> None:
    """Empty the bucket of the data stack, because CloudFormation can't delete a bucket with objects."""
    for stack in cloud.cloudformation.describe_stacks()["Stacks"]:
        if stack["StackName"] == stack_name:
            bucket = cloud.outputs(stack_name)["BucketName"]
            for item in cloud.s3.list_objects_v2(Bucket=bucket).get("Contents", []):
                cloud.s3.delete_object(Bucket=bucket, Key=item["Key"])


def _options(folder: Path, import_seconds: float = 0) -> Options:
    """Return options with a faster clock: an import takes its usual minutes there, and seconds of real time."""
    check_number("IMPORT_SECONDS", import_seconds, _IMPORT_SECONDS)
    return Options(speed=_SPEED, import_seconds=import_seconds * _SPEED, state=folder / "state")


def _synthesize(demo: Demo, cdk: CdkCli) -> None:
    # The hash changes with the content: changed data under the same name is imported again.
    digest = hashlib.sha256(demo.data.read_bytes()).hexdigest()[:16]
    context = (f"schema={demo.schema_path.resolve()}", f"reimport_token={digest}")
    arguments = [part for pair in context for part in ("--context", pair)]
    cdk.run("synth", "--quiet", "--output", str(demo.assembly), *arguments)


def _report(cloud: LocalCloud, outputs: dict[str, str]) -> None:
    lines = {
        "Job": outputs["JobName"],
        "ARN": outputs["JobArn"],
        "Status": outputs["Status"],
        "Duration": f"{outputs['DurationSeconds']} s on the simulated clock, which runs {_SPEED} times as fast",
        "Records": cloud.rows(outputs["DatasetArn"], limit=0)["count"],
    }
    console.print()
    for label, value in lines.items():
        console.print(f"[bold]{label:<9}[/bold] {value}", soft_wrap=True)


def _demo(arguments: argparse.Namespace) -> Demo:
    folder = Path(arguments.folder).resolve()
    if arguments.schema and not arguments.data:
        raise ValueError("SCHEMA requires DATA: the generated sample has its own schema")
    schema_path = Path(arguments.schema) if arguments.schema else SCHEMA
    schema = DemoSchema.from_file(schema_path)
    data = Path(arguments.data) if arguments.data else write_sample(folder / _SAMPLE / "interactions.csv")
    try:
        data.open("rb").close()
    except OSError as error:
        raise ValueError(f"DATA must be a CSV file, got {data}: {error.strerror}") from error
    return Demo(data, schema_path, schema, folder, _options(folder, arguments.import_seconds))


def _interrupt(_number: int, _frame: object) -> None:
    """Raise `KeyboardInterrupt` once, and ignore further signals, because cleaning up takes some seconds."""
    for number in _SIGNALS:
        signal.signal(number, signal.SIG_IGN)
    raise KeyboardInterrupt


def _print_error(problem: object) -> None:
    console.print(str(problem), style="red", markup=False, soft_wrap=True)


def main() -> int:
    """Run the command and return its exit code: 0, 1 if it failed, or 2 for invalid input or a failed start."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("command", choices=("deploy", "destroy"))
    parser.add_argument("--data", help="a CSV file (default: a generated sample)")
    parser.add_argument(
        "--schema", help=f"its Avro schema, whose name is one of {', '.join(DATASET_TYPES)} (default: the sample's)"
    )
    parser.add_argument(
        "--import-seconds",
        type=float,
        default=20,
        help="duration of the import in seconds of real time (default: %(default)s)",
    )
    parser.add_argument(
        "--folder", default=str(ROOT / ".local-aws"), help="folder for the state (default: %(default)s)"
    )
    arguments = parser.parse_args()
    for number in _SIGNALS:
        signal.signal(number, _interrupt)
    # Remove all AWS settings, so that nothing is deployed to a real account.
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
        _print_error(failure)
        return 1
    except (ValueError, OSError, LocalAwsError, InUseError) as error:
        _print_error(error)
        return 2
    except KeyboardInterrupt:
        console.print("Interrupted.")
        return _INTERRUPTED
    return 0


if __name__ == "__main__":
    sys.exit(main())
