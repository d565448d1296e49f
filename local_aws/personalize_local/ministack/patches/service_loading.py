"""ministack's CloudFormation loads a service when a resource first needs it, instead of all services at the start.

The rest of ministack already loads services on first use. Most stacks need few of the sixty, and loading all of them
takes half of the time until the server is ready. AWS has no counterpart.
"""

import sys
from importlib import import_module
from pkgutil import iter_modules
from typing import Final

_SERVICES: Final = "ministack.services"


class _Service:
    """Stands for the module of a service, which is imported when one of its attributes is first used."""

    __spec__ = None  # the import system reads it from modules that are already loaded

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, attribute: str) -> object:
        self.remove()
        return getattr(import_module(self._name), attribute)

    def remove(self) -> None:
        """Remove this object from the loaded modules, so that the module itself can be imported."""
        if sys.modules.get(self._name) is self:  # type: ignore[comparison-overlap]
            del sys.modules[self._name]


def load_services_on_first_use() -> None:
    """Import ministack's CloudFormation without the services that it imports."""
    modules = [each for each in iter_modules(import_module(_SERVICES).__path__, f"{_SERVICES}.") if not each.ispkg]
    stand_ins = {each.name: _Service(each.name) for each in modules if each.name not in sys.modules}
    sys.modules.update(stand_ins)  # type: ignore[arg-type]
    try:
        import_module(f"{_SERVICES}.cloudformation")
    finally:
        for stand_in in stand_ins.values():
            stand_in.remove()
