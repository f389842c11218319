"""What Prometheus accepts in a rule file: durations, names, and the templates of its texts."""

import re

from systems.go_template import Dialect, Function, Shape, faults
from systems.go_template.shapes import (
    ANYTHING,
    BOOLEAN,
    CONVERTIBLE,
    NUMBER,
    TEXT,
    TIME,
    as_map,
)

# Prometheus keeps a duration in nanoseconds as a 64-bit number.
LONGEST_DURATION_SECONDS = (2**63 - 1) // 10**9
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}

_LABELS = as_map("the labels", TEXT)
_SAMPLE = Shape("a sample", fields={"Labels": _LABELS, "Value": NUMBER})
_SAMPLES = Shape("a query result", item=_SAMPLE)

_DIALECT = Dialect(
    # https://prometheus.io/docs/prometheus/latest/configuration/template_reference/, and
    # template/template.go of 3.16.
    functions={
        "args": Function((), as_map("the arguments", ANYTHING), rest=ANYTHING),
        "externalURL": Function((), TEXT),
        "first": Function((_SAMPLES,), _SAMPLE),
        "graphLink": Function((TEXT,), TEXT),
        "humanize": Function((CONVERTIBLE,), TEXT),
        "humanize1024": Function((CONVERTIBLE,), TEXT),
        "humanizeDuration": Function((CONVERTIBLE,), TEXT),
        "humanizePercentage": Function((CONVERTIBLE,), TEXT),
        "humanizeTimestamp": Function((CONVERTIBLE,), TEXT),
        "label": Function((TEXT, _SAMPLE), TEXT),
        "match": Function((TEXT, TEXT), BOOLEAN),
        "now": Function((), NUMBER),
        "parseDuration": Function((TEXT,), NUMBER),
        "pathPrefix": Function((), TEXT),
        "query": Function((TEXT,), _SAMPLES),
        "reReplaceAll": Function((TEXT, TEXT, TEXT), TEXT),
        "safeHtml": Function((TEXT,), TEXT),
        "sortByLabel": Function((TEXT, _SAMPLES), _SAMPLES),
        "stripDomain": Function((TEXT,), TEXT),
        "stripPort": Function((TEXT,), TEXT),
        "strvalue": Function((_SAMPLE,), TEXT),
        "tableLink": Function((TEXT,), TEXT),
        "title": Function((TEXT,), TEXT),
        "toDuration": Function((CONVERTIBLE,), ANYTHING),
        "toLower": Function((TEXT,), TEXT),
        "toTime": Function((CONVERTIBLE,), TIME),
        "toUpper": Function((TEXT,), TEXT),
        "urlQueryEscape": Function((TEXT,), TEXT),
        "value": Function((_SAMPLE,), NUMBER),
    },
    data=Shape(
        "the alert",
        fields={
            "Labels": _LABELS,
            "ExternalLabels": _LABELS,
            "ExternalURL": TEXT,
            "Value": NUMBER,
        },
    ),
    variables={
        "$labels": _LABELS,
        "$externalLabels": _LABELS,
        "$externalURL": TEXT,
        "$value": NUMBER,
    },
)


def template_faults(text: str) -> list[str]:
    """Return what is wrong with the template *text* of a label or annotation of a rule."""
    return faults(text, _DIALECT)


def seconds(duration: str) -> int:
    """
    Return the seconds of *duration*, which is a whole number and one unit.

    Raises:
        ValueError: It has another form, or Prometheus cannot represent it.
    """
    found = re.fullmatch(r"([0-9]+)([smhd])", duration, re.ASCII)
    if found is None:
        raise ValueError("is no duration: write a whole number and one of s, m, h, d")
    number, unit = found.groups()
    # Python refuses to convert thousands of digits.
    too_many_digits = len(number) > len(str(LONGEST_DURATION_SECONDS))
    if too_many_digits or int(number) * _SECONDS[unit] > LONGEST_DURATION_SECONDS:
        raise ValueError("is longer than Prometheus allows (292 years): shorten it")
    return int(number) * _SECONDS[unit]
