"""
The tools judge templates as the door does, which has no Go at a preview.

`promtool` parses the texts of rules; it does not execute them. `amtool` executes a template file.
"""

import subprocess

import pytest
import yaml

from systems import alertmanager, prometheus
from tests.conftest import ROOT

TEXTS = [
    "{{ $labels.service }} fails {{ $value | humanizePercentage }}",
    "{{ range $i, $s := query `up` }}{{ if gt $i 3 }}{{ break }}{{ end }}{{ $s.Value }}{{ end }}",
    "{{ with $x := first (query `up`) }}{{ $x.Labels.job | printf `%q` }}{{ else }}none{{ end }}",
    "{{- /* a comment */ -}} {{ print 0x1F 1_000 'a' `b` nil }} {{ . | len | }}",
    "{{ define `a` }}{{ . }}{{ end }}{{ template `a` $value }}{{ block `b` . }}{{ end }}",
    "{{ $labels.service }",
    "{{ $value | humanisePercentage }}",
    "{{ $vlaue }}",
    "{{ if $value }}x",
    "{{ end }}",
    "{{ if $value }}{{ else with 1 }}{{ end }}{{ end }}",
    "{{ with $x := 1 }}{{ end }}{{ $x }}",
    "{{ define `a` }}{{ $value }}{{ end }}",
    "{{ define `a` }}x{{ end }}{{ define `a` }}y{{ end }}",
    "{{ break }}",
    "{{ $value | 1 }}",
    "{{ (print 1 }}",
    "{{ `a }}",
    '{{ "\\q" }}',
    "{{ 1x }}",
    "{{ $value+1 }}",
    "{{/* a */ }}",
]


@pytest.mark.parametrize("text", TEXTS)
def test_promtool_refuses_a_text_exactly_if_the_door_does(promtool, tmp_path, text):
    rule = {"alert": "A", "expr": "up == 0", "annotations": {"summary": text}}
    (tmp_path / "rules.yaml").write_text(
        yaml.safe_dump({"groups": [{"name": "a", "rules": [rule]}]})
    )

    done = subprocess.run(
        [promtool, "check", "rules", tmp_path / "rules.yaml"], capture_output=True, check=False
    )

    assert (done.returncode != 0) == bool(prometheus.template_faults(text))


MESSAGES = (ROOT / "alert_rules/messages.tmpl").read_text(encoding="utf-8")
CHANGES = [
    ("", ""),
    ("{{- end }}", ""),
    ("| toUpper", "| toUper"),
    (".CommonLabels.alertname", ".CommonLabel.alertname"),
    ("{{ .Status | toUpper }}", "{{ .Status | toUpper }"),
    ("{{ .Status | toUpper }}", "{{ toUpper .Status | title | trimSpace }}"),
    ("{{ .Status | toUpper }}", "{{ toUpper .Alerts }}"),
    ("{{ .Status | toUpper }}", "{{ toUpper }}"),
    ("{{ .Status | toUpper }}", "{{ template `__subject` . }}"),
    ("{{ .Status | toUpper }}", "{{ template `subject` . }}"),
    ("{{ .Status | toUpper }}", "{{ .Alerts.Firing | len }}{{ .GroupLabels.SortedPairs.Values }}"),
]


@pytest.mark.parametrize(("old", "new"), CHANGES)
def test_amtool_cannot_render_a_file_exactly_if_the_door_refuses_it(amtool, tmp_path, old, new):
    text = MESSAGES.replace(old, new, 1)
    (tmp_path / "messages.tmpl").write_text(text)

    done = subprocess.run(
        [
            amtool,
            "template",
            "render",
            f"--template.glob={tmp_path}/*.tmpl",
            '--template.text={{ template "slack.default.title" . }}',
        ],
        capture_output=True,
        check=False,
    )

    assert (done.returncode != 0) == bool(alertmanager.template_faults(text))
