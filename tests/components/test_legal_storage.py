"""LegalStorage declares a volume that outlives the stack, and pods that may do little."""

import json
from typing import Any

import pytest

from components import LegalStorage, LegalStorageArgs
from components.alert_routing import KEPT_SECRETS
from components.legal_storage import kept_secrets
from legal_storage.configuration import Configuration
from settings import LegalStorageSettings
from tests.conftest import ROOT

S3: dict[str, Any] = {
    "kind": "s3",
    "provider": "AWS",
    "endpoint": "https://s3.example:8443",
    "region": "eu-west-1",
    "bucket": "legal",
    "addresses": ["10.1.0.0/16"],
}
AZURE: dict[str, Any] = {
    "kind": "azure_blob",
    "endpoint": "https://account.blob.example",
    "container": "legal",
    "addresses": ["10.2.0.0/16"],
}
IMAGE = "registry.example/legal-storage@sha256:" + "a" * 64
STORE = "vault"
PAGE = (ROOT / "runbooks/vault-secrets.md").read_text()
TASKS = {"backup", "hold", "release", "report", "restore", "rotate-logs", "verify"}


def settings(backup: dict[str, Any] = S3) -> LegalStorageSettings:
    return LegalStorageSettings.model_validate(
        {
            "namespace": "legal",
            "owner": {"uid": 10001, "gid": 10002},
            "claim": {
                "storage_class": "kept",
                "provisioner": "csi.example",
                "parameters": {"encrypted": "true"},
                "size": "10Gi",
                "access_mode": "ReadWriteMany",
            },
            "image": IMAGE,
            "retention_years": 7,
            "scratch_size": "2Gi",
            "backup": backup,
        }
    )


@pytest.fixture
def plan(deploy):
    args = LegalStorageArgs(storage=settings(), secret_store=STORE, retained=True)
    return deploy(lambda: LegalStorage("legal", args))


def only(plan, token):
    (found,) = plan.of_type(f"kubernetes:{token}").values()
    return found


def pods(plan):
    return {
        name.removeprefix("legal-"): job["spec"]["jobTemplate"]["spec"]["template"]["spec"]
        for name, job in plan.of_type("kubernetes:batch/v1:CronJob").items()
    }


def containers(pod):
    return [*pod["initContainers"], *pod["containers"]]


def test_the_claim_is_of_a_class_whose_volumes_are_kept(plan):
    made = only(plan, "storage.k8s.io/v1:StorageClass")
    assert (made["metadata"]["name"], made["reclaimPolicy"]) == ("kept", "Retain")
    assert (made["provisioner"], made["parameters"]) == ("csi.example", {"encrypted": "true"})

    claim = only(plan, "core/v1:PersistentVolumeClaim")
    assert claim["metadata"]["name"] == "legal-documents"
    assert claim["spec"] == {
        "accessModes": ["ReadWriteMany"],
        "resources": {"requests": {"storage": "10Gi"}},
        "storageClassName": "kept",
    }


def test_there_is_a_job_for_every_word_and_a_person_starts_what_changes_things(plan):
    jobs = plan.of_type("kubernetes:batch/v1:CronJob")
    told = {
        name.removeprefix("legal-"): (job["metadata"]["name"], job["spec"].get("suspend"))
        for name, job in jobs.items()
    }

    assert told == {
        word: (f"legal-documents-{word}", word in {"hold", "release", "restore"}) for word in TASKS
    }
    assert {job["spec"]["jobTemplate"]["spec"]["backoffLimit"] for job in jobs.values()} == {0}
    assert jobs["legal-backup"]["spec"]["schedule"] == "30 1 * * *"


def test_no_pod_is_root_or_writes_where_it_need_not(plan):
    for pod in pods(plan).values():
        assert pod["securityContext"] == {
            "fsGroup": 10002,
            "fsGroupChangePolicy": "OnRootMismatch",
            "runAsGroup": 10002,
            "runAsNonRoot": True,
            "runAsUser": 10001,
            "seccompProfile": {"type": "RuntimeDefault"},
        }
        assert pod["automountServiceAccountToken"] is False
        for container in containers(pod):
            assert container["image"] == IMAGE
            assert container["securityContext"] == {
                "allowPrivilegeEscalation": False,
                "capabilities": {"drop": ["ALL"]},
                "readOnlyRootFilesystem": True,
            }


