"""Alerts that mute other alerts: the model of `inhibitions.yaml`, and its reader."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, TypeAdapter

from catalog.alert_rules import RuleFiles
from catalog.problems import Problems
from catalog.reading import file_name, read_model
from catalog.strict import at_least_one, different

INHIBITIONS = Path(__file__).parent / "inhibitions.yaml"

# Their alerts are symptoms; those of the other teams are evidence that somebody must see.
_MUTABLE_TEAM = "engineering"

_Targets = Annotated[tuple[str, ...], AfterValidator(at_least_one), AfterValidator(different)]
Inhibitions = Mapping[str, _Targets]

_FILE: TypeAdapter[Inhibitions] = TypeAdapter(Inhibitions)


def read_inhibitions(found: Problems, rules: RuleFiles, path: Path = INHIBITIONS) -> Inhibitions:
    """
    Return the muted alerts by the alert that mutes them.

    Args:
        found: Collects the problems.
        rules: The rule files, none of them missing; an empty map if they are not valid.
        path: The file.
    """
    inhibitions = read_model(_FILE, path, found) or {}
    if rules:
        for problem in _problems(inhibitions, rules):
            found.add(file_name(path), problem)
    return inhibitions


def _problems(inhibitions: Inhibitions, rules: RuleFiles) -> Iterator[str]:
    unknown = "no alert of alert_rules/: correct its name or remove it"
    teams = {rule.alert: rule.labels.team for file in rules.values() for rule in file.rules}
    for source, targets in inhibitions.items():
        if source not in teams:
            yield f"{source}: {unknown}"
        for index, target in enumerate(targets):
            at = f"{source}.{index}"
            if target not in teams:
                yield f"{at}: {unknown} (got {target!r})"
            elif teams[target] != _MUTABLE_TEAM:
                yield (
                    f"{at}: an alert of the team {teams[target]} is always notified: remove it "
                    f"(got {target!r})"
                )
            elif target == source:
                yield f"{at}: an alert does not mute itself: remove it (got {target!r})"
