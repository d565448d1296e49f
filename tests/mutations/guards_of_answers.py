"""How CloudFormation is answered: once, in time, within bounds, and in words that help."""

from functools import partial
from typing import Final

from tests.mutations.patches import Patch

_answer: Final = partial(Patch, "answer.py", "handler/test_answer.py")
_crhelper: Final = partial(Patch, "waiting_resource.py", "handler/test_crhelper_guards.py")
_delivery: Final = partial(Patch, "waiting_resource.py", "handler/test_delivery.py")
_sent: Final = partial(Patch, "waiting_resource.py", "handler/test_answer.py")
_create: Final = partial(Patch, "waiting_resource.py", "handler/test_lifecycle_create.py")
_update: Final = partial(Patch, "waiting_resource.py", "handler/test_lifecycle_update.py")
_delete: Final = partial(Patch, "waiting_resource.py", "handler/test_lifecycle_delete.py")
_words: Final = partial(Patch, "reasons.py", "handler/test_reasons.py")

_CAUGHT: Final = "except (OSError, ValueError, http.client.HTTPException) as error:"
_ID: Final = "known = requested or outcome if status == FAILED else outcome or requested"

GUARDS: Final = (
    # In `answer.body_of`
    _answer("an answer has 4096 bytes at most", "BODY_BYTES_MAX: Final = 4096", "BODY_BYTES_MAX: Final = 5000"),
    _answer("a reason that is too long is cut", "if len(body) <= BODY_BYTES_MAX:", "if True:"),
    _answer("what is cut is marked", "reason[:length] + _CUT}", "reason[:length]}"),
    _answer("a cut keeps the head", "reason[:length] + _CUT}", "reason[-length:] + _CUT}"),
    _answer("a cut is short enough", "cut_to(max(0, too_long - 1))", "cut_to(max(0, too_long))"),
    _answer("half a character is no defect", '.encode("utf-8", errors="replace")', '.encode("utf-8")'),
    _answer(
        "any script takes no more bytes than it needs", "json.dumps(answer, ensure_ascii=False)", "json.dumps(answer)"
    ),
    # In `answer.send`
    _answer("an answer is tried again", "_ATTEMPTS: Final = 5", "_ATTEMPTS: Final = 1"),
    _answer("an answer is tried a bounded number of times", "_ATTEMPTS: Final = 5", "_ATTEMPTS: Final = 50"),
    _answer("one attempt has a bounded time", "_TIMEOUT_SECONDS: Final = 5", "_TIMEOUT_SECONDS: Final = 500"),
    _answer(
        "the bound of an attempt is kept", "urlopen(request, timeout=timeout_seconds)", "urlopen(request, timeout=60)"
    ),
    _answer("attempts are ever further apart", "sleep(2.0 ** (attempt - 1))", "sleep(1)"),
    _answer(
        "the first attempt is made at once",
        "        if attempt:\n            sleep(2.0 ** (attempt - 1))",
        "        sleep(2.0 ** (attempt - 1))",
    ),
    _answer(
        "an answer that was taken is not put again",
        "            return\n        logger.warning",
        "            continue\n        logger.warning",
    ),
    _answer("what was not delivered is an error", "    raise NotDelivered(f", "    logger.error(f"),
    # In `answer._put`
    _answer("an answer is PUT", 'method="PUT"', 'method="POST"'),
    _answer("the URL is signed for an empty content type", ', headers={"Content-Type": ""})', ")"),
    _answer("a status that refuses the answer is looked at", 'return f"HTTP {error.code} {error.reason}"', 'return ""'),
    _answer(
        "a status that refuses the answer is named",
        'return f"HTTP {error.code} {error.reason}"',
        "return type(error).__name__",
    ),
    _answer("no connection is not delivered", _CAUGHT, "except (ValueError, http.client.HTTPException) as error:"),
    _answer("no URL is not delivered", _CAUGHT, "except (OSError, http.client.HTTPException) as error:"),
    _answer("no HTTP is not delivered", _CAUGHT, "except (OSError, ValueError) as error:"),
    _answer("the URL is in no message", "        return type(error).__name__", "        return str(error)"),
    # what crhelper is kept from, in `waiting_resource`
    _crhelper(
        "crhelper tells nothing of rules that nobody makes",
        'getLogger("crhelper").setLevel(logging.WARNING)',
        'getLogger("crhelper").setLevel(logging.INFO)',
    ),
    _crhelper(
        "the log has no more than INFO: the event has the URL in it",
        'super().__init__(log_level="INFO"',
        'super().__init__(log_level="DEBUG"',
    ),
    _crhelper("boto3 logs no more than errors", 'boto_level="ERROR"', 'boto_level="DEBUG"'),
    _crhelper("a Delete doesn't sleep", "sleep_on_delete=0", "sleep_on_delete=120"),
    _crhelper(
        "crhelper makes no clients",
        "        with _no_boto3_clients():\n            super()",
        "        with _no_boto3_clients():\n            pass\n        if True:\n            super()",
    ),
    _crhelper("boto3 is given back", "        resource_helper.boto3 = boto3\n", "        pass\n"),
    _crhelper("a timer says what has happened", "def _timeout(self)", "def _timed_out(self)"),
    _crhelper("no id is made up", "def _cfn_response(self, _: Event)", "def _cfn_answer(self, _: Event)"),
    _crhelper(
        "a poll that runs out of time answers nothing",
        "        if not self._is_poll():\n            super()._set_timeout()",
        "        super()._set_timeout()",
    ),
    _crhelper(
        "a first request that runs out of time is answered", "            super()._set_timeout()", "            pass"
    ),
    # one request after the other, in `waiting_resource`
    _delivery(
        "what is no request is answered to nobody",
        "if missing := _IN_EVERY_REQUEST - event.keys():",
        "if missing := set():",
    ),
    *[
        _delivery(f"what has no {key} is no request", f', "{key}"', "")
        for key in ("ResponseURL", "StackId", "RequestId", "LogicalResourceId")
    ],
    _delivery("what one request waited for is forgotten with the next", "        self.wait_seconds = None\n", ""),
    _delivery(
        "each request is answered",
        "        self._answering = threading.Lock()\n        self._not_delivered = None\n        super()",
        "        self._not_delivered = None\n        super()",
    ),
    _sent(
        "an answer that was not delivered is forgotten with the next",
        "        self._not_delivered = None\n        super()",
        "        super()",
    ),
    _sent(
        "an answer that was not delivered is given again by who invokes the function",
        "        if self._not_delivered:\n            raise self._not_delivered",
        "        if False:\n            raise self._not_delivered",
    ),
    # outcomes, in `waiting_resource`
    _create(
        "what was noted travels to the next look",
        "self.Data[_PROGRESS] = outcome.progress.to_data()",
        "self.Data[_PROGRESS] = Progress().to_data()",
    ),
    _crhelper(
        "a defect in a later look is answered with the id that is known",
        "        self.Data[_PHYSICAL_RESOURCE_ID] = outcome.physical_resource_id\n",
        "",
    ),
    _create(
        "not yet is no answer",
        "        self.wait_seconds = outcome.wait_seconds\n        return None",
        "        self.wait_seconds = outcome.wait_seconds\n        return outcome.physical_resource_id",
    ),
    _delete(
        "what is finished is answered, even if it has no id",
        "return self.wait_seconds is not None",
        "return True",
    ),
    _create(
        "a failure is answered with its reason",
        "self.Status, self.Reason = FAILED, str(failure)",
        "self.Status, self.Reason = FAILED, repr(failure)",
    ),
    _crhelper(
        "a defect is answered, not raised",
        "        except Exception as error:\n            logger",
        "        except KeyboardInterrupt as error:\n            logger",
    ),
    _crhelper("a defect is logged with its traceback", 'logger.exception("Unexpected")', 'logger.error("Unexpected")'),
    _crhelper("a request that ran out of time is not waited for", "if self._answering.locked():", "if False:"),
    _delivery("a waiter that could not be started is told so", "raise RuntimeError(reason) from error", "raise"),
    # the answer, in `waiting_resource`
    _crhelper("a request is answered once", "if not self._answering.acquire(blocking=False):", "if False:"),
    _delete("a Delete never fails", 'if status == FAILED and self.RequestType == "Delete":', "if False:"),
    _delete(
        "only a Delete never fails", 'if status == FAILED and self.RequestType == "Delete":', "if status == FAILED:"
    ),
    _delete("why a Delete would have failed is logged", 'logger.warning("Deleted all the same: %s", reason)', "pass"),
    _delete("a Delete that succeeds gives no reason", 'status, reason = SUCCESS, ""', "status = SUCCESS"),
    _sent(
        "an answer that was not delivered is noted", "            self._not_delivered = problem\n", "            pass\n"
    ),
    _crhelper("the log ends with the reason", '            logger.error("%s", reason)', "            pass"),
    _delete("bookkeeping is in no answer", " if k not in bookkeeping},", "},"),
    _sent("attributes are not hidden", '"NoEcho": False', '"NoEcho": True'),
    _crhelper("an update that fails keeps the old id", _ID, "known = outcome or requested"),
    _update("an update that succeeds has the new job's id", _ID, "known = requested or outcome"),
    _delivery("there is always an id", 'return known or f"{self.LogicalResourceId}-was-not-imported"', "return known"),
    _crhelper(
        "a failure names the id that was noted",
        'str(self.PhysicalResourceId or self.Data.get(_PHYSICAL_RESOURCE_ID) or "")',
        'str(self.PhysicalResourceId or "")',
    ),
    # In `reasons`
    _words(
        "the service's words come first",
        "{_sentence(reason)} DatasetImportJob {job.job_name} of",
        "DatasetImportJob {_sentence(reason)} {job.job_name} of",
    ),
    _words(
        "a failure without a reason says so",
        'job.failure_reason or "The service gave no reason"',
        'job.failure_reason or ""',
    ),
    _words(
        "a failure names job, location and status",
        "DatasetImportJob {job.job_name} of {job.data_location} ended with status {job.status}. ",
        "",
    ),
    _words(
        "after a failure the reader knows that a new job is started",
        ': a new job is started then."\n    )\n\n\ndef names',
        '."\n    )\n\n\ndef names',
    ),
    *[
        _words(f"there is advice for: {part}", f'    "{part}": ', f'    "no such text: {part}": ')
        for part in (
            "missing the following columns",
            "Insufficient privileges for accessing data",
            "Invalid Data location",
            "iam:PassRole",
            "is not authorized to perform",
        )
    ],
    _words(
        "the advice on roles comes before that on permissions",
        "for part, advice in _ADVICE.items()",
        "for part, advice in reversed(_ADVICE.items())",
    ),
    _words("other failures have advice too", ", _DEFAULT_ADVICE)", ', "")'),
    _words(
        "the service's words leave room for the job and the advice",
        "_SERVICE_TEXT_BYTES_MAX: Final = 2600",
        "_SERVICE_TEXT_BYTES_MAX: Final = 26000",
    ),
    _words(
        "the service's words are cut in bytes, not characters",
        'if len(encoded := text.encode(errors="replace")) > _SERVICE_TEXT_BYTES_MAX:',
        'encoded = text.encode(errors="replace")\n    if len(text) > _SERVICE_TEXT_BYTES_MAX:',
    ),
    _words("half a character in the service's words is no defect", 'text.encode(errors="replace")', "text.encode()"),
    _words("a cut through a character is no defect", '.decode(errors="ignore")', ".decode()"),
    _words(
        "what is cut of the service's words is marked", '.decode(errors="ignore") + "…"', '.decode(errors="ignore")'
    ),
    _words(
        "a sentence has one full stop",
        'return text if text.endswith((".", "!", "?", "…")) else f"{text}."',
        'return f"{text}."',
    ),
    _words(
        "a refusal says that no job was started, and why",
        'was not started: "\n        f"{refused.operation} was answered with {refused.code}. ',
        'was not started. "\n        f"',
    ),
    _words(
        "a timeout says that the job goes on",
        '"It can\'t be stopped and goes on; deploying again joins it instead of starting a second one."',
        '"Deploy again."',
    ),
    _words(
        "a look that was refused says which", "{refused.operation} of {job_arn} was answered with {refused.code}. ", ""
    ),
    _words(
        "hours are told as hours",
        'return f"{hours} h {minutes} min" if hours else f"{minutes} min"',
        'return f"{minutes} min"',
    ),
)
