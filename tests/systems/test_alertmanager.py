"""A template file of Alertmanager is checked against what a notification has."""

import pytest

from systems import alertmanager


@pytest.mark.parametrize(
    "body",
    [
        "{{ .Status | toUpper }} {{ .Alerts.Firing | len }} {{ .GroupLabels.SortedPairs.Values }}",
        "{{ range .Alerts }}{{ .Annotations.summary }} {{ .StartsAt.Format `15:04` }}{{ end }}",
        "{{ with .CommonLabels.Remove (stringSlice `a`) }}{{ .Values | join ` ` }}{{ end }}",
        "{{ template `__subject` . }} {{ template `__text_alert_list` .Alerts.Resolved }}",
        "{{ range .CommonLabels.SortedPairs }}{{ .Name }}={{ .Value }}{{ end }}",
        "{{ .ExternalURL | urlquery }} {{ (index .Alerts 0).Labels.a }}",
    ],
)
def test_what_a_notification_has_is_accepted(body):
    assert (
        alertmanager.template_faults(f"{{{{ define `slack.default.text` }}}}{body}{{{{ end }}}}")
        == []
    )


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ("{{ .Annotations.summary }}", "the notification has no field Annotations: use "),
        ("{{ range .Alerts }}{{ .Summary }}{{ end }}", "an alert has no field Summary: use "),
        ("{{ .CommonLabels.Remove }}", "Remove has 0 arguments: pass 1"),
        ("{{ .Alerts.Fired }}", "a list of alerts has no field Fired: use "),
        ("{{ template `subject` . }}", "unknown template 'subject': define it or use __subject"),
        ("{{ humanize 1.0 }}", "unknown function humanize: use humanizeDuration"),
        ("{{ $labels }}", "unknown variable $labels: use one of $"),
    ],
)
def test_what_a_notification_lacks_is_refused(body, fault):
    (found,) = alertmanager.template_faults(
        f"{{{{ define `slack.default.text` }}}}{body}{{{{ end }}}}"
    )

    assert found.startswith(fault)
