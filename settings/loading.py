"""Load the settings of a stack from the engine's config and the catalog."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pulumi
from pydantic import TypeAdapter

from catalog.alert_rules import ALERT_RULES, read_alert_rules, read_messages
from catalog.channels import read_channels
from catalog.dashboard_files import DASHBOARDS, read_dashboard_files
from catalog.dashboards import dashboards_of
from catalog.inhibitions import read_inhibitions
from catalog.metrics import EXPORTERS, MetricsCatalog, metrics_of
from catalog.problems import Problems
from catalog.reading import file_name, files_of, strict_json
from catalog.secrets import PAGER_SECRET, Secrets, read_secrets, service_secrets
from catalog.services import PROD_SERVICES, Services, read_services, unknown
from catalog.topic_config import MS_PER_DAY, TopicRules
from catalog.topics import CATALOG, TopicClass, Topics, named_services, read_topics
from catalog.vendors import read_vendors
from settings.kafka import KafkaSettings
from settings.problems import InvalidSettingsError
from settings.stack import Sections, Settings

PROJECT = "waqiti"
# The topic that the reconciliation verifies, and the consumer of it that does so.
AUDIT_TOPIC, AUDIT_READER = "encryption-audit-log", "audit-reconciliation"
# prod must keep its audit log, and the records in it.
_PROD_TOPICS: Mapping[str, TopicClass] = {AUDIT_TOPIC: "audit"}

# A stack with this name and another environment is most likely a mistake.
_PROD_NAMES = {"prod", "production"}

_CATALOG_FILES = {"channels", "dashboards", "inhibitions", "metrics", "secrets"}
_CATALOG_FILES |= {"services", "topic_classes", "topics", "vendors"}

_SECTIONS = TypeAdapter(Sections)


def load_settings(
    stack: str,
    config: Mapping[str, str],
    secret_keys: Sequence[str] = (),
    catalog: Path = CATALOG,
    alert_rules: Path = ALERT_RULES,
    dashboards: Path = DASHBOARDS,
) -> Settings:
    """
    Return the settings of *stack*.

    Args:
        stack: Its name.
        config: Values by full key (`waqiti:kafka`), structured values as JSON, as the engine
            passes them.
        secret_keys: The keys of *config* whose values are secrets.
        catalog: The folder of the catalog.
        alert_rules: The folder of the alert rules, with `runbooks` beside it.
        dashboards: The folder of the dashboards.

    Raises:
        InvalidSettingsError: A file is not valid; the message lists every problem.
    """
    stack_file = f"Pulumi.{stack}.yaml"
    found = Problems()
    own = _own_sections(config, secret_keys, stack_file, found)
    environment = own.get("environment")
    sections = found.check(_SECTIONS, own, stack_file, context=environment)
    topics = _read_topics(catalog, environment, sections.kafka if sections else None, found)
    if topics:
        _require_reconciliation(topics, found, file_name(catalog / "topics.yaml"))
    channels = read_channels(found, catalog / "channels.yaml")
    vendors = read_vendors(found, catalog / "vendors.yaml")
    services = read_services(found, vendors, catalog / "services.yaml")
    secrets = read_secrets(found, channels, catalog / "secrets.yaml")
    metrics = metrics_of(found, catalog / "metrics.yaml")
    _check_services(found, environment, services, topics, metrics)
    _check_reads(found, services, secrets)
    dashboards_of(found, metrics, catalog / "dashboards.yaml")
    if sections and metrics:
        for problem in _contradictions(stack, sections, metrics):
            found.add(stack_file, problem)
    for problem in _service_problems(sections, services) if sections else ():
        found.add(stack_file, problem)
    _refuse_unread(catalog, found)
    rules = read_alert_rules(found, channels, alert_rules)
    inhibitions = read_inhibitions(
        found, {} if _has_problems(alert_rules, found) else rules, catalog / "inhibitions.yaml"
    )
    messages = read_messages(found, alert_rules)
    runbooks = sections.monitoring.runbook_base_url if sections else None
    folder_uid = sections.grafana.folder_uid if sections else None
    files = read_dashboard_files(found, dashboards, runbooks, folder_uid)
    if sections is None or found.by_file:
        raise InvalidSettingsError(found.report())
    only = sections.service_secrets.only
    services = {name: one for name, one in services.items() if only is None or name in only}
    return Settings(
        stack=stack,
        channels=channels if sections.slack.enabled else {},
        catalog_services=services,
        secrets={**_in_use(secrets, sections), **service_secrets(services, vendors)},
        topics=topics,
        alert_rules=rules,
        inhibitions=inhibitions,
        alert_messages=messages,
        dashboards={uid: file.text for uid, file in files.items()},
        **dict(sections),
    )


def current_settings() -> Settings:
    """Return the settings of the running program; raise `pulumi.RunError` if they are not valid."""
    try:
        return load_settings(
            pulumi.get_stack(),
            pulumi.runtime.config.get_config_env(),
            pulumi.runtime.config.get_config_secret_keys_env(),
        )
    except InvalidSettingsError as problems:
        raise pulumi.RunError(str(problems)) from None


def _own_sections(
    config: Mapping[str, str], secret_keys: Sequence[str], stack_file: str, found: Problems
) -> dict[str, Any]:
    own: dict[str, Any] = {}
    for key, text in config.items():
        namespace, _, name = key.partition(":")
        if namespace == "pulumi":
            continue
        if namespace != PROJECT:
            found.add(stack_file, f"{key}: unknown key: remove it")
        elif key in secret_keys:
            found.add(
                stack_file,
                f"{name}: a secret in config: remove it, set the credential in the environment",
            )
        else:
            own[name] = _structured(text)
    return own


def _in_use(secrets: Secrets, sections: Sections) -> Secrets:
    """Return the secrets without those of a system that is switched off."""
    return {
        path: secret
        for path, secret in secrets.items()
        if (sections.slack.enabled or not secret.webhooks)
        and (sections.pagerduty.enabled or path != PAGER_SECRET)
    }


def _structured(text: str) -> Any:  # noqa: ANN401 - config can hold any type
    try:
        return strict_json(text)
    except (ValueError, RecursionError):
        return text


def _contradictions(stack: str, sections: Sections, metrics: MetricsCatalog) -> Iterator[str]:
    """Yield what contradicts the stack's name, or leaves the alert rules without their series."""
    if stack in _PROD_NAMES and sections.environment != "prod":
        yield (
            f"environment: the stack {stack} must be prod: write prod, or use another name for "
            f"the stack (got {sections.environment!r})"
        )
    if not (sections.slack.enabled or sections.pagerduty.enabled):
        yield (
            "slack.enabled: pagerduty.enabled is false, too, and nobody would learn of an alert: "
            "write true in one of them (got False)"
        )
    known = metrics.services
    for index, service in enumerate(sections.services.deployed):
        if service not in known:
            yield (
                f"services.deployed.{index}: no service of catalog/metrics.yaml: use one of "
                f"{', '.join(known)} (got {service!r})"
            )
    read_in = {
        "legal_storage": (sections.legal_storage.namespace, "kube_cronjob_created"),
        "audit_reconciliation": (
            sections.audit_reconciliation.namespace,
            "audit_reconciliation_missing_records",
        ),
    }
    for section, (namespace, metric) in read_in.items():
        if namespace not in (read := metrics.namespaces(metric)):
            yield (
                f"{section}.namespace: the alert rules of catalog/metrics.yaml read another "
                f"namespace: use {' or '.join(read)} (got {namespace!r})"
            )


