"""The section `audit_reconciliation`: the job that verifies the audit trail."""

from typing import Annotated

from pydantic import AfterValidator

from settings.pods import Image, Networks
from settings.sections import NamespaceName, Section


def _is_pem(text: str) -> str:
    if not text.startswith("-----BEGIN CERTIFICATE-----\n"):
        raise ValueError("is no certificate: write the PEM text of the certificate authorities")
    return text


class AuditReconciliationSettings(Section):
    """
    The daily job that compares the services' operations with the audit records in Kafka.

    Args:
        existing_namespace: Whether an administrator creates the namespace; else Pulumi does.
        image: The image of the pods, by digest: Python, `audit_reconciliation/` and its packages.
        kafka_addresses: The CIDR blocks of all brokers, for the NetworkPolicy.
        kafka_authorities: The certificate authorities of the brokers, as PEM, if they are not
            those of the public.
    """

    namespace: NamespaceName
    existing_namespace: bool = False
    image: Image
    kafka_addresses: Networks
    kafka_authorities: Annotated[str, AfterValidator(_is_pem)] | None = None
