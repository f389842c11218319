"""
Run all operators, and report their health: `python -m sandbox.operators SETTINGS`.

A GET reports the health and the problems of each. A PUT holds the operators that it lists by name,
and releases the others.
"""

import json
import sys
from collections.abc import Mapping, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from sandbox.operators.alertmanager import Alertmanager
from sandbox.operators.external_secrets import ExternalSecrets
from sandbox.operators.reconciling import Operator
from sandbox.operators.reloading import Reloading
from sandbox.operators.rules import Rules
from sandbox.servers.kubernetes.api import Api
from sandbox.world import HOST

_RULES = "/apis/monitoring.coreos.com/v1/prometheusrules"
_EXTERNAL_SECRETS = "/apis/external-secrets.io/v1/externalsecrets"


def main() -> None:
    """Run until the process is stopped."""
    settings = json.loads(Path(sys.argv[1]).read_text())
    operators = _operators(settings)
    for operator in operators:
        operator.start()
    ThreadingHTTPServer((HOST, settings["port"]), _answering(operators)).serve_forever()


def _operators(settings: Mapping[str, Any]) -> Sequence[Operator]:
    api = Api(settings["api"], settings["token"], Path(settings["authority"]))
    rules, alertmanager = settings["rules"], settings["alertmanager"]
    folder, config_file = Path(rules["folder"]), Path(alertmanager["config_file"])
    rule_files = Rules(
        selector=rules["selector"],
        folder=folder,
        promtool=Path(rules["promtool"]),
        prometheus=Reloading(rules["prometheus"], folder.parent / "to-reload"),
    )
    files = Alertmanager(
        config_file=config_file,
        amtool=Path(alertmanager["amtool"]),
        server=Reloading(alertmanager["url"], config_file.with_name("to-reload")),
    )
    secrets = f"/api/v1/namespaces/{alertmanager['namespace']}/secrets"
    monitoring, external = "monitoring.coreos.com/v1", "external-secrets.io/v1"
    return [
        Operator("rules", api, _RULES, (monitoring, "PrometheusRule"), rule_files.reconcile, 60),
        # Poll often: the store does not announce its changes.
        Operator(
            "external-secrets",
            api,
            _EXTERNAL_SECRETS,
            (external, "ExternalSecret"),
            ExternalSecrets(api).reconcile,
            1,
        ),
        Operator("alertmanager", api, secrets, ("v1", "Secret"), files.reconcile, 60),
    ]


def _answering(operators: Sequence[Operator]) -> type[BaseHTTPRequestHandler]:
    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            reported = {
                operator.name: {"failure": operator.failure, "troubles": operator.problems}
                for operator in operators
            }
            body = json.dumps(reported, indent=2).encode()
            self.send_response(200 if all(operator.is_healthy for operator in operators) else 503)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_PUT(self) -> None:
            held = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            for operator in operators:
                (operator.hold if operator.name in held else operator.release)()
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Log no requests: the log is for problems."""

    return Answer


if __name__ == "__main__":
    main()
