"""
A runner of our workflows: jobs in the order of their needs, and their `run` steps in bash.

Of the actions, only uploads and downloads of artifacts are imitated. A job gets what its
`permissions` give, and nothing else: a token for the simulator of GitHub, and a way to an OIDC
token.
"""

import itertools
import shutil
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from tests.engine.workflows.expressions import Contexts, holds, resolve

SUCCESS, FAILURE, SKIPPED = "success", "failure", "skipped"

# Words that would install or test everything again. `make test` runs what they run, or, as for
# `make pulumi`, they need the internet.
NOT_RUN = (
    "make install",
    "make pulumi",
    "make lint types",
    "make fast",
    "make golden",
    "make changed-pictures",
)

Permissions = Mapping[str, str]


@dataclass
class Run:
    """
    The result of a workflow.

    Args:
        jobs: The result of each job, by name; those of a matrix have its value.
        words: What each job ran, and the result.
        summary: The summaries of the jobs, in the order in which they ran.
        output: What the steps printed.
    """

    jobs: dict[str, str] = field(default_factory=dict)
    words: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    summary: str = ""
    output: str = ""

    @property
    def result(self) -> str:
        return FAILURE if FAILURE in self.jobs.values() else SUCCESS


@dataclass(frozen=True, kw_only=True)
class Runner:
    """
    The machines of a repository's workflows.

    Args:
        checkout: The folder that `actions/checkout` would provide.
        folder: A folder of the runner's own.
        github: The context `github`.
        variables: The context `vars`.
        token: Returns the token of a job with these permissions.
        environment: Returns what a job gets, from its stack, its permissions and its environment.
        outcomes: The outcome of one of NOT_RUN in a job, if it is not a success.
        between: Called before each job, with its name.
    """

    checkout: Path
    folder: Path
    github: Mapping[str, Any]
    variables: Mapping[str, str]
    token: Callable[[Permissions], str]
    environment: Callable[[str | None, Permissions, str], Mapping[str, str]]
    outcomes: Mapping[tuple[str, str], str] = field(default_factory=dict)
    between: Callable[[str], None] = lambda _: None

    def run(self, file: str, only: Sequence[str] = ()) -> Run:
        """Run a workflow; with *only*, these jobs of it."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir()
        run = Run()
        self._workflow(file, run, {}, only)
        return run

    def _workflow(
        self, file: str, run: Run, inputs: Mapping[str, str], only: Sequence[str] = ()
    ) -> str:
        workflow = yaml.safe_load((self.checkout / ".github/workflows" / file).read_text())
        results: dict[str, str] = {}
        for name, job in workflow["jobs"].items():
            if only and name not in only:
                continue
            needs = job.get("needs", [])
            needed = [
                results.get(one, SUCCESS) for one in ([needs] if isinstance(needs, str) else needs)
            ]
            contexts = {
                "github": self.github,
                "vars": self.variables,
                "inputs": inputs,
                **_status(succeeds=all(one == SUCCESS for one in needed)),
            }
            if not holds(job.get("if"), contexts):
                results[name] = run.jobs[name] = SKIPPED
                continue
            if "uses" in job:
                called = {key: resolve(value, contexts) for key, value in job["with"].items()}
                results[name] = self._workflow(Path(job["uses"]).name, run, called)
                continue
            found = [self._job(name, job, one, contexts, run) for one in _matrix(job)]
            results[name] = FAILURE if FAILURE in found else SUCCESS
        return FAILURE if FAILURE in results.values() else SUCCESS

    def _job(
        self,
        name: str,
        job: Mapping[str, Any],
        matrix: Mapping[str, str],
        outer: Contexts,
        run: Run,
    ) -> str:
        title = " ".join([name, *matrix.values(), *outer["inputs"].values()])
        self.between(title)
        permissions = job["permissions"]
        github = {**self.github, "token": self.token(permissions)}
        contexts = {**outer, "github": github, "matrix": matrix, **_status(succeeds=True)}
        contexts["steps"] = {}
        reports = self.checkout / "reports"
        shutil.rmtree(reports, ignore_errors=True)  # each job has a machine of its own
        shown = {key: resolve(value, contexts) for key, value in job.get("env", {}).items()}
        protected = resolve(job.get("environment", ""), contexts)
        environment = {**self.environment(shown.get("STACK"), permissions, protected), **shown}
        run.words[title] = []
        result = SUCCESS
        for step in job["steps"]:
            if not holds(step.get("if"), contexts):
                outcome = SKIPPED
            elif "uses" in step:
                outcome = self._action(step, contexts, reports)
            else:
                own = {key: resolve(value, contexts) for key, value in step.get("env", {}).items()}
                replaced = self.outcomes.get((title, step["run"]), SUCCESS)
                is_run = step["run"] not in NOT_RUN
                outcome = self._step(step["run"], environment | own, run) if is_run else replaced
            if "run" in step:
                run.words[title].append((step["run"], outcome))
            if "id" in step:
                contexts["steps"][step["id"]] = {"outcome": outcome}
            if outcome == FAILURE:
                result = FAILURE
                contexts |= _status(succeeds=False)
        run.jobs[title] = result
        return result

    def _step(self, words: str, environment: Mapping[str, str], run: Run) -> str:
        summary = self.folder / "summary"
        summary.write_text("")
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", words],
            cwd=self.checkout,
            env={**environment, "GITHUB_STEP_SUMMARY": str(summary)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        run.output += done.stdout
        run.summary += summary.read_text()
        return FAILURE if done.returncode else SUCCESS

    def _action(self, step: Mapping[str, Any], contexts: Contexts, reports: Path) -> str:
        action, given = step["uses"].partition("@")[0], step.get("with", {})
        artifacts = self.folder / "artifacts"
        if action == "actions/upload-artifact":
            pattern = resolve(given["path"], contexts)
            found = list(self.checkout.glob(pattern))
            place = artifacts / resolve(given["name"], contexts)
            place.mkdir(parents=True)
            for file in found:
                shutil.copy(file, place)
            return SUCCESS
        if action == "actions/download-artifact":
            name = resolve(given.get("name", "*"), contexts)
            reports.mkdir(exist_ok=True)
            for file in artifacts.glob(f"{name}/*"):
                shutil.copy(file, reports)
        return SUCCESS


def _matrix(job: Mapping[str, Any]) -> list[dict[str, str]]:
    dimensions = job.get("strategy", {}).get("matrix", {})
    values = itertools.product(*dimensions.values())
    return [dict(zip(dimensions, chosen, strict=True)) for chosen in values]


def _status(*, succeeds: bool) -> dict[str, bool]:
    return {"success()": succeeds, "failure()": not succeeds, "cancelled()": False}
