"""The workflow files are valid: expressions, contexts, needs, events, inputs."""

import subprocess

from tests.conftest import ROOT


def run(toolchain, *files):
    command = [str(toolchain.executable("actionlint")), "-shellcheck=", "-pyflakes=", *files]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_the_workflows_are_valid(toolchain):
    files = sorted(map(str, (ROOT / ".github/workflows").glob("*.yaml")))

    done = run(toolchain, *files)

    assert (done.returncode, done.stdout) == (0, "")


def test_a_wrong_expression_is_found(toolchain, tmp_path):
    text = (ROOT / ".github/workflows/drift.yaml").read_text()
    (tmp_path / "drift.yaml").write_text(text.replace("matrix.stack", "matrix.stak"))

    done = run(toolchain, str(tmp_path / "drift.yaml"))

    assert done.returncode == 1
    assert 'property "stak" is not defined' in done.stdout
