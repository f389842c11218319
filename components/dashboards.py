"""Grafana's folder of the platform, and its dashboards: a file each."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
from pulumiverse_grafana import oss

from settings import GrafanaSettings

# Grafana counts these by itself; in the text they would be a difference at every preview.
_GRAFANAS_OWN = ("id", "version")

# What the provider says, by a part of it, and what a person does about it. Its own text keeps no
# more of Grafana's answer than a status, for most of them.
_REMEDIES = {
    "name-exists": (
        "the folder has another dashboard of the same title, which somebody made by hand: rename "
        "or delete that one in Grafana, or give this file another title"
    ),
    "version-mismatch": (
        "Grafana has a dashboard of this uid that Pulumi did not make: delete it in Grafana, or "
        "`pulumi import` it"
    ),
    "with the same uid already exists": (
        "Grafana has a folder of this uid that Pulumi did not make: `pulumi import` it, or set "
        "another grafana.folder_uid"
    ),
    "with the same name already exists": (
        "Grafana has another folder of this title: rename or delete that one in Grafana, or set "
        "another grafana.folder_title"
    ),
    "is not empty": (
        "somebody put dashboards of their own into the folder, and it is not deleted with them: "
        "move them elsewhere in Grafana"
    ),
    "[401]": "Grafana does not know the token: put a valid one into GRAFANA_AUTH",
    "[403]": "the token of GRAFANA_AUTH may not do this: give its service account the role Editor",
    "status 429": "Grafana asks to slow down, three retries long: run it again in a few minutes",
    "[500]": "Grafana failed, three retries long: look into its log, and run it again",
    "status 50": "Grafana failed, three retries long: look into its log, and run it again",
    "dial tcp": "Grafana does not answer: check grafana.url and that it runs, and run it again",
}


@dataclass(frozen=True, kw_only=True)
class DashboardsArgs:
    """
    What `Dashboards` needs.

    Args:
        folder: The folder's uid, which never changes, and its title.
        boards: The JSON text of each dashboard, by its uid.
    """

    folder: GrafanaSettings
    boards: Mapping[str, str]


class Dashboards(pulumi.ComponentResource):
    """
    A Grafana folder and the dashboards in it.

    A dashboard is never taken over from somebody else: Grafana refuses to create what has the
    same uid, or the same title in the folder. Edits made in Grafana are overwritten by the next
    change; `python -m waqiti drift` tells them.
    """

    folder_uid: pulumi.Output[str]

    def __init__(
        self,
        name: str,
        args: DashboardsArgs,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Declare the folder and the dashboards of *args* under *name*."""
        super().__init__("waqiti:grafana:Dashboards", name, {}, opts)

        def explain(failed: pulumi.ErrorHookArgs) -> bool:
            sentence = _remedy(failed.errors)
            if sentence:
                pulumi.log.error(f"{failed.name}: {sentence}", self)
            return False  # the provider has retried what is worth it

        hooks = pulumi.ResourceHookBinding(on_error=[pulumi.ErrorHook(f"{name}-explain", explain)])
        child = pulumi.ResourceOptions(parent=self, hooks=hooks)

        folder = oss.Folder(
            f"{name}-folder",
            uid=args.folder.folder_uid,
            title=args.folder.folder_title,
            prevent_destroy_if_not_empty=True,
            opts=child,
        )
        for uid, text in sorted(args.boards.items()):
            # Not with `overwrite`: one of the same title would be adopted under its own uid.
            oss.Dashboard(f"{name}-{uid}", folder=folder.uid, config_json=_normal(text), opts=child)

        self.folder_uid = folder.uid
        self.register_outputs({"folder_uid": self.folder_uid})


def _normal(text: str) -> str:
    """Give the text of the same dashboard however its file is formatted."""
    model = {key: value for key, value in json.loads(text).items() if key not in _GRAFANAS_OWN}
    return json.dumps(model, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def _remedy(errors: list[str]) -> str | None:
    newest = errors[0] if errors else ""
    return next((sentence for part, sentence in _REMEDIES.items() if part in newest), None)
