"""What PagerDuty accepts: names of services and policies, and repetitions of an escalation."""

import re

MOST_LOOPS = 9

_NAME = re.compile(r"[^\\/&<>\s]([^\\/&<>]{0,98}[^\\/&<>\s])?")


def check_name(name: str) -> str:
    """
    Return *name* if a service and its escalation policy may have it.

    Raises:
        ValueError: PagerDuty refuses it.
    """
    if not _NAME.fullmatch(name) or not name.isprintable():
        raise ValueError(
            "is no name for PagerDuty: use 1 to 100 characters, none of \\ / & < >, and no space "
            "at an end"
        )
    return name
