"""What Alertmanager accepts as the templates of its messages."""

from collections.abc import Mapping

from systems.go_template import Dialect, Function, Method, Shape, faults, unused_templates
from systems.go_template.shapes import (
    ANYTHING,
    BOOLEAN,
    CONVERTIBLE,
    LIST_OF_TEXTS,
    TEXT,
    TIME,
    as_map,
)

_PAIR = Shape("a pair", fields={"Name": TEXT, "Value": TEXT})
_PAIRS = Shape(
    "a list of pairs", fields={"Names": LIST_OF_TEXTS, "Values": LIST_OF_TEXTS}, item=_PAIR
)
_METHODS: Mapping[str, Shape | Method] = {
    "Names": LIST_OF_TEXTS,
    "SortedPairs": _PAIRS,
    "Values": LIST_OF_TEXTS,
    "Remove": Method((LIST_OF_TEXTS,), as_map("the labels", TEXT, {"Values": LIST_OF_TEXTS})),
}
_LABELS = as_map("the labels", TEXT, _METHODS)
_ANNOTATIONS = as_map("the annotations", TEXT, _METHODS)
_ALERT = Shape(
    "an alert",
    fields={
        "Status": TEXT,
        "Labels": _LABELS,
        "Annotations": _ANNOTATIONS,
        "StartsAt": TIME,
        "EndsAt": TIME,
        "GeneratorURL": TEXT,
        "Fingerprint": TEXT,
    },
)
_SOME_ALERTS = Shape("a list of alerts", item=_ALERT)
_ALERTS = Shape(
    "a list of alerts", fields={"Firing": _SOME_ALERTS, "Resolved": _SOME_ALERTS}, item=_ALERT
)
_DATA = Shape(
    "the notification",
    fields={
        "Receiver": TEXT,
        "Status": TEXT,
        "Alerts": _ALERTS,
        "GroupLabels": _LABELS,
        "CommonLabels": _LABELS,
        "CommonAnnotations": _ANNOTATIONS,
        "ExternalURL": TEXT,
    },
)

# The templates of Alertmanager 0.28 that a receiver executes with the whole notification.
_OF_RECEIVERS = {
    "discord": "content title message",
    "email": "subject html",
    "jira": "summary description priority",
    "msteams": "summary title text",
    "msteamsv2": "title text",
    "opsgenie": "message description source",
    "pagerduty": "description client clientURL",
    "pushover": "title message url",
    "rocketchat": "title alias titlelink emoji iconurl text",
    "slack": "title username fallback callbackid pretext titlelink iconemoji iconurl text footer",
    "sns": "subject message",
    "telegram": "message",
    "victorops": "state_message entity_display_name monitoring_tool",
    "webex": "message",
    "wechat": "message to_user to_party to_tag agent_id",
}
_TEMPLATES = {
    f"{receiver}.default.{name}": _DATA
    for receiver, names in _OF_RECEIVERS.items()
    for name in names.split()
}
_TEMPLATES |= dict.fromkeys(
    ("__alertmanager", "__alertmanagerURL", "__subject", "__description"), _DATA
)
_TEMPLATES |= dict.fromkeys(
    ("__text_alert_list", "__text_alert_list_markdown", "pagerduty.default.instances"),
    _SOME_ALERTS,
)

_DIALECT = Dialect(
    # https://prometheus.io/docs/alerting/latest/notifications/, and template/template.go of 0.28.1.
    functions={
        "date": Function((TEXT, TIME), TEXT),
        "humanizeDuration": Function((CONVERTIBLE,), TEXT),
        "join": Function((TEXT, LIST_OF_TEXTS), TEXT),
        "match": Function((TEXT, TEXT), BOOLEAN),
        "reReplaceAll": Function((TEXT, TEXT, TEXT), TEXT),
        "safeHtml": Function((TEXT,), TEXT),
        "since": Function((TIME,), ANYTHING),
        "stringSlice": Function((), LIST_OF_TEXTS, rest=TEXT),
        "title": Function((TEXT,), TEXT),
        "toLower": Function((TEXT,), TEXT),
        "toUpper": Function((TEXT,), TEXT),
        "trimSpace": Function((TEXT,), TEXT),
        "tz": Function((TEXT, TIME), TIME),
    },
    data=_DATA,
    templates=_TEMPLATES,
)


def template_faults(text: str) -> list[str]:
    """Return what is wrong with *text*, the content of a template file."""
    return faults(text, _DIALECT)


def unused(text: str) -> list[str]:
    """Return the templates of *text*, which has no fault, that no receiver executes."""
    return unused_templates(text, _DIALECT)


def defined(text: str) -> frozenset[str]:
    """Return the templates that *text*, which has no fault, defines."""
    return frozenset(_DIALECT.parsed(text).definitions)
