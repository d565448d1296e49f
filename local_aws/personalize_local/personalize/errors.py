"""The errors of the API."""

from typing import Final

# API errors have HTTP status 400 for every cause:
# https://docs.aws.amazon.com/personalize/latest/dg/CommonErrors.html
_BAD_REQUEST: Final = 400
_INTERNAL: Final = 500
_UNAVAILABLE: Final = 503


class ServiceError(Exception):
    """A refused request: the error code that clients receive, the message and the HTTP status."""

    def __init__(self, code: str, message: str, status: int = _BAD_REQUEST) -> None:
        """Create an error; `code` is a name of the API model, such as `InvalidInputException`."""
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = status


def invalid_input(message: str) -> ServiceError:
    """Return the error for a well-formed request that can't be fulfilled."""
    return ServiceError("InvalidInputException", message)


def not_found(message: str) -> ServiceError:
    """Return the error for a resource that doesn't exist."""
    return ServiceError("ResourceNotFoundException", message)


def already_exists(message: str) -> ServiceError:
    """Return the error for a name that is in use."""
    return ServiceError("ResourceAlreadyExistsException", message)


def in_use(message: str) -> ServiceError:
    """Return the error for a resource that is used by another one, or is not ACTIVE."""
    return ServiceError("ResourceInUseException", message)


def limit_exceeded(message: str) -> ServiceError:
    """Return the error for an exceeded quota."""
    return ServiceError("LimitExceededException", message)


def internal_failure(message: str) -> ServiceError:
    """Return the error for a defect of this service."""
    return ServiceError("InternalFailure", message, _INTERNAL)


def not_saved(file: str, problem: str, effect: str = "Nothing was changed") -> ServiceError:
    """Return the error for a change that can't be saved; the real service has no such error."""
    message = f"{effect}: the local AWS can't save its state in {file}: {problem}"
    return ServiceError("ServiceUnavailable", message, _UNAVAILABLE)
