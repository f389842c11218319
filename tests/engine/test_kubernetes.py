"""A cluster that behaves as a company's does: who gets in, what runs, what its operators make."""

import base64
import itertools
import stat
from dataclasses import dataclass
from typing import Any

import pytest
import requests

from sandbox import alertmanager, kubernetes, openbao, prometheus, supervision
from sandbox.kubernetes.api import Api, ApiError
from sandbox.operators import server as operators
from sandbox.servers import prepare, servers
from sandbox.world import World
from tests.engine.polling import eventually

# All but Kafka and PagerDuty, which nothing here asks.
SERVERS = {
    "openbao",
    "etcd",
    "kube-apiserver",
    "kube-controller-manager",
    "kube-scheduler",
    "kwok",
    "prometheus",
    "alertmanager",
    "operators",
}
SELECTED = dict(operators.RULE_SELECTOR)
_NAMES = itertools.count(1)


@dataclass(frozen=True)
class Cluster:
    """The servers of a cluster, started and known to each other."""

    world: World
    toolchain: Any

    def start(self):
        prepare(self.world, self.toolchain)
        table = [s for s in servers(self.world, self.toolchain) if s.name in SERVERS]
        supervision.start(self.world, table)
        openbao.introduce(self.world)
        kubernetes.introduce(self.world)

    def stop(self):
        supervision.stop(self.world)

    @property
    def admin(self) -> Api:
        return kubernetes.api(self.world, "admin")

    @property
    def pulumi(self) -> Api:
        return kubernetes.api(self.world, "pulumi")


@pytest.fixture(scope="module")
def cluster(toolchain, tmp_path_factory):
    world = World(tmp_path_factory.mktemp("cluster") / "world", 20800)
    world.create()
    running = Cluster(world, toolchain)
    try:
        running.start()
        yield running
    finally:
        running.stop()


@pytest.fixture
def namespace(cluster):
    """Give a namespace that no other test uses; what it holds is gone afterwards."""
    name = f"test-{next(_NAMES)}"
    cluster.pulumi.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}})
    yield name
    cluster.pulumi.delete(f"/api/v1/namespaces/{name}")


def put_secret(cluster, path, **values):
    root = openbao.administrator(cluster.world)
    root.secrets.kv.v2.create_or_update_secret(f"alerting/{path}", values, mount_point="secret")


def rule(namespace, name, *, labels, expression="vector(1)"):
    group = {"name": name, "rules": [{"alert": "Always", "expr": expression}]}
    return {
        "apiVersion": "monitoring.coreos.com/v1",
        "kind": "PrometheusRule",
        "metadata": {"name": name, "namespace": namespace, "labels": labels},
        "spec": {"groups": [group]},
    }


def external_secret(namespace, name, key, **spec):
    entry = {"secretKey": "key", "remoteRef": {"key": key, "property": "key"}}
    store = {"name": kubernetes.STORE, "kind": "ClusterSecretStore"}
    return {
        "apiVersion": "external-secrets.io/v1",
        "kind": "ExternalSecret",
        "metadata": {"name": name, "namespace": namespace},
        "spec": {"secretStoreRef": store, "refreshInterval": "1s", "data": [entry], **spec},
    }


def secret(namespace, name, **values):
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": name, "namespace": namespace},
        "stringData": values,
    }


def rule_groups(cluster):
    told = requests.get(f"{prometheus.url(cluster.world)}/api/v1/rules", timeout=5).json()
    return {
        group["name"]: [(r["name"], r["query"], r["health"]) for r in group["rules"]]
        for group in told["data"]["groups"]
    }


def troubles(cluster, operator, namespace):
    told = requests.get(operators.url(cluster.world), timeout=5).json()[operator]
    return [t for t in told["troubles"] if f" {namespace}/" in t]


def events(cluster, namespace):
    listing = cluster.admin.list(f"/api/v1/namespaces/{namespace}/events")
    return [
        (e["involvedObject"]["kind"], e["involvedObject"]["name"], e["reason"], e["message"])
        for e in listing.objects
        if e["source"].get("component", "").startswith("sandbox-")
    ]


