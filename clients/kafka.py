"""A Kafka cluster, as Pulumi's principal connects to it."""

import logging
import os
import time
from collections.abc import Sequence
from concurrent.futures import Future
from typing import Any

from confluent_kafka import KafkaError, KafkaException, TopicCollection
from confluent_kafka.admin import (
    AclBindingFilter,
    AclOperation,
    AclPermissionType,
    AdminClient,
    ResourcePatternType,
    ResourceType,
)

from clients import http
from clients.failures import NoAnswerError

_POLL_SECONDS = 0.05
_MECHANISMS = {
    "plain": "PLAIN",
    "scram-sha256": "SCRAM-SHA-256",
    "scram-sha512": "SCRAM-SHA-512",
}

# librdkafka prints what the errors report, too.
_SILENT = logging.getLogger(__name__)
_SILENT.addHandler(logging.NullHandler())
_SILENT.propagate = False

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


class Kafka:
    """
    One cluster, with the credentials of the environment.

    Args:
        addresses: `host:port` of brokers.
        mechanism: The SASL mechanism, as the provider spells it.
        tls: Whether the connections use TLS.

    Raises:
        NoAnswerError: The environment has no credentials.
    """

    def __init__(self, addresses: Sequence[str], mechanism: str, *, tls: bool) -> None:
        """Connect in the background."""
        self.name = f"Kafka at {', '.join(addresses)}"
        user, password = map(os.environ.get, ("KAFKA_SASL_USERNAME", "KAFKA_SASL_PASSWORD"))
        if not (user and password):
            raise NoAnswerError(
                f"{self.name} needs a user: set KAFKA_SASL_USERNAME and KAFKA_SASL_PASSWORD"
            )
        settings: dict[str, Any] = {
            "bootstrap.servers": ",".join(addresses),
            "security.protocol": "SASL_SSL" if tls else "SASL_PLAINTEXT",
            "sasl.mechanism": _MECHANISMS[mechanism],
            "sasl.username": user,
            "sasl.password": password,
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

    def _refusal(self, what: str, error: KafkaException) -> NoAnswerError:
        return NoAnswerError(
            f"{self.name} does not let the user in KAFKA_SASL_USERNAME {what} "
            f"({error.args[0].str()}): grant what `waqiti grants` prints"
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
                    f"{self.name} refuses the user in KAFKA_SASL_USERNAME: set it and "
                    "KAFKA_SASL_PASSWORD to valid ones"
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
    """Return the provider's name of a constant such as IDEMPOTENT_WRITE."""
    return constant.title().replace("_", "")


def _is_local(error: BaseException | None) -> bool:
    """Return whether librdkafka itself failed, and no broker answered."""
    return isinstance(error, KafkaException) and error.args[0].code() < 0
