"""Secrets in an import file, encrypted as the state of the stack is."""

import json
import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

import yaml

from waqiti.notation import SIGNATURE
from waqiti.state import pulumi

_KEY = "adopted"
# How the engine marks a secret in a file.
_SECRET = {SIGNATURE: "1b47061264138c4ac30d75fd1eb44270"}


def encrypted(
    value: str, stack: str, environment: Mapping[str, str] | None = None
) -> Mapping[str, str]:
    """
    Return *value* as the secret of a state of *stack*; the stack file is not changed.

    The engine encrypts only what it writes into a stack file, so it writes into a copy.
    """
    own = (environment or os.environ).get("PULUMI_OPTION_CONFIG_FILE")
    source = Path(own or f"Pulumi.{stack.rpartition('/')[2]}.yaml")
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / source.name
        if source.exists():  # it names the key, unless the backend does
            shutil.copy(source, copy)
        pulumi(
            *("config", "set", "--secret", _KEY, "--stack", stack, "--config-file", str(copy)),
            given=json.dumps(value),
            environment=environment,
        )
        config = yaml.safe_load(copy.read_text())["config"]
    (ciphertext,) = (v["secure"] for k, v in config.items() if k.endswith(f":{_KEY}"))
    return _SECRET | {"ciphertext": ciphertext}
