"""A company installs the product alone and previews a stack of its own, as the README says."""

import os
import re
import subprocess

import pytest
import yaml

from tests.conftest import ROOT

pytestmark = pytest.mark.minutes(1)

STACK = "acme-staging"
# What needs a company's cloud is replaced by what needs nothing.
REPLACED = {"s3://acme-pulumi-state": "file://$STATE", "awskms://alias/acme-pulumi": "passphrase"}


def commands():
    """Return the commands of the README's section, up to the preview."""
    section = (ROOT / "README.md").read_text().partition("## Use it on your staging\n")[2]
    block = re.findall(r"(?:^    .+\n)+", section, re.MULTILINE)[0]
    lines = [line.partition("  #")[0].strip() for line in block.splitlines()]
    return lines[: lines.index(f"pulumi preview --stack {STACK}") + 1]


def script():
    text = "\n".join(commands())
    for old, new in REPLACED.items():
        assert old in text
        text = text.replace(old, new)
    return text


@pytest.fixture(scope="module")
def clone(engine, tmp_path_factory):
    """Provide a clone in which the commands of the README ran, and their output."""
    folder = tmp_path_factory.mktemp("own") / "clone"
    subprocess.run(["git", "clone", "--quiet", ROOT, folder], check=True)
    state = folder.parent / "state"
    state.mkdir()
    done = subprocess.run(
        ["bash", "-ec", script()],
        cwd=folder,
        env={
            **os.environ,
            **engine,
            "STATE": str(state),
            "PULUMI_CONFIG_PASSPHRASE": "of the test",
            "PULUMI_SKIP_UPDATE_CHECK": "true",
            "PAGERDUTY_TOKEN": "none",
            "VAULT_TOKEN": "none",
        },
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return folder, done.stdout


def test_the_preview_creates_everything(clone):
    _, output = clone

    assert re.search(r"\+ \d+ to create", output)


def test_the_engine_s_keys_stand_in_the_stack_file_and_no_secret(clone):
    folder, _ = clone
    content = yaml.safe_load((folder / f"Pulumi.{STACK}.yaml").read_text())
    copied = yaml.safe_load((ROOT / "Pulumi.staging.yaml").read_text())

    assert content.keys() - copied.keys() == {"encryptionsalt"}
    assert content["config"] == copied["config"]


def test_only_the_packages_of_the_product_are_installed(clone):
    folder, _ = clone
    packages = {path.name for path in (folder / ".venv/lib").glob("python3*/site-packages/*")}

    assert {"pulumi", "pydantic"} <= packages
    assert {"pytest", "trustme", "matplotlib"} & packages == set()
