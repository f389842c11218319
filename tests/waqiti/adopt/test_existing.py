"""Each system is asked for what has the identity of a planned resource."""

import pytest

from tests.kubeconfigs import write_kubeconfig
from tests.waqiti.adopt.plans import UNKNOWN, creation, provider, urn
from tests.web_answers import answering
from waqiti.adopt.existing import Found, find
from waqiti.adopt.plan import creations

FOLDER, BOARD = "grafana:oss/folder:Folder", "grafana:oss/dashboard:Dashboard"
SECRET = "vault:kv/secretV2:SecretV2"  # noqa: S105 - a type
SERVICE = "pagerduty:index/service:Service"
INTEGRATION = "pagerduty:index/serviceIntegration:ServiceIntegration"
RULES = "kubernetes:monitoring.coreos.com/v1:PrometheusRule"
CLASS = "kubernetes:storage.k8s.io/v1:StorageClass"


@pytest.fixture
def web():
    with answering() as running:
        yield running


def found(*steps):
    return find(list(creations(steps)))


def test_a_folder_and_a_dashboard_are_found_by_uid(web):
    web.answers = {"/api/folders/waqiti": (200, {}), "/api/dashboards/uid/orders": (200, {})}

    assert found(
        provider("grafana", url=web.url),
        creation(FOLDER, "folder", {"uid": "waqiti"}),
        creation(BOARD, "orders", {"configJson": '{"uid": "orders"}'}),
        creation(BOARD, "sagas", {"configJson": '{"uid": "sagas"}'}),
    ) == Found(ids={urn(FOLDER, "folder"): "0:waqiti", urn(BOARD, "orders"): "0:orders"})


def test_a_policy_and_a_role_of_vault_are_found_by_their_paths(web):
    web.answers = {
        "/v1/sys/policies/acl/shop-cart": (200, {"data": {"policy": ""}}),
        "/v1/auth/kubernetes/role/shop-cart": (200, {"data": {}}),
    }
    policy = "vault:index/policy:Policy"
    role = "vault:kubernetes/authBackendRole:AuthBackendRole"

    assert found(
        provider("vault", address=web.url),
        creation(policy, "cart", {"name": "shop-cart"}),
        creation(policy, "till", {"name": "shop-till"}),
        creation(role, "cart", {"backend": "kubernetes", "roleName": "shop-cart"}),
        creation(role, "till", {"backend": "kubernetes", "roleName": "shop-till"}),
    ) == Found(
        ids={urn(policy, "cart"): "shop-cart", urn(role, "cart"): "auth/kubernetes/role/shop-cart"}
    )


@pytest.mark.parametrize(
    ("metadata", "exists"),
    [
        (
            {"current_version": 1, "versions": {"1": {"deletion_time": "", "destroyed": False}}},
            True,
        ),
        (
            {
                "current_version": 1,
                "versions": {"1": {"deletion_time": "2026-01-01T00:00:00Z", "destroyed": False}},
            },
            False,
        ),
        (
            {"current_version": 1, "versions": {"1": {"deletion_time": "", "destroyed": True}}},
            False,
        ),
        ({"current_version": 0, "versions": {}}, False),
        (None, False),
    ],
    ids=["current", "deleted", "destroyed", "only metadata", "missing"],
)
def test_a_secret_is_found_if_it_has_a_current_version(web, metadata, exists):
    if metadata:
        web.answers = {"/v1/secret/metadata/alerting/pagerduty": (200, {"data": metadata})}

    assert found(
        provider("vault", address=web.url),
        creation(SECRET, "pager", {"mount": "secret", "name": "alerting/pagerduty"}),
    ) == Found(ids={urn(SECRET, "pager"): "secret/data/alerting/pagerduty"} if exists else {})


@pytest.mark.parametrize("kind", ["waqiti:vault:GeneratedSecret", "waqiti:slack:Channel"])
def test_what_an_up_adopts_by_itself_needs_no_import(web, kind):
    assert found(provider("waqiti", address=web.url), creation(kind, "own", {})) == Found()


