"""The methods of an import job that refresh it between deploys."""

from typing import Final

import aws_cdk as cdk

from personalize_import.refresh.refresh_settings import RefreshSettings
from personalize_import.refresh.uploads import enable_upload_events, upload_pattern

_QUIET_PERIOD: Final = 60


class RefreshedImport:
    """An import job that a schedule or uploads refresh; see docs/refresh.md."""

    _refresh_settings: RefreshSettings

    def refresh_on_schedule(
        self,
        id: str,
        *,
        schedule: "cdk.aws_scheduler.ScheduleExpression",
        time_window: "cdk.aws_scheduler.TimeWindow | None" = None,
        always: bool | None = None,
        enabled: bool | None = None,
        description: str | None = None,
    ) -> "cdk.aws_scheduler.Schedule":
        """Import the data again on a schedule, if its files have changed since the last import.

        A refresh is an import like that of a deploy: with preflight, tags, `on_failed`, metrics and alarms. FULL
        imports the location again, INCREMENTAL imports the files that were uploaded since, one job each. Nothing is
        imported while CloudFormation changes or deletes the stack. docs/refresh.md describes what a refresh does and
        costs.

        Args:
            id: The id of the schedule within this construct.
            schedule: When to refresh, with its time zone:
                `ScheduleExpression.cron(minute="0", hour="3", time_zone=TimeZone.EUROPE_BERLIN)`.
            time_window: The time within which the schedule starts, such as
                `TimeWindow.flexible(Duration.minutes(15))`. Default: off.
            always: Import although the files are the same. Only for FULL imports. Default: False.
            enabled: Default: True.
            description: The description of the schedule. Default: none.

        Raises:
            ValidationError: A `ValueError` that names each invalid argument, its value and what is allowed: the data
                are asset files, `always` or `Reimport.when_data_changes()` is set for an INCREMENTAL import, or the
                provider doesn't allow preflight, which comparing files needs.
        """
        # Imported here because few apps need schedules, and aws_scheduler takes time to load.
        from personalize_import.refresh.import_target import ImportTarget

        return cdk.aws_scheduler.Schedule(
            self._refresh_settings.job,
            id,
            target=ImportTarget(self, always=always),
            schedule=schedule,
            time_window=time_window,
            enabled=enabled,
            description=description,
        )

    def refresh_on_upload(
        self,
        id: str,
        *,
        quiet_period: cdk.Duration | None = None,
        description: str | None = None,
        rule_name: str | None = None,
    ) -> "cdk.aws_events.Rule":
        """Import after files were uploaded to the location, once no upload has followed for a while.

        A hundred uploads within a minute are one refresh; `refresh_on_schedule` describes refreshes. Amazon S3 sends
        the events through EventBridge. That is enabled for a bucket that this app creates; for any other bucket, a
        warning contains the command.

        Args:
            id: The id of the rule within this construct.
            quiet_period: The time without uploads before the import starts, 10 seconds to 6 hours, in whole seconds.
                The refresh starts at most a quarter of it later. Default: 1 minute.
            description: The description of the rule. Default: none.
            rule_name: The rule's name. Default: a name that CloudFormation generates.

        Raises:
            ValidationError: A `ValueError` that names each invalid argument, its value and what is allowed: as
                `refresh_on_schedule`, or the bucket is in another account or Region than the stack.
        """
        from personalize_import.refresh.import_target import ImportTarget

        if quiet_period is None:
            quiet_period = cdk.Duration.seconds(_QUIET_PERIOD)
        target = ImportTarget(self, quiet_period=quiet_period)
        settings = self._refresh_settings
        enable_upload_events(settings)
        return cdk.aws_events.Rule(
            settings.job,
            id,
            event_pattern=upload_pattern(settings.data),
            description=description,
            rule_name=rule_name,
            targets=[target],
        )
