"""The components that need neither Kafka nor Kubernetes, as the program declares them."""

from functools import partial

import pulumi
import pulumi_pagerduty as pagerduty
import pulumi_vault as vault
import pulumiverse_grafana as grafana

import components
from program import preflight, wiring
from settings import current_settings

settings = current_settings()
preflight.require(
    [
        partial(preflight.grafana.problems, settings.grafana.url),
        partial(preflight.pagerduty.problems, settings.pagerduty),
        # Not the rights to write: tests see what a provider reports without them.
        partial(
            preflight.vault.problems,
            settings.vault,
            settings.operator_provided,
            {
                f"{settings.vault.mount}/subkeys/{path}": ["read"]
                for path in settings.operator_provided
            },
            "python -m waqiti grants local vault",
        ),
    ]
)
providers = [
    grafana.Provider("grafana", url=settings.grafana.url),
    pagerduty.Provider(
        "pagerduty",
        api_url_override=settings.pagerduty.api_url,
        skip_credentials_validation=True,
    ),
    vault.Provider("vault", address=settings.vault.address, skip_child_token=True),
]
options = partial(pulumi.ResourceOptions, providers=providers)

pages = wiring.paging(settings)
assert pages
paging = components.Paging("paging", pages, options())
components.AlertingSecrets(
    "alerting-secrets", wiring.alerting_secrets(settings, paging.integration_key), options()
)
components.Dashboards("dashboards", wiring.dashboards(settings), options())
