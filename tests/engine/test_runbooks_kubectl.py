"""
Every kubectl command of the runbooks runs on the API of the sandbox.

The sandbox simulates its node, so no pod runs and no log can be read. All else succeeds.
"""

import json
import os
import re
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any

import pytest

from sandbox.servers import kubernetes
from sandbox.servers.kubernetes.api import Api
from tests.conftest import stack_settings
from tests.engine.polling import eventually
from tests.runbooks.pages import Command, commands

pytestmark = pytest.mark.minutes(1)

CONTEXT = stack_settings("prod").kubernetes.context
SPACES = ("audit", "legal", "legal-officer")
JOBS = [f"/apis/batch/v1/namespaces/{name}/jobs" for name in SPACES]
PIPES = [c for c in commands() if any(words[0] == "kubectl" for words in c.pipe)]
# What the API server answers if a node has no address, at which it would ask for a log.
NO_NODE = "no preferred addresses found; known addresses: []"


@pytest.fixture(scope="module")
def cluster(sandbox) -> Iterator[Api]:
    """Provide the cluster; afterwards, the jobs of the pages are gone."""
    admin = kubernetes.api(sandbox.world, "admin")
    before = paths_of_jobs(admin)
    yield admin
    for path in paths_of_jobs(admin) - before:
        admin.delete(path)


def paths_of_jobs(cluster: Api) -> set[str]:
    return {
        f"{path}/{job['metadata']['name']}" for path in JOBS for job in cluster.list(path).objects
    }


@pytest.fixture(scope="module")
def person(sandbox, toolchain, tmp_path_factory) -> Mapping[str, str]:
    """Provide the environment of a person who has the context of the pages, and no other."""
    folder = tmp_path_factory.mktemp("person")
    content = json.loads(kubernetes.kubeconfig(sandbox.world, "admin").read_text())
    content["contexts"][0]["name"] = CONTEXT
    del content["current-context"]  # a command that names no context reaches no cluster
    (folder / "kubeconfig").write_text(json.dumps(content))
    return {
        "PATH": f"{toolchain.folder('kubectl')}{os.pathsep}{os.environ['PATH']}",
        "HOME": str(folder),
        "KUBECONFIG": str(folder / "kubeconfig"),
    }


@pytest.fixture(scope="module")
def done(cluster, person) -> Mapping[Command, Sequence[subprocess.CompletedProcess[str]]]:
    """Provide what each command did: all run once, in the order of the pages."""
    return {command: run(command, person, cluster) for command in PIPES}


def run(
    command: Command, environment: Mapping[str, str], cluster: Api
) -> Sequence[subprocess.CompletedProcess[str]]:
    """Run a pipe; each program reads the output of the one before."""
    ran: list[subprocess.CompletedProcess[str]] = []
    for path in paths_of_jobs(cluster):
        if path.rpartition("/")[2] == job_of(command):
            eventually(partial(succeeded, cluster, path), 1)
    for words in command.pipe:
        ran.append(
            subprocess.run(
                # kubectl waits that long for a node to serve a log.
                ["2s" if word == "5m" else word for word in words],
                env=environment,
                input=ran[-1].stdout if ran else "",
                capture_output=True,
                text=True,
                check=False,
            )
        )
    return ran


def job_of(command: Command) -> str | None:
    """Return the job whose log a command reads."""
    last = command.pipe[-1][-1]
    return last.removeprefix("job/") if last.startswith("job/") else None


def succeeded(cluster: Api, path: str) -> Any:
    return cluster.get(path)["status"].get("succeeded")


def reads_logs(command: Command) -> bool:
    return "logs" in command.pipe[0]


@pytest.mark.parametrize("command", [c for c in PIPES if not reads_logs(c)], ids=str)
def test_a_command_succeeds(done, command):
    results = done[command]

    assert [(result.returncode, result.stderr) for result in results] == [(0, "")] * len(results)
    assert results[-1].stdout != ""


@pytest.mark.parametrize("command", [c for c in PIPES if reads_logs(c)], ids=str)
def test_a_command_that_reads_a_log_ends_because_no_pod_runs_here(done, command):
    (result,) = done[command]

    answer = re.sub(r"Defaulted container .*\n", "", result.stderr).splitlines()
    assert result.returncode == 1
    assert {*answer} == (
        {NO_NODE, "error: context deadline exceeded"}  # it asks again until then
        if "--follow" in command.pipe[0]
        else {f"Error from server: {NO_NODE}"}
    )


@pytest.mark.usefixtures("done")
def test_each_page_starts_its_jobs(cluster):
    wanted = {
        words[words.index("job") + 1]
        for command in PIPES
        for words in command.pipe
        if "create" in words
    }

    assert wanted <= {path.rpartition("/")[2] for path in paths_of_jobs(cluster)}
