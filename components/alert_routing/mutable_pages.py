"""The pages that an inhibition can mute: they wait for the alert that mutes them."""

import re
from collections.abc import Sequence

from components.alert_routing.args import InhibitionArgs

# One label with one word, or with one of several.
_WORDS = re.compile(r'(\w+)(?:="(\w+)"|=~"([\w|]+)")')


def mutable_pages(inhibitions: Sequence[InhibitionArgs]) -> list[list[str]]:
    """
    Return the matchers of each route for pages that *inhibitions* can mute.

    Targets that name words of one label become one route: Alertmanager takes the first route that
    matches, so a second one for some of the same words would receive nothing.
    """
    words: dict[str, set[str]] = {}
    others: list[list[str]] = []
    for inhibition in inhibitions:
        target = [*inhibition["target"]]
        named = _WORDS.fullmatch(target[0]) if len(target) == 1 else None
        if named:
            words.setdefault(named[1], set()).update((named[2] or named[3]).split("|"))
        elif target not in others:
            others.append(target)
    return [*([f'{label}=~"{"|".join(sorted(found))}"'] for label, found in words.items()), *others]
