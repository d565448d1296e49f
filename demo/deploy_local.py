"""Deploy the demo to the local AWS, or destroy it: `make deploy-local`, `make destroy-local`.

The state is kept in a folder between two runs, so that a second run updates the stacks. No process outlives a run.
"""

import argparse
import os
import signal
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from demo.inputs import Inputs, checked_inputs, console
from demo.kept_state import InUseError, kept_state
from demo.schema import DATASET_TYPES
from personalize_local.cdk_cli import CdkCli, CdkError, with_cdk_on_path
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
_GENERATED: Final = "generated"


@dataclass(frozen=True)
class Demo:
    """Options of a deploy: data and schema, folder for the state, and options of the local AWS."""

    inputs: Inputs
    folder: Path
    options: Options

    @property
    def assembly(self) -> Path:
        """Folder of the cloud assembly."""
        return self.folder / _ASSEMBLIES / self.inputs.schema.dataset_type


def deploy(demo: Demo) -> None:
    """Deploy the demo and print the result; raises `CdkError`."""
    with kept_state(demo.folder) as state:
        if state.was_interrupted:
            console.print("The previous run was interrupted; its changes are undone.")
            state.undo()
        with state.changing():
            console.print("Starting the local AWS")
            with LocalAws(demo.options) as aws:
                _deploy(demo, aws)


def _deploy(demo: Demo, aws: LocalAws) -> None:
    cdk = CdkCli(aws.process_environment(), ROOT)
    # In a folder without an app, because the CLI would synthesize it for the bootstrap too.
    cloud = LocalCloud(aws, demo.folder)
    console.print("Bootstrapping it for the CDK, and synthesizing app.py")
    with cloud.cdk.start("bootstrap", f"aws://{demo.options.account}/{demo.options.region}") as bootstrap:
        _synthesize(demo, cdk)
        bootstrap.wait()
    stack_name = demo.inputs.schema.stack_name
    console.print(f"Deploying {stack_name}")
    cdk.show("deploy", "--app", str(demo.assembly), "--require-approval", "never", stack_name)
    _report(cloud, cloud.outputs(stack_name))


def destroy(folder: Path) -> None:
    """Destroy the stacks and remove the state, also if destroying raises `CdkError`."""
    if folder.is_dir():
        with kept_state(folder) as state:
            try:
                if state.exists and not state.was_interrupted:
                    with LocalAws(_options(folder)) as aws:
                        _destroy_stacks(folder, aws)
            finally:
                state.remove(_ASSEMBLIES, _GENERATED)
    console.print("The demo has been removed.")


def _destroy_stacks(folder: Path, aws: LocalAws) -> None:
    cloud = LocalCloud(aws, folder)
    for assembly in sorted((folder / _ASSEMBLIES).glob("*")):
        cloud.cdk.show("destroy", "--app", str(assembly), "--all", "--force")


def _options(folder: Path, import_seconds: str = "0") -> Options:
    """Return options with a faster clock: an import takes its usual minutes there, and seconds of real time."""
    try:
        seconds = float(import_seconds)
    except ValueError:
        low, high = _IMPORT_SECONDS
        raise ValueError(f"IMPORT_SECONDS must be a number from {low} to {high}, got {import_seconds!r}") from None
    check_number("IMPORT_SECONDS", seconds, _IMPORT_SECONDS)
    return Options(speed=_SPEED, import_seconds=seconds * _SPEED, state=folder / "state")


def _synthesize(demo: Demo, cdk: CdkCli) -> None:
    context = (f"data={demo.inputs.data.resolve()}", f"schema={demo.inputs.schema_path.resolve()}")
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
        console.print(f"[bold]{label:<9}[/bold] {value}", markup=True)


def _demo(arguments: argparse.Namespace) -> Demo:
    folder = Path(arguments.folder).resolve()
    options = _options(folder, arguments.import_seconds)
    return Demo(checked_inputs(arguments.data, arguments.schema, folder / _GENERATED), folder, options)


def _interrupt(_number: int, _frame: object) -> None:
    """Raise `KeyboardInterrupt` once, and ignore further signals, because cleaning up takes some seconds."""
    for number in _SIGNALS:
        signal.signal(number, signal.SIG_IGN)
    raise KeyboardInterrupt


def _print_error(problem: object) -> None:
    console.print(str(problem), style="red")


def main() -> int:
    """Run the command and return its exit code: 0, 1 if it failed, or 2 for invalid input or a failed start."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("command", choices=("deploy", "destroy"))
    parser.add_argument("--data", default="", help="a CSV file, or a folder of CSV files (default: a generated sample)")
    parser.add_argument(
        "--schema",
        default="",
        help=f"its Avro schema, whose name is one of {', '.join(DATASET_TYPES)} (default: proposed)",
    )
    parser.add_argument(
        "--import-seconds",
        default="20",
        help="duration of the import in seconds of real time (default: %(default)s)",
    )
    parser.add_argument(
        "--folder", default=str(ROOT / ".local-aws"), help="folder for the state (default: %(default)s)"
    )
    arguments = parser.parse_args()
    for number in _SIGNALS:
        signal.signal(number, _interrupt)
    # Remove all AWS settings, so that nothing is deployed to a real account.
    local = with_cdk_on_path(without_aws(os.environ))
    os.environ.clear()
    os.environ.update(local)
    try:
        if arguments.command == "deploy":
            deploy(_demo(arguments))
        else:
            destroy(Path(arguments.folder).resolve())
    except CdkError as failure:
        console.print(failure.output)
        _print_error(failure)
        return 1
    except (ValueError, OSError, LocalAwsError, InUseError) as error:
        _print_error(error)
        return 2
    except KeyboardInterrupt:
        console.print("Interrupted.")
        if arguments.command == "deploy":
            console.print("The next run starts with the stacks as they were before this run.")
        return _INTERRUPTED
    return 0


if __name__ == "__main__":
    sys.exit(main())