def held(cluster, namespace, name):
    """Give what a Secret holds, or nothing where there is none."""
    found = cluster.admin.find(f"/api/v1/namespaces/{namespace}/secrets/{name}") or {}
    return {key: base64.b64decode(v).decode() for key, v in found.get("data", {}).items()}


def ready(cluster, namespace, name):
    path = f"/apis/external-secrets.io/v1/namespaces/{namespace}/externalsecrets/{name}"
    conditions = cluster.admin.get(path).get("status", {}).get("conditions", [])
    return [(c["type"], c["status"], c["reason"], c["message"]) for c in conditions]


def alertmanager_config(cluster):
    told = requests.get(f"{alertmanager.url(cluster.world)}/api/v2/status", timeout=5).json()
    return told["config"]["original"]


def refusal(call, *arguments):
    with pytest.raises(ApiError) as refused:
        call(*arguments)
    return refused.value.status, str(refused.value)


def test_it_answers_over_tls_and_to_a_token_only(cluster):
    address = f"{kubernetes.url(cluster.world)}/api/v1/namespaces"
    authority = str(cluster.world.tls / "ca.pem")
    wrong = {"Authorization": "Bearer guessed"}

    answers = [requests.get(address, verify=authority, headers=h, timeout=5) for h in ({}, wrong)]
    assert [answer.status_code for answer in answers] == [401, 401]
    assert requests.get(address.replace("https", "http"), timeout=5).status_code == 400
    with pytest.raises(requests.exceptions.SSLError):
        requests.get(address, timeout=5)


def test_the_store_refuses_who_has_no_certificate(cluster):
    address = f"https://{cluster.world.address('etcd')}/health"

    with pytest.raises(requests.ConnectionError, match="certificate required"):
        requests.get(address, verify=str(cluster.world.tls / "ca.pem"), timeout=5)


def test_a_deployment_becomes_ready_and_a_job_complete(cluster, namespace):
    labels = {"app": "web"}
    pod = {"containers": [{"name": "main", "image": "example.com/main:1"}]}
    template = {"metadata": {"labels": labels}, "spec": pod}
    cluster.pulumi.apply(
        {
            "apiVersion": "apps/v1",
            "kind": "Deployment",
            "metadata": {"name": "web", "namespace": namespace},
            "spec": {"replicas": 3, "selector": {"matchLabels": labels}, "template": template},
        }
    )
    cluster.admin.apply(
        {
            "apiVersion": "batch/v1",
            "kind": "Job",
            "metadata": {"name": "once", "namespace": namespace},
            "spec": {"template": {"spec": {**pod, "restartPolicy": "Never"}}},
        }
    )

    def told(path):
        return cluster.pulumi.get(path).get("status", {})

    eventually(
        lambda: told(f"/apis/apps/v1/namespaces/{namespace}/deployments/web").get("readyReplicas"),
        3,
    )
    eventually(lambda: told(f"/apis/batch/v1/namespaces/{namespace}/jobs/once").get("succeeded"), 1)


FORBIDDEN = '{} is forbidden: User "pulumi" cannot {} resource "{}" in API group "{}" {}'


def test_pulumi_reads_no_secret_and_makes_no_role(cluster):
    role = {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "ClusterRole",
        "metadata": {"name": "everything"},
        "rules": [{"apiGroups": ["*"], "resources": ["*"], "verbs": ["*"]}],
    }

    assert refusal(cluster.pulumi.list, "/api/v1/namespaces/kube-system/secrets") == (
        403,
        FORBIDDEN.format("secrets", "list", "secrets", "", 'in the namespace "kube-system"'),
    )
    assert refusal(cluster.pulumi.apply, role) == (
        403,
        FORBIDDEN.format(
            'clusterroles.rbac.authorization.k8s.io "everything"',
            "patch",
            "clusterroles",
            "rbac.authorization.k8s.io",
            "at the cluster scope",
        ),
    )


