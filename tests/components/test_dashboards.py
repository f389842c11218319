"""The dashboards are declared with fixed uids, and what Grafana refuses is explained."""

import json

import pytest

from components import Dashboards, DashboardsArgs
from components.dashboards import _remedy
from settings import GrafanaSettings

FOLDER = GrafanaSettings(url="http://g", folder_uid="waqiti", folder_title="Waqiti")
ORDERS = {"title": "Orders", "uid": "orders", "panels": [{"id": 1, "title": "Müll"}]}


def declared(deploy, *texts):
    boards = {json.loads(text)["uid"]: text for text in texts}
    args = DashboardsArgs(folder=FOLDER, boards=boards)
    return deploy(lambda: Dashboards("dashboards", args))


def test_there_is_one_folder_which_is_not_deleted_with_others_dashboards_in_it(deploy):
    plan = declared(deploy)

    assert plan.of_type("grafana:oss/folder:Folder") == {
        "dashboards-folder": {
            "uid": "waqiti",
            "title": "Waqiti",
            "preventDestroyIfNotEmpty": True,
        }
    }


def test_each_file_is_one_dashboard_named_for_its_uid_that_overwrites_nothing(deploy):
    payments = {"title": "Payments", "uid": "payments"}

    plan = declared(deploy, json.dumps(ORDERS), json.dumps(payments))

    assert plan.of_type("grafana:oss/dashboard:Dashboard") == {
        "dashboards-orders": {
            "folder": "waqiti",
            "configJson": '{"panels":[{"id":1,"title":"Müll"}],"title":"Orders","uid":"orders"}',
        },
        "dashboards-payments": {
            "folder": "waqiti",
            "configJson": '{"title":"Payments","uid":"payments"}',
        },
    }


@pytest.mark.parametrize(
    "text",
    [
        json.dumps(ORDERS, indent=4),
        json.dumps(ORDERS, sort_keys=True, ensure_ascii=False) + "\n",
        json.dumps({"id": 7, "version": 12} | ORDERS),
    ],
)
def test_formatting_and_what_grafana_counts_make_no_other_dashboard(deploy, text):
    assert declared(deploy, text).resources == declared(deploy, json.dumps(ORDERS)).resources


@pytest.mark.parametrize(
    ("told", "sentence"),
    [
        (
            (
                '[POST /dashboards/db][412] postDashboardPreconditionFailed {"message":"A '
                'dashboard with the same name in the folder already exists","status":"name-exists"}'
            ),
            (
                "the folder has another dashboard of the same title, which somebody made by hand: "
                "rename or delete that one in Grafana, or give this file another title"
            ),
        ),
        (
            (
                '[POST /folders][409] createFolderConflict {"message":"a folder with the same uid '
                'already exists"}'
            ),
            (
                "Grafana has a folder of this uid that Pulumi did not make: `pulumi import` it, or "
                "set another grafana.folder_uid"
            ),
        ),
        (
            '[POST /folders][401] createFolderUnauthorized {"message":"Invalid API key"}',
            "Grafana does not know the token: put a valid one into GRAFANA_AUTH",
        ),
        (
            "[POST /folders] createFolder (status 503): {}",
            "Grafana failed, three retries long: look into its log, and run it again",
        ),
        ("something new", None),
    ],
)
def test_what_the_provider_says_is_explained(told, sentence):
    assert _remedy([told, "[403] an older one"]) == sentence


def test_no_error_is_no_explanation():
    assert _remedy([]) is None
