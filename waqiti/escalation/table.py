"""Periods as a table of text."""

from collections.abc import Iterator, Sequence

from waqiti.escalation.ladder import Page, Period

_NOBODY = "nobody"


def table(found: Sequence[Period]) -> Iterator[str]:
    """Yield a line for each period: whom an alert in it pages, and at which minute."""
    rows = [("alert from (UTC)", "to", "pages, if nobody acknowledges")]
    rows += [
        (f"{one.start:%Y-%m-%d %H:%M}", f"{one.end:%Y-%m-%d %H:%M}", _pages(one.pages))
        for one in found
    ]
    widths = [max(len(row[column]) for row in rows) for column in (0, 1)]
    for first, second, last in rows:
        yield f"{first:<{widths[0]}}  {second:<{widths[1]}}  {last}"


def _pages(pages: Sequence[Page]) -> str:
    if not pages:
        return _NOBODY
    first = _first_loop(pages)
    people = {page.level: page.person for page in first}
    is_same = all(people.get(page.level) == page.person for page in pages)
    shown = first if is_same else pages
    text = ", ".join(f"{page.minute} min {page.person}" for page in shown)
    return text + (f", repeated until {pages[-1].minute} min" if len(shown) < len(pages) else "")


def _first_loop(pages: Sequence[Page]) -> Sequence[Page]:
    for index, page in enumerate(pages[1:], start=1):
        if page.level <= pages[index - 1].level:
            return pages[:index]
    return pages
