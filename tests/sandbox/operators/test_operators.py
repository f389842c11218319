"""The operators without a cluster: what they write, and what they refuse."""

import base64
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
import yaml

from sandbox.operators.alertmanager import Alertmanager
from sandbox.operators.external_secret import Unanswerable, read_spec
from sandbox.operators.reloading import Reloading
from sandbox.operators.rules import Rules

_POLL_SECONDS = 0.01

SELECTOR = {"release": "one"}
SETTINGS = "receiver_file: /etc/alertmanager/secrets/paging/key\n"


class Server:
    """A server that counts its reload requests."""

    def __init__(self):
        self.reloads = 0
        self.answer = 200
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                server.reloads += server.answer == 200
                self.send_response(server.answer)
                self.end_headers()

            def log_message(self, *_):
                pass

        self.http = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.http.server_port}"


@pytest.fixture
def server():
    counting = Server()
    thread = threading.Thread(target=counting.http.serve_forever, args=(_POLL_SECONDS,))
    thread.start()
    yield counting
    counting.http.shutdown()
    thread.join()
    counting.http.server_close()


@pytest.fixture
def checker(tmp_path):
    """Provide a checker that accepts every file without the word `wrong`."""
    program = tmp_path / "checker"
    program.write_text(
        '#!/bin/sh\nfor file; do :; done\nif grep -q wrong "$file"; then\n'
        '  echo "  FAILED:" >&2; echo "it says wrong" >&2; exit 1\nfi\n'
    )
    program.chmod(0o755)
    return program


@pytest.fixture
def rules(tmp_path, server, checker):
    folder = tmp_path / "rules"
    folder.mkdir()
    return Rules(SELECTOR, folder, checker, Reloading(server.url, tmp_path / "to-reload"))


@pytest.fixture
def alertmanager(tmp_path, server, checker):
    folder = tmp_path / "alertmanager"
    folder.mkdir()
    marker = folder / "to-reload"
    return Alertmanager(folder / "alertmanager.yaml", checker, Reloading(server.url, marker))


def rule(name, group, labels=SELECTOR):
    return {
        "kind": "PrometheusRule",
        "metadata": {"namespace": "shop", "name": name, "uid": "1", "labels": labels},
        "spec": {"groups": [group]},
    }


def secret(name, **values):
    data = {key: base64.b64encode(value.encode()).decode() for key, value in values.items()}
    metadata = {"namespace": "monitoring", "name": name, "uid": "1"}
    return {"kind": "Secret", "metadata": metadata, "data": data}


def main_secret(text):
    return secret("alertmanager-main", **{"alertmanager.yaml": text})


def spec(**changes):
    store = {"name": "vault", "kind": "ClusterSecretStore"}
    return {"spec": {"secretStoreRef": store, **changes}}


def test_rules_are_written_once_and_removed_with_their_object(rules, server):
    group = {"name": "g", "partial_response_strategy": "warn", "rules": [{"expr": "up"}]}
    file = rules.folder / "shop-first-1.yaml"

    rules.reconcile([rule("first", group)])
    rules.reconcile([rule("first", group)])
    written = yaml.safe_load(file.read_text())
    reloads = server.reloads
    rules.reconcile([])

    assert written == {"groups": [{"name": "g", "rules": [{"expr": "up"}]}]}
    assert not file.exists()
    assert (reloads, server.reloads) == (1, 2)


@pytest.mark.parametrize(
    ("described", "reported"),
    [
        (
            rule("other", {"name": "g"}, {"release": "two"}),
            (
                "PrometheusRule shop/other: NotSelected: no Prometheus takes these rules: its "
                "ruleSelector wants the label release: one in metadata.labels of the object"
            ),
        ),
        (rule("bad", {"name": "wrong"}), "PrometheusRule shop/bad: Invalid: it says wrong"),
    ],
)
def test_rules_that_are_not_used_are_reported(rules, described, reported):
    assert [str(problem) for problem in rules.reconcile([described])] == [reported]
    assert list(rules.folder.iterdir()) == []


def test_a_failed_reload_is_repeated(rules, server):
    server.answer = 500
    with pytest.raises(OSError, match="500"):
        rules.reconcile([rule("first", {"name": "g"})])
    server.answer = 200

    rules.reconcile([rule("first", {"name": "g"})])

    assert server.reloads == 1


def test_settings_have_the_file_paths_of_the_sandbox(alertmanager):
    reported = alertmanager.reconcile([main_secret(SETTINGS), secret("paging", key="a key")])

    file = alertmanager.config_file.parent / "secrets" / "paging" / "key"
    assert reported == []
    assert alertmanager.config_file.read_text() == f"receiver_file: {file}\n"
    assert file.read_text() == "a key"


@pytest.mark.parametrize(
    ("secrets", "reported"),
    [
        ([secret("alertmanager-main")], "Invalid: it has no key alertmanager.yaml"),
        (
            [main_secret(SETTINGS), secret("paging", other="")],
            "Missing: it names what no Secret of its namespace has: paging/key",
        ),
        (
            [main_secret("wrong")],
            "Invalid: checker check-config refuses it; the operators' log says why",
        ),
    ],
)
def test_invalid_settings_leave_the_old_ones(alertmanager, server, secrets, reported):
    alertmanager.reconcile([main_secret("old")])

    problems = [str(problem) for problem in alertmanager.reconcile(secrets)]

    assert problems == [f"Secret monitoring/alertmanager-main: {reported}"]
    assert alertmanager.config_file.read_text() == "old"
    assert server.reloads == 1


@pytest.mark.parametrize(
    ("interval", "seconds"), [("1h0m0s", 3600), ("1m30s", 90), ("500ms", 0.5), ("0", 0)]
)
def test_intervals_are_read_in_the_format_of_the_api(interval, seconds):
    asked = read_spec(spec(refreshInterval=interval))

    assert asked.refresh_every.total_seconds() == seconds


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"refreshPolicy": "OnChange"}, "spec.refreshPolicy"),
        (
            {"target": {"template": {"templateFrom": []}}},
            "spec.target.template.templateFrom",
        ),
        ({"dataFrom": [{"find": {"path": "x"}}]}, "spec.dataFrom.0.extract, spec.dataFrom.0.find"),
    ],
)
def test_unsupported_fields_are_refused_by_name(changes, place):
    with pytest.raises(Unanswerable) as refused:
        read_spec(spec(**changes))

    assert str(refused.value) == f"the sandbox does not do {place}"


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ("a {{ .key }} b", "a value b"),
        ('{{ "{{" }} .key {{ "}}" }}', "{{ .key }}"),
    ],
)
def test_a_template_is_rendered(text, made):
    asked = read_spec(spec(target={"template": {"data": {"file": text}}}))

    assert asked.secret_data({"key": "value"}) == {"file": made}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{{ .other }}", "the template names a key that was not read: other"),
        (
            "{{ .key | upper }}",
            'the sandbox fills in {{ .key }} and {{ "text" }} and no other action',
        ),
    ],
)
def test_a_template_that_cannot_be_rendered_is_refused(text, reason):
    asked = read_spec(spec(target={"template": {"data": {"file": text}}}))

    with pytest.raises(Unanswerable) as refused:
        asked.secret_data({"key": "value"})

    assert str(refused.value) == reason
