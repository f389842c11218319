"""The configuration of a pod: a file of settings, and a folder with one file for each secret."""

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from audit_reconciliation.outcome import WrongUseError

_MECHANISMS = {
    "plain": "PLAIN",
    "scram-sha256": "SCRAM-SHA-256",
    "scram-sha512": "SCRAM-SHA-512",
}
# With SASL, user name and password; without, a certificate and its key in the format PEM.
IDENTITY, CREDENTIAL = "kafka-identity", "kafka-credential"

Settings = dict[str, str | int | float | bool]


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class KafkaCluster(_Strict):
    """
    The brokers.

    Args:
        bootstrap_servers: `host:port` of brokers.
        tls: Whether the connections use TLS.
        mechanism: The SASL mechanism; None for a certificate alone (mutual TLS).
        authorities: The certificate authorities to trust, as PEM; by default the system's.
    """

    bootstrap_servers: tuple[str, ...] = Field(min_length=1)
    tls: bool
    mechanism: Literal["plain", "scram-sha256", "scram-sha512"] | None
    authorities: str | None = None


class Configuration(_Strict):
    """
    The configuration of every command.

    Args:
        topic: The topic of the audit records.
        group: The consumer group whose offsets keep the outcome of the last run.
        operations_url: Where the ledger of the services answers.
        secrets: The folder with the files of the secrets.
        port: The port of the metrics.
        refresh_seconds: How often the metrics are read again.
    """

    topic: str
    group: str
    kafka: KafkaCluster
    operations_url: str = Field(pattern=r"^https?://[^?#]+$")
    secrets: Path
    port: int = Field(ge=1, le=65535)
    refresh_seconds: float = Field(gt=0)

    def consumer_settings(self) -> Settings:
        """
        Return the settings of librdkafka.

        The consumer names its group and does not join it: it assigns partitions itself.

        Raises:
            WrongUseError: A secret is missing or empty.
        """
        kafka = self.kafka
        settings: Settings = {
            "bootstrap.servers": ",".join(kafka.bootstrap_servers),
            "group.id": self.group,
            "enable.auto.commit": False,
            "auto.offset.reset": "earliest",
            "reconnect.backoff.max.ms": 2000,
        }
        if kafka.tls and kafka.authorities is not None:
            settings["ssl.ca.pem"] = kafka.authorities
        if kafka.mechanism is None:
            return settings | {
                "security.protocol": "SSL",
                "ssl.certificate.pem": self._secret(IDENTITY),
                "ssl.key.pem": self._secret(CREDENTIAL),
            }
        return settings | {
            "security.protocol": "SASL_SSL" if kafka.tls else "SASL_PLAINTEXT",
            "sasl.mechanism": _MECHANISMS[kafka.mechanism],
            "sasl.username": self._secret(IDENTITY),
            "sasl.password": self._secret(CREDENTIAL),
        }

    def _secret(self, name: str) -> str:
        path = self.secrets / name
        try:
            value = path.read_text(encoding="utf-8").strip()
        except OSError as error:
            raise WrongUseError(f"{path}: this secret cannot be read: {error.strerror}") from None
        if not value:
            raise WrongUseError(f"{path}: this secret is empty: fill it in Vault")
        return value


def read_configuration(path: Path) -> Configuration:
    """
    Read and validate the settings.

    Raises:
        WrongUseError: The settings are invalid; the message names every problem.
    """
    try:
        return Configuration.model_validate_json(path.read_bytes())
    except OSError as error:
        raise WrongUseError(f"{path}: cannot be read: {error.strerror}") from None
    except ValidationError as error:
        problems = [
            f"{path}: {'.'.join(map(str, problem['loc']))}: {problem['msg']}"
            for problem in error.errors(include_url=False, include_context=False)
        ]
        raise WrongUseError("\n".join(problems)) from None
