"""Dashboards and folders in the stack's folder that the stack does not declare."""

import json
from collections.abc import Iterator

from clients import grafana
from waqiti.unmanaged.thing import Stack, Thing

_KINDS = {"dash-db": "Grafana dashboard", "dash-folder": "Grafana folder"}


def unmanaged(stack: Stack) -> Iterator[Thing]:
    """
    Yield each dashboard and folder, at any depth of the stack's folders, that is not declared.

    Raises:
        NoAnswerError: Grafana does not answer, or refuses.
    """
    url = stack.provider("grafana")["url"].rstrip("/")
    folders = {
        resource["outputs"]["uid"] for resource in stack.state.of_type("grafana:oss/folder:Folder")
    }
    declared = folders | {
        json.loads(resource["outputs"]["configJson"])["uid"]
        for resource in stack.state.of_type("grafana:oss/dashboard:Dashboard")
    }
    for folder in folders:
        for found in grafana.content(url, folder):
            if found["uid"] not in declared:
                yield Thing(_KINDS[found["type"]], f"{found['title']} (uid {found['uid']})")
