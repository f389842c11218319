"""Whether a test alert arrived as it must: once, in the right places, and with its end."""

from collections.abc import Iterator

from waqiti.verify.path.alerts import PAGES, MarkedAlert
from waqiti.verify.path.arrivals import Arrivals

_EVERYBODY = "<!channel>"


def has_begun(alert: MarkedAlert, found: Arrivals, channels: set[str]) -> bool:
    """Return whether the beginning is everywhere where it must be."""
    return bool(found.incidents or found.incidents is None or not alert.pages) and all(
        found.of(channel, end=False) for channel in alert.channels & channels
    )


def has_ended(alert: MarkedAlert, found: Arrivals, channels: set[str]) -> bool:
    """Return whether the end is everywhere where it must be."""
    return all(one.status == "resolved" for one in found.incidents or ()) and all(
        found.of(channel, end=True) for channel in alert.channels & channels
    )


def problems(alert: MarkedAlert, found: Arrivals, channels: set[str]) -> Iterator[str]:
    """
    Yield a sentence for each way in which *found* is not what the rule promises.

    Args:
        alert: The alert, which was sent twice and then ended.
        found: What arrived of it.
        channels: The channels that were looked into.
    """
    yield from _of_incidents(alert, found)
    for channel in sorted(channels):
        wanted = channel in alert.channels
        for end, word in ((False, "message"), (True, "message of its end")):
            number = len(found.of(channel, end=end))
            if number != int(wanted):
                yield f"#{channel} has {_times(number, word)} instead of {int(wanted)}"
    pages = found.of(PAGES, end=False)
    if alert.pages and any(_EVERYBODY not in one.text for one in pages):
        yield f"the message in #{PAGES} does not notify the whole channel"


def _of_incidents(alert: MarkedAlert, found: Arrivals) -> Iterator[str]:
    if found.incidents is None:
        return
    number = len(found.incidents)
    if number != int(alert.pages):
        yield f"PagerDuty has {_times(number, 'incident')} instead of {int(alert.pages)}"
    for one in found.incidents:
        if one.urgency != "high":
            yield f"incident {one.id} has {one.urgency} urgency, which never escalates"
        if one.status != "resolved":
            yield f"incident {one.id} is {one.status} after the end of the alert"


def _times(number: int, word: str) -> str:
    noun, _, rest = word.partition(" ")
    plural = noun if number == 1 else f"{noun}s"
    return f"{number} {plural} {rest}".rstrip()
