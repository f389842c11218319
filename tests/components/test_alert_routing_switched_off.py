"""AlertRouting without a pager, without channels, and with further details of a page."""

from components import AlertRouting
from components.alert_routing.added_routes import added_routes
from components.alert_routing.configuration import configuration
from tests.components.routing_arguments import URL, arguments


def test_without_a_pager_critical_alerts_are_posted_and_nobody_is_paged(deploy):
    config = configuration(without("pager"), "routing", "")
    (pager,) = [each for each in config["receivers"] if each["name"] == "pager"]

    assert pager.keys() == {"name", "slack_configs"}
    assert deploy(lambda: AlertRouting("routing", without("pager"))).resources


def test_without_channels_nothing_is_posted(deploy):
    config = configuration(arguments(channels={}), "routing", URL)
    (ours,) = config["route"]["routes"]
    added = added_routes(arguments(channels={}, added=True), "routing")

    assert [each["name"] for each in config["receivers"]] == ["nobody", "pager"]
    assert config["receivers"][1].keys() == {"name", "pagerduty_configs"}
    assert (ours["receiver"], [each["receiver"] for each in ours["routes"]]) == (
        "nobody",
        ["pager"],
    )
    assert (added["route"]["receiver"], [each["name"] for each in added["receivers"]]) == (
        "nobody",
        ["nobody", "pager"],
    )
    assert deploy(lambda: AlertRouting("routing", arguments(channels={}))).resources


def test_the_details_of_a_page_are_in_both_forms():
    pager = arguments()["pager"] | {"details": {"incident": "https://r/incident.md"}}
    own = configuration(arguments(pager=pager), "routing", URL)["receivers"]
    added = added_routes(arguments(pager=pager, added=True), "routing")["receivers"]

    assert [
        each["pagerduty_configs"][0]["details"] for each in own if "pagerduty_configs" in each
    ] == [{"incident": "https://r/incident.md"}]
    assert [
        each["pagerdutyConfigs"][0]["details"] for each in added if "pagerdutyConfigs" in each
    ] == [[{"key": "incident", "value": "https://r/incident.md"}]]


def without(argument):
    return {key: value for key, value in arguments().items() if key != argument}
