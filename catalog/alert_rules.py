"""Alert rules and messages: the models of `alert_rules/`, and its readers."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, TypeAdapter, ValidationInfo, model_validator

from catalog.channels import ChannelName, Channels, Team
from catalog.problems import Problems
from catalog.promql import Duration, Expression, Interval
from catalog.reading import file_name, files_of, read_model, read_text
from catalog.strict import Strict
from systems import alertmanager, kubernetes, prometheus

_MESSAGES = "messages.tmpl"
# What the receivers of `components/alert_routing` execute.
_REQUIRED_MESSAGES = ("slack.default.title", "slack.default.text", "pagerduty.default.description")
# Prometheus replaces it with the service of the series that fired.
_SERVICE_OF_SERIES = "{{ $labels.service }}"

ALERT_RULES = Path(__file__).parent.parent / "alert_rules"

Severity = Literal["critical", "warning", "info"]
# The incident levels of the source checklist.
SEV: Mapping[Severity, str] = {"critical": "SEV1", "warning": "SEV2", "info": "SEV3"}


@dataclass(frozen=True, kw_only=True)
class RuleContext:
    """What the rules refer to: the runbook pages, and the channels, none if they are not valid."""

    pages: frozenset[str]
    channels: Channels


def _has_a_runbook(name: str, info: ValidationInfo) -> str:
    if isinstance(info.context, RuleContext) and name not in info.context.pages:
        raise ValueError(f"has no runbook: write runbooks/{name}.md")
    return name


def _is_a_channel(name: str, info: ValidationInfo) -> str:
    known = info.context.channels if isinstance(info.context, RuleContext) else {}
    if known and name not in known:
        raise ValueError(f"not in catalog/channels.yaml: use one of {', '.join(known)}")
    return name


def _is_a_service(value: str) -> str:
    if value != _SERVICE_OF_SERIES and not re.fullmatch("[a-z][a-z0-9-]{1,62}", value):
        raise ValueError(f"no service: write its name or {_SERVICE_OF_SERIES!r}")
    return value


def _is_a_template(text: str) -> str:
    faults = prometheus.template_faults(text)
    if faults:
        raise ValueError(f"no template of Prometheus: {'; '.join(faults)}")
    return text


_Template = Annotated[str, AfterValidator(_is_a_template)]


class RuleLabels(Strict):
    """Who is notified, and how urgently."""

    severity: Severity
    team: Team
    service: Annotated[str, AfterValidator(_is_a_service)]
    slack_channel: Annotated[ChannelName, AfterValidator(_is_a_channel)]


class RuleAnnotations(Strict):
    """The text of the message; the address of the runbook and the level are derived."""

    summary: _Template = Field(min_length=10, max_length=120)
    description: _Template = Field(min_length=10)


class AlertRule(Strict):
    """One alert."""

    alert: Annotated[str, Field(pattern=r"^([A-Z][a-z0-9]+){2,}$"), AfterValidator(_has_a_runbook)]
    expr: Expression
    for_: Duration = Field(alias="for")
    labels: RuleLabels
    annotations: RuleAnnotations


class RuleGroup(Strict):
    """Rules that Prometheus evaluates together."""

    name: str = Field(pattern=r"^[a-z][a-z0-9-]+$")
    interval: Interval
    rules: tuple[AlertRule, ...]


class RuleFile(Strict):
    """One file in the format of Prometheus."""

    groups: tuple[RuleGroup, ...]

    @model_validator(mode="after")
    def _has_a_rule_in_every_group(self) -> Self:
        if not self.groups or not all(group.rules for group in self.groups):
            raise ValueError("a file needs groups, and each group needs rules: remove empty ones")
        names = [group.name for group in self.groups]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise ValueError(f"two groups have the name {twice[0]!r}: rename one")
        return self

    @property
    def rules(self) -> tuple[AlertRule, ...]:
        """The rules of all groups, in the order of the file."""
        return tuple(rule for group in self.groups for rule in group.rules)

    def applied(self, runbook_base_url: str) -> dict[str, Any]:
        """Return the file as the cluster gets it: with level and runbook address in every rule."""
        spec = self.model_dump(by_alias=True)
        for group in spec["groups"]:
            for rule in group["rules"]:
                rule["annotations"] |= {
                    "runbook_url": f"{runbook_base_url}/{rule['alert']}.md",
                    "sev": SEV[rule["labels"]["severity"]],
                }
        return spec


RuleFiles = Mapping[str, RuleFile]

_FILE = TypeAdapter(RuleFile)


def read_alert_rules(found: Problems, channels: Channels, folder: Path = ALERT_RULES) -> RuleFiles:
    """
    Return every rule file of *folder* by its name without suffix.

    Args:
        found: Collects the problems.
        channels: The channels that rules may name.
        folder: The folder of the files; the pages of the alerts are in `runbooks` beside it.
    """
    pages = files_of(folder.parent / "runbooks", ".md", found)
    for page in pages:
        read_text(page, found)
    context = RuleContext(pages=frozenset(page.stem for page in pages), channels=channels)
    files: dict[str, RuleFile] = {}
    owners: dict[str, str] = {}
    paths = files_of(folder, ".yaml", found, others=(_MESSAGES, "README.md"))
    for path in paths:
        name = file_name(path)
        _check_name(path, found)
        file = read_model(_FILE, path, found, context)
        if file is None:
            continue
        for rule in file.rules:
            if rule.alert in owners:
                found.add(name, f"{rule.alert}: also in {owners[rule.alert]}: rename one")
            owners[rule.alert] = name
        files[path.stem] = file
    if folder.is_dir() and not paths:
        found.add(folder.name, "contains no rule file: add one")
    return files


def read_messages(found: Problems, folder: Path = ALERT_RULES) -> str:
    """Return the templates of the messages in Slack and PagerDuty."""
    path = folder / _MESSAGES
    text = read_text(path, found)
    if text is None:
        return ""
    faults = alertmanager.template_faults(text)
    if not faults:
        defined = alertmanager.defined(text)
        faults = [
            f"the template {name!r} is missing: define it"
            for name in _REQUIRED_MESSAGES
            if name not in defined
        ]
        faults += [
            f"nothing executes the template {name!r}: correct its name or remove it"
            for name in alertmanager.unused(text)
        ]
    for fault in faults:
        found.add(file_name(path), fault)
    return text


def _check_name(path: Path, found: Problems) -> None:
    """Record a name that the object of a rule file cannot have."""
    try:
        kubernetes.check_subdomain(path.stem)
    except ValueError as error:
        found.add(file_name(path), f"no name for an object of Kubernetes: {error}")
