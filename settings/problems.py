"""The error of the settings."""

from catalog.problems import InvalidFilesError


class InvalidSettingsError(InvalidFilesError):
    """A stack file or the catalog is not valid; the message lists every problem."""
