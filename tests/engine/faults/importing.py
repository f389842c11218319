"""The import of an object that was created and whose answer was lost, as a person does it."""

from collections.abc import Callable, Mapping
from typing import Any

from tests.engine.faults.driver import Faulty
from tests.engine.paging_clients import SERVICE, rest


def import_object(faulty: Faulty, name: str) -> None:
    """Import what exists as the resource *name*, below the component that declares it."""
    (declared,) = [r for r in faulty.undisturbed["state"] if r["urn"].endswith(f"::{name}")]
    kind = declared["type"]
    package = f"pulumi:providers:{kind.partition(':')[0]}"
    (provider,) = [r["urn"] for r in faulty.sandbox.state()["resources"] if r["type"] == package]
    done = faulty.pulumi(
        *("import", kind, name, _IDENTITIES[kind](faulty), "--yes", "--skip-preview"),
        *("--parent", f"parent={declared['parent']}", "--provider", f"provider={provider}"),
        *("--protect=false", "--generate-code=false"),
    )
    assert done.returncode == 0, done.stdout


def _service(faulty: Faulty) -> Any:
    (found,) = rest(faulty.sandbox.world).list_all("services", params={"query": SERVICE})
    return found


def _integration(faulty: Faulty) -> str:
    service = _service(faulty)
    (integration,) = service["integrations"]
    return f"{service['id']}.{integration['id']}"


_IDENTITIES: Mapping[str, Callable[[Faulty], str]] = {
    "grafana:oss/folder:Folder": lambda _: "0:waqiti",
    "kubernetes:monitoring.coreos.com/v1:PrometheusRule": (
        lambda _: "monitoring/waqiti-payment-saga"
    ),
    "pagerduty:index/service:Service": lambda faulty: str(_service(faulty)["id"]),
    "pagerduty:index/serviceIntegration:ServiceIntegration": _integration,
}
