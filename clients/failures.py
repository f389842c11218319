"""Why a request failed."""

from urllib3.exceptions import TimeoutError as TimeoutOfUrllib3


class NoAnswerError(Exception):
    """A system did not answer as expected; the message names it, its address and the reason."""


class ForbiddenError(NoAnswerError):
    """A system refused, because the credential lacks a right."""


def cause(error: BaseException) -> str:
    """Return the innermost reason of a failed request."""
    reason = getattr(error, "reason", None)
    if isinstance(reason, BaseException):
        return cause(reason)
    if error.args and isinstance(error.args[0], BaseException):
        return cause(error.args[0])
    if error.__cause__:
        return cause(error.__cause__)
    if isinstance(error, (TimeoutError, TimeoutOfUrllib3)):
        return "timed out"
    message = error.strerror if isinstance(error, OSError) else None
    return (message or str(error)).lower()
