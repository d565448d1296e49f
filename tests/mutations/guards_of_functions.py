"""The two functions around the decisions."""

from functools import partial
from typing import Final

from tests.mutations.patches import Patch

_function: Final = partial(Patch, "functions.py", "handler/cloudformation/test_delivery.py")
_loaded: Final = partial(Patch, "functions.py", "handler/cloudformation/test_crhelper_guards.py")
_removed: Final = partial(Patch, "functions.py", "handler/job/test_lifecycle_delete.py")
_kept: Final = partial(Patch, "index.py", "handler/cloudformation/test_entry_points.py")
_clients: Final = partial(Patch, "aws/boto_services.py", "handler/cloudformation/test_entry_points.py")
_parsed: Final = partial(
    Patch, "request/request.py", "handler/request/test_physical_ids.py handler/cloudformation/test_delivery.py"
)
_entry: Final = partial(Patch, "index.py", "handler/cloudformation/test_crhelper_guards.py")

GUARDS: Final = (
    # In `functions`
    _removed(
        "a Delete with any content is accepted",
        "def _receive_delete(self, *_: object) -> str | None:\n"
        "        return self._helper.record_outcome(lifecycle.receive_delete())",
        "def _receive_delete(self, event: Event, _: object) -> str | None:\n"
        "        return self._helper.record_outcome(lifecycle.receive(self._request(event)))",
    ),
    _function(
        "an hour after a request nothing is started for it",
        "        if self._is_expired(parsed):\n",
        "        if False:\n",
    ),
    _function(
        "until an hour after a request its response is sent",
        "received_at > SERVICE_TIMEOUT_SECONDS)",
        "received_at >= SERVICE_TIMEOUT_SECONDS)",
    ),
    _function(
        "an execution that fails is also complete, for an earlier state machine has no failure",
        '"IsComplete": True, "WaitSeconds": 0, **_EXPIRED}',
        '"IsComplete": False, "WaitSeconds": 0, **_EXPIRED}',
    ),
    _function("it is complete only after its response", '"IsComplete": seconds is None', '"IsComplete": not seconds'),
    _function("what is complete waits for nothing", '"WaitSeconds": seconds or 0}', '"WaitSeconds": seconds}'),
    _parsed(
        "a Create has no previous properties",
        'event.get("OldResourceProperties", {})',
        'event["OldResourceProperties"]',
    ),
    _parsed(
        "the response to a request without properties names the missing ones",
        'event.get("ResourceProperties", {})',
        'event["ResourceProperties"]',
    ),
    _loaded(
        "an error while a client is created results in a response",
        "        self._services = services\n",
        "        self._services = services\n        services.personalize.now()\n",
    ),
    _entry(
        "loading the module makes no client",
        "    services=BotoServices(),\n",
        "    services=(lambda services: (services.personalize, services)[1])(BotoServices()),\n",
    ),
    _kept("what comes later is looked through for garbage", "gc.enable()\n", ""),
    _kept("clients aren't looked through while they are made", "gc.set_threshold(10_000)", "gc.set_threshold(700)"),
    _kept("what is loaded isn't looked through for garbage", "gc.freeze()\n", ""),
    _clients(
        "one client is kept, and with it the service's clock",
        "@cached_property\n    def personalize",
        "@property\n    def personalize",
    ),
)
