"""The dashboards are declared with fixed uids, and Grafana's errors are explained."""

import json

import pytest

from components import Dashboards, DashboardsArgs, InvalidArgumentsError
from components.dashboards import _REMEDIES
from components.explaining import remedy

ORDERS = {"title": "Orders", "uid": "orders", "panels": [{"id": 1, "title": "Müll"}]}


def declared(deploy, *texts):
    boards = {json.loads(text)["uid"]: text for text in texts}
    args = DashboardsArgs(folder_uid="waqiti", folder_title="Waqiti", dashboards=boards)
    return deploy(lambda: Dashboards("dashboards", args))


def test_a_folder_with_unmanaged_dashboards_is_not_deleted(deploy):
    plan = declared(deploy)

    assert plan.of_type("grafana:oss/folder:Folder") == {
        "dashboards-folder": {
            "uid": "waqiti",
            "title": "Waqiti",
            "preventDestroyIfNotEmpty": True,
        }
    }


def test_each_file_is_one_dashboard_with_its_uid_that_overwrites_nothing(deploy):
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
def test_formatting_and_fields_that_grafana_counts_do_not_change_a_dashboard(deploy, text):
    assert declared(deploy, text).resources == declared(deploy, json.dumps(ORDERS)).resources


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (
            (
                '[POST /dashboards/db][412] postDashboardPreconditionFailed {"message":"A '
                'dashboard with the same name in the folder already exists","status":"name-exists"}'
            ),
            (
                "the folder has an unmanaged dashboard of the same title: rename or delete it in "
                "Grafana, or change the title of this one"
            ),
        ),
        (
            (
                '[POST /folders][409] createFolderConflict {"message":"a folder with the same uid '
                'already exists"}'
            ),
            (
                "Grafana has an unmanaged folder of this uid: `pulumi import` it, or set another "
                "folder_uid"
            ),
        ),
        (
            '[POST /folders][401] createFolderUnauthorized {"message":"Invalid API key"}',
            "Grafana refuses the token: set GRAFANA_AUTH to a valid one",
        ),
        (
            "[POST /folders] createFolder (status 503): {}",
            "Grafana still failed after three retries: read its log, and run it again",
        ),
        ("something new", None),
    ],
)
def test_a_provider_error_is_explained(error, sentence):
    assert remedy([error, "[403] an older one"], _REMEDIES) == sentence


def test_a_text_that_grafana_refuses_is_refused_before():
    texts = {"orders": '{"uid": "bills"}', "bills": "{"}
    with pytest.raises(InvalidArgumentsError) as refused:
        Dashboards("boards", {"folder_uid": "a b", "folder_title": "A", "dashboards": texts})

    assert str(refused.value) == (
        "Dashboards 'boards' is not declared: folder_uid: 'a b': use 1 to 40 letters, digits, `_` "
        "and `-`; dashboards.orders: the dashboard's own uid is 'bills': make them equal; "
        "dashboards.orders.title: missing: add it; dashboards.bills: not JSON (Expecting property "
        "name enclosed in double quotes: line 1 column 2 (char 1)): pass the text of a dashboard"
    )


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"__inputs": [{"name": "DS"}]}, "dashboards.orders.__inputs: an export for sharing"),
        (
            {"panels": [{"panels": [{"datasource": {"uid": "${DS}"}}]}]},
            "dashboards.orders.panels.0.panels.0.datasource.uid: no variable DS is declared",
        ),
        ({"panels": [None]}, "dashboards.orders.panels.0: not an object"),
    ],
)
def test_a_dashboard_that_grafana_could_not_show_is_refused(changes, reason):
    texts = {"orders": json.dumps(ORDERS | changes)}
    with pytest.raises(InvalidArgumentsError) as refused:
        Dashboards("boards", {"folder_uid": "a", "folder_title": "A", "dashboards": texts})

    assert str(refused.value).startswith(f"Dashboards 'boards' is not declared: {reason}")


def test_two_dashboards_of_one_title_are_refused():
    texts = {uid: json.dumps({"uid": uid, "title": "Orders"}) for uid in ("a", "b")}
    with pytest.raises(InvalidArgumentsError) as refused:
        Dashboards("boards", {"folder_uid": "b", "folder_title": "A", "dashboards": texts})

    assert str(refused.value) == (
        "Dashboards 'boards' is not declared: dashboards.b: a has the title 'Orders', too: rename "
        "one; folder_uid: a dashboard has the uid 'b', too: rename one"
    )
