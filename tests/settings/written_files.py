"""Every file that a person writes: its reader alone, and what the program has of it."""

import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import yaml
from pydantic import TypeAdapter

from catalog.alert_rules import RuleFile, read_alert_rules, read_messages
from catalog.channels import Channels, read_channels
from catalog.dashboard_files import read_dashboard_files
from catalog.dashboards import Dashboard, dashboards_of
from catalog.inhibitions import Inhibitions, read_inhibitions
from catalog.metrics import MetricsCatalog, metrics_of, read_metrics
from catalog.problems import Problems, load
from catalog.secrets import Secrets, read_secrets
from catalog.services import Services, read_services
from catalog.topic_config import TopicRules
from catalog.topics import read_topics
from catalog.vendors import Vendors, read_vendors
from tests.conftest import ROOT

_CHANNELS = load(read_channels)
_METRICS = read_metrics()
_VENDORS = load(read_vendors)
_RULES = load(lambda found: read_alert_rules(found, _CHANNELS))

# Reads one file below a folder, and returns a function that returns its content as data.
Reader = Callable[[Problems, Path], Callable[[], Any]]


def _dumped(type_: Any, value: Any) -> Callable[[], Any]:
    dump = TypeAdapter(type_).dump_python
    return lambda: dump(value, mode="json", by_alias=True, exclude_unset=True)


def _topics(found: Problems, top: Path) -> Callable[[], Any]:
    topics = read_topics(found, TopicRules(), top / "catalog")
    return lambda: {
        name: topic.model_dump(mode="json", by_alias=True, exclude_unset=True)
        | {"config": topic.config.declared()}
        for name, topic in topics.items()
    }


def _secrets(found: Problems, top: Path) -> Callable[[], Any]:
    secrets = read_secrets(found, _CHANNELS, top / "catalog/secrets.yaml")
    return lambda: _without_webhooks(_dumped(Secrets, secrets)())


def _rules(found: Problems, top: Path) -> Callable[[], Any]:
    models = read_alert_rules(found, _CHANNELS, top / "alert_rules")
    return _dumped(RuleFile, next(iter(models.values()), None))


def _dashboard(found: Problems, top: Path) -> Callable[[], Any]:
    files = read_dashboard_files(found, top / "dashboards")
    return lambda: next(iter(files.values())).content


def _messages(found: Problems, top: Path) -> Callable[[], Any]:
    text = read_messages(found, top / "alert_rules")
    return lambda: text


READERS: Mapping[str, Reader] = {
    "catalog/topics.yaml": _topics,
    "catalog/topic_classes.yaml": _topics,
    "catalog/channels.yaml": lambda found, top: _dumped(
        Channels, read_channels(found, top / "catalog/channels.yaml")
    ),
    "catalog/secrets.yaml": _secrets,
    "catalog/services.yaml": lambda found, top: _dumped(
        Services, read_services(found, _VENDORS, top / "catalog/services.yaml")
    ),
    "catalog/vendors.yaml": lambda found, top: _dumped(
        Vendors, read_vendors(found, top / "catalog/vendors.yaml")
    ),
    "catalog/inhibitions.yaml": lambda found, top: _dumped(
        Inhibitions, read_inhibitions(found, _RULES, top / "catalog/inhibitions.yaml")
    ),
    "catalog/metrics.yaml": lambda found, top: _dumped(
        MetricsCatalog, metrics_of(found, top / "catalog/metrics.yaml")
    ),
    "catalog/dashboards.yaml": lambda found, top: _dumped(
        dict[str, Dashboard], dashboards_of(found, _METRICS, top / "catalog/dashboards.yaml")
    ),
    **{f"alert_rules/{p.name}": _rules for p in sorted((ROOT / "alert_rules").glob("*.yaml"))},
    **{f"dashboards/{p.name}": _dashboard for p in sorted((ROOT / "dashboards").glob("*.json"))},
    "alert_rules/messages.tmpl": _messages,
}
DATA = [name for name in READERS if not name.endswith(".tmpl")]


def content_of(name: str) -> Any:
    """Return the content of the file *name*, as data or as text."""
    text = (ROOT / name).read_text(encoding="utf-8")
    return text if name.endswith(".tmpl") else yaml.load(text, yaml.CSafeLoader)


def place(name: str, top: Path) -> Path:
    """Make a folder *top* with what the reader of *name* needs beside it; return the file."""
    for other in ("catalog/topics.yaml", "catalog/topic_classes.yaml", name):
        (top / other).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / other, top / other)
    if name.startswith("alert_rules/"):
        shutil.copytree(ROOT / "runbooks", top / "runbooks")
    return top / name


def read(name: str, top: Path) -> tuple[list[str], Any]:
    """Return the problems of the file *name* in *top*, and its content if there are none."""
    found = Problems()
    content = READERS[name](found, top)
    return found.report().splitlines(), None if found.by_file else content()


def intended(name: str, data: Any) -> Any:
    """Return what a reader makes of *data*, the content of the file *name*, if it accepts it."""
    if name == "catalog/topics.yaml":
        return _with_classes(data, content_of("catalog/topic_classes.yaml"))
    if name == "catalog/topic_classes.yaml":
        return _with_classes(content_of("catalog/topics.yaml"), data)
    return _without_webhooks(data) if name == "catalog/secrets.yaml" else data


def _with_classes(topics: Any, classes: Any) -> Any:
    return {
        name: topic
        | {
            "config": {
                key: value
                for key, value in (classes[topic["class"]] | topic.get("config", {})).items()
                if value is not None
            }
        }
        for name, topic in topics.items()
    }


def _without_webhooks(secrets: Any) -> Any:
    """Leave out what the reader derives from the channels."""
    return {
        path: {k: v for k, v in secret.items() if k not in {"keys", "variables"}}
        if secret.get("webhooks")
        else secret
        for path, secret in secrets.items()
    }
