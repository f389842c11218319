"""The CronJobs of the legal documents: what their pods run, mount, and may do."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi

from components.legal_storage.args import LegalStorageArgs, root, store

_DOCUMENTS, _LOGS = "documents", "logs"  # folders of the volume, whose root is the cluster's
_SCRATCH = "/scratch"
_SETTINGS = "/etc/legal-storage"
_SECRETS = f"{_SETTINGS}/secrets"
_NEVER = "0 0 31 2 *"

_LARGEST_LOSS_PERCENT = 1

OFFICER = "officer"

_DECISION = ("DOCUMENT", "BY", "REASON")


@dataclass(frozen=True, kw_only=True)
class Task:
    """
    One CronJob.

    Args:
        schedule: When it runs, in UTC.
        command: The command of `legal_storage`, and its arguments.
        keys: Whose keys it gets.
        folder: The folder of the volume that it mounts, if any.
        writes: Whether it may write there.
        parameters: Environment variables that a person sets when starting it.
    """

    schedule: str
    command: Sequence[str]
    keys: str | None = "backup"
    folder: str | None = _DOCUMENTS
    writes: bool = False
    parameters: Sequence[str] = ()

    @property
    def suspended(self) -> bool:
        """Whether only a person starts it."""
        return self.schedule == _NEVER


# A person starts those that are suspended.
TASKS = {
    "backup": Task(schedule="30 1 * * *", command=["backup"]),
    "verify": Task(schedule="0 4 * * 0", command=["verify"]),
    "report": Task(schedule="0 6 * * 1", command=["report"]),
    "rotate-logs": Task(
        schedule="*/15 * * * *", command=["rotate-logs"], keys=None, folder=_LOGS, writes=True
    ),
    "restore": Task(schedule=_NEVER, command=["restore"], writes=True),
    **{
        command: Task(
            schedule=_NEVER,
            command=[command, "$(DOCUMENT)", "--by=$(BY)", "--reason=$(REASON)"],
            keys=OFFICER,
            folder=None,
            parameters=_DECISION,
        )
        for command in ("hold", "release", "acknowledge")
    },
}


def pod_configuration(args: LegalStorageArgs) -> dict[str, Any]:
    """Return the configuration of the pods, which `legal_storage.configuration` reads."""
    return {
        "stack": pulumi.get_stack(),
        "image": args["image"],
        "documents": f"{root(args)}/{_DOCUMENTS}",
        "owner": args["owner"],
        "scratch": _SCRATCH,
        "secrets": _SECRETS,
        "retention_years": args["retention_years"],
        "largest_loss_percent": args.get("largest_loss_percent", _LARGEST_LOSS_PERCENT),
        "store": store(args),
        "logs": {"folder": f"{root(args)}/{_LOGS}", "megabytes": 100, "files": 14},
    }


def labels(name: str) -> dict[str, str]:
    """Return the labels of every object of the storage *name*."""
    return {"app.kubernetes.io/part-of": name}


def cron_job(task: Task, name: str, args: LegalStorageArgs) -> dict[str, Any]:
    """Return the spec of a CronJob of the storage *name*."""
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
                # A retry would not find what the first attempt reported, and would succeed.
                "backoffLimit": 0,
                "activeDeadlineSeconds": 12 * 3600,
                "ttlSecondsAfterFinished": 2 * 24 * 3600,
                "template": {"metadata": {"labels": labels(name)}, "spec": _pod(task, name, args)},
            }
        },
    }


def _pod(task: Task, name: str, args: LegalStorageArgs) -> dict[str, Any]:
    owner = args["owner"]
    secrets = f"{name}-{task.keys}"
    prepare = _container("prepare", ["prepare"], args, [_mount("claim", root(args))])
    claim = {"name": "claim", "persistentVolumeClaim": {"claimName": name}}
    main = _container(
        task.command[0], task.command, args, _mounts(task, root(args)), task.parameters
    )
    return {
        "serviceAccountName": name,
        "automountServiceAccountToken": False,
        "restartPolicy": "Never",
        "securityContext": {
            "runAsNonRoot": True,
            "runAsUser": owner["uid"],
            "runAsGroup": owner["gid"],
            # Only when the root's group differs: on every mount it would reset the modes.
            "fsGroup": owner["gid"],
            "fsGroupChangePolicy": "OnRootMismatch",
            "seccompProfile": {"type": "RuntimeDefault"},
        },
        "volumes": [
            *([claim] if task.folder else []),
            {"name": "settings", "configMap": {"name": name}},
            {"name": "scratch", "emptyDir": {"sizeLimit": args["scratch_size"]}},
            *(
                [{"name": "secrets", "secret": {"secretName": secrets, "defaultMode": 0o440}}]
                if task.keys
                else []
            ),
        ],
        "initContainers": [prepare] if task.folder else [],
        "containers": [main],
    }


def _mounts(task: Task, volume: str) -> list[dict[str, Any]]:
    folder = _mount("claim", f"{volume}/{task.folder}", read_only=not task.writes)
    return [
        *([folder | {"subPath": task.folder}] if task.folder else []),
        *([_mount("secrets", _SECRETS, read_only=True)] if task.keys else []),
        _mount("scratch", _SCRATCH),
    ]


def _mount(volume: str, path: str, *, read_only: bool = False) -> dict[str, Any]:
    return {"name": volume, "mountPath": path, "readOnly": read_only}


def _container(
    name: str,
    command: Sequence[str],
    args: LegalStorageArgs,
    mounts: Sequence[Mapping[str, Any]],
    parameters: Sequence[str] = (),
) -> dict[str, Any]:
    settings = {**_mount("settings", f"{_SETTINGS}/configuration.json", read_only=True)}
    return {
        "name": name,
        "image": args["image"],
        "command": ["python", "-m", "legal_storage", *command],
        "env": [
            {"name": "TMPDIR", "value": _SCRATCH},
            *({"name": parameter, "value": ""} for parameter in parameters),
        ],
        "volumeMounts": [settings | {"subPath": "configuration.json"}, *mounts],
        "securityContext": {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        },
        # Measured: benchmarks/README.md.
        "resources": {"requests": {"cpu": "100m", "memory": "256Mi"}, "limits": {"memory": "1Gi"}},
    }
