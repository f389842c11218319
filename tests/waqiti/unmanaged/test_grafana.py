"""Dashboards and folders in the stack's folder that nobody declared."""

import json

import pytest

from clients.failures import NoAnswerError
from tests.sandbox.simulators.grafana.running import TOKEN, save, started
from tests.waqiti.states import provider, resource
from tests.waqiti.unmanaged.stacks import found, stack
from tests.web_answers import answering
from waqiti.unmanaged.grafana import unmanaged

PERMISSIONS = "/api/access-control/user/permissions"


def declared(url):
    own = provider("grafana", url=url)
    model = json.dumps({"uid": "ours", "title": "Ours"})
    return stack(
        own,
        resource(own, "grafana:oss/folder:Folder", "1:waqiti", outputs={"uid": "waqiti"}),
        resource(own, "grafana:oss/dashboard:Dashboard", "1:ours", outputs={"configJson": model}),
    )


def test_what_nobody_declared_is_named_at_any_depth(tmp_path, monkeypatch):
    monkeypatch.setenv("GRAFANA_AUTH", TOKEN)
    with started(tmp_path) as grafana, grafana.http() as http:
        for described in (
            {"uid": "waqiti", "title": "Waqiti"},
            {"uid": "others", "title": "Others"},
            {"uid": "inner", "title": "Inner", "parentUid": "waqiti"},
        ):
            http.post("/api/folders", json=described).raise_for_status()
        for title, uid, folder in (
            ("Ours", "ours", "waqiti"),
            ("By hand", "by-hand", "waqiti"),
            ("Deep", "deep", "inner"),
            ("Theirs", "theirs", "others"),
        ):
            save(http, title, uid=uid, folderUid=folder).raise_for_status()

        assert found(unmanaged, declared(grafana.url)) == [
            "Grafana dashboard By hand (uid by-hand)",
            "Grafana dashboard Deep (uid deep)",
            "Grafana folder Inner (uid inner)",
        ]


def test_a_folder_that_the_token_does_not_see_is_no_result():
    with answering() as web:
        web.answers[PERMISSIONS] = (200, {"dashboards:read": ["folders:uid:others"]})

        with pytest.raises(NoAnswerError) as refused:
            found(unmanaged, declared(web.url))
        assert str(refused.value) == (
            f"Grafana at {web.url}: the token in GRAFANA_AUTH lacks dashboards:read on the folder "
            "waqiti: give its service account the role Editor"
        )
