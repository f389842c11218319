"""AuditReconciliation declares a daily job and an exporter with the least rights."""

import json
from typing import Any, cast

import pytest

from audit_reconciliation.__main__ import _parser as pod_parser
from audit_reconciliation.configuration import IDENTITY, Configuration
from components import AuditReconciliation, AuditReconciliationArgs, InvalidArgumentsError

IMAGE = "registry.example/audit-reconciliation@sha256:" + "a" * 64
KAFKA: dict[str, Any] = {
    "bootstrap_servers": ["kafka-1:9093", "kafka-2:9093"],
    "tls": True,
    "mechanism": "scram-sha512",
    "addresses": ["10.1.0.0/16"],
}
OPERATIONS: dict[str, Any] = {
    "service": "encryption",
    "namespace": "shop",
    "port": 8080,
    "path": "/operations",
}


def arguments(**changes: Any) -> AuditReconciliationArgs:
    args: dict[str, Any] = {
        "namespace": "audit",
        "image": IMAGE,
        "topic": "audit-log",
        "group": "reconciliation",
        "kafka": KAFKA,
        "operations": OPERATIONS,
        "secret_store": "vault",
        "secret": "audit/kafka",
        "monitoring_namespace": "monitoring",
        "monitoring_labels": {"release": "kps"},
    }
    return cast("AuditReconciliationArgs", args | changes)


@pytest.fixture
def plan(deploy):
    return deploy(lambda: AuditReconciliation("audit", arguments()))


def only(plan, token):
    (found,) = plan.of_type(f"kubernetes:{token}").values()
    return found


def pods(plan):
    job = only(plan, "batch/v1:CronJob")["spec"]["jobTemplate"]["spec"]["template"]
    return [job["spec"], only(plan, "apps/v1:Deployment")["spec"]["template"]["spec"]]


def test_the_job_runs_daily_and_a_gap_is_not_tried_again(plan):
    spec = only(plan, "batch/v1:CronJob")["spec"]
    (rule,) = spec["jobTemplate"]["spec"]["podFailurePolicy"]["rules"]

    assert (spec["schedule"], spec["timeZone"]) == ("0 2 * * *", "Etc/UTC")
    assert spec["concurrencyPolicy"] == "Forbid"
    assert rule == {"action": "FailJob", "onExitCodes": {"operator": "In", "values": [1, 2]}}


def test_the_pods_run_commands_that_the_image_understands(plan):
    started = []
    for pod in pods(plan):
        (container,) = pod["containers"]
        names = {entry["name"]: entry["value"] for entry in container["env"]}
        words = list(container["command"])
        for name, value in names.items():
            words = [word.replace(f"$({name})", value) for word in words]
        assert words[:3] == ["python", "-m", "audit_reconciliation"]
        started.append(pod_parser().parse_args(words[3:]))

    assert [options.command for options in started] == ["run", "serve"]
    assert (started[0].since, started[0].until) == (None, None)


def test_no_pod_is_root_or_writes(plan):
    for pod in pods(plan):
        assert pod["securityContext"]["runAsNonRoot"] is True
        assert pod["automountServiceAccountToken"] is False
        (container,) = pod["containers"]
        assert {mount["readOnly"] for mount in container["volumeMounts"]} == {True}
        assert container["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "capabilities": {"drop": ["ALL"]},
            "readOnlyRootFilesystem": True,
        }


def test_no_key_is_in_the_settings_or_the_environment(plan):
    secret = only(plan, "external-secrets.io/v1:ExternalSecret")["spec"]

    assert secret["data"] == [
        {"secretKey": key, "remoteRef": {"key": "audit/kafka", "property": key}}
        for key in ("kafka-identity", "kafka-credential")
    ]
    assert {e["name"] for pod in pods(plan) for e in pod["containers"][0]["env"]} == {
        "SINCE",
        "UNTIL",
    }


@pytest.mark.parametrize("kafka", [KAFKA, {k: v for k, v in KAFKA.items() if k != "mechanism"}])
def test_the_pods_read_their_configuration(deploy, kafka):
    plan = deploy(lambda: AuditReconciliation("audit", arguments(kafka=kafka)))
    text = only(plan, "core/v1:ConfigMap")["data"]["configuration.json"]

    read = Configuration.model_validate_json(text)
    mounts = {m["mountPath"] for m in pods(plan)[0]["containers"][0]["volumeMounts"]}
    assert read.kafka.mechanism == kafka.get("mechanism")
    assert (read.topic, read.group) == ("audit-log", "reconciliation")
    assert read.operations_url == "http://encryption.shop.svc:8080/operations"
    assert {str(read.secrets), f"{read.secrets.parent}/configuration.json"} == mounts
    assert IDENTITY in json.dumps(
        only(plan, "external-secrets.io/v1:ExternalSecret")["spec"]["data"]
    )


