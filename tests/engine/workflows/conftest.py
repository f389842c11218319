"""A repository with workflows, its pull request, and the systems of its stacks."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import requests
import yaml

from sandbox.engine.stacks import open_stack
from sandbox.servers import SERVERS
from sandbox.world import World
from tests.conftest import ROOT
from tests.engine.conftest import SMALL
from tests.engine.git_hosting import commit
from tests.engine.ports import next_block
from tests.engine.sandboxes import Sandbox, discard
from tests.engine.workflows.oidc import Provider, provider
from tests.engine.workflows.runner import Permissions, Run, Runner
from tests.engine.workflows.vault import REPOSITORY, prepare
from tests.sandbox.simulators.processes import running

STACKS = ["staging", "prod"]
GOLDEN = Path(__file__).parent / "texts"
_CREDENTIALS = ("VAULT_", "PAGERDUTY_", "GRAFANA_", "KAFKA_", "KUBECONFIG")
_TOKENS = {
    "pull-requests": "token-of-a-job-that-comments",
    "issues": "token-of-a-job-that-writes-issues",
    "actions": "token-of-a-job-that-reads-environments",
    "nothing": "token-of-a-job-that-reads",
}
# Ports, ids, and what changes with a dashboard or with an expected plan.
_VARYING = (
    (r"127\.0\.0\.1:\d+", "127.0.0.1:PORT"),
    (r"\bP(?!SONCAL|SSENIO|UMANGR)[A-Z0-9]{6}\b", "ID"),
    (r"(configJson: )\{.*", r"\1(a dashboard)"),
    (r"(?m)^index [0-9a-f]+\.\.[0-9a-f]+", "index A..B"),
    (r"@@ -\d+,", "@@ -N,"),
    (r" \+\d+,(\d+) @@", r" +N,\1 @@"),
)
PERSON = "token-of-a-person"


@dataclass(kw_only=True)
class Platform:
    """The repository, GitHub, and a sandbox to which `staging` was applied."""

    checkout: Path
    folder: Path
    base: str
    sandbox: Sandbox
    oidc: Provider
    github: str
    is_fork: bool = False
    event: str = "pull_request"
    pull_request: int = 0
    seen: list[Mapping[str, str]] = field(default_factory=list)

    def run(self, file: str, only: tuple[str, ...] = (), **options: Any) -> Run:
        """Run a workflow for the pull request or for `main`."""
        self.seen = []
        backend = self._stack_environment("staging")["PULUMI_BACKEND_URL"]
        runner = Runner(
            checkout=self.checkout,
            folder=self.folder,
            github={
                "repository": REPOSITORY,
                "event": {
                    "pull_request": {
                        "number": self.pull_request,
                        "base": {"sha": self.base},
                        "head": {"repo": {"full_name": "a/fork" if self.is_fork else REPOSITORY}},
                    }
                },
            },
            variables={"PULUMI_BACKEND_URL": backend},
            token=_token,
            environment=self.machine,
            **options,
        )
        return runner.run(file, only)

    def edit(self, path: str, old: str, new: str) -> None:
        file = self.checkout / path
        assert old in file.read_text()
        file.write_text(file.read_text().replace(old, new))

    def open_pull_request(self) -> None:
        answer = self.ask("POST", "/sandbox/pull-requests", json={"title": "A change"})
        self.pull_request = answer["number"]

    def comments(self) -> list[dict[str, Any]]:
        return self.ask("GET", f"/repos/{REPOSITORY}/issues/{self.pull_request}/comments")

    def comment(self, body: str) -> dict[str, Any]:
        """Post a comment as the bot."""
        path = f"/repos/{REPOSITORY}/issues/{self.pull_request}/comments"
        made: dict[str, Any] = self.ask("POST", path, _TOKENS["pull-requests"], json={"body": body})
        return made

    def issues(self) -> list[dict[str, Any]]:
        found = self.ask("GET", f"/repos/{REPOSITORY}/issues?state=all")
        return [one for one in found if "pull_request" not in one]

    def ask(self, method: str, path: str, token: str = PERSON, **options: Any) -> Any:
        headers = {"Authorization": f"Bearer {token}"}
        answer = requests.request(
            method, f"{self.github}{path}", headers=headers, timeout=10, **options
        )
        assert answer.ok, answer.text
        return answer.json()

    def up(self) -> None:
        """Apply `staging` as the checkout declares it, without a workflow."""
        done = self.sandbox.pulumi(
            *("up", "--yes", "--skip-preview", "--refresh"),
            stack="staging",
            program=self.checkout,
            **self._sections("staging"),
        )
        assert done.returncode == 0, done.stdout

    def machine(
        self, stack: str | None, permissions: Permissions, protected: str
    ) -> Mapping[str, str]:
        """Return what a machine has: no credential, and a way to one if the job may have it."""
        found: dict[str, str] = {
            name: os.environ[name]
            for name in ("HOME", "LANG", "XDG_CACHE_HOME")
            if name in os.environ
        }
        found |= {"PATH": os.environ["PATH"], "GITHUB_API_URL": self.github}
        found |= {"GITHUB_REPOSITORY": REPOSITORY, "GITHUB_SERVER_URL": "https://github.com"}
        found |= {"GITHUB_RUN_ID": "1"}
        if permissions.get("id-token") == "write":
            assert stack
            own = self._stack_environment(stack)
            # The environment of the sandbox has the engine, which `make pulumi` would install.
            found |= {k: v for k, v in own.items() if not k.startswith(_CREDENTIALS)}
            where = f"environment:{protected}" if protected else self._ref()
            found |= self.oidc.environment(f"repo:{REPOSITORY}:{where}")
        self.seen.append(found)
        return found

    def _ref(self) -> str:
        return "pull_request" if self.event == "pull_request" else "ref:refs/heads/main"

    def _stack_environment(self, stack: str) -> Mapping[str, str]:
        sandbox = self.sandbox
        return open_stack(sandbox.world, stack, sandbox.engine, **self._sections(stack))

    def _sections(self, stack: str) -> dict[str, Mapping[str, object]]:
        """Return the checkout's stack file without the addresses, which are the sandbox's."""
        text = (self.checkout / f"Pulumi.{stack}.yaml").read_text()
        addresses = self.sandbox.world.config()
        return {
            name: {k: v for k, v in values.items() if k not in addresses.get(name, {})}
            for key, values in yaml.safe_load(text)["config"].items()
            if (name := key.removeprefix("waqiti:")) != key and isinstance(values, dict)
        }


def _token(permissions: Permissions) -> str:
    given = [name for name in permissions if name in _TOKENS]
    return _TOKENS[given[0] if given else "nothing"]


def compare(name: str, text: str) -> None:
    """
    Compare a whole text with its file; values that differ between runs are replaced.

    `UPDATE_GOLDEN=1 pytest tests/engine/workflows` rewrites the files.
    """
    stable = text
    for pattern, constant in _VARYING:
        stable = re.sub(pattern, constant, stable)
    file = GOLDEN / name
    if os.environ.get("UPDATE_GOLDEN"):
        file.write_text(stable)
    assert stable == file.read_text()


@pytest.fixture(scope="module")
def _platform(toolchain, engine, tmp_path_factory) -> Iterator[Platform]:
    folder = tmp_path_factory.mktemp("workflows")
    checkout = folder / "checkout"
    checkout.mkdir()
    commit(ROOT, checkout)
    shutil.copy(ROOT / "tests/engine/small_program.py", checkout / "__main__.py")
    (checkout / ".venv").symlink_to(ROOT / ".venv")
    for lock in (checkout / "locks").iterdir():
        os.utime(lock, (0, 0))  # else make would install the packages again
    shutil.copy(Path(__file__).parent / "ignored.yaml", checkout / "ignored/staging.yaml")
    _git(checkout, "add", "ignored")
    _git(checkout, "commit", "-qam", "the small program")
    world = World(folder / "world", next_block(), SERVERS)
    world.create()
    sandbox = Sandbox(world, toolchain, engine, checkout, SMALL)
    users = folder / "users"
    users.write_text(
        "".join(f"github-actions[bot] {may} {token}\n" for may, token in _TOKENS.items())
        + f"alice issues,pull-requests {PERSON}\n"
    )
    options = (f"--repository={REPOSITORY}", f"--user-file={users}")
    try:
        with provider() as oidc, running("github", folder, *options) as (github, _):
            sandbox.start()
            prepare(world, oidc.public_key, STACKS)
            own = Platform(
                checkout=checkout,
                folder=folder / "runner",
                base=_git(checkout, "rev-parse", "HEAD").strip(),
                sandbox=sandbox,
                oidc=oidc,
                github=github,
            )
            own.up()
            yield own
    finally:
        discard(world)


@pytest.fixture
def platform(_platform) -> Iterator[Platform]:
    """Yield the platform with a new pull request; restore the checkout and the stack."""
    own = _platform
    own.ask("POST", "/sandbox/reset")
    own.is_fork, own.event = False, "pull_request"
    own.open_pull_request()
    for stack in STACKS:
        own.ask("PUT", f"/sandbox/environments/{stack}", json={"reviewers": ["alice"]})
    yield own
    _git(own.checkout, "reset", "-q", "--hard", own.base)


@pytest.fixture
def main(platform) -> Iterator[Platform]:
    """Yield the platform for workflows of `main`; restore the stack."""
    platform.event = "push"
    yield platform
    _git(platform.checkout, "reset", "-q", "--hard", platform.base)
    platform.up()


def _git(folder: Path, *arguments: str) -> str:
    identity = ("-c", "user.name=test", "-c", "user.email=test@example.test")
    done = subprocess.run(
        ["git", *identity, *arguments], cwd=folder, check=True, capture_output=True, text=True
    )
    return done.stdout
