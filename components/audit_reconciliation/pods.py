"""The pods of the audit reconciliation: what they run, read and may reach."""

from collections.abc import Mapping, Sequence
from typing import Any

from components.audit_reconciliation.args import AuditReconciliationArgs
from systems.addresses import host_and_port

PORT = 9464  # of the metrics
# With SASL, user name and password; without, a certificate and its key.
CREDENTIALS = ("kafka-identity", "kafka-credential")

_SETTINGS = "/etc/audit-reconciliation"
_SECRETS = f"{_SETTINGS}/secrets"
_USER = 10001
# A person who starts a job sets them to verify another time.
_WINDOW = ("SINCE", "UNTIL")


def pod_configuration(args: AuditReconciliationArgs) -> dict[str, Any]:
    """Return the configuration that `audit_reconciliation.configuration` reads."""
    client, operations = args["kafka"], args["operations"]
    address = f"{operations['service']}.{operations['namespace']}.svc:{operations['port']}"
    return {
        "topic": args["topic"],
        "group": args["group"],
        "kafka": {
            "bootstrap_servers": client["bootstrap_servers"],
            "tls": client["tls"],
            "mechanism": client.get("mechanism"),
            "authorities": client.get("authorities"),
        },
        "operations_url": f"http://{address}{operations['path']}",
        "secrets": _SECRETS,
        "port": PORT,
        "refresh_seconds": 30,
    }


def labels(name: str) -> dict[str, str]:
    """Return the labels of every object of the reconciliation *name*."""
    return {"app.kubernetes.io/part-of": name}


def cron_job(name: str, args: AuditReconciliationArgs) -> dict[str, Any]:
    """Return the spec of the CronJob."""
    command = ["run", *(f"--{word.lower()}=$({word})" for word in _WINDOW)]
    return {
        "schedule": "0 2 * * *",
        "timeZone": "Etc/UTC",
        "concurrencyPolicy": "Forbid",
        "startingDeadlineSeconds": 3600,
        "successfulJobsHistoryLimit": 3,
        "failedJobsHistoryLimit": 3,
        "jobTemplate": {
            "spec": {
                # After a run that could not tell, the next try is the same run again.
                "backoffLimit": 2,
                # A gap is a result, and a second run would find it again.
                "podFailurePolicy": {
                    "rules": [
                        {
                            "action": "FailJob",
                            "onExitCodes": {"operator": "In", "values": [1, 2]},
                        }
                    ]
                },
                "activeDeadlineSeconds": 12 * 3600,
                "ttlSecondsAfterFinished": 7 * 24 * 3600,
                "template": {
                    "metadata": {"labels": labels(name)},
                    "spec": _pod(name, args, command, restart="Never", window=_WINDOW),
                },
            }
        },
    }


def exporter(name: str, args: AuditReconciliationArgs) -> dict[str, Any]:
    """Return the spec of the Deployment that exposes the result of the last run."""
    selected = {"app.kubernetes.io/name": name}
    return {
        "replicas": 1,
        "selector": {"matchLabels": selected},
        "template": {
            "metadata": {"labels": labels(name) | selected},
            "spec": _pod(name, args, ["serve"], restart="Always"),
        },
    }


def traffic(name: str, args: AuditReconciliationArgs) -> dict[str, Any]:
    """Allow ingress from Prometheus, and egress to DNS, Kafka and the ledger."""
    operations = args["operations"]
    ports = sorted({host_and_port(one)[1] for one in args["kafka"]["bootstrap_servers"]})
    return {
        "podSelector": {"matchLabels": labels(name)},
        "policyTypes": ["Ingress", "Egress"],
        "ingress": [
            {
                "from": [_of_namespace(args["monitoring_namespace"])],
                "ports": [{"port": PORT, "protocol": "TCP"}],
            }
        ],
        "egress": [
            {
                "to": [_of_namespace("kube-system")],
                "ports": [{"port": 53, "protocol": "UDP"}, {"port": 53, "protocol": "TCP"}],
            },
            {
                "to": [{"ipBlock": {"cidr": cidr}} for cidr in args["kafka"]["addresses"]],
                "ports": [{"port": port, "protocol": "TCP"} for port in ports],
            },
            {
                "to": [_of_namespace(operations["namespace"])],
                "ports": [{"port": operations["port"], "protocol": "TCP"}],
            },
        ],
    }


def _of_namespace(name: str) -> dict[str, Any]:
    return {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": name}}}


def _pod(
    name: str,
    args: AuditReconciliationArgs,
    command: Sequence[str],
    *,
    restart: str,
    window: Sequence[str] = (),
) -> dict[str, Any]:
    return {
        "serviceAccountName": name,
        "automountServiceAccountToken": False,
        "restartPolicy": restart,
        "securityContext": {
            "runAsNonRoot": True,
            "runAsUser": _USER,
            "runAsGroup": _USER,
            "fsGroup": _USER,
            "seccompProfile": {"type": "RuntimeDefault"},
        },
        "volumes": [
            {"name": "settings", "configMap": {"name": name}},
            {"name": "secrets", "secret": {"secretName": name, "defaultMode": 0o440}},
        ],
        "containers": [_container(args, command, window)],
    }


def _container(
    args: AuditReconciliationArgs, command: Sequence[str], window: Sequence[str]
) -> Mapping[str, Any]:
    settings = f"{_SETTINGS}/configuration.json"
    return {
        "name": command[0],
        "image": args["image"],
        "command": ["python", "-m", "audit_reconciliation", *command],
        "env": [{"name": parameter, "value": ""} for parameter in window],
        "volumeMounts": [
            {
                "name": "settings",
                "mountPath": settings,
                "subPath": "configuration.json",
                "readOnly": True,
            },
            {"name": "secrets", "mountPath": _SECRETS, "readOnly": True},
        ],
        "securityContext": {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        },
        # A byte for each operation: at 1,000 a second, two days are 170 MB.
        "resources": {"requests": {"cpu": "100m", "memory": "128Mi"}, "limits": {"memory": "1Gi"}},
    }
