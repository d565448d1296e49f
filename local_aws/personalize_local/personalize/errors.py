"""The errors that the service answers with."""

from typing import Final

# Errors of the API are answered with HTTP 400, whatever they are about:
# https://docs.aws.amazon.com/personalize/latest/dg/CommonErrors.html
_BAD_REQUEST: Final = 400
_INTERNAL: Final = 500


class ServiceError(Exception):
    """A request refused: the code that clients see, its message, and the HTTP status."""

    def __init__(self, code: str, message: str, status: int = _BAD_REQUEST) -> None:
        """Take the error's code as the API model has it, such as `InvalidInputException`."""
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = status


def invalid_input(message: str) -> ServiceError:
    """Return the error for a request that is well-formed but can't be met."""
    return ServiceError("InvalidInputException", message)


def not_found(message: str) -> ServiceError:
    """Return the error for a resource that doesn't exist."""
    return ServiceError("ResourceNotFoundException", message)


def already_exists(message: str) -> ServiceError:
    """Return the error for a name that is taken."""
    return ServiceError("ResourceAlreadyExistsException", message)


def in_use(message: str) -> ServiceError:
    """Return the error for a resource that something else is using, or that isn't ready."""
    return ServiceError("ResourceInUseException", message)


def limit_exceeded(message: str) -> ServiceError:
    """Return the error for a quota that is used up."""
    return ServiceError("LimitExceededException", message)


def internal_failure(message: str) -> ServiceError:
    """Return the error for a defect of this service."""
    return ServiceError("InternalFailure", message, _INTERNAL)
