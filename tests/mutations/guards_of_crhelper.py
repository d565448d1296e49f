"""Guards of crhelper: each request gets exactly one response."""

from functools import partial
from typing import Final

from tests.mutations.patches import Patch

_crhelper: Final = partial(Patch, "cloudformation/custom_resource.py", "handler/cloudformation/test_crhelper_guards.py")
_delivery: Final = partial(Patch, "cloudformation/custom_resource.py", "handler/cloudformation/test_delivery.py")
_sent: Final = partial(Patch, "cloudformation/custom_resource.py", "handler/cloudformation/test_responses.py")
_create: Final = partial(Patch, "cloudformation/custom_resource.py", "handler/job/test_lifecycle_create.py")
_update: Final = partial(Patch, "cloudformation/custom_resource.py", "handler/job/test_lifecycle_update.py")
_delete: Final = partial(Patch, "cloudformation/custom_resource.py", "handler/job/test_lifecycle_delete.py")
_id: Final = partial(Patch, "cloudformation/custom_resource.py", "handler/request/test_physical_ids.py")
_data: Final = partial(Patch, "cloudformation/custom_resource.py", "handler/data/test_staging_bucket_requests.py")
_sleep: Final = partial(
    Patch,
    "cloudformation/custom_resource.py",
    "handler/cloudformation/test_crhelper_guards.py::test_a_delete_does_not_sleep",
)  # any other test that deletes would sleep, for two minutes

GUARDS: Final = (
    # In `custom_resource`: what crhelper is kept from
    _crhelper(
        "crhelper logs nothing about its rules",
        'getLogger("crhelper").setLevel(logging.WARNING)',
        'getLogger("crhelper").setLevel(logging.INFO)',
    ),
    _crhelper(
        "the log has no more than INFO: the event has the URL in it",
        'super().__init__(log_level="INFO"',
        'super().__init__(log_level="DEBUG"',
    ),
    _crhelper("boto3 logs no more than errors", 'boto_level="ERROR"', 'boto_level="DEBUG"'),
    _sleep("a Delete doesn't sleep", "sleep_on_delete=0", "sleep_on_delete=120"),
    _crhelper(
        "crhelper makes no clients",
        "        with _no_boto3_clients():\n            super()",
        "        with _no_boto3_clients():\n            pass\n        if True:\n            super()",
    ),
    _crhelper("boto3 is given back", "        resource_helper.boto3 = boto3\n", "        pass\n"),
    _crhelper("the response of a timer has the reason", "def _timeout(self)", "def _timed_out(self)"),
    _create("no id is made up", "def _cfn_response(self, _: Event)", "def _cfn_answer(self, _: Event)"),
    _crhelper(
        "a poll that times out sends no response",
        "        if not self._is_poll():\n            super()._set_timeout()",
        "        super()._set_timeout()",
    ),
    _crhelper(
        "a first request that times out has a response", "            super()._set_timeout()", "            pass"
    ),
    # In `custom_resource`: one request after the other
    _delivery("what one request waited for is forgotten with the next", "        self.wait_seconds = None\n", ""),
    _delivery(
        "each request has a response",
        "        self._responding = threading.Lock()\n        self._not_delivered = None\n        self._rejected_id",
        "        self._not_delivered = None\n        self._rejected_id",
    ),
    _sent(
        "a response that was not delivered is forgotten with the next",
        "        self._not_delivered = None\n        self._rejected_id",
        "        self._rejected_id",
    ),
    _sent(
        "a response that was not delivered is sent again when the function is retried",
        "        if self._not_delivered:\n            raise self._not_delivered",
        "        if False:\n            raise self._not_delivered",
    ),
    # In `custom_resource`: outcomes
    _create(
        "recorded data is passed to the next poll",
        "self.Data[events.PROGRESS] = outcome.progress.to_data()",
        "self.Data[events.PROGRESS] = Progress().to_data()",
    ),
    _create(
        "not yet is no answer",
        "        self.wait_seconds = outcome.wait_seconds\n        return None",
        "        return self._resource_id",
    ),
    _delete(
        "a finished request has a response, even without an id",
        "return self.wait_seconds is not None",
        "return True",
    ),
    _create(
        "the response to a failure has its reason",
        "self.Status, self.Reason = FAILED, str(failure)",
        "self.Status, self.Reason = FAILED, repr(failure)",
    ),
    _crhelper(
        "a bug results in a response and not in an exception",
        "        except Exception as error:\n            logger",
        "        except KeyboardInterrupt as error:\n            logger",
    ),
    _crhelper("a defect is logged with its traceback", 'logger.exception("Unexpected")', 'logger.error("Unexpected")'),
    _crhelper("a request that ran out of time is not waited for", "if self._responding.locked():", "if False:"),
    _delivery(
        "a state machine that could not be started is reported", "raise RuntimeError(reason) from error", "raise"
    ),
    # In `custom_resource`: the answer
    _crhelper("a request has one response", "if not self._responding.acquire(blocking=False):", "if False:"),
    _delete("a Delete never fails", 'if status == FAILED and self.RequestType == "Delete":', "if False:"),
    _delete(
        "only a Delete never fails", 'if status == FAILED and self.RequestType == "Delete":', "if status == FAILED:"
    ),
    _delete(
        "why a Delete would have failed is logged",
        'logger.warning("The resource is deleted although the request failed: %s", reason)',
        "pass",
    ),
    _delete("a Delete that succeeds gives no reason", 'status, reason = SUCCESS, ""', "status = SUCCESS"),
    _sent(
        "a response that was not delivered is recorded",
        "            self._not_delivered = problem\n",
        "            pass\n",
    ),
    _crhelper("the log ends with the reason", '            logger.error("%s", reason)', "            pass"),
    _delete("bookkeeping is in no response", " if k not in events.BOOKKEEPING},", "},"),
    _sent("attributes are not hidden", '"NoEcho": False', '"NoEcho": True'),
    _id(
        "a response has the id of the resource and not the one of crhelper",
        "(status == SUCCESS and self.PhysicalResourceId) or self._resource_id",
        "self.PhysicalResourceId",
    ),
    _data(
        "the data of an app has the id of its bucket",
        "(status == SUCCESS and self.PhysicalResourceId) or self._resource_id",
        "self._resource_id",
    ),
    _data(
        "a request that fails does not change the id",
        "(status == SUCCESS and self.PhysicalResourceId) or self._resource_id",
        "self.PhysicalResourceId or self._resource_id",
    ),
    _delete("there is always an id", ".physical_id or str(self.LogicalResourceId)", ".physical_id"),
)
