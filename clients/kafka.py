"""A Kafka cluster, as Pulumi's principal connects to it."""

import logging
import os
import time
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import Any

from confluent_kafka import KafkaError, KafkaException, TopicCollection
from confluent_kafka.admin import (
    AclBindingFilter,
    AclOperation,
    AclPermissionType,
    AdminClient,
    AlterConfigOpType,
    ConfigEntry,
    ConfigResource,
    NewPartitions,
    NewTopic,
    ResourcePatternType,
    ResourceType,
)

from clients import http
from clients.failures import ForbiddenError, NoAnswerError

_POLL_SECONDS = 0.05
_MECHANISMS = {
    "plain": "PLAIN",
    "scram-sha256": "SCRAM-SHA-256",
    "scram-sha512": "SCRAM-SHA-512",
}
_EVERY: Any = None  # its stubs permit a text only
_ALL_ACLS = AclBindingFilter(
    ResourceType.ANY,
    _EVERY,
    ResourcePatternType.ANY,
    _EVERY,
    _EVERY,
    AclOperation.ANY,
    AclPermissionType.ANY,
)
_FORBIDDEN = (
    KafkaError.TOPIC_AUTHORIZATION_FAILED,
    KafkaError.CLUSTER_AUTHORIZATION_FAILED,
)
_USER = ("KAFKA_SASL_USERNAME", "KAFKA_SASL_PASSWORD")
_CERTIFICATE = ("KAFKA_CLIENT_CERT", "KAFKA_CLIENT_KEY")

# librdkafka prints what the errors report, too.
_SILENT = logging.getLogger(__name__)
_SILENT.addHandler(logging.NullHandler())
_SILENT.propagate = False

# Kafka reports no operations of a topic that does not exist, but it authorizes a dry run first.
_DRY_RUNS: Mapping[str, Callable[[AdminClient, str], Mapping[Any, Future[Any]]]] = {
    "Alter": lambda client, topic: client.create_partitions(
        [NewPartitions(topic, 1)], validate_only=True
    ),
    "AlterConfigs": lambda client, topic: client.incremental_alter_configs(
        [_reset(topic)], validate_only=True
    ),
    "Create": lambda client, topic: client.create_topics([NewTopic(topic)], validate_only=True),
}


