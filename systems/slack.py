"""Slack: names and descriptions of channels."""

import re

_LONGEST_DESCRIPTION = 250  # of a topic and of a purpose
_NAME = re.compile(r"[a-z0-9_-]{1,80}")


def check_channel_name(name: object) -> str:
    """
    Return *name*, which has no `#`, if a channel may have it.

    Raises:
        ValueError: Slack refuses it.
    """
    if not isinstance(name, str) or not _NAME.fullmatch(name) or not name.strip("_-"):
        raise ValueError(
            "use lower-case letters, digits, hyphens and underscores, at most 80, without #"
        )
    return name


def check_description(text: object) -> str:
    """
    Return *text* if it may be a topic or a purpose.

    Raises:
        ValueError: Slack refuses it.
    """
    if not isinstance(text, str) or len(text) > _LONGEST_DESCRIPTION:
        raise ValueError(f"use a text of at most {_LONGEST_DESCRIPTION} characters")
    return text
