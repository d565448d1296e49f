"""Property injection: the CDK implements it as a decorator that jsii doesn't export, so this is the same in Python.

https://docs.aws.amazon.com/cdk/v2/guide/blueprints.html
"""

from collections.abc import Sequence
from functools import wraps
from typing import TYPE_CHECKING, Any, ClassVar, Final, Protocol, TypeVar, cast
from weakref import WeakKeyDictionary

import aws_cdk as cdk
from constructs import Construct, IConstruct

if TYPE_CHECKING:
    from collections.abc import Mapping


class _Injectable(Protocol):
    PROPERTY_INJECTION_ID: ClassVar[str]


_Class = TypeVar("_Class", bound=type[Construct])
_SCOPES: Final[WeakKeyDictionary[IConstruct, Sequence[IConstruct]]] = WeakKeyDictionary()
"""A construct and the ones that contain it, which never change."""


def property_injectable(construct_class: _Class) -> _Class:
    """Apply the property injectors for the `PROPERTY_INJECTION_ID` of a construct class to its keyword arguments.

    The injector of the nearest scope applies, as in the CDK. Its `inject` receives the keyword arguments as a
    dictionary, and returns a dictionary of the arguments to use.
    """
    unique_id = cast("type[_Injectable]", construct_class).PROPERTY_INJECTION_ID
    initialize = construct_class.__init__

    @wraps(initialize)
    def inject_and_initialize(self: Construct, scope: Construct, id: str, **arguments: object) -> None:
        injector = _find_injector(unique_id, scope)
        injected = injector.inject(arguments, scope=scope, id=id) if injector else arguments
        initialize(self, scope, id, **cast("Mapping[str, Any]", injected))

    # Not an assignment, because mypy rejects one to a method.
    setattr(construct_class, "__init__", inject_and_initialize)  # noqa: B010
    return construct_class


def _find_injector(unique_id: str, scope: Construct) -> cdk.IPropertyInjector | None:
    for each in _scopes_of(scope):
        if cdk.PropertyInjectors.has_property_injectors(each):
            injector = cdk.PropertyInjectors.of(each).for_(unique_id)
            if injector:
                return injector
    return None


def _scopes_of(scope: Construct) -> Sequence[IConstruct]:
    """Return a construct and the ones that contain it, the nearest first."""
    if scope not in _SCOPES:
        _SCOPES[scope] = scope.node.scopes[::-1]
    return _SCOPES[scope]
