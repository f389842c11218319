"""
A Secret with Alertmanager's settings, and the Secrets that these name, become its files.

As in a real cluster, the settings name other Secrets by the path at which a pod would find them,
`/etc/alertmanager/secrets/NAME/KEY`.
"""

import base64
import re
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sandbox.kubernetes.api import Object
from sandbox.operators.reconciling import Trouble
from sandbox.operators.reloading import Reloading
from sandbox.world import write_private

CONFIG_SECRET, CONFIG_KEY = "alertmanager-main", "alertmanager.yaml"

_MOUNT = "/etc/alertmanager/secrets/"
_MOUNTED = re.compile(rf"{_MOUNT}(?P<secret>[a-z0-9.-]+)/(?P<key>[A-Za-z0-9._-]+)")


@dataclass(frozen=True)
class Alertmanager:
    """
    The settings of one Alertmanager.

    Args:
        config_file: What it reads; the files of other Secrets are beside it.
        amtool: Says whether settings are valid.
        server: Reads its settings again when asked.
    """

    config_file: Path
    amtool: Path
    server: Reloading

    def reconcile(self, secrets: Sequence[Object]) -> Sequence[Trouble]:
        """Make the files those of the Secrets; what is not valid changes nothing."""
        by_name = {secret["metadata"]["name"]: secret for secret in secrets}
        settings = by_name.get(CONFIG_SECRET)
        if settings is None:
            return []
        content = _value(settings, CONFIG_KEY)
        if content is None:
            return [Trouble(settings, "Invalid", f"it has no key {CONFIG_KEY}")]
        named = sorted({(m["secret"], m["key"]) for m in _MOUNTED.finditer(content)})
        values = {
            (name, key): _value(by_name[name], key) if name in by_name else None
            for name, key in named
        }
        missing = [f"{name}/{key}" for (name, key), value in values.items() if value is None]
        if missing:
            said = f"it names what no Secret of its namespace has: {', '.join(missing)}"
            return [Trouble(settings, "Missing", said)]
        text = content.replace(_MOUNT, f"{self._folder}/")
        if _read(self.config_file) != text and not self._is_valid(text):
            said = f"{self.amtool.name} check-config refuses it; the operators' log says why"
            return [Trouble(settings, "Invalid", said)]
        self._write(text, {pair: value for pair, value in values.items() if value is not None})
        self.server.settle()
        return []

    @property
    def _folder(self) -> Path:
        return self.config_file.parent / "secrets"

    def _is_valid(self, text: str) -> bool:
        draft = self.config_file.with_name("to-check.yaml")
        write_private(draft, text)
        told = subprocess.run(
            [str(self.amtool), "check-config", str(draft)],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        draft.unlink()
        if told.returncode:
            # What it quotes may be a secret: it goes nowhere but into a log in the world's folder.
            print(told.stdout, flush=True)
        return not told.returncode

    def _write(self, text: str, values: Mapping[tuple[str, str], str]) -> None:
        wanted = {self._folder / name / key: value for (name, key), value in values.items()}
        changed = {path: value for path, value in wanted.items() if _read(path) != value}
        if changed or _read(self.config_file) != text:
            self.server.announce()
        for path, value in changed.items():
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            write_private(path, value)
        for path in self._folder.glob("*/*"):
            if path not in wanted:
                path.unlink()
        if _read(self.config_file) != text:
            write_private(self.config_file, text)


def _value(secret: Object, key: str) -> str | None:
    encoded = secret.get("data", {}).get(key)
    return base64.b64decode(encoded).decode() if encoded is not None else None


def _read(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.exists() else None
