"""Checks of the arguments of a refresh at synth."""

from collections.abc import Iterator

import aws_cdk as cdk
from constructs import IConstruct

from personalize_import.provider.state_change_rules import reports_states_of
from personalize_import.provider_requirements import check_preflight
from personalize_import.refresh.refresh_settings import RefreshSettings
from personalize_import.synthesis.validation import check_boolean, require, seconds_of
from personalize_import_handler.contract import ImportMode
from personalize_import_handler.contract.constraints import violation
from personalize_import_handler.contract.refresh_event import QUIET_SECONDS_MAX, QUIET_SECONDS_MIN

_QUIET_PERIOD_ALLOWED = (
    f"a Duration from {QUIET_SECONDS_MIN} seconds to {QUIET_SECONDS_MAX // 3600} hours, in whole seconds"
)


def check_refresh(settings: RefreshSettings, *, always: bool | None, quiet_period: cdk.Duration | None) -> None:
    """Raise `ValidationError` with each reason for which an import can't be refreshed with these arguments."""
    require(
        settings.job,
        check_boolean("always", always),
        _check_always("always", always, settings.import_mode),
        _check_quiet_period("quiet_period", quiet_period),
        _check_data(settings),
        _check_reimport(settings),
        check_preflight("a refresh that compares files", settings.provider, is_used=not always),
    )


def check_job(name: str, job: object) -> Iterator[str]:
    """Yield a problem unless the argument is an import that can be refreshed."""
    if hasattr(job, "_refresh_settings"):
        return
    has_import = hasattr(job, "import_job")
    yield violation(name, job, "a DatasetImportJob: pass its import_job" if has_import else "a DatasetImportJob")


def check_stack(settings: RefreshSettings, source: IConstruct, kind: str) -> Iterator[str]:
    """Yield a problem if a rule or schedule is in another stack than the job."""
    stack, own = cdk.Stack.of(source), cdk.Stack.of(settings.job)
    if stack.node.path != own.node.path:
        # Its input references the job's resource. Such a reference would be an export, which can't change while in use.
        yield (
            f"the {kind} {source.node.path} must be in the stack of the job, {own.node.path}, got the stack "
            f"{stack.node.path}"
        )


def check_circle(settings: RefreshSettings, source: IConstruct) -> Iterator[str]:
    """Yield a problem if a rule reports the states of the import, and is therefore created before it."""
    if reports_states_of(source, settings.job) or reports_states_of(source, settings.provider):
        yield (
            f"target must not refresh {settings.job.node.path}, got an ImportTarget of it for the rule "
            f"{source.node.path}, which reports the states of this import: CloudFormation creates such a rule before "
            "the import, and a rule that refreshes an import after it. Refresh another import, or use "
            "refresh_on_schedule(...)"
        )


def _check_always(name: str, always: object, import_mode: str) -> Iterator[str]:
    if always is True and import_mode == ImportMode.INCREMENTAL:
        yield violation(
            name, always, "omitted for an INCREMENTAL import, which imports new files only: others would be added twice"
        )


def _check_reimport(settings: RefreshSettings) -> Iterator[str]:
    if settings.import_mode == ImportMode.INCREMENTAL and settings.compares_files:
        yield (
            "reimport must not be Reimport.when_data_changes() for an INCREMENTAL import with a refresh: after each "
            "upload, a deploy would add all files again. Omit it, because the refresh imports new files"
        )


def _check_quiet_period(name: str, quiet_period: object) -> Iterator[str]:
    if quiet_period is None:
        return
    if not isinstance(quiet_period, cdk.Duration):
        yield violation(name, quiet_period, _QUIET_PERIOD_ALLOWED)
        return
    seconds = seconds_of(quiet_period)
    if seconds is None:
        yield f"{name} must be {_QUIET_PERIOD_ALLOWED}, got a token"
    elif not QUIET_SECONDS_MIN <= seconds <= QUIET_SECONDS_MAX or seconds != int(seconds):
        yield f"{name} must be {_QUIET_PERIOD_ALLOWED}, got {seconds:g} seconds"


def _check_data(settings: RefreshSettings) -> Iterator[str]:
    if settings.data.files:
        yield (
            "data_source must be in S3 for a refresh, got asset files, which change only with a deploy: use "
            "DataSource.from_bucket(...) or DataSource.from_s3_uri(...)"
        )