def test_a_malformed_rule_object_is_refused(cluster, namespace):
    malformed = rule(namespace, "malformed", labels=SELECTED)
    malformed["spec"]["groups"][0]["rules"][0] |= {"for": "two minutes"}

    status, message = refusal(cluster.pulumi.apply, malformed)

    assert status == 422
    assert message.startswith(
        'PrometheusRule.monitoring.coreos.com "malformed" is invalid: spec.groups[0].rules[0].for: '
        'Invalid value: "two minutes"'
    )


def test_a_selected_rule_object_becomes_prometheus_rules_until_it_is_deleted(cluster, namespace):
    cluster.pulumi.apply(rule(namespace, "selected", labels=SELECTED))
    eventually(
        lambda: rule_groups(cluster).get("selected"),
        [("Always", "vector(1)", "ok")],
    )

    cluster.pulumi.delete(
        f"/apis/monitoring.coreos.com/v1/namespaces/{namespace}/prometheusrules/selected"
    )

    eventually(lambda: rule_groups(cluster).get("selected"), None)
    assert troubles(cluster, "rules", namespace) == []


def test_a_rule_object_without_the_label_is_reported_and_not_used(cluster, namespace):
    said = (
        "no Prometheus takes these rules: its ruleSelector wants the label "
        "release: kube-prometheus-stack in metadata.labels of the object"
    )

    cluster.pulumi.apply(rule(namespace, "overlooked", labels={"release": "another"}))

    eventually(
        lambda: troubles(cluster, "rules", namespace),
        [f"PrometheusRule {namespace}/overlooked: NotSelected: {said}"],
    )
    assert events(cluster, namespace) == [("PrometheusRule", "overlooked", "NotSelected", said)]
    assert "overlooked" not in rule_groups(cluster)


def test_an_invalid_rule_is_reported_and_the_others_stay(cluster, namespace):
    cluster.pulumi.apply(rule(namespace, "valid", labels=SELECTED))
    cluster.pulumi.apply(rule(namespace, "invalid", labels=SELECTED, expression="sum(("))

    eventually(
        lambda: [(name, reason) for _, name, reason, _ in events(cluster, namespace)],
        [("invalid", "Invalid")],
    )
    (told,) = troubles(cluster, "rules", namespace)
    assert "unclosed left parenthesis" in told
    eventually(
        lambda: {"valid", "invalid"} & rule_groups(cluster).keys(),
        {"valid"},
    )


def test_an_external_secret_becomes_a_secret_and_follows_the_store(cluster, namespace):
    put_secret(cluster, "follows", key="first")
    cluster.pulumi.apply(external_secret(namespace, "follows", "alerting/follows"))
    eventually(lambda: held(cluster, namespace, "follows"), {"key": "first"})
    eventually(
        lambda: ready(cluster, namespace, "follows"),
        [("Ready", "True", "SecretSynced", "secret synced")],
    )

    put_secret(cluster, "follows", key="second")

    eventually(lambda: held(cluster, namespace, "follows"), {"key": "second"})


def test_a_template_is_filled_with_the_store_s_values(cluster, namespace):
    put_secret(cluster, "template", key="a-value")
    template = {"data": {"config": 'key: {{ .key }}\ntext: {{ "{{" }} .Labels {{ "}}" }}\n'}}

    cluster.pulumi.apply(
        external_secret(
            namespace,
            "template",
            "alerting/template",
            target={"name": "made", "template": template},
        )
    )

    eventually(
        lambda: held(cluster, namespace, "made"),
        {"config": "key: a-value\ntext: {{ .Labels }}\n"},
    )


