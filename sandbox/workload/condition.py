"""One line in the log for each change of a condition, and none in between."""

import logging

# librdkafka would tell of every attempt to reach a broker that is away.
SILENT = logging.getLogger("workload.librdkafka")
SILENT.addHandler(logging.NullHandler())
SILENT.propagate = False


class Condition:
    """
    Something that is well or ill.

    Args:
        log: Where changes are told.
        well: The sentence for the good news.
        ill: The sentence for the bad; the reason follows it.
    """

    def __init__(self, log: logging.Logger, *, well: str, ill: str) -> None:
        self._log = log
        self._well = well
        self._ill = ill
        self._is_well: bool | None = None

    def well(self) -> None:
        """Note that it is well."""
        if self._is_well is not True:
            self._log.info("%s", self._well)
        self._is_well = True

    def ill(self, reason: str) -> None:
        """Note that it is ill."""
        if self._is_well is not False:
            self._log.warning("%s: %s", self._ill, reason)
        self._is_well = False