class Kafka:
    """
    One cluster, with the credentials of the environment.

    Args:
        addresses: `host:port` of brokers.
        mechanism: The SASL mechanism, as the provider spells it; None for a certificate alone.
        tls: Whether the connections use TLS.

    Raises:
        NoAnswerError: The environment has no credentials, or two kinds.
    """

    def __init__(self, addresses: Sequence[str], mechanism: str | None, *, tls: bool) -> None:
        """Connect in the background."""
        self.name = f"Kafka at {', '.join(addresses)}"
        own = self._certificate() if mechanism is None else self._user(mechanism, tls=tls)
        settings: dict[str, Any] = {
            **own,
            "bootstrap.servers": ",".join(addresses),
            "socket.timeout.ms": http.TIMEOUT_SECONDS * 1000,
            "error_cb": self._note,
        }
        if isinstance(authorities := http.authorities(), str):
            settings["ssl.ca.location"] = authorities
        self._errors: list[KafkaError] = []
        self._client = AdminClient(settings, logger=_SILENT)

    def has_topic(self, name: str) -> bool:
        """
        Return whether there is a topic of this *name*.

        Raises:
            NoAnswerError: Kafka does not answer, or refuses.
        """
        (answer,) = self._client.describe_topics(TopicCollection([name])).values()
        try:
            self._result(answer)
        except KafkaException as error:
            if error.args[0].code() == KafkaError.UNKNOWN_TOPIC_OR_PART:
                return False
            raise self._refusal(f"describe the topic {name}", error) from None
        return True

    def acls(self) -> frozenset[str]:
        """
        Return the ACLs of the cluster, each as the provider imports it: `principal|host|…`.

        Raises:
            NoAnswerError: Kafka does not answer, or refuses.
        """
        try:
            found = self._result(self._client.describe_acls(_ALL_ACLS))
        except KafkaException as error:
            raise self._refusal("list the ACLs", error) from None
        return frozenset(map(import_id, found))

    def topics(self) -> frozenset[str]:
        """
        Return the names of all topics.

        Raises:
            NoAnswerError: Kafka does not answer, or does not show all topics to the principal.
        """
        # A list leaves out, without an error, what the principal may not describe. Kafka reports
        # that a topic does not exist only to a principal that may describe it.
        try:
            self.has_topic(f"waqiti-drift-{uuid.uuid4().hex}")
        except ForbiddenError:
            raise NoAnswerError(
                f"{self.name} shows Pulumi's principal only some of its topics: grant what `waqiti "
                "grants STACK drift-kafka` prints"
            ) from None
        try:
            found = self._client.list_topics(timeout=http.TIMEOUT_SECONDS)
        except KafkaException as error:
            raise NoAnswerError(
                f"{self.name} does not list its topics ({error.args[0].str()})"
            ) from None
        return frozenset(found.topics)

    def lacking(
        self, on_cluster: Sequence[str], on_topics: Mapping[str, Sequence[str]]
    ) -> Iterator[tuple[str, Sequence[str]]]:
        """
        Yield where the principal may not do all that is wanted, and the operations that it lacks.

        If a topic does not exist, it is not known whether the principal may delete it.

        Args:
            on_cluster: The operations that are wanted on the cluster.
            on_topics: Those on each topic.
        """
        whole = self._client.describe_cluster(include_authorized_operations=True)
        topics = self._client.describe_topics(
            TopicCollection(list(on_topics)), include_authorized_operations=True
        )
        permitted = _names(self._result(whole))
        yield "the cluster", _without(on_cluster, permitted)
        # Whoever may create any topic may create each.
        everywhere = permitted & {"Create"}
        for topic, answer in topics.items():
            wanted = on_topics[topic]
            yield f"the topic {topic}", self._lacking_on(topic, wanted, answer, everywhere)

    def _user(self, mechanism: str, *, tls: bool) -> dict[str, str]:
        user, password = map(os.environ.get, _USER)
        if not (user and password):
            raise NoAnswerError(f"{self.name} needs a user: set {' and '.join(_USER)}")
        return {
            "security.protocol": "SASL_SSL" if tls else "SASL_PLAINTEXT",
            "sasl.mechanism": _MECHANISMS[mechanism],
            "sasl.username": user,
            "sasl.password": password,
        }

    def _certificate(self) -> dict[str, str]:
        certificate, key = map(os.environ.get, _CERTIFICATE)
        if not (certificate and key):
            raise NoAnswerError(
                f"{self.name} needs a certificate: set {' and '.join(_CERTIFICATE)} to its files"
            )
        if any(map(os.environ.get, _USER)):  # the provider would then use SASL
            raise NoAnswerError(
                f"{self.name} is reached by certificate (kafka.sasl_mechanism is none): unset "
                f"{' and '.join(_USER)}"
            )
        for variable, file in zip(_CERTIFICATE, (certificate, key), strict=True):
            if not Path(file).is_file():
                raise NoAnswerError(f"{variable} is {file}, which is no file: correct it")
        return {
            "security.protocol": "SSL",
            "ssl.certificate.location": certificate,
            "ssl.key.location": key,
        }

    def _lacking_on(
        self, topic: str, wanted: Sequence[str], described: Future[Any], everywhere: set[str]
    ) -> Sequence[str]:
        try:
            return _without(wanted, _names(self._result(described)) | everywhere)
        except KafkaException as error:
            reason = error.args[0]
        if reason.code() == KafkaError.TOPIC_AUTHORIZATION_FAILED:
            return wanted
        if reason.code() == KafkaError.UNKNOWN_TOPIC_OR_PART:
            runs = {o: _DRY_RUNS[o](self._client, topic) for o in wanted if o in _DRY_RUNS}
            return [operation for operation, run in runs.items() if not self._permits(run)]
        raise NoAnswerError(f"{self.name} does not describe the topic {topic} ({reason.str()})")

    def _permits(self, dry_run: Mapping[Any, Future[Any]]) -> bool:
        (answer,) = dry_run.values()
        try:
            self._result(answer)
        except KafkaException as error:
            return bool(error.args[0].code() != KafkaError.TOPIC_AUTHORIZATION_FAILED)
        return True

    def _refusal(self, what: str, error: KafkaException) -> NoAnswerError:
        is_forbidden = error.args[0].code() in _FORBIDDEN
        return (ForbiddenError if is_forbidden else NoAnswerError)(
            f"{self.name} does not let Pulumi's principal {what} ({error.args[0].str()}): grant "
            "what `waqiti grants` prints"
        )

    def _result(self, answer: Future[Any]) -> Any:  # noqa: ANN401 - any answer
        """Return the answer of the cluster, or raise the KafkaException that it answers with."""
        deadline = time.monotonic() + http.TIMEOUT_SECONDS
        while not answer.done() and time.monotonic() < deadline:
            self._client.poll(_POLL_SECONDS)
            self._raise_if_refused()
        if answer.done() and not _is_local(answer.exception()):
            return answer.result()
        why = self._errors[0].str() if self._errors else "timed out"
        raise NoAnswerError(f"{self.name} does not answer ({why})")

    def _raise_if_refused(self) -> None:
        """Raise at once what librdkafka would retry until the timeout."""
        for error in self._errors:
            if error.name() == "_AUTHENTICATION":
                raise NoAnswerError(
                    f"{self.name} refuses the user in {_USER[0]}: set it and {_USER[1]} to valid "
                    "ones"
                )

    def _note(self, error: KafkaError) -> None:
        self._errors.append(error)


def import_id(acl: Any) -> str:  # noqa: ANN401 - its stubs permit numbers in place of constants
    """Return the id with which the provider imports an ACL, in the provider's own words."""
    # librdkafka calls the cluster by the type of the oldest resource that it had.
    kind = "Cluster" if acl.restype == ResourceType.BROKER else _camel(acl.restype.name)
    operation, permission = _camel(acl.operation.name), _camel(acl.permission_type.name)
    pattern = _camel(acl.resource_pattern_type.name)
    return f"{acl.principal}|{acl.host}|{operation}|{permission}|{kind}|{acl.name}|{pattern}"


def _camel(constant: str) -> str:
    """Return Kafka's own name of a constant such as IDEMPOTENT_WRITE."""
    return constant.title().replace("_", "")


def _names(described: Any) -> set[str]:  # noqa: ANN401 - a cluster or a topic
    """Return what the principal may do, as Kafka's own tool spells it: AlterConfigs."""
    operations = described.authorized_operations or ()  # None if there are none
    return {_camel(operation.name) for operation in operations}


def _without(wanted: Sequence[str], permitted: set[str]) -> Sequence[str]:
    return [operation for operation in wanted if operation not in permitted]


def _is_local(error: BaseException | None) -> bool:
    """Return whether librdkafka itself failed, and no broker answered."""
    return isinstance(error, KafkaException) and error.args[0].code() < 0


def _reset(topic: str) -> ConfigResource:
    entry = ConfigEntry("retention.ms", None, incremental_operation=AlterConfigOpType.DELETE)
    return ConfigResource(ConfigResource.Type.TOPIC, topic, incremental_configs=[entry])