def test_an_object_is_found_by_kind_namespace_and_name(web, tmp_path, monkeypatch):
    write_kubeconfig(tmp_path / "kubeconfig", "prod", web.url)
    monkeypatch.setattr(
        "kubernetes.config.kube_config.KUBE_CONFIG_DEFAULT_LOCATION", str(tmp_path / "kubeconfig")
    )
    group, storage = "/apis/monitoring.coreos.com/v1", "/apis/storage.k8s.io/v1"
    web.answers = {
        group: (
            200,
            {
                "resources": [
                    {"kind": "PrometheusRule", "name": "prometheusrules", "namespaced": True}
                ]
            },
        ),
        storage: (
            200,
            {
                "resources": [
                    {"kind": "StorageClass", "name": "storageclasses", "namespaced": False}
                ]
            },
        ),
        f"{group}/namespaces/monitoring/prometheusrules/orders": (200, {}),
        f"{storage}/storageclasses/fast": (200, {}),
    }

    def described(version, kind, **metadata):
        return {"apiVersion": version, "kind": kind, "metadata": metadata}

    assert found(
        provider("kubernetes", context="prod"),
        creation(
            RULES,
            "orders",
            described(
                "monitoring.coreos.com/v1", "PrometheusRule", namespace="monitoring", name="orders"
            ),
        ),
        creation(
            RULES,
            "sagas",
            described(
                "monitoring.coreos.com/v1", "PrometheusRule", namespace="monitoring", name="sagas"
            ),
        ),
        creation(CLASS, "fast", described("storage.k8s.io/v1", "StorageClass", name="fast")),
        creation(
            "kubernetes:other/v1:Thing", "thing", described("other/v1", "Thing", name="thing")
        ),
    ) == Found(ids={urn(RULES, "orders"): "monitoring/orders", urn(CLASS, "fast"): "fast"})


def pager(web, services, integrations=()):
    web.answers = {
        "/services?query=Orders&limit=100": (200, {"services": services}),
        "/services/P1?include%5B%5D=integrations&limit=100": (
            200,
            {"service": {"integrations": [*integrations]}},
        ),
    }
    return found(
        provider("pagerduty", apiUrlOverride=web.url),
        creation(SERVICE, "service", {"name": "Orders"}),
        creation(
            INTEGRATION,
            "events",
            {"name": "Events", "service": UNKNOWN},
            propertyDependencies={"service": [urn(SERVICE, "service")]},
        ),
    )


def test_an_integration_is_looked_for_in_the_service_that_was_found(web):
    service, integration = {"id": "P1", "name": "Orders"}, {"id": "P2", "name": "Events"}

    assert pager(web, [service], [integration]) == Found(
        ids={urn(SERVICE, "service"): "P1", urn(INTEGRATION, "events"): "P2"}
    )


def test_a_missing_service_has_no_integration(web):
    assert pager(web, [{"id": "P3", "name": "Orders, old"}]) == Found()


def test_two_of_the_same_name_are_reported_and_not_adopted(web):
    service = {"id": "P1", "name": "Orders"}
    twins = [{"id": "P2", "name": "Events"}, {"id": "P3", "name": "Events"}]

    assert pager(web, [service], twins) == Found(
        ids={urn(SERVICE, "service"): "P1"},
        ambiguous={
            urn(INTEGRATION, "events"): "PagerDuty has 2 of the name 'Events' (P2, P3)",
        },
    )


def test_each_system_that_could_not_be_asked_is_reported_once(web):
    web.answers = {f"/api/folders/{uid}": (401, {}) for uid in ("a", "b")}
    vault = "http://127.0.0.1:1"

    assert found(
        provider("grafana", url=web.url),
        provider("vault", address=vault),
        creation(FOLDER, "a", {"uid": "a"}),
        creation(FOLDER, "b", {"uid": "b"}),
        creation(SECRET, "pager", {"mount": "secret", "name": "alerting/pagerduty"}),
    ) == Found(
        unknown=[
            f"Grafana at {web.url} refuses the token: set GRAFANA_AUTH to a valid one",
            f"Vault at {vault} does not answer (connection refused)",
        ]
    )
    assert len(web.requests) == 1


def test_a_kind_without_a_known_identity_is_reported(web):
    assert found(
        provider("grafana", url=web.url), creation("grafana:oss/team:Team", "ops", {})
    ) == Found(
        unknown=["grafana:oss/team:Team ops: its identity is not known, so look for it yourself"]
    )
