"""Volume and jobs of the legal documents in a real cluster."""

from functools import partial

import pytest

from sandbox.servers import kubernetes
from tests.engine.clusters import claim_of
from tests.engine.polling import eventually

pytestmark = pytest.mark.minutes(1)


@pytest.fixture(scope="module")
def admin(sandbox):
    return kubernetes.api(sandbox.world, "admin")


def test_the_claim_is_bound_to_a_volume_that_is_retained(sandbox, admin):
    claim = claim_of(sandbox.world, "legal")
    volume = admin.get(f"/api/v1/persistentvolumes/{claim['spec']['volumeName']}")
    kind = admin.get("/apis/storage.k8s.io/v1/storageclasses/legal-documents-local")

    assert claim["status"]["phase"] == "Bound"
    assert claim["spec"]["accessModes"] == ["ReadWriteMany"]
    assert volume["spec"]["persistentVolumeReclaimPolicy"] == "Retain"
    assert (kind["reclaimPolicy"], kind["allowVolumeExpansion"]) == ("Retain", True)


def test_the_cluster_has_every_job_and_none_may_overlap(admin):
    assert {
        (namespace, job["metadata"]["name"].removeprefix("legal-documents-")): (
            job["spec"]["schedule"],
            job["spec"]["suspend"],
            job["spec"]["concurrencyPolicy"],
        )
        for namespace in ("legal", "legal-officer")
        for job in admin.list(f"/apis/batch/v1/namespaces/{namespace}/cronjobs").objects
    } == {
        ("legal", "backup"): ("30 1 * * *", False, "Forbid"),
        ("legal-officer", "acknowledge"): ("0 0 31 2 *", True, "Forbid"),
        ("legal-officer", "hold"): ("0 0 31 2 *", True, "Forbid"),
        ("legal-officer", "release"): ("0 0 31 2 *", True, "Forbid"),
        ("legal", "report"): ("0 6 * * 1", False, "Forbid"),
        ("legal", "restore"): ("0 0 31 2 *", True, "Forbid"),
        ("legal", "rotate-logs"): ("*/15 * * * *", False, "Forbid"),
        ("legal", "verify"): ("0 4 * * 0", False, "Forbid"),
    }


def test_the_namespace_refuses_a_pod_with_more_rights(admin):
    namespace = admin.get("/api/v1/namespaces/legal")
    (policy,) = admin.list("/apis/networking.k8s.io/v1/namespaces/legal/networkpolicies").objects

    assert namespace["metadata"]["labels"]["pod-security.kubernetes.io/enforce"] == "restricted"
    assert policy["spec"]["policyTypes"] == ["Ingress", "Egress"]


def test_the_cluster_admits_the_pod_of_the_backup(admin):
    """Start a Job of the CronJob by hand, because admission checks only its pod."""
    base = "/apis/batch/v1/namespaces/legal"
    job = admin.get(f"{base}/cronjobs/legal-documents-backup")
    spec = job["spec"]["jobTemplate"]["spec"]
    admin.create(
        f"{base}/jobs",
        {
            "apiVersion": "batch/v1",
            "kind": "Job",
            "metadata": {"name": "by-hand", "namespace": "legal"},
            "spec": spec,
        },
    )

    eventually(lambda: admin.get(f"{base}/jobs/by-hand")["status"].get("succeeded"), 1)


def test_the_keys_come_from_vault(admin):
    def keys(namespace, user):
        path = f"/api/v1/namespaces/{namespace}/secrets/legal-documents-{user}"
        return sorted((admin.find(path) or {}).get("data", {}))

    own = ["access-key-id", "encryption-keys", "secret-access-key", "signing-keys"]
    eventually(partial(keys, "legal", "backup"), own)
    eventually(partial(keys, "legal-officer", "officer"), own)
    assert keys("legal", "officer") == []


def test_another_namespace_gets_no_key_of_the_officer(admin):
    """The ClusterSecretStore of the officer serves one namespace."""
    base = "/apis/external-secrets.io/v1/namespaces"
    known = admin.get(f"{base}/legal-officer/externalsecrets/legal-documents-officer")
    path = f"{base}/legal/externalsecrets"
    admin.create(
        path,
        {
            "apiVersion": known["apiVersion"],
            "kind": known["kind"],
            "metadata": {"name": "stolen", "namespace": "legal"},
            "spec": known["spec"] | {"target": {"name": "stolen", "creationPolicy": "Owner"}},
        },
    )

    def reason():
        conditions = admin.get(f"{path}/stolen").get("status", {}).get("conditions", [{}])
        return conditions[0].get("message", "")[-26:]

    eventually(reason, ": denied by spec.condition")
    admin.delete(f"{path}/stolen")
    assert admin.find("/api/v1/namespaces/legal/secrets/stolen") is None