def test_the_documents_are_mounted_where_asked_and_only_a_restore_writes_there(plan):
    mounts = {
        word: mount["readOnly"]
        for word, pod in pods(plan).items()
        for mount in pod["containers"][0]["volumeMounts"]
        if mount["mountPath"] == "/var/waqiti/legal/documents"
    }

    assert mounts == {word: word != "restore" for word in TASKS - {"rotate-logs"}}


def test_the_folders_are_prepared_before_anything_else_runs(plan):
    assert {
        (tuple(first["command"]), first["volumeMounts"][-1]["mountPath"])
        for pod in pods(plan).values()
        for first in pod["initContainers"]
    } == {(("python", "-m", "legal_storage", "prepare"), "/var/waqiti/legal")}


def test_only_who_decides_has_the_officer_s_keys_and_the_logs_have_none(plan):
    secrets = {
        word: [v["secret"]["secretName"] for v in pod["volumes"] if "secret" in v]
        for word, pod in pods(plan).items()
    }

    assert secrets == {
        **{word: ["legal-documents-backup"] for word in TASKS},
        "hold": ["legal-documents-officer"],
        "release": ["legal-documents-officer"],
        "rotate-logs": [],
    }


def test_no_key_is_in_an_argument_the_environment_or_the_settings(plan):
    keys = plan.of_type("kubernetes:external-secrets.io/v1:ExternalSecret")
    assert {name: [d["remoteRef"] for d in k["spec"]["data"]] for name, k in keys.items()} == {
        f"legal-{user}-keys": [
            {"key": f"legal-documents/{user}", "property": name}
            for name in (
                "encryption-password",
                "encryption-salt",
                "access-key-id",
                "secret-access-key",
            )
        ]
        for user in ("backup", "officer")
    }
    names = {
        entry["name"]
        for pod in pods(plan).values()
        for container in containers(pod)
        for entry in container["env"]
    }
    assert names == {"TMPDIR", "DOCUMENT", "BY", "REASON"}


def test_the_pods_reach_names_and_the_store_and_nobody_reaches_them(plan):
    policy = only(plan, "networking.k8s.io/v1:NetworkPolicy")["spec"]

    assert policy["policyTypes"] == ["Ingress", "Egress"]
    assert "ingress" not in policy
    assert policy["egress"][1] == {
        "ports": [{"port": 8443, "protocol": "TCP"}],
        "to": [{"ipBlock": {"cidr": "10.1.0.0/16"}}],
    }
    assert policy["podSelector"]["matchLabels"].items() <= (
        {"app.kubernetes.io/part-of": "legal-documents"}.items()
    )


@pytest.mark.parametrize(("backup", "kind"), [(S3, "s3"), (AZURE, "azure_blob")])
def test_the_pods_understand_what_they_are_told(deploy, backup, kind):
    args = LegalStorageArgs(storage=settings(backup), secret_store=STORE, retained=True)
    plan = deploy(lambda: LegalStorage("legal", args))

    told = only(plan, "core/v1:ConfigMap")["data"]["configuration.json"]

    assert Configuration.model_validate_json(told).store.kind == kind
    assert json.loads(told)["retention_years"] == 7


def test_azure_is_opened_by_a_token_alone(deploy):
    args = LegalStorageArgs(storage=settings(AZURE), secret_store=STORE, retained=True)
    plan = deploy(lambda: LegalStorage("legal", args))
    keys = plan.of_type("kubernetes:external-secrets.io/v1:ExternalSecret")["legal-backup-keys"]

    assert [entry["secretKey"] for entry in keys["spec"]["data"]] == [
        "encryption-password",
        "encryption-salt",
        "sas-token",
    ]


@pytest.mark.parametrize("backup", [S3, AZURE])
def test_the_page_for_whoever_fills_vault_names_every_path_and_key(backup):
    wanted = KEPT_SECRETS | kept_secrets(settings(backup))

    assert sorted(wanted) == ["alerting/slack", "legal-documents/backup", "legal-documents/officer"]
    assert [path for path in wanted if f"| `{path}` |" not in PAGE] == []
    assert [key for keys in wanted.values() for key in keys if f"`{key}`" not in PAGE] == []
