"""Lazy values: tokens that are resolved whenever a template is written, because an app may change until then."""

from collections.abc import Callable
from typing import Any

import aws_cdk as cdk
import jsii


def lazy_string(value: Callable[[], str]) -> str:
    """Return a string token; it isn't cached, because an app may be synthesized again after a change."""
    return cdk.Lazy.uncached_string(_StringProducer(value))


def lazy_any(value: Callable[[], Any]) -> cdk.IResolvable:
    """Return a token of any JSON value; it isn't cached, because an app may be synthesized again after a change."""
    return cdk.Lazy.uncached_any(_AnyProducer(value))


@jsii.implements(cdk.IAnyProducer)
class _AnyProducer:
    def __init__(self, value: Callable[[], Any]) -> None:
        self._value = value

    def produce(self, context: cdk.IResolveContext) -> Any:  # noqa: ANN401, ARG002 - any JSON value, and required by jsii
        return self._value()


@jsii.implements(cdk.IStringProducer)
class _StringProducer:
    def __init__(self, value: Callable[[], str]) -> None:
        self._value = value

    def produce(self, context: cdk.IResolveContext) -> str | None:  # noqa: ARG002 - required by the protocol
        return self._value()
