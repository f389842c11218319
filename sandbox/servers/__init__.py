"""The servers of the sandbox: one line for each, in the order of their ports and of their start."""

from collections.abc import Sequence

from sandbox import supervision
from sandbox.estate import audit_reconciliation
from sandbox.estate.workload import server as workload
from sandbox.server import Server
from sandbox.servers import (
    alertmanager,
    grafana,
    kafka,
    kubernetes,
    openbao,
    operators,
    pagerduty,
    prometheus,
    s3,
    slack,
)

# The stack `local` has these ports: append new servers, so that no port changes.
SERVERS: Sequence[Server] = (
    kafka.SERVER,
    supervision.SERVER,
    openbao.SERVER,
    pagerduty.SERVER,
    kubernetes.SERVER,
    prometheus.SERVER,
    alertmanager.SERVER,
    operators.SERVER,
    workload.SERVER,
    slack.SERVER,
    grafana.SERVER,
    s3.SERVER,
    audit_reconciliation.SERVER,
)
