"""A user's proxy is never asked for the sandbox's own servers."""

import subprocess
import sys

import pytest

from sandbox.proxies import bypass_proxies
from tests.conftest import ROOT
from tests.web_answers import answering


@pytest.mark.parametrize(
    ("before", "listed"),
    [
        ({}, "127.0.0.1,localhost"),
        ({"NO_PROXY": "example"}, "example,127.0.0.1,localhost"),
        ({"no_proxy": "example"}, "example,127.0.0.1,localhost"),
        ({"no_proxy": "small", "NO_PROXY": "LARGE"}, "small,127.0.0.1,localhost"),
    ],
)
def test_loopback_is_added_to_what_the_user_excludes(before, listed):
    environment = dict(before)

    bypass_proxies(environment)

    assert environment == {"no_proxy": listed, "NO_PROXY": listed}


def test_a_server_on_loopback_is_healthy_although_there_is_a_proxy():
    program = (
        "import sys; from sandbox.proxies import bypass_proxies; from sandbox.server import answers"
        "; bypass_proxies(); print(answers(sys.argv[1]))"
    )
    with answering() as web:
        web.answers["/health"] = (200, {})

        done = subprocess.run(
            [sys.executable, "-c", program, f"{web.url}/health"],
            cwd=ROOT,
            env={"HTTP_PROXY": "http://127.0.0.1:1", "http_proxy": "http://127.0.0.1:1"},
            capture_output=True,
            text=True,
            check=False,
        )

    assert (done.stdout, done.stderr) == ("True\n", "")
