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
    jobs = admin.list("/apis/batch/v1/namespaces/legal/cronjobs").objects

    assert {
        job["metadata"]["name"].removeprefix("legal-documents-"): (
            job["spec"]["schedule"],
            job["spec"]["suspend"],
            job["spec"]["concurrencyPolicy"],
        )
        for job in jobs
    } == {
        "backup": ("30 1 * * *", False, "Forbid"),
        "hold": ("0 0 31 2 *", True, "Forbid"),
        "release": ("0 0 31 2 *", True, "Forbid"),
        "report": ("0 6 * * 1", False, "Forbid"),
        "restore": ("0 0 31 2 *", True, "Forbid"),
        "rotate-logs": ("*/15 * * * *", False, "Forbid"),
        "verify": ("0 4 * * 0", False, "Forbid"),
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
    path = "/api/v1/namespaces/legal/secrets"

    def keys(user):
        return sorted((admin.find(f"{path}/legal-documents-{user}") or {}).get("data", {}))

    for user in ("backup", "officer"):
        eventually(
            partial(keys, user),
            ["access-key-id", "encryption-password", "encryption-salt", "secret-access-key"],
        )
