"""Alert rules: the models of the files in `alert_rules/`, and what is derived from them."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

import promql_parser
from pydantic import AfterValidator, Field, ValidationInfo, model_validator

from catalog.metrics import Duration
from catalog.strict import Strict
from catalog.topics import ServiceName

Severity = Literal["critical", "warning", "info"]
Channel = Literal["critical", "fraud", "compliance", "engineering"]
# The source checklist's levels of an incident.
SEV: Mapping[Severity, str] = {"critical": "SEV1", "warning": "SEV2", "info": "SEV3"}


def _has_a_runbook(name: str, info: ValidationInfo) -> str:
    if isinstance(pages := info.context, frozenset) and name not in pages:
        raise ValueError(f"nobody would know what to do: write runbooks/{name}.md")
    return name


def _is_promql(expression: str) -> str:
    try:
        promql_parser.parse(expression)
    except ValueError as error:
        raise ValueError(f"Prometheus would refuse this expression: {error}") from None
    return expression


class RuleLabels(Strict):
    """Who is told, and how urgently."""

    severity: Severity
    team: Literal["engineering", "compliance", "fraud", "legal"]
    # The second form is Prometheus' own: whichever service the expression found.
    service: ServiceName | Literal["{{ $labels.service }}"]
    slack_channel: Channel


class RuleAnnotations(Strict):
    """What is told; the runbook's address and the level are derived."""

    summary: str = Field(min_length=10, max_length=120)
    description: str = Field(min_length=10)


class AlertRule(Strict):
    """One alert."""

    alert: Annotated[str, Field(pattern=r"^([A-Z][a-z0-9]+){2,}$"), AfterValidator(_has_a_runbook)]
    expr: Annotated[str, AfterValidator(_is_promql)]
    for_: Duration = Field(alias="for")
    labels: RuleLabels
    annotations: RuleAnnotations


class RuleGroup(Strict):
    """Rules that are evaluated together."""

    name: str = Field(pattern=r"^[a-z][a-z0-9-]+$")
    interval: Duration
    rules: tuple[AlertRule, ...]


class RuleFile(Strict):
    """One file, as Prometheus reads it."""

    groups: tuple[RuleGroup, ...]

    @model_validator(mode="after")
    def _has_a_rule_in_every_group(self) -> Self:
        if not self.groups or not all(group.rules for group in self.groups):
            raise ValueError("a file has groups, and each group has rules: remove what is empty")
        return self

    @property
    def rules(self) -> tuple[AlertRule, ...]:
        """Every rule of the file, in its order."""
        return tuple(rule for group in self.groups for rule in group.rules)

    def applied(self, runbook_base_url: str) -> dict[str, Any]:
        """Give the file as a cluster gets it: every rule also says its level and its runbook."""
        spec = self.model_dump(by_alias=True)
        for group in spec["groups"]:
            for rule in group["rules"]:
                rule["annotations"] |= {
                    "runbook_url": f"{runbook_base_url}/{rule['alert']}.md",
                    "sev": SEV[rule["labels"]["severity"]],
                }
        return spec


RuleFiles = Mapping[str, RuleFile]
