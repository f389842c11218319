"""A template that Prometheus or Alertmanager refuses is refused at preview."""

import pytest

from tests.settings.copied_folders import edit, report

TEMPLATES = [
    ("humanizePercentage", "humanisePercentage", "unknown function humanisePercentage: use humani"),
    (
        "{{ $value | humanizePercentage }}",
        "{{ $value | humanizePercentage }",
        "the action has no end: add }}",
    ),
    ("{{ $value |", "{{ $valeu |", "unknown variable $valeu: use $value"),
    ("{{ $value |", "{{ .Valeu |", "the alert has no field Valeu: use Value"),
    ("{{ $value |", "{{ $labels |", "humanizePercentage gets the labels: pass a number"),
    ("{{ $value |", "{{ if $value }}{{ $value |", "an action has no end: add {{ end }}"),
]


@pytest.mark.parametrize(("old", "new", "problem"), TEMPLATES)
def test_a_template_that_prometheus_refuses_is_refused(old, new, problem, top):
    edit(top / "alert_rules/encryption-audit.yaml", old, new)

    name, found = report("prod", top)

    assert name == "alert_rules/encryption-audit.yaml is not valid:"
    path = "groups.0.rules.0.annotations.description: no template of Prometheus: "
    assert found.startswith(path)
    assert problem in found


MESSAGES = [
    ("{{- end }}", "", "line 9: define stands at the top level only: move it there"),
    (
        "{{ . }} {{ end }}{{ or",
        "{{ . }} {{ or",
        "line 9: define stands at the top level only: move it there",
    ),
    ("in {{ . }}{{ end }}\n{{- end }}", "in {{ . }}{{ end }}\n{{ end }", "unexpected"),
    ("| toUpper", "| toUper", "line 5: unknown function toUper: use toUpper"),
    (".CommonLabels.alertname", ".CommonLabel.alertname", "has no field CommonLabel: use CommonLa"),
    (
        'define "slack.default.title"',
        'define "slack.default.titel"',
        "the template 'slack.default.title' is missing: define it",
    ),
]


@pytest.mark.parametrize(("old", "new", "problem"), MESSAGES)
def test_messages_that_alertmanager_refuses_are_refused(old, new, problem, top):
    edit(top / "alert_rules/messages.tmpl", old, new)

    name, found, *_ = report("prod", top)

    assert name == "alert_rules/messages.tmpl is not valid:"
    assert problem in found
