"""The files of a pod, and its command."""

import json
import sys
from pathlib import Path

import pytest

from audit_reconciliation.__main__ import main

SETTINGS = {
    "topic": "audit",
    "group": "audit-reconciliation",
    "kafka": {
        "bootstrap_servers": ["127.0.0.1:1"],
        "tls": False,
        "mechanism": "plain",
    },
    "operations_url": "http://127.0.0.1:1/operations",
    "port": 9464,
    "refresh_seconds": 30,
}


@pytest.fixture
def pod(tmp_path):
    """Provide a function that writes the files of a pod and returns its configuration's file."""

    def write(secrets=("kafka-identity", "kafka-credential"), **changes) -> Path:
        for name in secrets:
            (tmp_path / name).write_text("of the test\n")
        file = tmp_path / "configuration.json"
        file.write_text(json.dumps({**SETTINGS, "secrets": str(tmp_path), **changes}))
        return file

    return write


@pytest.fixture
def run(monkeypatch, capsys):
    """Provide the command; it returns its exit code, its output and the last line of its errors."""

    def command(file, *arguments):
        monkeypatch.setattr(sys, "argv", ["run", f"--configuration={file}", *arguments])
        try:
            code = main()
        except SystemExit as wrong_use:
            code = int(wrong_use.code or 0)
        captured = capsys.readouterr()
        return code, captured.out, captured.err.strip().splitlines()[-1]

    return command
