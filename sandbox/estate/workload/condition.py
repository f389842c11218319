"""One line in the log for each change of a condition."""

import logging

# librdkafka logs every attempt to reach a broker that is down.
SILENT = logging.getLogger("workload.librdkafka")
SILENT.addHandler(logging.NullHandler())
SILENT.propagate = False


class Condition:
    """
    Something that is healthy or unhealthy.

    Args:
        log: Where changes go.
        healthy: The message when it becomes healthy.
        unhealthy: The message when it becomes unhealthy; the reason follows it.
    """

    def __init__(self, log: logging.Logger, *, healthy: str, unhealthy: str) -> None:
        self._log = log
        self._healthy = healthy
        self._unhealthy = unhealthy
        self._is_healthy: bool | None = None

    def healthy(self) -> None:
        """Log the change if it was not healthy."""
        if self._is_healthy is not True:
            self._log.info("%s", self._healthy)
        self._is_healthy = True

    def unhealthy(self, reason: str) -> None:
        """Log the change if it was not unhealthy."""
        if self._is_healthy is not False:
            self._log.warning("%s: %s", self._unhealthy, reason)
        self._is_healthy = False
