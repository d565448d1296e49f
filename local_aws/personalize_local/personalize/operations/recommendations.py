"""The operations of personalize-runtime, which the local AWS refuses: it trains no models."""

from typing import Final

from personalize_local.personalize import messages
from personalize_local.personalize.errors import ServiceError
from personalize_local.personalize.operations.call import Call, Operation
from personalize_local.personalize.service_model import RUNTIME, operations_of


def refuse_recommendations(_call: Call) -> None:
    """Raise the error for every campaign and recommender, existing or not."""
    raise ServiceError("UnsupportedOperationException", messages.NO_RECOMMENDATIONS)


OPERATIONS: Final[dict[str, Operation]] = dict.fromkeys(operations_of(RUNTIME), refuse_recommendations)