def test_the_pods_reach_kafka_and_the_ledger_and_prometheus_reaches_them(plan):
    policy = only(plan, "networking.k8s.io/v1:NetworkPolicy")["spec"]

    def of(namespace):
        labels = {"kubernetes.io/metadata.name": namespace}
        return [{"namespaceSelector": {"matchLabels": labels}}]

    def tcp(port):
        return [{"port": port, "protocol": "TCP"}]

    assert policy["policyTypes"] == ["Ingress", "Egress"]
    assert policy["ingress"] == [{"from": of("monitoring"), "ports": tcp(9464)}]
    assert policy["egress"] == [
        {"to": of("kube-system"), "ports": [{"port": 53, "protocol": "UDP"}, *tcp(53)]},
        {"to": [{"ipBlock": {"cidr": "10.1.0.0/16"}}], "ports": tcp(9093)},
        {"to": of("shop"), "ports": tcp(8080)},
    ]


def test_prometheus_scrapes_the_exporter_through_its_service(plan):
    monitor = only(plan, "monitoring.coreos.com/v1:ServiceMonitor")
    service, deployment = only(plan, "core/v1:Service"), only(plan, "apps/v1:Deployment")
    (endpoint,) = monitor["spec"]["endpoints"]
    (port,) = service["spec"]["ports"]
    pod = deployment["spec"]["template"]["metadata"]["labels"]

    assert monitor["metadata"]["namespace"] == "monitoring"
    assert monitor["metadata"]["labels"] == {"release": "kps"}
    assert monitor["spec"]["namespaceSelector"] == {"matchNames": ["audit"]}
    selected = monitor["spec"]["selector"]["matchLabels"]
    assert selected.items() <= service["metadata"]["labels"].items()
    assert service["spec"]["selector"].items() <= pod.items()
    assert deployment["spec"]["selector"]["matchLabels"].items() <= pod.items()
    assert (endpoint["port"], port["port"], port["targetPort"]) == ("metrics", 9464, 9464)


def test_two_in_one_namespace_do_not_collide(deploy):
    def program():
        AuditReconciliation("blue", arguments())
        AuditReconciliation("green", arguments(existing_namespace=True))

    names = [
        (resource.type, resource.inputs["metadata"]["name"])
        for resource in deploy(program).resources
        if resource.type.startswith("kubernetes:")
    ]
    assert len(names) == len(set(names))


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"object_name": "No_Name"}, "object_name: 'No_Name': use 1 to 63 small letters"),
        ({"image": "registry/a:1"}, "image: 'registry/a:1': name it by its digest"),
        ({"topic": "a b"}, "topic: 'a b': Kafka allows 1 to 249 letters"),
        ({"monitoring_labels": {}}, "monitoring_labels: none: pass the labels"),
        ({"kafka": KAFKA | {"addresses": []}}, "kafka.addresses: none: the pods could not reach"),
        (
            {"kafka": KAFKA | {"addresses": ["10.1.0.1/16"]}},
            "kafka.addresses[0]: '10.1.0.1/16': is not the usual form of this network",
        ),
        (
            {"kafka": KAFKA | {"bootstrap_servers": ["kafka"]}},
            "kafka.bootstrap_servers[0]: 'kafka': has no port: write host:port",
        ),
        ({"kafka": KAFKA | {"mechanism": "none"}}, "kafka.mechanism: 'none': pass one of plain, "),
        (
            {"kafka": {k: v for k, v in KAFKA.items() if k != "mechanism"} | {"tls": False}},
            "kafka.tls: false: without SASL the pods need a certificate: pass true",
        ),
        (
            {"operations": OPERATIONS | {"port": 0}},
            "operations.port: 0: use a number from 1 to 65535",
        ),
        ({"operations": OPERATIONS | {"path": "x"}}, "operations.path: 'x': start it with `/`"),
    ],
)
def test_a_wrong_argument_is_refused_with_its_remedy(changes, reason):
    with pytest.raises(InvalidArgumentsError) as refused:
        AuditReconciliation("audit", arguments(**changes))

    assert str(refused.value).startswith(f"AuditReconciliation 'audit' is not declared: {reason}")
