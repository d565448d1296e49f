"""What each look at a request does: notes, waits, tries again, gives up, hands over, ends."""

from functools import partial
from typing import Final

from tests.mutations.patches import Patch

_look: Final = partial(Patch, "importing.py", "handler/test_lifecycle_waiting.py")
_create: Final = partial(Patch, "importing.py", "handler/test_lifecycle_create.py")
_update: Final = partial(Patch, "importing.py", "handler/test_lifecycle_update.py")
_fault: Final = partial(Patch, "importing.py", "faults/test_service_faults.py")
_granted: Final = partial(Patch, "importing.py", "handler/test_fresh_permissions.py")
_attempt: Final = partial(Patch, "importing.py", "handler/test_attempts.py")
_paced: Final = partial(Patch, "importing.py", "handler/test_pace.py")
_relay: Final = partial(Patch, "importing.py", "faults/test_relay.py")
_find: Final = partial(Patch, "importing.py", "handler/test_adoption.py")
_twice: Final = partial(Patch, "importing.py", "faults/test_duplicates.py")
_turn: Final = partial(Patch, "importing.py", "faults/test_cloudformation_turns.py")
_progress: Final = partial(Patch, "outcome.py", "handler/test_lifecycle_waiting.py")
_attributes: Final = partial(Patch, "outcome.py", "handler/test_lifecycle_create.py")
_pace: Final = partial(Patch, "pace.py", "handler/test_pace.py")
_fresh: Final = partial(Patch, "fresh_permissions.py", "handler/test_fresh_permissions.py")

_START: Final = "            started = adoption.start(self.personalize, self.properties, self.names, attempt)\n"
_GIVEN_UP: Final = """\
            if self._is_given_up(attempt):
                raise ImportFailed(reasons.given_up(name), arn)
"""
_NOTED: Final = "self.look(replace(progress, dataset_import_job_arn=arn), arn)"
_HANDS_OVER: Final = "            if self.properties.hands_over:\n"

