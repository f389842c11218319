"""Kafka topics: the models of `topics.yaml` and `topic_classes.yaml`, and their reader."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any, Literal, Self, get_args

from pydantic import Field, TypeAdapter

from catalog.problems import Problems
from catalog.reading import file_name, read_model
from catalog.strict import Names, Strict
from catalog.topic_config import MS_PER_DAY, TopicConfig, TopicRules
from systems import kafka

CATALOG = Path(__file__).parent

# Kafka's own rule for topic names, without `.` and `_`, which its metrics do not distinguish.
TopicName = Annotated[str, Field(pattern=r"^[a-zA-Z0-9-]{1,249}$")]
TopicClass = Literal["audit", "event"]
Classes = Mapping[TopicClass, TopicConfig]


class ExpectedLoad(Strict):
    """The load before compression that the owner expects; the size estimate derives from it."""

    records_per_second: int = Field(gt=0, le=kafka.INT)
    record_bytes: int = Field(gt=0, le=kafka.INT)


class Topic(Strict):
    """
    One topic with its complete configuration.

    Args:
        class_: The class that its configuration derives from.
        purpose: What its records are, for a reader.
        partitions: Their number.
        config: The configuration of the class and what the topic overrides.
        expected: The expected load.
        producers: Services that write.
        consumers: Services that read, each in the consumer group of its own name.
    """

    class_: TopicClass = Field(alias="class")
    purpose: str = Field(min_length=10)
    partitions: int = Field(ge=1, le=1000)
    config: TopicConfig
    expected: ExpectedLoad
    producers: Names
    consumers: Names

    @property
    def audit(self) -> bool:
        """Whether the legal minimum of retention applies and nobody may delete the topic."""
        return self.class_ == "audit"

    def with_retention_at_most(self, days: int) -> Self:
        """Return the same topic with a retention of *days* at most."""
        return self.model_copy(
            update={"config": self.config.with_retention_at_most(days * MS_PER_DAY)}
        )


Topics = Mapping[TopicName, Topic]


def named_services(topics: Topics) -> Iterator[tuple[str, str]]:
    """Yield each place of `topics.yaml` that names a service, and the name."""
    for name, topic in topics.items():
        for role, services in (("producers", topic.producers), ("consumers", topic.consumers)):
            for index, service in enumerate(services):
                yield f"{name}.{role}.{index}", service


_ENTRIES = TypeAdapter(dict[TopicName, dict[str, Any]])
_CLASS_FILE = TypeAdapter(dict[TopicClass, dict[str, Any]])
_CLASS = TypeAdapter(TopicClass)
_CONFIG = TypeAdapter(TopicConfig)
_TOPIC = TypeAdapter(Topic)


def read_topics(
    found: Problems,
    rules: TopicRules,
    folder: Path = CATALOG,
    required: Mapping[TopicName, TopicClass] = {},
) -> Topics:
    """
    Return the topics by name.

    Args:
        found: Collects the problems.
        rules: What the stack demands of every topic.
        folder: The folder of `topics.yaml` and `topic_classes.yaml`.
        required: Topics that must exist, with their class.
    """
    classes = _read_classes(found, folder / "topic_classes.yaml")
    path = folder / "topics.yaml"
    file = file_name(path)
    entries = read_model(_ENTRIES, path, found)
    if classes is None or entries is None:
        return {}
    for name in required.keys() - entries.keys():
        found.add(file, f"{name}: missing: add the topic, this stack requires it")
    topics: dict[str, Topic] = {}
    for name, entry in sorted(entries.items()):
        class_ = _class_of(name, entry, required.get(name), found, file)
        if class_ is None:
            continue
        topic = found.check(
            _TOPIC,
            _with_defaults(entry, classes[class_]),
            file,
            context=replace(rules, audit=class_ == "audit"),
            at=name,
        )
        if topic is not None:
            topics[name] = topic
    return topics


def _read_classes(found: Problems, path: Path) -> Classes | None:
    file = file_name(path)
    entries = read_model(_CLASS_FILE, path, found)
    if entries is None:
        return None
    classes: dict[TopicClass, TopicConfig] = {}
    names: Sequence[TopicClass] = get_args(TopicClass)
    for name in names:
        if name not in entries:
            found.add(file, f"{name}: missing: add it")
            continue
        rules = TopicRules(audit=name == "audit")
        config = found.check(_CONFIG, entries[name], file, context=rules, at=name)
        if config is not None:
            classes[name] = config
    return classes if len(classes) == len(names) else None


def _class_of(
    topic: str, entry: Mapping[str, Any], required: TopicClass | None, found: Problems, file: str
) -> TopicClass | None:
    if "class" not in entry:
        found.add(file, f"{topic}.class: missing: add it")
        return None
    class_ = found.check(_CLASS, entry["class"], file, at=f"{topic}.class")
    if class_ is not None and required not in {None, class_}:
        found.add(
            file,
            f"{topic}.class: this stack requires the class {required}: set it (got {class_!r})",
        )
    return class_


def _with_defaults(entry: Mapping[str, Any], defaults: TopicConfig) -> dict[str, Any]:
    own = entry.get("config", {})
    if not isinstance(own, dict):
        return dict(entry)
    return {**entry, "config": defaults.declared() | own}
