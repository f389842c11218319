import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import psutil
import pytest

from sandbox.supervision import await_end

# A plugin of one resource, `demo:index:Echo`, whose output is its input.
PLUGIN = """
import sys
from pulumi.provider.experimental import provider, server

class Demo(provider.Provider):
    async def check_config(self, request):
        return provider.CheckResponse(inputs=request.new_inputs)

    async def diff_config(self, request):
        return provider.DiffResponse(changes=False)

    async def configure(self, request):
        return provider.ConfigureResponse()

    async def check(self, request):
        return provider.CheckResponse(inputs=request.new_inputs)

    async def diff(self, request):
        return provider.DiffResponse(changes=False)

    async def create(self, request):
        return provider.CreateResponse(resource_id="echo", properties=request.properties)

    async def read(self, request):
        return provider.ReadResponse(
            resource_id="echo", properties=request.properties, inputs=request.inputs
        )

    async def delete(self, request):
        pass

server.main(sys.argv[1:], "1.0.0", Demo())
"""
PROGRAM = """
import pulumi

class Echo(pulumi.CustomResource):
    text: pulumi.Output[str]

    def __init__(self, name, opts):
        super().__init__("demo:index:Echo", name, {"text": pulumi.Config().require("text")}, opts)

class Group(pulumi.ComponentResource):
    def __init__(self, name):
        super().__init__("demo:index:Group", name)
        self.echo = Echo(name, pulumi.ResourceOptions(parent=self))
        self.register_outputs({})

pulumi.export("text", Group("group").echo.text)
print("declared")
"""
SLEEPER = """
import time
try:
    print("asleep")
    time.sleep(60)
finally:
    open("cleaned up", "w").close()
"""


class Project:
    """A program and its stack, in a folder with its own Pulumi home."""

    def __init__(self, folder: Path, pulumi: Path) -> None:
        self._folder = folder
        self._pulumi = pulumi
        self._environment = os.environ | {
            "PULUMI_HOME": str(folder / "home"),
            "PULUMI_BACKEND_URL": folder.as_uri(),
            "PULUMI_CONFIG_PASSPHRASE": "x",
            "PULUMI_SKIP_UPDATE_CHECK": "true",
            "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
        }

    def write(self, name: str, text: str) -> None:
        file = self._folder / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(text)

    def set_virtualenv(self, virtualenv: str) -> None:
        runtime = {"name": "python", "options": {"toolchain": "pip", "virtualenv": virtualenv}}
        plugins = {"providers": [{"name": "demo", "path": "plugin"}]}
        described = {"name": "demo", "runtime": runtime, "plugins": plugins}
        self.write("Pulumi.yaml", json.dumps(described))

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [self._pulumi, "--non-interactive", *arguments],
            cwd=self._folder,
            env=self._environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *arguments: str) -> tuple[str, str, int]:
        process = self.start(*arguments)
        return (*process.communicate(), process.returncode)

    def diagnosed(self, program: str) -> list[tuple[str, str]]:
        """Preview *program*; return the diagnostics."""
        self.write("__main__.py", program)
        stdout, _, _ = self.run("preview", "--json")
        reported: list[dict[str, Any]] = json.loads(stdout)["diagnostics"]
        return [(one["severity"], one["message"].strip()) for one in reported]


@pytest.fixture
def project(tmp_path: Path, pulumi_bin: Path) -> Project:
    made = Project(tmp_path, pulumi_bin / "pulumi")
    made.set_virtualenv(sys.prefix)
    made.write("plugin/__main__.py", PLUGIN)
    options = {"toolchain": "pip", "virtualenv": sys.prefix}
    runtime = {"name": "python", "options": options}
    made.write("plugin/PulumiPlugin.yaml", json.dumps({"runtime": runtime}))
    made.run("stack", "init", "local")
    return made


def test_a_program_with_a_plugin_is_created_and_destroyed_without_a_warning(
    project: Project,
) -> None:
    project.write("__main__.py", PROGRAM)
    project.run("config", "set", "text", "hello")
    results = {
        command: project.run(command, "--yes", "--skip-preview")
        for command in ("up", "refresh", "destroy")
    }
    exported, _, _ = project.run("stack", "export")

    assert [(stderr, code) for _, stderr, code in results.values()] == [("", 0)] * len(results)
    assert not re.search("warning|error|Traceback", str(results))
    assert 'text: "hello"' in results["up"][0]
    assert "declared" in results["up"][0]
    assert json.loads(exported)["deployment"].get("resources", []) == []


def test_a_successful_preview_prints_only_the_program_s_own_output(project: Project) -> None:
    assert project.diagnosed("print('declared')") == [("info", "declared")]


def test_a_crash_prints_its_traceback_once(project: Project, tmp_path: Path) -> None:
    program = tmp_path / "__main__.py"

    assert project.diagnosed("raise ValueError('boom')") == [
        (
            "error",
            (
                "error: Program failed with an unhandled exception:\n"
                "Traceback (most recent call last):\n"
                f'  File "{program}", line 1, in <module>\n'
                "    raise ValueError('boom')\n"
                "ValueError: boom"
            ),
        )
    ]


def test_a_run_error_prints_only_its_sentence(project: Project) -> None:
    assert project.diagnosed("import pulumi; raise pulumi.RunError('replicas: got 0')") == [
        ("error", "error: replicas: got 0")
    ]


@pytest.mark.parametrize(
    ("program", "sentence"),
    [
        ("import sys; sys.exit(3)", "program exited with non-zero exit code: 3"),
        ("import os; os.kill(os.getpid(), 9)", "program was ended by SIGKILL"),
    ],
)
def test_an_unexplained_exit_is_reported(program: str, sentence: str, project: Project) -> None:
    assert project.diagnosed(program) == [
        ("error", f"error: an unhandled error occurred: {sentence}")
    ]


def test_a_missing_environment_is_reported_with_the_remedy(
    project: Project, tmp_path: Path
) -> None:
    project.set_virtualenv("venv")
    _, stderr, _ = project.run("preview")

    assert stderr == (
        f"error: failed to discover package requirements: '{tmp_path}/venv', the virtual "
        "environment that Pulumi.yaml asks for, doesn't exist; run `pulumi install` to create it "
        "and install the dependencies into it\n"
    )


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_nothing_outlives_an_interrupted_engine(
    number: signal.Signals, project: Project, tmp_path: Path
) -> None:
    project.write("__main__.py", SLEEPER)
    engine = project.start("preview")
    assert engine.stdout
    while "asleep" not in engine.stdout.readline():
        assert engine.poll() is None
    started = psutil.Process(engine.pid).children(recursive=True)
    engine.send_signal(number)
    engine.communicate()

    assert len(started) == 2
    assert await_end(started) == []
    assert (tmp_path / "cleaned up").exists()
