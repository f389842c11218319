"""What the runbooks tell people to type works, on the real servers."""

import os
import subprocess
import sys
from collections.abc import Iterator

import hvac
import pytest
import requests

from sandbox.estate.openbao import MOUNT
from sandbox.servers import openbao, prometheus
from tests.conftest import ROOT
from tests.runbooks.pages import PAGES, commands, quoted
from tests.runbooks.test_pages import is_query

pytestmark = pytest.mark.minutes(0.2)

PATH, COPY = "alerting/slack", "alerting/copy-of-slack"
VAULT = [c for c in commands() if c.pipe[0][0] == "vault"]
WAQITI = [c for c in commands() if c.pipe[0][:3] == ("python", "-m", "waqiti")]
QUERIES = sorted({word for path in PAGES for word in quoted(path) if is_query(word)})


@pytest.fixture
def vault(sandbox) -> Iterator[hvac.Client]:
    """Provide Vault; afterwards, the secret of the test is gone."""
    root = openbao.administrator(sandbox.world)
    yield root
    root.secrets.kv.v2.delete_metadata_and_all_versions(COPY, mount_point=MOUNT)


def test_the_commands_put_secrets_into_vault(sandbox, toolchain, vault):
    environment = os.environ | {
        "VAULT_ADDR": openbao.url(sandbox.world),
        "VAULT_TOKEN": vault.token,
        "VAULT_CACERT": str(sandbox.world.tls / "ca.pem"),
    }
    done = [
        subprocess.run(
            [str(toolchain.executable("openbao")), *(w.replace(PATH, COPY) for w in words[1:])],
            env=environment,
            input="https://slack.example",
            capture_output=True,
            text=True,
            check=False,
        )
        for command in VAULT
        for words in command.pipe
    ]

    held = vault.secrets.kv.v2.read_secret_version(
        COPY, mount_point=MOUNT, raise_on_deleted_version=True
    )
    assert [(d.returncode, d.stderr) for d in done] == [(0, "")] * len(VAULT)
    assert held["data"]["data"] == dict.fromkeys(
        ("critical_webhook", "fraud_webhook"), "https://slack.example"
    )


@pytest.mark.parametrize("command", WAQITI, ids=str)
def test_a_command_of_waqiti_succeeds(command):
    (words,) = command.pipe

    done = subprocess.run(
        [sys.executable, *words[1:]], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout != ""


def test_every_query_is_understood_by_prometheus(sandbox):
    def answer(query):
        address = f"{prometheus.url(sandbox.world)}/api/v1/query"
        return requests.get(address, params={"query": query}, timeout=10).json()["status"]

    assert {query: answer(query) for query in QUERIES} == dict.fromkeys(QUERIES, "success")