def _require_reconciliation(topics: Topics, found: Problems, file: str) -> None:
    """Record that the job which verifies the audit trail may not read its topic."""
    if AUDIT_TOPIC in topics and AUDIT_READER not in topics[AUDIT_TOPIC].consumers:
        found.add(file, f"{AUDIT_TOPIC}.consumers: {AUDIT_READER} verifies this topic: add it")


def _check_services(
    found: Problems,
    environment: object,
    services: Services,
    topics: Topics,
    metrics: MetricsCatalog | None,
) -> None:
    """Record a wrong number of services, and what other files name and the catalog has not."""
    if environment == "prod" and services and len(services) != PROD_SERVICES:
        found.add(
            "catalog/services.yaml",
            f"prod must have the {PROD_SERVICES} services of the source checklist: add or remove "
            f"some (got {len(services)})",
        )
    for problem in unknown(named_services(topics), services):
        found.add("catalog/topics.yaml", problem)
    for problem in unknown(metrics.named_services() if metrics else (), services, EXPORTERS):
        found.add("catalog/metrics.yaml", problem)


def _service_problems(sections: Sections, services: Services) -> Iterator[str]:
    """Yield what the section `service_secrets` names and the catalog has not."""
    own = sections.service_secrets
    places = {"resolving": own.resolving, "only": own.only or ()}
    for key, names in places.items():
        numbered = ((f"service_secrets.{key}.{i}", name) for i, name in enumerate(names))
        yield from unknown(numbered, services)
    generated = service_secrets(services, {})
    for path in own.rotations if services else ():
        if path not in generated:
            yield (
                f"service_secrets.rotations.{path}: Vault does not generate this secret: correct "
                "the path, or remove it"
            )


def _check_reads(found: Problems, services: Services, secrets: Secrets) -> None:
    """Record each further secret of a service that is none for services."""
    if "catalog/secrets.yaml" in found.by_file:
        return
    readable = [path for path, secret in secrets.items() if "services" in secret.readers]
    for name, service in services.items():
        for path in service.secrets:
            if path not in readable:
                found.add(
                    "catalog/services.yaml",
                    f"{name}.secrets: no secret of catalog/secrets.yaml with the reader services: "
                    f"use one of {', '.join(readable)} (got {path!r})",
                )


def _has_problems(folder: Path, found: Problems) -> bool:
    return any(name.partition("/")[0] == folder.name for name in found.by_file)


def _refuse_unread(catalog: Path, found: Problems) -> None:
    """Record every file of the catalog's folder that no reader reads; its code is there, too."""
    if not catalog.is_dir():
        return
    code = {path.name for path in catalog.iterdir() if path.suffix in {".py", ".pyc"}}
    for path in files_of(catalog, ".yaml", found, others={*code, "__pycache__"}):
        if path.stem not in _CATALOG_FILES:
            known = ", ".join(f"{name}.yaml" for name in sorted(_CATALOG_FILES))
            found.add(file_name(path), f"nothing reads it: use one of {known}, or remove it")


def _read_topics(
    folder: Path, environment: object, kafka: KafkaSettings | None, found: Problems
) -> Topics:
    in_prod = environment == "prod"
    rules = TopicRules(
        min_insync_replicas=2 if in_prod else 1,
        replication_factor=kafka.replication_factor if kafka else None,
        audit_retention_ms=kafka.audit_retention_minimum_days * MS_PER_DAY if kafka else 0,
    )
    topics = read_topics(found, rules, folder, _PROD_TOPICS if in_prod else {})
    days = kafka.retention_days_at_most if kafka else None
    return {
        name: topic.with_retention_at_most(days) if days else topic
        for name, topic in topics.items()
    }
