"""The texts of a rule are templates of Prometheus, and its durations are Prometheus' own."""

import pytest

from systems import prometheus


@pytest.mark.parametrize(
    "text",
    [
        "{{ $labels.service }} fails {{ $value | humanizePercentage }}",
        "{{ with query `up` }}{{ . | first | value | humanize }}{{ end }}",
        "{{ range query `up` | sortByLabel `job` }}{{ .Labels.job }} {{ .Value }}{{ end }}",
        "{{ $externalLabels.stack }} {{ $externalURL }} {{ externalURL }} {{ pathPrefix }}",
        "{{ $value | toTime }} {{ parseDuration `5m` | humanizeDuration }}",
        "{{ args 1 `a` }} {{ reReplaceAll `a` `b` $labels.job | urlQueryEscape }}",
    ],
)
def test_a_template_of_prometheus_is_accepted(text):
    assert prometheus.template_faults(text) == []


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("{{ $label.service }}", "unknown variable $label: use $labels"),
        ("{{ $value.a }}", "a number has no field a: remove it"),
        (
            "{{ if gt $value 1 }}x{{ end }}",
            "gt compares a number with a whole number: use one kind",
        ),
        ("{{ toUpper $value }}", "toUpper gets a number: pass a text"),
        ("{{ toJson $labels }}", "unknown function toJson: use "),
    ],
)
def test_what_fails_when_an_alert_fires_is_refused(text, fault):
    (found,) = prometheus.template_faults(text)

    assert found.startswith(fault)


def test_a_duration_is_counted_in_seconds():
    found = {text: prometheus.seconds(text) for text in ("0m", "15s", "5m", "2h", "1d")}

    assert found == {"0m": 0, "15s": 15, "5m": 300, "2h": 7200, "1d": 86400}


@pytest.mark.parametrize(
    "text", ["5", "m", "5 m", "1.5h", "-1m", "1w", "106752d", "9" * 5000 + "s"]
)
def test_what_prometheus_cannot_represent_is_refused(text):
    with pytest.raises(ValueError, match=r"duration|longer"):
        prometheus.seconds(text)
