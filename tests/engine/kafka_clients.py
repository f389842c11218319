"""Kafka clients that act as a service does."""

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Any, cast

from confluent_kafka import Consumer, KafkaError, KafkaException, Message, Producer
from confluent_kafka.admin import (
    AclBindingFilter,
    AclOperation,
    AclPermissionType,
    AdminClient,
    ResourcePatternType,
    ResourceType,
)

from sandbox.servers import kafka
from sandbox.world import World

TOPIC = "encryption-audit-log"
SECONDS = 30
EVERY_ACL = AclBindingFilter(
    ResourceType.ANY,
    cast("str", None),  # None matches any name, principal and host; the stubs lack it
    ResourcePatternType.ANY,
    cast("str", None),
    cast("str", None),
    AclOperation.ANY,
    AclPermissionType.ANY,
)


def code(refused: Callable[[], object]) -> str:
    """Return the name of the error that *refused* raises, or "" without an error."""
    try:
        refused()
    except KafkaException as error:
        return str(error.args[0].name())
    return ""


def result(futures: dict[Any, Future[Any]]) -> Any:
    """Wait for the only result of an admin request."""
    (future,) = futures.values()
    return future.result(SECONDS)


def write(
    world: World, user: str, values: Sequence[str], during: Callable[[], object] = int
) -> tuple[list[str], list[str]]:
    """Write with `acks=all`; return the acknowledged values and the names of the errors."""
    acknowledged: list[str] = []
    errors: list[str] = []

    def delivered(error: KafkaError | None, message: Message) -> None:
        if error is None:
            acknowledged.append((message.value() or b"").decode())
        else:
            errors.append(error.name())

    producer = Producer({**settings(world, user), "acks": "all"})
    half = len(values) // 2
    for position, value in enumerate(values):
        if position == half:
            during()
        producer.produce(TOPIC, value.encode(), on_delivery=delivered)
        producer.poll(0)
    assert producer.flush(SECONDS) == 0
    return sorted(acknowledged), errors


def read(world: World, user: str, group: str, wanted: Sequence[str]) -> list[str] | str:
    """Read from the beginning in *group* until *wanted* arrive; return them, or an error's name."""
    consumer = Consumer(
        {
            **settings(world, user),
            "group.id": group,
            "auto.offset.reset": "earliest",
            "enable.auto.commit": False,
        }
    )
    consumer.subscribe([TOPIC])
    missing = set(wanted)
    try:
        while missing:
            message = consumer.poll(SECONDS)
            if message is None:
                return f"{len(missing)} records did not come"
            if (error := message.error()) is not None:
                return error.name()
            value = (message.value() or b"").decode()
            missing.discard(value)
    finally:
        consumer.close()
    return sorted(wanted)


def add_client(world: World, user: str) -> AdminClient:
    """Add *user* without any ACL; return its admin client."""
    admin = kafka.admin(world)
    kafka.add_user(admin, user, _password(user)).result(SECONDS)
    return AdminClient(settings(world, user))


def settings(world: World, user: str) -> dict[str, str | int | float | bool]:
    """Return librdkafka's settings for *user*, who is one of the sandbox's or of a test's."""
    if f"kafka/{user}" in world.credentials:
        return kafka.client_settings(world, user)
    own = {"sasl.username": user, "sasl.password": _password(user)}
    return {**kafka.client_settings(world, "pulumi"), **own}


def _password(user: str) -> str:
    return f"password of {user}"
