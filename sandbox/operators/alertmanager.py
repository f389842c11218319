"""
Writes Alertmanager's files from the Secret with its settings and the Secrets that they name.

As in a real cluster, the settings name another Secret by its mount path in the pod:
`/etc/alertmanager/secrets/NAME/KEY`.
"""

import base64
import re
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sandbox.operators.reconciling import Problem
from sandbox.operators.reloading import Reloading
from sandbox.servers.kubernetes.api import Object
from sandbox.world import write_private

CONFIG_SECRET, CONFIG_KEY = "alertmanager-main", "alertmanager.yaml"

_MOUNT = "/etc/alertmanager/secrets/"
_MOUNTED = re.compile(rf"{_MOUNT}(?P<secret>[a-z0-9.-]+)/(?P<key>[A-Za-z0-9._-]+)")


@dataclass(frozen=True)
class Alertmanager:
    """
    The settings of one Alertmanager.

    Args:
        config_file: Its settings; the files of other Secrets are beside it.
        amtool: The tool that validates the settings.
        server: The server that reloads its settings.
    """

    config_file: Path
    amtool: Path
    server: Reloading

    def reconcile(self, secrets: Sequence[Object]) -> Sequence[Problem]:
        """Write the files from the Secrets; invalid settings change nothing."""
        by_name = {secret["metadata"]["name"]: secret for secret in secrets}
        settings = by_name.get(CONFIG_SECRET)
        if settings is None:
            return []
        content = _value(settings, CONFIG_KEY)
        if content is None:
            return [Problem(settings, "Invalid", f"it has no key {CONFIG_KEY}")]
        named = sorted({(m["secret"], m["key"]) for m in _MOUNTED.finditer(content)})
        values = {
            (name, key): _value(by_name[name], key) if name in by_name else None
            for name, key in named
        }
        missing = [f"{name}/{key}" for (name, key), value in values.items() if value is None]
        if missing:
            message = f"it names what no Secret of its namespace has: {', '.join(missing)}"
            return [Problem(settings, "Missing", message)]
        text = content.replace(_MOUNT, f"{self._folder}/")
        if _read(self.config_file) != text and not self._is_valid(text):
            message = f"{self.amtool.name} check-config refuses it; the operators' log says why"
            return [Problem(settings, "Invalid", message)]
        self._write(text, {pair: value for pair, value in values.items() if value is not None})
        self.server.reload_if_pending()
        return []

    @property
    def _folder(self) -> Path:
        return self.config_file.parent / "secrets"

    def _is_valid(self, text: str) -> bool:
        draft = self.config_file.with_name("to-check.yaml")
        write_private(draft, text)
        reported = subprocess.run(
            [str(self.amtool), "check-config", str(draft)],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        draft.unlink()
        if reported.returncode:
            # The tool may quote a secret: write its output only to a log in the world's folder.
            print(reported.stdout, flush=True)
        return not reported.returncode

    def _write(self, text: str, values: Mapping[tuple[str, str], str]) -> None:
        wanted = {self._folder / name / key: value for (name, key), value in values.items()}
        changed = {path: value for path, value in wanted.items() if _read(path) != value}
        if changed or _read(self.config_file) != text:
            self.server.mark_pending()
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
