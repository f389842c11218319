"""`PrometheusRule` objects become Prometheus's rule files."""

import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from sandbox.kubernetes.api import Object
from sandbox.operators.reconciling import Trouble
from sandbox.operators.reloading import Reloading
from sandbox.world import write_private


@dataclass(frozen=True)
class Rules:
    """
    The rules of one Prometheus.

    Args:
        selector: The labels that an object must have, which a real cluster's `ruleSelector` names.
        folder: Where Prometheus reads rule files, of which nobody else writes any.
        promtool: Says whether a file is valid.
        prometheus: Reads the files again when asked.
    """

    selector: Mapping[str, str]
    folder: Path
    promtool: Path
    prometheus: Reloading

    def reconcile(self, objects: Sequence[Object]) -> Sequence[Trouble]:
        """Make the files those of the objects that are selected and valid."""
        troubles: list[Trouble] = []
        wanted: dict[str, str] = {}
        for described in objects:
            if (unselected := self._unselected(described)) is not None:
                troubles.append(unselected)
                continue
            name, text = _file_name(described), _rule_file(described)
            if self._read(name) != text and (fault := self._fault(text)):
                troubles.append(Trouble(described, "Invalid", fault))
            else:
                wanted[name] = text
        self._write(wanted)
        self.prometheus.settle()
        return troubles

    def _unselected(self, described: Object) -> Trouble | None:
        labels = described["metadata"].get("labels", {})
        missing = [f"{k}: {v}" for k, v in self.selector.items() if labels.get(k) != v]
        if not missing:
            return None
        return Trouble(
            described,
            "NotSelected",
            "no Prometheus takes these rules: its ruleSelector wants the label "
            f"{', '.join(missing)} in metadata.labels of the object",
        )

    def _fault(self, text: str) -> str:
        draft = self.folder.parent / "rules-to-check.yaml"
        write_private(draft, text)
        told = subprocess.run(
            [str(self.promtool), "check", "rules", str(draft)],
            capture_output=True,
            text=True,
            check=False,
        )
        draft.unlink()
        return " ".join(_faults(told.stderr)) if told.returncode else ""

    def _write(self, wanted: Mapping[str, str]) -> None:
        stale = [path for path in self.folder.glob("*.yaml") if path.name not in wanted]
        changed = [name for name, text in wanted.items() if self._read(name) != text]
        if stale or changed:
            self.prometheus.announce()
        for path in stale:
            path.unlink()
        for name in changed:
            write_private(self.folder / name, wanted[name])

    def _read(self, name: str) -> str | None:
        path = self.folder / name
        return path.read_text(encoding="utf-8") if path.exists() else None


def _file_name(described: Object) -> str:
    metadata = described["metadata"]
    return f"{metadata['namespace']}-{metadata['name']}-{metadata['uid']}.yaml"


def _rule_file(described: Object) -> str:
    groups = [
        # A word of Thanos's, which Prometheus does not know.
        {key: value for key, value in group.items() if key != "partial_response_strategy"}
        for group in described.get("spec", {}).get("groups", ())
    ]
    return yaml.safe_dump({"groups": groups}, sort_keys=False)


def _faults(told: str) -> Iterator[str]:
    for line in told.splitlines():
        if line.strip() and not line.rstrip().endswith("FAILED:"):
            yield line.strip()
