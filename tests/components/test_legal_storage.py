"""LegalStorage declares a volume that is retained, and pods with the least rights."""

import json

import pytest

from components import InvalidArgumentsError, LegalStorage
from legal_storage.configuration import Configuration
from tests.components.legal_storage_arguments import AZURE, IMAGE, S3, arguments

OFFICER = {"hold", "release", "acknowledge"}
TASKS = {"backup", "report", "restore", "rotate-logs", "verify"} | OFFICER


@pytest.fixture
def plan(deploy):
    return deploy(lambda: LegalStorage("legal", arguments()))


def only(plan, token, namespace=None):
    found = plan.of_type(f"kubernetes:{token}").values()
    (one,) = [o for o in found if namespace in {None, o["metadata"].get("namespace")}]
    return one


def pods(plan):
    return {
        name.removeprefix("legal-"): job["spec"]["jobTemplate"]["spec"]["template"]["spec"]
        for name, job in plan.of_type("kubernetes:batch/v1:CronJob").items()
    }


def containers(pod):
    return [*pod["initContainers"], *pod["containers"]]


def test_the_storage_class_of_the_claim_has_reclaim_policy_retain(plan):
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


def test_every_command_has_a_job_and_those_with_side_effects_are_started_by_hand(plan):
    jobs = plan.of_type("kubernetes:batch/v1:CronJob")
    declared = {
        name.removeprefix("legal-"): (job["metadata"]["name"], job["spec"].get("suspend"))
        for name, job in jobs.items()
    }

    assert declared == {
        word: (f"legal-documents-{word}", word in OFFICER | {"restore"}) for word in TASKS
    }
    assert {job["spec"]["jobTemplate"]["spec"]["backoffLimit"] for job in jobs.values()} == {0}
    assert jobs["legal-backup"]["spec"]["schedule"] == "30 1 * * *"


def test_no_pod_runs_as_root_or_has_needless_write_access(plan):
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


def test_only_a_restore_mounts_the_documents_for_writing(plan):
    mounts = {
        word: mount["readOnly"]
        for word, pod in pods(plan).items()
        for mount in pod["containers"][0]["volumeMounts"]
        if mount["mountPath"] == "/var/waqiti/legal/documents"
    }

    assert mounts == {word: word != "restore" for word in TASKS - OFFICER - {"rotate-logs"}}


def test_the_folders_are_prepared_before_anything_else_runs(plan):
    assert {
        (tuple(first["command"]), first["volumeMounts"][-1]["mountPath"])
        for pod in pods(plan).values()
        for first in pod["initContainers"]
    } == {(("python", "-m", "legal_storage", "prepare"), "/var/waqiti/legal")}


def test_only_hold_and_release_have_the_officer_s_keys_and_logs_has_none(plan):
    secrets = {
        word: [v["secret"]["secretName"] for v in pod["volumes"] if "secret" in v]
        for word, pod in pods(plan).items()
    }

    assert secrets == {
        **{word: ["legal-documents-backup"] for word in TASKS},
        **{word: ["legal-documents-officer"] for word in OFFICER},
        "rotate-logs": [],
    }


