"""Shifts as a picture: a lane for each level, a color for each person, a column for each day."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from xml.sax.saxutils import escape

from waqiti.escalation.ladder import Level

_LEFT, _TOP, _LANE, _DAY = 190, 46, 34, 40  # pixels
_FONT = 'font-family="sans-serif" font-size="12"'
_GAP = "#c4162a"
# Okabe and Ito's colors, which people with any color vision tell apart; red is for gaps.
_COLORS = ("#56b4e9", "#e69f00", "#009e73", "#f0e442", "#cc79a7", "#0072b2")


def svg(levels: Sequence[Level], since: datetime, until: datetime) -> str:
    """Return an SVG of who is on call between *since* and *until*; red is nobody."""
    people = list(dict.fromkeys(s.person for level in levels for s in level.shifts))
    colors = {person: _COLORS[index % len(_COLORS)] for index, person in enumerate(people)}
    width = _LEFT + _pixels(until - since) + 10
    height = _TOP + len(levels) * _LANE + 30 + 18 * len(people)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{height}" {_FONT}>',
        f"<title>On call from {since:%Y-%m-%d} to {until:%Y-%m-%d} (UTC); red: nobody</title>",
        '<rect width="100%" height="100%" fill="white"/>',
        *_days(since, until, _TOP + len(levels) * _LANE),
    ]
    for number, level in enumerate(levels):
        top = _TOP + number * _LANE
        parts.append(_text(8, top + 20, f"{number + 1}. {level.name}"))
        parts.append(_block(_LEFT, top, _pixels(until - since), _GAP, "nobody"))
        for shift in level.shifts:
            start, end = max(shift.start, since), min(shift.end, until)
            if start < end:
                left, wide = _LEFT + _pixels(start - since), _pixels(end - start)
                parts.append(_block(left, top, wide, colors[shift.person], shift.person))
    for number, (person, color) in enumerate({**colors, "nobody": _GAP}.items()):
        line = _TOP + len(levels) * _LANE + 12 + 18 * number
        parts.append(f'<rect x="{_LEFT}" y="{line}" width="12" height="12" fill="{color}"/>')
        parts.append(_text(_LEFT + 18, line + 11, person))
    return "\n".join([*parts, "</svg>\n"])


def _days(since: datetime, until: datetime, bottom: int) -> Iterator[str]:
    day = since.replace(hour=0, minute=0, second=0, microsecond=0)
    while (day := day + timedelta(days=1)) < until:
        x = _LEFT + _pixels(day - since)
        color = "#888" if day.weekday() == 0 else "#ddd"
        yield f'<path d="M{x:.1f} {_TOP - 12}V{bottom}" stroke="{color}"/>'
        if day.weekday() == 0:
            yield _text(x + 2, _TOP - 16, f"Mon {day:%d %b}")


def _pixels(time: timedelta) -> float:
    return time / timedelta(days=1) * _DAY


def _block(left: float, top: int, width: float, color: str, title: str) -> str:
    return (
        f'<rect x="{left:.1f}" y="{top}" width="{width:.1f}" height="{_LANE - 8}" fill="{color}" '
        f'opacity="0.85"><title>{escape(title)}</title></rect>'
    )


def _text(x: float, y: float, text: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}">{escape(text)}</text>'
