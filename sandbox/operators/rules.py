"""Writes Prometheus' rule files from `PrometheusRule` objects."""

import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from sandbox.operators.reconciling import Problem
from sandbox.operators.reloading import Reloading
from sandbox.servers.kubernetes.api import Object
from sandbox.world import write_private


@dataclass(frozen=True)
class Rules:
    """
    The rule files of one Prometheus.

    Args:
        selector: The labels that an object must have, as in `ruleSelector` of a real cluster.
        folder: The folder of the rule files; nothing else writes there.
        promtool: The tool that validates a file.
        prometheus: The server that reloads the files.
    """

    selector: Mapping[str, str]
    folder: Path
    promtool: Path
    prometheus: Reloading

    def reconcile(self, objects: Sequence[Object]) -> Sequence[Problem]:
        """Write a file for each object that is selected and valid, and remove all others."""
        problems: list[Problem] = []
        wanted: dict[str, str] = {}
        for described in objects:
            if (unselected := self._unselected(described)) is not None:
                problems.append(unselected)
                continue
            name, text = _file_name(described), _rule_file(described)
            if self._read(name) != text and (fault := self._fault(text)):
                problems.append(Problem(described, "Invalid", fault))
            else:
                wanted[name] = text
        self._write(wanted)
        self.prometheus.reload_if_pending()
        return problems

    def _unselected(self, described: Object) -> Problem | None:
        labels = described["metadata"].get("labels", {})
        missing = [f"{k}: {v}" for k, v in self.selector.items() if labels.get(k) != v]
        if not missing:
            return None
        return Problem(
            described,
            "NotSelected",
            "no Prometheus takes these rules: its ruleSelector wants the label "
            f"{', '.join(missing)} in metadata.labels of the object",
        )

    def _fault(self, text: str) -> str:
        draft = self.folder.parent / "rules-to-check.yaml"
        write_private(draft, text)
        reported = subprocess.run(
            [str(self.promtool), "check", "rules", str(draft)],
            capture_output=True,
            text=True,
            check=False,
        )
        draft.unlink()
        return " ".join(_faults(reported.stderr)) if reported.returncode else ""

    def _write(self, wanted: Mapping[str, str]) -> None:
        stale = [path for path in self.folder.glob("*.yaml") if path.name not in wanted]
        changed = [name for name, text in wanted.items() if self._read(name) != text]
        if stale or changed:
            self.prometheus.mark_pending()
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
        # A field of Thanos, which Prometheus does not know.
        {key: value for key, value in group.items() if key != "partial_response_strategy"}
        for group in described.get("spec", {}).get("groups", ())
    ]
    return yaml.safe_dump({"groups": groups}, sort_keys=False)


def _faults(reported: str) -> Iterator[str]:
    for line in reported.splitlines():
        if line.strip() and not line.rstrip().endswith("FAILED:"):
            yield line.strip()
