"""
Every kubectl command of the runbooks runs on the API of the sandbox.

The sandbox simulates the node, so no pod runs and no log can be read. All else succeeds.
"""

import json
import os
import re
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pytest

from sandbox.servers import kubernetes
from tests.conftest import stack_settings
from tests.runbooks.pages import Command, commands

pytestmark = pytest.mark.minutes(1)

CONTEXT = stack_settings("prod").kubernetes.context
PIPES = [c for c in commands() if any(words[0] == "kubectl" for words in c.pipe)]
Done = subprocess.CompletedProcess[str]


@pytest.fixture(scope="module")
def person(sandbox, toolchain, tmp_path_factory) -> Mapping[str, str]:
    """Provide the environment of a person whose kubeconfig has the context of the pages."""
    folder = tmp_path_factory.mktemp("person")
    content = json.loads(kubernetes.kubeconfig(sandbox.world, "admin").read_text())
    content["contexts"][0]["name"] = CONTEXT
    (folder / "kubeconfig").write_text(json.dumps(content))
    return {
        "PATH": f"{toolchain.folder('kubectl')}{os.pathsep}{os.environ['PATH']}",
        "HOME": str(folder),
        "KUBECONFIG": str(folder / "kubeconfig"),
    }


@pytest.fixture(scope="module")
def done(sandbox, person) -> Iterator[Mapping[Command, Sequence[Done]]]:
    """Provide what each command did: all run once, in the order of the pages."""
    yield {command: run(command, person) for command in PIPES}
    admin = kubernetes.api(sandbox.world, "admin")
    for job in admin.list("/apis/batch/v1/namespaces/legal/jobs").objects:
        admin.delete(f"/apis/batch/v1/namespaces/legal/jobs/{job['metadata']['name']}")


def run(command: Command, environment: Mapping[str, str]) -> Sequence[Done]:
    """Run a pipe; each program reads the output of the one before."""
    ran: list[Done] = []
    for words in command.pipe:
        ran.append(
            subprocess.run(
                words,
                env=environment,
                input=ran[-1].stdout if ran else "",
                capture_output=True,
                text=True,
                timeout=60,
                check=False,
            )
        )
    return ran


@pytest.mark.parametrize("command", PIPES, ids=str)
def test_try(command, done):
    print([(d.returncode, d.stdout[-1500:], d.stderr) for d in done[command]])
    assert 0
