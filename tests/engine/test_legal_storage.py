"""The legal documents' volume and jobs in a real cluster, and what prod refuses."""

import re
from functools import partial

import pytest

from sandbox import kubernetes
from tests.engine.polling import eventually

pytestmark = pytest.mark.minutes(4)

BOTH_WAYS = pytest.mark.parametrize("flags", [(), ("--skip-preview",)], ids=["up", "no preview"])
DECLARATION = re.compile(r"^components\.LegalStorage\(.*?^\)$", re.MULTILINE | re.DOTALL)


def claim_of(world, namespace):
    path = f"/api/v1/namespaces/{namespace}/persistentvolumeclaims/legal-documents"
    return kubernetes.api(world, "admin").get(path)


@pytest.fixture(scope="module")
def admin(sandbox):
    return kubernetes.api(sandbox.world, "admin")


def test_the_claim_is_bound_to_a_volume_that_is_kept(sandbox, admin):
    claim = claim_of(sandbox.world, "legal-local")
    volume = admin.get(f"/api/v1/persistentvolumes/{claim['spec']['volumeName']}")
    kind = admin.get("/apis/storage.k8s.io/v1/storageclasses/legal-documents-local")

    assert claim["status"]["phase"] == "Bound"
    assert claim["spec"]["accessModes"] == ["ReadWriteMany"]
    assert volume["spec"]["persistentVolumeReclaimPolicy"] == "Retain"
    assert (kind["reclaimPolicy"], kind["allowVolumeExpansion"]) == ("Retain", True)


def test_the_cluster_holds_every_job_and_none_may_overlap(admin):
    jobs = admin.list("/apis/batch/v1/namespaces/legal-local/cronjobs").objects

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


def test_the_namespace_takes_no_pod_that_may_more(admin):
    namespace = admin.get("/api/v1/namespaces/legal-local")
    (policy,) = admin.list(
        "/apis/networking.k8s.io/v1/namespaces/legal-local/networkpolicies"
    ).objects

    assert namespace["metadata"]["labels"]["pod-security.kubernetes.io/enforce"] == "restricted"
    assert policy["spec"]["policyTypes"] == ["Ingress", "Egress"]


def test_the_cluster_takes_the_backup_s_pod(admin):
    """A Job of the CronJob, as a person starts it: admission judges its pod."""
    base = "/apis/batch/v1/namespaces/legal-local"
    job = admin.get(f"{base}/cronjobs/legal-documents-backup")
    spec = job["spec"]["jobTemplate"]["spec"]
    admin.create(
        f"{base}/jobs",
        {
            "apiVersion": "batch/v1",
            "kind": "Job",
            "metadata": {"name": "by-hand", "namespace": "legal-local"},
            "spec": spec,
        },
    )

    eventually(lambda: admin.get(f"{base}/jobs/by-hand")["status"].get("succeeded"), 1)


def test_the_keys_come_from_vault(admin):
    path = "/api/v1/namespaces/legal-local/secrets"

    def keys(user):
        return sorted((admin.find(f"{path}/legal-documents-{user}") or {}).get("data", {}))

    for user in ("backup", "officer"):
        eventually(
            partial(keys, user),
            ["access-key-id", "encryption-password", "encryption-salt", "secret-access-key"],
        )


@pytest.fixture(scope="module")
def prod(copied):
    """Give a sandbox on which `prod` was applied, beside `local`'s kept volume."""
    own = copied()
    try:
        own.start()
        own.up()
        done = own.pulumi("destroy", "--yes")
        assert done.returncode == 0, done.stdout
        own.up(stack="prod")
        yield own
    finally:
        own.stop()


def refused(prod, *flags, **options):
    """Try an `up`; give what it said, having seen that the claim is as it was."""
    before = claim_of(prod.world, "legal")["spec"]
    done = prod.pulumi("up", "--yes", *flags, stack="prod", **options)
    assert done.returncode != 0
    assert claim_of(prod.world, "legal")["spec"] == before
    assert "Traceback" not in done.stdout
    return " ".join(done.stdout.split())


def claim(**changes):
    usual = {
        "storage_class": "legal-documents",
        "provisioner": "efs.csi.aws.com",
        "parameters": {"provisioningMode": "efs-ap", "fileSystemId": "fs-0prod"},
        "size": "500Gi",
        "access_mode": "ReadWriteMany",
    }
    return {"legal_storage": {"claim": usual | changes}}


@BOTH_WAYS
def test_prod_refuses_to_delete_the_claim(prod, program, flags):
    main = program / "__main__.py"
    without, number = DECLARATION.subn("", main.read_text())
    assert number == 1
    main.write_text(without)

    told = refused(prod, *flags, program=program)

    assert re.search(r"cannot be deleted .*protect", told)


@BOTH_WAYS
def test_prod_refuses_another_class_for_the_claim(prod, flags):
    told = refused(prod, *flags, **claim(storage_class="cheaper"))

    # The old class goes as well: whichever comes first is refused.
    assert re.search(r"unable to replace resource \S+(Class|Claim)::legal-documents\S*", told)
    assert "protect" in told


def test_prod_refuses_a_smaller_claim(prod):
    told = refused(prod, "--skip-preview", **claim(size="400Gi"))

    assert "field can not be less than" in told


@BOTH_WAYS
def test_prod_refuses_a_shorter_retention(prod, flags):
    told = refused(prod, *flags, legal_storage={"retention_years": 6})

    assert (
        "Pulumi.prod.yaml is not valid: legal_storage.retention_years: prod locks legal documents "
        "for at least 7 calendar years (got 6)"
    ) in told


@BOTH_WAYS
def test_prod_refuses_an_unencrypted_backup(prod, flags):
    told = refused(prod, *flags, legal_storage={"encrypted": False})

    assert "legal_storage.encrypted: unknown key: remove it or correct its name" in told
