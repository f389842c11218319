"""From the files of `alert_rules/` to models and texts, or to every fault in them."""

from pathlib import Path

import yaml
from pydantic import TypeAdapter

from catalog.rules import RuleFile, RuleFiles
from settings.problems import Problems

ALERT_RULES = Path(__file__).parent.parent / "alert_rules"

_FILE = TypeAdapter(RuleFile)


def read_rules(folder: Path, found: Problems) -> RuleFiles:
    """Read every rule file of *folder*; the pages of its alerts are in `runbooks` beside it."""
    pages = frozenset(path.stem for path in (folder.parent / "runbooks").glob("*.md"))
    files: dict[str, RuleFile] = {}
    owners: dict[str, str] = {}
    for path in sorted(folder.glob("*.yaml")):
        name = f"{folder.name}/{path.name}"
        try:
            table = yaml.safe_load(path.read_text(encoding="utf-8"))
        except yaml.YAMLError as error:
            found.add(name, f"this is not YAML: {' '.join(str(error).split())}")
            continue
        file = found.check(_FILE, table, name, context=pages)
        if file is None:
            continue
        for rule in file.rules:
            if rule.alert in owners:
                found.add(name, f"{rule.alert}: {owners[rule.alert]} has it too: rename one")
            owners[rule.alert] = name
        files[path.stem] = file
    return files


def read_messages(folder: Path, found: Problems) -> str:
    """Read the templates of what people are told."""
    path = folder / "messages.tmpl"
    if not path.is_file():
        found.add(f"{folder.name}/{path.name}", "missing: nobody would be told of a runbook")
        return ""
    return path.read_text(encoding="utf-8")
