"""PagerDuty and Grafana: one sentence each, because a person creates the account there."""

from grants.declared import Declared

# The scope of PagerDuty's API for each type of resource.
_PAGERDUTY_SCOPES = {
    "pagerduty:index/escalationPolicy:EscalationPolicy": "escalation_policies",
    "pagerduty:index/service:Service": "services",
    "pagerduty:index/serviceIntegration:ServiceIntegration": "services",
}


def pagerduty(declared: Declared) -> str:
    """Return the scopes of PAGERDUTY_TOKEN; nothing if the stack does not page."""
    if not declared.settings.pagerduty.enabled:
        return ""
    things = sorted({s for kind, s in _PAGERDUTY_SCOPES.items() if declared.of_type(kind)})
    scopes = [f"{thing}.{verb}" for thing in things for verb in ("read", "write")]
    targets = {
        f"{target['type'].removesuffix('_reference')}s.read"
        for policy in declared.of_type("pagerduty:index/escalationPolicy:EscalationPolicy")
        for rule in policy["rules"]
        for target in rule["targets"]
    }
    account = declared.settings.pagerduty
    return (
        "PAGERDUTY_TOKEN is a REST API key with full access, or a token with the scopes "
        f"{', '.join([*scopes, *sorted(targets)])}, of the account in the region "
        f"{account.service_region} that has the service {account.service_name}.\n"
    )


def grafana(declared: Declared) -> str:
    """Return the role of GRAFANA_AUTH."""
    board = declared.settings.grafana
    return (
        f"GRAFANA_AUTH is the token of a service account of {board.url} with the role Editor, "
        f"which may create the folder {board.folder_title} and the "
        f"{len(declared.of_type('grafana:oss/dashboard:Dashboard'))} dashboards in it.\n"
    )
