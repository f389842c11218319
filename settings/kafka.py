"""The section `kafka`: the Kafka cluster of a stack."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, ValidationInfo

from catalog.retention import CHECKLIST_DAYS
from catalog.strict import at_least_one, different
from catalog.topic_config import MS_PER_DAY
from settings.sections import Section, in_prod
from systems import addresses, kafka

# The 220752000000 ms of the source checklist; docs/adr/0004 explains why not 2,557 days.
SEVEN_YEARS_DAYS = CHECKLIST_DAYS
_PROD_COPIES = 3

_MOST_DAYS = kafka.LONG // MS_PER_DAY  # Kafka counts retention in milliseconds

Address = Annotated[str, AfterValidator(addresses.check_address)]


def _prod_keeps_three_copies(value: int, info: ValidationInfo) -> int:
    if in_prod(info) and value < _PROD_COPIES:
        raise ValueError(f"prod needs at least {_PROD_COPIES} copies of every partition: raise it")
    return value


def _prod_keeps_seven_years(value: int, info: ValidationInfo) -> int:
    if in_prod(info) and value < SEVEN_YEARS_DAYS:
        raise ValueError(
            f"prod must keep audit records for at least {SEVEN_YEARS_DAYS:,} days: raise it"
        )
    return value


def _prod_keeps_the_catalog_s_retention(value: int | None, info: ValidationInfo) -> int | None:
    if in_prod(info) and value is not None:
        raise ValueError(
            "prod must not shorten the retention of catalog/topics.yaml: remove this key"
        )
    return value


def _prod_uses_tls(value: bool, info: ValidationInfo) -> bool:  # noqa: FBT001 - the signature of a validator
    if in_prod(info) and not value:
        raise ValueError("prod must use TLS for Kafka: set it to true")
    return value


def _a_certificate_needs_tls(value: str, info: ValidationInfo) -> str:
    if value == "none" and info.data.get("tls_enabled") is False:
        raise ValueError("without SASL, Pulumi needs a certificate: set tls_enabled to true")
    return value


class ClientHosts(Section):
    """The host that ACLs allow clients to connect from (`*` for any), and the reason."""

    host: Annotated[str, AfterValidator(kafka.check_client_host)]
    reason: str = Field(min_length=10)


class KafkaSettings(Section):
    """
    One Kafka cluster.

    Args:
        bootstrap_servers: `host:port` of brokers.
        tls_enabled: Whether the brokers' listener uses TLS.
        sasl_mechanism: How Pulumi authenticates; `none` for its certificate alone (mutual TLS).
        replication_factor: Copies of each partition, the same for every topic.
        audit_retention_minimum_days: The legal minimum of retention for audit topics, in days.
        retention_days_at_most: The longest retention of any topic, in days, for stacks without
            real records; None for no limit.
        principal_template: The Kafka principal of a service, with `{service}` for its name.
        idempotent_write: Whether producers are granted IdempotentWrite on the cluster, for brokers
            before version 3.0.
    """

    bootstrap_servers: Annotated[
        tuple[Address, ...], AfterValidator(at_least_one), AfterValidator(different)
    ]
    tls_enabled: Annotated[bool, AfterValidator(_prod_uses_tls)]
    sasl_mechanism: Annotated[
        Literal["plain", "scram-sha256", "scram-sha512", "none"],
        AfterValidator(_a_certificate_needs_tls),
    ]
    replication_factor: Annotated[
        int, Field(ge=1, le=kafka.SHORT), AfterValidator(_prod_keeps_three_copies)
    ]
    audit_retention_minimum_days: Annotated[
        int, Field(ge=0, le=_MOST_DAYS), AfterValidator(_prod_keeps_seven_years)
    ]
    retention_days_at_most: Annotated[
        Annotated[int, Field(ge=1, le=_MOST_DAYS)] | None,
        AfterValidator(_prod_keeps_the_catalog_s_retention),
    ] = None
    principal_template: Annotated[str, AfterValidator(kafka.check_principal_template)]
    client_hosts: ClientHosts
    idempotent_write: bool

    @property
    def mechanism(self) -> str | None:
        """The SASL mechanism; None if Pulumi authenticates by its certificate alone."""
        return None if self.sasl_mechanism == "none" else self.sasl_mechanism
