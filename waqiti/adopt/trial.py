"""
A trial of the import in a temporary state.

The providers read what exists and compare it with what is declared, exactly as they will after the
import. The temporary state has its own passphrase and is deleted at the end.
"""

import json
import os
import secrets
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import yaml

from waqiti.adopt.encryption import encrypted
from waqiti.adopt.import_file import filled
from waqiti.adopt.plan import Step, read_plan
from waqiti.state import config, digest, pulumi


def steps_after_import(stack: str, ids: Mapping[str, str]) -> Sequence[Step]:
    """Return the steps of a preview of *stack* after an import of *ids* (by URN)."""
    own = stack.rpartition("/")[2]
    with _temporary_stack(own, config(stack)) as (folder, environment):
        plan = read_plan(own, environment)
        encrypt = partial(encrypted, stack=own, environment=environment)
        file = folder / "import.json"
        file.write_text(json.dumps(filled(plan, ids, encrypt)))
        flags = ("--skip-preview", "--yes", "--protect=false", "--generate-code=false")
        pulumi(
            *("import", "--file", str(file), "--stack", own, "--suppress-progress", *flags),
            environment=environment,
            merged=True,
        )
        found: Sequence[Step] = digest("preview", "--stack", own, environment=environment)["steps"]
        return found


@contextmanager
def _temporary_stack(
    stack: str, sections: Mapping[str, object]
) -> Iterator[tuple[Path, Mapping[str, str]]]:
    """Yield a folder, and an environment in which *stack* has no resource and this config."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "state").mkdir()
        project = yaml.safe_load(Path("Pulumi.yaml").read_text())["name"]
        (folder / "Pulumi.yaml").write_text(json.dumps({"name": project, "runtime": "python"}))
        own = {
            "PULUMI_BACKEND_URL": f"file://{folder}/state",
            "PULUMI_CONFIG_PASSPHRASE": secrets.token_urlsafe(),
        }
        foreign = ("PULUMI_CONFIG_PASSPHRASE_FILE", "PULUMI_OPTION_CONFIG_FILE", "PULUMI_STACK")
        inherited = {name: text for name, text in os.environ.items() if name not in foreign}
        environment = inherited | own
        # The engine writes the salt of the passphrase into the stack file of this folder.
        init = ("stack", "init", stack, "--secrets-provider", "passphrase")
        pulumi(*init, environment=environment, folder=folder, merged=True)
        file = folder / f"Pulumi.{stack}.yaml"
        salt = yaml.safe_load(file.read_text())
        file.write_text(json.dumps(salt | {"config": sections}))
        yield folder, environment | {"PULUMI_OPTION_CONFIG_FILE": str(file)}