def test_no_key_is_in_an_argument_the_environment_or_the_settings(plan):
    keys = plan.of_type("kubernetes:external-secrets.io/v1:ExternalSecret")
    assert {name: [d["remoteRef"] for d in k["spec"]["data"]] for name, k in keys.items()} == {
        f"legal-{user}-keys": [
            {"key": f"legal-documents/{user}", "property": name}
            for name in (
                "encryption-keys",
                "signing-keys",
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


def test_the_pods_may_reach_only_dns_and_the_store_and_nothing_may_reach_them(plan):
    policy = only(plan, "networking.k8s.io/v1:NetworkPolicy", "legal")["spec"]

    assert policy["policyTypes"] == ["Ingress", "Egress"]
    assert "ingress" not in policy
    assert policy["egress"][1] == {
        "ports": [{"port": 8443, "protocol": "TCP"}],
        "to": [{"ipBlock": {"cidr": "10.1.0.0/16"}}],
    }
    assert policy["podSelector"]["matchLabels"].items() <= (
        {"app.kubernetes.io/part-of": "legal-documents"}.items()
    )


@pytest.mark.parametrize(("store", "kind"), [(S3, "s3"), (AZURE, "azure_blob")])
def test_the_pods_read_their_configuration(deploy, store, kind):
    plan = deploy(lambda: LegalStorage("legal", arguments(store)))

    text = only(plan, "core/v1:ConfigMap", "legal")["data"]["configuration.json"]

    assert Configuration.model_validate_json(text).store.kind == kind
    assert json.loads(text)["retention_years"] == 7


def test_azure_needs_only_a_token(deploy):
    plan = deploy(lambda: LegalStorage("legal", arguments(AZURE)))
    keys = plan.of_type("kubernetes:external-secrets.io/v1:ExternalSecret")["legal-backup-keys"]

    assert [entry["secretKey"] for entry in keys["spec"]["data"]] == [
        "encryption-keys",
        "signing-keys",
        "sas-token",
    ]


def test_two_storages_in_one_namespace_do_not_collide(deploy):
    def program():
        LegalStorage("contracts", arguments(object_name="contracts"))
        LegalStorage("notices", arguments(object_name="notices", existing_namespace=True))

    plan = deploy(program)

    objects = [
        (
            resource.type,
            resource.inputs["metadata"].get("namespace"),
            resource.inputs["metadata"]["name"],
        )
        for resource in plan.resources
        if resource.type.startswith("kubernetes:")
        and resource.type != "kubernetes:storage.k8s.io/v1:StorageClass"
    ]
    assert len(objects) == len(set(objects))
    policies = plan.of_type("kubernetes:networking.k8s.io/v1:NetworkPolicy")
    assert {
        name: policy["spec"]["podSelector"]["matchLabels"] for name, policy in policies.items()
    } == {
        f"{name}-{user}traffic": {"app.kubernetes.io/part-of": name}
        for name in ("contracts", "notices")
        for user in ("", "officer-")
    }


def test_the_officer_shares_no_namespace_secret_or_store_with_the_backup(plan):
    apart = {
        (kind.rpartition(":")[2], made["metadata"]["namespace"])
        for kind in ("batch/v1:CronJob", "core/v1:ConfigMap", "core/v1:ServiceAccount")
        for name, made in plan.of_type(f"kubernetes:{kind}").items()
        if name.removeprefix("legal-") in OFFICER or "officer" in name
    }
    keys = plan.of_type("kubernetes:external-secrets.io/v1:ExternalSecret")
    volumes = {word: [v["name"] for v in pod["volumes"]] for word, pod in pods(plan).items()}

    assert apart == {(kind, "legal-officer") for kind in ("CronJob", "ConfigMap", "ServiceAccount")}
    assert {
        name: (made["metadata"]["namespace"], made["spec"]["secretStoreRef"]["name"])
        for name, made in keys.items()
    } == {
        "legal-backup-keys": ("legal", "vault"),
        "legal-officer-keys": ("legal-officer", "vault-officer"),
    }
    assert {tuple(volumes[word]) for word in OFFICER} == {("settings", "scratch", "secrets")}


@pytest.mark.parametrize(
    ("argument", "shared"),
    [
        ("namespace", "legal"),
        ("secret_store", "vault"),
        ("secret", "legal-documents/backup"),
    ],
)
def test_an_officer_who_shares_something_with_the_backup_is_refused(deploy, argument, shared):
    officer = arguments()["officer"] | {argument: shared}

    with pytest.raises(InvalidArgumentsError) as refused:
        deploy(lambda: LegalStorage("legal", arguments(officer=officer)))

    assert f"officer.{argument}: {shared!r} is also the one of the backup" in str(refused.value)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"azure_blob": AZURE["azure_blob"]}, "s3: pass either s3 or azure_blob"),
        (
            {"s3": S3["s3"] | {"endpoint": "http://s3.example"}},
            "endpoint: 'http://s3.example': copies travel over TLS only: use https",
        ),
        (
            {"image": "registry/a:1"},
            ("image: 'registry/a:1': name it by its digest: NAME@sha256: and 64 digits of 0 to f"),
        ),
        (
            {"store_addresses": []},
            "store_addresses: none: the pods could not reach the store: pass its networks",
        ),
        (
            {"store_addresses": ["10.1.0.1/16"]},
            (
                "store_addresses[0]: '10.1.0.1/16': is not the usual form of this network: write "
                "10.1.0.0/16"
            ),
        ),
        (
            {"scratch_size": "2048Mi"},
            "scratch_size: '2048Mi': Kubernetes stores this quantity as 2Gi: write 2Gi",
        ),
        (
            {"owner": {"uid": 0, "gid": 10002}},
            "owner.uid: 0: pass 1 to 2147483647",
        ),
        (
            {
                "claim": {
                    "storage_class": "kept",
                    "provisioner": "efs.csi.aws.com",
                    "parameters": {
                        "provisioningMode": "efs-ap",
                        "fileSystemId": "fs-1",
                        "directoryPerms": "750",
                        "uid": "10001",
                        "gid": "10001",
                    },
                    "size": "10Gi",
                    "access_mode": "ReadWriteMany",
                }
            },
            "claim.parameters.gid: efs.csi.aws.com needs '10002': set it (got '10001')",
        ),
        (
            {"namespace": "Legal"},
            "namespace: 'Legal': use at most 42 small letters, digits and dashes",
        ),
    ],
)
def test_a_wrong_argument_is_refused_with_its_remedy(changes, reason):
    with pytest.raises(InvalidArgumentsError) as refused:
        LegalStorage("legal", arguments(**changes))

    assert str(refused.value) == f"LegalStorage 'legal' is not declared: {reason}"
