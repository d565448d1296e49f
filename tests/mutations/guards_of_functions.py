"""The two functions around the decisions."""

from functools import partial
from typing import Final

from tests.mutations.patches import Patch

_function: Final = partial(Patch, "functions.py", "handler/cloudformation/test_delivery.py")
_loaded: Final = partial(Patch, "functions.py", "handler/cloudformation/test_crhelper_guards.py")
_removed: Final = partial(Patch, "functions.py", "handler/job/test_lifecycle_delete.py")
_kept: Final = partial(Patch, "index.py", "handler/cloudformation/test_entry_points.py")
_clients: Final = partial(Patch, "aws/boto_services.py", "handler/cloudformation/test_entry_points.py")
_hour: Final = partial(Patch, "functions.py", "handler/cloudformation/test_hour.py")
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
    _hour("an hour after a request nothing is started for it", "            self._check_hour(request, progress)\n", ""),
    _hour(
        "an hour after a request its job is still polled",
        "if progress.dataset_import_job_arn or started_at is None:",
        "if started_at is None:",
    ),
    _hour(
        "the hour is measured by the clock of the service",
        "            personalize.dataset_created_at(request.properties.dataset_arn)\n",
        "            pass\n",
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
