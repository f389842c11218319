"""From the engine's config and the catalog's files to `Settings`, or to every fault in them."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pulumi
import yaml
from pydantic import TypeAdapter

from catalog.topics import MS_PER_DAY, Topic, TopicName, TopicRules
from settings.problems import InvalidSettingsError, Problems
from settings.stack import SEVEN_YEARS_DAYS, Environment, KafkaSettings, Sections, Settings

DASHBOARDS = Path(__file__).parent.parent / "dashboards"
CATALOG = Path(__file__).parent.parent / "catalog"
PROJECT = "waqiti"
AUDIT_LOG = "encryption-audit-log"

_ENVIRONMENT: TypeAdapter[Environment] = TypeAdapter(Environment)
_SECTIONS = TypeAdapter(Sections)
_ENTRIES = TypeAdapter(dict[TopicName, dict[str, Any]])
_TOPIC = TypeAdapter(Topic)


def load_settings(
    stack: str,
    config: Mapping[str, str],
    secret_keys: Sequence[str] = (),
    catalog: Path = CATALOG,
    dashboards: Path = DASHBOARDS,
) -> Settings:
    """
    Validate the config of *stack*, as the engine hands it over, and the catalog.

    Args:
        stack: Its name, which is its environment.
        config: Values by full key (`waqiti:kafka`), structured ones as JSON.
        secret_keys: The keys of *config* whose values are secrets.
        catalog: The folder of the catalog.
        dashboards: The folder of the dashboards.

    Raises:
        InvalidSettingsError: Something is wrong; every problem is named.
    """
    stack_file = f"Pulumi.{stack}.yaml"
    found = Problems()
    environment = found.check(_ENVIRONMENT, stack, f"{stack_file} (its name)")
    own = _own_sections(config, secret_keys, stack_file, found)
    sections = found.check(_SECTIONS, own, stack_file, context=stack)
    topics = _read_topics(catalog, stack, sections, found)
    if environment is None or sections is None or found.by_file:
        raise InvalidSettingsError(found.told())
    boards = {path.stem: path.read_text(encoding="utf-8") for path in dashboards.glob("*.json")}
    return Settings(environment=environment, topics=topics, dashboards=boards, **dict(sections))


def _own_sections(
    config: Mapping[str, str], secret_keys: Sequence[str], stack_file: str, found: Problems
) -> dict[str, Any]:
    own: dict[str, Any] = {}
    for key, text in config.items():
        namespace, _, name = key.partition(":")
        if namespace == "pulumi":
            continue
        if namespace != PROJECT:
            found.add(stack_file, f"{key}: nothing reads this key: remove it")
        elif key in secret_keys:
            found.add(
                stack_file, f"{name}: credentials come from the environment: remove this secret"
            )
        else:
            own[name] = _structured(text)
    return own


def _structured(text: str) -> Any:  # noqa: ANN401 - config holds whatever a person wrote
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        return text


def _read_topics(
    catalog: Path, stack: str, sections: Sections | None, found: Problems
) -> Mapping[str, Topic]:
    path = catalog / "topics.yaml"
    file = f"{catalog.name}/{path.name}"
    try:
        table = yaml.safe_load(path.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        found.add(file, f"this is not YAML: {' '.join(str(error).split())}")
        return {}
    entries = found.check(_ENTRIES, table, file) or {}
    if stack == "prod" and AUDIT_LOG not in entries:
        found.add(file, f"{AUDIT_LOG}: missing: prod keeps its audit log, and the records in it")
    kafka = sections.kafka if sections else None
    topics = {
        name: found.check(
            _TOPIC, entry, file, context=_rules(stack, kafka, audit=entry.get("audit")), at=name
        )
        for name, entry in sorted(entries.items())
    }
    shortened = kafka.retention_days_at_most if kafka else None
    return {
        name: topic.with_retention_at_most(shortened) if shortened else topic
        for name, topic in topics.items()
        if topic is not None
    }


def _rules(stack: str, kafka: KafkaSettings | None, *, audit: object) -> TopicRules:
    floor = SEVEN_YEARS_DAYS if stack == "prod" else 0
    minimum = kafka.audit_retention_minimum_days if kafka else floor
    return TopicRules(
        min_insync_replicas=2 if stack == "prod" else 1,
        replication_factor=kafka.replication_factor if kafka else None,
        retention_ms=minimum * MS_PER_DAY if audit is True else 0,
    )


def current_settings() -> Settings:
    """Validate what the engine gave to the running program."""
    try:
        return load_settings(
            pulumi.get_stack(),
            pulumi.runtime.config.get_config_env(),
            pulumi.runtime.config.get_config_secret_keys_env(),
        )
    except InvalidSettingsError as problems:
        raise pulumi.RunError(str(problems)) from None
