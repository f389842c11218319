"""AlertRouting refuses wrong arguments before it declares anything."""

import pytest

from components import AlertRouting, InvalidArgumentsError
from tests.components.routing_arguments import arguments, channel


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        (
            {"default_channel": "none"},
            "default_channel: 'none' is not in channels: add it there or correct it",
        ),
        (
            {"inhibitions": [{"source": [], "target": ['a="b"']}]},
            "inhibitions[0].source: no matcher: an empty list matches everything",
        ),
        (
            {"inhibitions": [{"source": ['a="b"'], "target": ['alertname!="A"', 'b!~"c"']}]},
            ("inhibitions[0].target: matches every alert but some: name the alerts with = or =~"),
        ),
        (
            {"inhibitions": [{"source": ["a=b"], "target": ['a="b"']}]},
            "inhibitions[0].source: 'a=b' is no matcher: write it as label=\"value\"",
        ),
        (
            {"alert_labels": {"platform": ""}},
            "alert_labels.platform: '': use a label's name, and a value without quotes",
        ),
        (
            {"alert_labels": {}},
            "alert_labels: none: pass a label that only your alerts have, else all are routed",
        ),
        (
            {"channels": {"urgent": channel("urgent"), "other": channel("urgent")}},
            (
                "channels: two receivers share one of the keys ['integration_key', "
                "'urgent_webhook']: rename one"
            ),
        ),
        (
            {"messages": '{{ define "a" }}'},
            "messages: an action has no end: add {{ end }}",
        ),
        (
            {"messages": '{{ define "slack.default.text" }}{{ .Summary }}{{ end }}'},
            (
                "messages: the notification has no field Summary: use one of Alerts, "
                "CommonAnnotations, CommonLabels, ExternalURL, GroupLabels, Receiver, Status"
            ),
        ),
    ],
)
def test_a_wrong_argument_is_refused_with_its_remedy(changes, reason):
    with pytest.raises(InvalidArgumentsError) as refused:
        AlertRouting("routing", arguments(**changes))

    assert str(refused.value) == f"AlertRouting 'routing' is not declared: {reason}"