GUARDS: Final = (
    # In `Import.begin, .go_on, .keep`
    _turn(
        "a rollback knows what it undoes",
        "undone = names_of(self.undone, self.resource) if self.undone else None",
        "undone = None",
    ),
    _find(
        "a job that is joined gets the tags it should have",
        "return self._take(found, progress, tags_due=True)",
        "return self._take(found, progress, tags_due=False)",
    ),
    _find(
        "a job that has failed is imported again by an update",
        "over = job is None or has_failed(job.status) or adoption",
        "over = job is None or adoption",
    ),
    _find(
        "a job that is gone is imported again by an update",
        "over = job is None or has_failed(job.status) or",
        "over = job is not None and has_failed(job.status) or",
    ),
    Patch(
        "importing.py",
        "faults/test_cloudformation_turns.py",
        "a job whose dataset was made again is imported again by an update",
        " or adoption.is_of_an_earlier_dataset(job, self.personalize)",
        "",
    ),
    _update(
        "a throttled look of an update is made again",
        "(job, self.personalize)\n        except Refused as refused:",
        "(job, self.personalize)\n        except UnknownStatus as refused:",
    ),
    _update(
        "an update that has found its job goes on with that job alone",
        "            return self.begin(progress)\n        return " + _NOTED,
        "            return self.begin(progress)\n        return self.look(progress, arn)",
    ),
    # In `Import.start`
    _turn("no job is started that CloudFormation has given up", "if self._is_given_up(attempt):", "if False:"),
    _turn(
        "whether the request is given up is asked before the job is started, not after",
        _GIVEN_UP + _START,
        _START + _GIVEN_UP,
    ),
    _look(
        "executions that may not be listed yet are listed later",
        "            return self.is_given_up()\n        except Refused as refused:",
        "            return self.is_given_up()\n        except UnknownStatus as refused:",
    ),
    _find("a name that is used up is followed by the next", "if not started:", "if False:"),
    _find(
        "what was started is noted: from then on that job counts",
        'logger.info("Started %s", arn)\n        return ' + _NOTED,
        'logger.info("Started %s", arn)\n        return self.look(progress, arn)',
    ),
    # In `Import.look`
    _update("tags are set once", "                progress = replace(progress, tags_due=False)\n", ""),
    _update("tags are set only where they are due", "if job and progress.tags_due:", "if job:"),
    _update("no tags are set on a job that is gone", "if job and progress.tags_due:", "if progress.tags_due:"),
    _look(
        "a look that is throttled is made again",
        "                progress = replace(progress, tags_due=False)\n        except Refused as refused:",
        "                progress = replace(progress, tags_due=False)\n        except UnknownStatus as refused:",
    ),
    _look(
        "a job that is gone is told so",
        "            raise ImportFailed(reasons.vanished(arn), arn)",
        "            assert job",
    ),
    # In `Import._take`
    _find("with all names used up it fails", "if found.number > ATTEMPTS_MAX:", "if found.number > ATTEMPTS_MAX + 1:"),
    _attempt("the last of the names is used", "if found.number > ATTEMPTS_MAX:", "if found.number >= ATTEMPTS_MAX:"),
    _attempt(
        "what was found is noted: a request joins one job, whatever becomes of it",
        "replace(progress, dataset_import_job_arn=arn, tags_due=tags_due), arn)",
        "replace(progress, tags_due=tags_due), arn)",
    ),
    _twice(
        "the attempt is noted before it is made: a look that dies then finds its own job",
        "return self._wait(arn, replace(progress, attempt=found.number), seconds=0)",
        "return self.start(progress, found.number)",
    ),
    # In `Import._set_tags`
    _update("tags of AWS's own are left alone", ' and not key.startswith("aws:")', ""),
    _update("tags that are wanted are not removed", "if key not in wanted and not key", "if not key"),
    _update("tags that have changed are set", "if present.get(key) != value}", "if key not in present}"),
    _update("tags that are there are not set again", " if present.get(key) != value}", "}"),
    _update(
        "tags that are not wanted any more are removed",
        "self.personalize.untag_resource(dataset_import_job_arn, extra)",
        "pass",
    ),
    # In `Import._judge`
    _look(
        "a status that nobody knows is told with the job, and what to do",
        "except UnknownStatus as problem:",
        "except KeyError as problem:",
    ),
    _create("a job that has failed fails the resource", "if phase is Phase.FAILED:", "if False:"),
    _create("a job that has ended well is done", "if phase is Phase.ACTIVE or not self", "if not self"),
    _create(
        "without waiting it is done once the job is accepted",
        "phase is Phase.ACTIVE or not self.properties.wait",
        "phase is Phase.ACTIVE",
    ),
    _look(
        "a job has no more time than it was given",
        "        if self._time_is_up(progress):\n" + _HANDS_OVER,
        "        if False:\n" + _HANDS_OVER,
    ),
    _relay("at the end of its time a resource hands over", _HANDS_OVER, "            if False:\n"),
    _look("at the end of the time only a relay's resource succeeds", _HANDS_OVER, "            if True:\n"),
    _relay(
        "a timeout names the time of all resources",
        "reasons.not_in_time(job, self._waited(progress))",
        "reasons.not_in_time(job, progress.elapsed_seconds(self.personalize.now()))",
    ),
    _paced(
        "the pace follows the job's age, not the request's",
        "pace.seconds_until_next_look(self.personalize.now() - job.creation_date_time)",
        "pace.seconds_until_next_look(progress.elapsed_seconds(self.personalize.now()))",
    ),
    # In `Import._hindered, ._not_seen, ._may_pass`
    _look(
        "a start that was refused for now is tried again",
        "self.names.arn(hindered.attempt)\n        if self._may_pass(refused, progress):",
        "self.names.arn(hindered.attempt)\n        if False:",
    ),
    _create(
        "a start that was refused for good is told at once",
        "self.names.arn(hindered.attempt)\n        if self._may_pass(refused, progress):",
        "self.names.arn(hindered.attempt)\n        if True:",
    ),
    _create(
        "a refusal names the job that was refused",
        "self.names.name(hindered.attempt), self",
        "self.names.name(1), self",
    ),
    _fault(
        "a look that was refused for now is made again",
        "-> Outcome:\n        if self._may_pass(refused, progress):",
        "-> Outcome:\n        if False:",
    ),
    _look(
        "a look that was refused for good is told",
        "-> Outcome:\n        if self._may_pass(refused, progress):",
        "-> Outcome:\n        if True:",
    ),
    _look("a busy service is asked again", "return isinstance(refused, Busy) or (", "return ("),
    _granted(
        "a permission may be seconds old",
        "return isinstance(refused, Busy) or (fresh and not self._time_is_up(progress))",
        "return isinstance(refused, Busy)",
    ),
    _granted(
        "at the end of the time a lack of permission is told as such",
        "(fresh and not self._time_is_up(progress))",
        "fresh",
    ),
    _granted(
        "a permission is not fresh after the time of the resources before",
        "may_become_effective(refused, self._waited(progress))",
        "may_become_effective(refused, progress.elapsed_seconds(self.personalize.now()))",
    ),
    # In `Import._try_again`
    _look(
        "a busy service has no more time than the import was given",
        "        if self._time_is_up(progress):\n            known",
        "        if False:\n            known",
    ),
    _relay(
        "a job that is noted can be handed over though nobody could look at it",
        "known = progress.dataset_import_job_arn or progress.attempt",
        "known = progress.attempt",
    ),
    _relay(
        "a job that waits for room can be handed over",
        "known = progress.dataset_import_job_arn or progress.attempt",
        "known = progress.dataset_import_job_arn",
    ),
    _relay(
        "a job that nobody knows yet is not handed over",
        "if self.properties.hands_over and known:",
        "if self.properties.hands_over:",
    ),
    _look(
        "a busy service fails the resource that may not hand over",
        "if self.properties.hands_over and known:",
        "if known:",
    ),
    _relay(
        "a lack of room names the time of all resources",
        "reasons.not_answered_in_time(refused, self._waited(progress))",
        "reasons.not_answered_in_time(refused, progress.elapsed_seconds(self.personalize.now()))",
    ),
    # In `Import._time_is_up, ._waited, ._wait`
    _look(
        "the last look is at the end of the time",
        ">= self.properties.timeout_seconds",
        "> self.properties.timeout_seconds",
    ),
    _relay(
        "what the resources before have waited counts",
        "return self.properties.waited_seconds + progress",
        "return progress",
    ),
    _paced("a wait takes a second at least", "left = max(1, round(", "left = max(0, round("),
    _paced("no wait goes beyond the end of the time", "wait_seconds=min(seconds, left))", "wait_seconds=seconds)"),
    _look(
        "the time begins with the first look",
        "progress=progress.begun(now), wait_seconds=min(",
        "progress=progress, wait_seconds=min(",
    ),
    # In `outcome`
    _progress("the time begins once", "return self if self.started_at is not None else replace", "return replace"),
    _progress(
        "before it begins no time has passed",
        "return 0 if self.started_at is None else now - self.started_at",
        "return now - (self.started_at or 0)",
    ),
    _attributes(
        "a failure keeps the id of its job",
        "        self.physical_resource_id = physical_resource_id\n",
        "        self.physical_resource_id = None\n",
    ),
    _attributes(
        "the job's ARN is an attribute",
        "Attribute.DATASET_IMPORT_JOB_ARN: job.dataset_import_job_arn,",
        "Attribute.DATASET_IMPORT_JOB_ARN: job.job_name,",
    ),
    _attributes("the job's name is an attribute", "Attribute.JOB_NAME: job.job_name,", ""),
    _attributes("the job's status is an attribute", "Attribute.STATUS: job.status,", 'Attribute.STATUS: "ACTIVE",'),
    _attributes("the dataset's ARN is an attribute", "Attribute.DATASET_ARN: job.dataset_arn,", ""),
    _attributes("the beginning is an attribute", "_iso(job.creation_date_time)", "str(job.creation_date_time)"),
    _attributes("the end is an attribute", "_iso(job.last_updated_date_time)", "_iso(job.creation_date_time)"),
    _attributes("the duration is an attribute, in whole seconds", "str(round(job.last", "str((job.last"),
    Patch(
        "outcome.py",
        "faults/test_relay.py",
        "a job that is not seen has all attributes",
        '        **dict.fromkeys(Attribute, ""),\n',
        "",
    ),
    Patch(
        "outcome.py",
        "faults/test_relay.py",
        "a job that is not seen has a status that says so",
        "Attribute.STATUS: STATUS_UNKNOWN",
        'Attribute.STATUS: "ACTIVE"',
    ),
    Patch(
        "outcome.py",
        "faults/test_relay.py",
        "a job that is not seen has its name",
        'dataset_import_job_arn.rpartition("/")[2]',
        "dataset_import_job_arn",
    ),
    Patch(
        "outcome.py",
        "faults/test_relay.py",
        "a job that is not seen has its dataset",
        "Attribute.DATASET_ARN: dataset_arn,",
        "",
    ),
    # In `pace`
    _pace("a young job is looked at seldom", "(0, 30),", "(0, 12),"),
    _pace("from two minutes on a job is looked at often", "(120, 12),", "(120, 30),"),
    _pace("from twenty minutes on a job is looked at less often", "(20 * 60, 20),", "(20 * 60, 12),"),
    _pace("from forty minutes on a job is looked at seldom", "(40 * 60, 30),", "(40 * 60, 20),"),
    _pace("a step begins at its second", "if elapsed_seconds >= start or", "if elapsed_seconds > start or"),
    _pace(
        "a job that is younger than nothing is looked at, too: clocks differ",
        "if elapsed_seconds >= start or start == 0)",
        "if elapsed_seconds >= start)",
    ),
    _pace("tries are some twenty seconds apart", "_QUEUE_SECONDS: Final = 20", "_QUEUE_SECONDS: Final = 2"),
    _pace("not all come back at once", "random.uniform(0.75, 1.25)", "random.uniform(1, 1)"),
    # In `fresh_permissions`
    _fresh("a refusal is fresh for two minutes and no longer", "SECONDS: Final = 120", "SECONDS: Final = 1200"),
    _fresh("a refusal is fresh for two minutes, a minute is too short", "SECONDS: Final = 120", "SECONDS: Final = 30"),
    _fresh(
        "after two minutes a refusal is what it says", "    if elapsed_seconds >= SECONDS:\n        return False\n", ""
    ),
    _fresh("the bound is the first second that is too late", "elapsed_seconds >= SECONDS", "elapsed_seconds > SECONDS"),
    _fresh(
        "AccessDenied may be fresh, whatever its text",
        '"AccessDenied", "AccessDeniedException"',
        '"AccessDeniedException"',
    ),
    _fresh(
        "AccessDeniedException may be fresh, whatever its text",
        '"AccessDenied", "AccessDeniedException"',
        '"AccessDenied"',
    ),
    _fresh("a refusal to read the data may be fresh", '"insufficient privileges", ', ""),
    _fresh("a refusal by another code may be fresh", '"not authorized", ', ""),
    _fresh("a refusal to assume the role may be fresh", ', "assume")', ")"),
    _fresh("capitals don't matter", "refused.message.lower()", "refused.message"),
    _fresh(
        "what is wrong with the data is not fresh",
        "return refused.code in _CODES or any(",
        "return bool(refused.code) or any(",
    ),
)
