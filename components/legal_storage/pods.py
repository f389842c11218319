"""The CronJobs of the legal documents: what their pods run, mount, and may do."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from settings import LegalStorageSettings

NAME = "legal-documents"
LABELS = {"app.kubernetes.io/part-of": NAME}

# The claim's own root, which belongs to the cluster; the documents and the logs are folders in it.
_ROOT = "/var/waqiti/legal"
DOCUMENTS = f"{_ROOT}/documents"
LOGS = f"{_ROOT}/logs"
_SCRATCH = "/scratch"
_SETTINGS = "/etc/legal-storage"
_SECRETS = f"{_SETTINGS}/secrets"
_NEVER = "0 0 31 2 *"

_DECISION = ("DOCUMENT", "BY", "REASON")


@dataclass(frozen=True, kw_only=True)
class Task:
    """One CronJob: a word of `legal_storage`, when, whose keys, and what it mounts."""

    schedule: str
    words: Sequence[str]
    keys: str | None = "backup"
    folder: str = DOCUMENTS
    writes: bool = False
    asks: Sequence[str] = ()

    @property
    def suspended(self) -> bool:
        """Whether it never comes due by itself."""
        return self.schedule == _NEVER


# A person starts those that never come due: runbooks/legal-restore.md, runbooks/legal-hold.md.
TASKS = {
    "backup": Task(schedule="30 1 * * *", words=["backup"]),
    "verify": Task(schedule="0 4 * * 0", words=["verify"]),
    "report": Task(schedule="0 6 * * 1", words=["report"]),
    "rotate-logs": Task(
        schedule="*/15 * * * *", words=["rotate-logs"], keys=None, folder=LOGS, writes=True
    ),
    "restore": Task(schedule=_NEVER, words=["restore"], writes=True),
    **{
        word: Task(
            schedule=_NEVER,
            words=[word, "$(DOCUMENT)", "--by=$(BY)", "--reason=$(REASON)"],
            keys="officer",
            asks=_DECISION,
        )
        for word in ("hold", "release")
    },
}


def pod_configuration(storage: LegalStorageSettings) -> dict[str, Any]:
    """Give what the pods are told; `legal_storage.configuration` reads it."""
    return {
        "documents": DOCUMENTS,
        "owner": storage.owner.model_dump(),
        "scratch": _SCRATCH,
        "secrets": _SECRETS,
        "retention_years": storage.retention_years,
        "store": storage.backup.model_dump(exclude={"addresses"}),
        "logs": {"folder": LOGS, "megabytes": 100, "files": 14},
    }


def cron_job(task: Task, storage: LegalStorageSettings) -> dict[str, Any]:
    """Give the spec of a CronJob."""
    return {
        "schedule": task.schedule,
        "timeZone": "Etc/UTC",
        "suspend": task.suspended,
        "concurrencyPolicy": "Forbid",
        "startingDeadlineSeconds": 3600,
        "successfulJobsHistoryLimit": 3,
        "failedJobsHistoryLimit": 3,
        "jobTemplate": {
            "spec": {
                # A second try would not find what the first has told, and would end well.
                "backoffLimit": 0,
                "activeDeadlineSeconds": 12 * 3600,
                "ttlSecondsAfterFinished": 2 * 24 * 3600,
                "template": {"metadata": {"labels": LABELS}, "spec": _pod(task, storage)},
            }
        },
    }


def _pod(task: Task, storage: LegalStorageSettings) -> dict[str, Any]:
    owner = storage.owner
    secrets = f"{NAME}-{task.keys}"
    return {
        "serviceAccountName": NAME,
        "automountServiceAccountToken": False,
        "restartPolicy": "Never",
        "securityContext": {
            "runAsNonRoot": True,
            "runAsUser": owner.uid,
            "runAsGroup": owner.gid,
            # The volume's root is made the group's, once: on every mount, it would undo the modes.
            "fsGroup": owner.gid,
            "fsGroupChangePolicy": "OnRootMismatch",
            "seccompProfile": {"type": "RuntimeDefault"},
        },
        "volumes": [
            {"name": "claim", "persistentVolumeClaim": {"claimName": NAME}},
            {"name": "settings", "configMap": {"name": NAME}},
            {"name": "scratch", "emptyDir": {"sizeLimit": storage.scratch_size}},
            *(
                [{"name": "secrets", "secret": {"secretName": secrets, "defaultMode": 0o440}}]
                if task.keys
                else []
            ),
        ],
        "initContainers": [_container("prepare", ["prepare"], storage, [_mount("claim", _ROOT)])],
        "containers": [_container(task.words[0], task.words, storage, _mounts(task), task.asks)],
    }


def _mounts(task: Task) -> list[dict[str, Any]]:
    folder = task.folder.removeprefix(f"{_ROOT}/")
    return [
        {**_mount("claim", task.folder, read_only=not task.writes), "subPath": folder},
        *([_mount("secrets", _SECRETS, read_only=True)] if task.keys else []),
        _mount("scratch", _SCRATCH),
    ]


def _mount(volume: str, path: str, *, read_only: bool = False) -> dict[str, Any]:
    return {"name": volume, "mountPath": path, "readOnly": read_only}


def _container(
    name: str,
    words: Sequence[str],
    storage: LegalStorageSettings,
    mounts: Sequence[Mapping[str, Any]],
    asks: Sequence[str] = (),
) -> dict[str, Any]:
    settings = {**_mount("settings", f"{_SETTINGS}/configuration.json", read_only=True)}
    return {
        "name": name,
        "image": storage.image,
        "command": ["python", "-m", "legal_storage", *words],
        "env": [{"name": "TMPDIR", "value": _SCRATCH}, *({"name": n, "value": ""} for n in asks)],
        "volumeMounts": [settings | {"subPath": "configuration.json"}, *mounts],
        "securityContext": {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        },
        # Measured: benchmarks/README.md.
        "resources": {"requests": {"cpu": "100m", "memory": "256Mi"}, "limits": {"memory": "1Gi"}},
    }
