"""What the plugin reports in one sentence."""


class RefusedError(Exception):
    """What a resource needs cannot be done; the message says why, and the remedy."""