@pytest.mark.parametrize(
    ("key", "spec", "said"),
    [
        ("alerting/absent", {}, "the store answers 404 for alerting/absent"),
        ("payments/card", {}, "the store answers 403 for payments/card"),
        (
            "alerting/x",
            {"secretStoreRef": {"name": "aws", "kind": "ClusterSecretStore"}},
            "there is no ClusterSecretStore aws with a vault provider",
        ),
        (
            "alerting/x",
            {"refreshPolicy": "OnChange"},
            "the sandbox does not do spec.refreshPolicy",
        ),
    ],
)
def test_what_cannot_become_a_secret_says_so_on_the_object(cluster, namespace, key, spec, said):
    cluster.pulumi.apply(external_secret(namespace, "never", key, **spec))

    message = f"could not get secret data from provider: {said}"
    eventually(
        lambda: ready(cluster, namespace, "never"),
        [("Ready", "False", "SecretSyncedError", message)],
    )
    eventually(
        lambda: events(cluster, namespace), [("ExternalSecret", "never", "UpdateFailed", said)]
    )
    assert held(cluster, namespace, "never") == {}


PAGING = """\
route:
  receiver: {receiver}
receivers:
- name: {receiver}
  pagerduty_configs:
  - routing_key_file: /etc/alertmanager/secrets/paging/routing-key
"""


def configure(cluster, text):
    cluster.admin.apply(secret("monitoring", "alertmanager-main", **{"alertmanager.yaml": text}))


def test_secrets_become_alertmanager_s_files_that_only_it_reads(cluster):
    cluster.admin.apply(secret("monitoring", "paging", **{"routing-key": "a-key"}))
    configure(cluster, PAGING.format(receiver="on-call"))
    key = alertmanager.config_file(cluster.world).parent / "secrets" / "paging" / "routing-key"

    eventually(lambda: f"routing_key_file: {key}" in alertmanager_config(cluster), wanted=True)
    files = (key, alertmanager.config_file(cluster.world))
    assert [stat.S_IMODE(file.stat().st_mode) for file in files] == [0o600, 0o600]
    assert key.read_text() == "a-key"
    cluster.admin.apply(secret("monitoring", "paging", **{"routing-key": "another-key"}))
    eventually(key.read_text, "another-key")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "route: {receiver: nowhere}\n",
            "Invalid: amtool check-config refuses it; the operators' log says why",
        ),
        (
            PAGING.format(receiver="lost").replace("paging/", "not-there/"),
            "Missing: it names what no Secret of its namespace has: not-there/routing-key",
        ),
    ],
)
def test_settings_that_cannot_be_change_nothing_and_are_reported(cluster, text, said):
    cluster.admin.apply(secret("monitoring", "paging", **{"routing-key": "a-key"}))
    configure(cluster, PAGING.format(receiver="before"))
    eventually(lambda: "receiver: before" in alertmanager_config(cluster), wanted=True)

    configure(cluster, text)

    eventually(
        lambda: troubles(cluster, "alertmanager", "monitoring"),
        [f"Secret monitoring/alertmanager-main: {said}"],
    )
    assert "receiver: before" in alertmanager_config(cluster)


def test_everything_is_there_after_a_stop_and_a_start(cluster, namespace):
    put_secret(cluster, "lasting", key="lasting")
    cluster.pulumi.apply(rule(namespace, "lasting", labels=SELECTED))
    cluster.pulumi.apply(external_secret(namespace, "lasting", "alerting/lasting"))
    cluster.admin.apply(secret("monitoring", "paging", **{"routing-key": "a-key"}))
    configure(cluster, PAGING.format(receiver="lasting"))
    eventually(lambda: rule_groups(cluster).get("lasting"), [("Always", "vector(1)", "ok")])
    eventually(lambda: held(cluster, namespace, "lasting"), {"key": "lasting"})
    eventually(lambda: "receiver: lasting" in alertmanager_config(cluster), wanted=True)

    cluster.stop()
    cluster.start()

    eventually(lambda: rule_groups(cluster).get("lasting"), [("Always", "vector(1)", "ok")])
    assert held(cluster, namespace, "lasting") == {"key": "lasting"}
    assert "receiver: lasting" in alertmanager_config(cluster)
