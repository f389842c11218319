"""Access to PagerDuty and Vault through the official clients."""

from typing import Any

import httpx2
import pagerduty

from sandbox.servers import openbao
from sandbox.servers.pagerduty import url
from sandbox.world import World
from tests.sandbox.simulators.pagerduty.running import PlainHttp

SERVICE = "Waqiti Local"


def rest(world: World) -> pagerduty.RestApiV2Client:
    token = world.credentials["pagerduty/pulumi"]
    return pagerduty.RestApiV2Client(
        token,
        default_from="manager@waqiti.invalid",
        base_url=url(world).replace("http:", "https:"),
        transport=PlainHttp(),
    )


def events(world: World, routing_key: str) -> pagerduty.EventsApiV2Client:
    return pagerduty.EventsApiV2Client(
        routing_key, base_url=url(world).replace("http:", "https:"), transport=PlainHttp()
    )


def integration_key(world: World) -> str:
    """Return the key of the service's newest integration, from PagerDuty."""
    client = rest(world)
    (service,) = client.list_all("services", params={"query": SERVICE})
    numbers = [int(each["summary"].strip(")").split("(")[1]) for each in service["integrations"]]
    integration = service["integrations"][numbers.index(max(numbers))]
    read = client.rget(f"services/{service['id']}/integrations/{integration['id']}")
    return str(read["integration_key"])


def key_in_vault(world: World) -> str:
    vault = openbao.administrator(world)
    read = vault.secrets.kv.v2.read_secret_version(
        "alerting/pagerduty", mount_point="secret", raise_on_deleted_version=True
    )
    return str(read["data"]["data"]["integration_key"])


def incidents(world: World, key: str) -> list[Any]:
    return list(rest(world).list_all("incidents", params={"incident_key": key}))


def control(world: World) -> httpx2.Client:
    return httpx2.Client(base_url=f"{url(world)}/sandbox", timeout=10)


def advance(world: World, minutes: int) -> None:
    with control(world) as client:
        client.put("/clock", json={"advance_seconds": minutes * 60}).raise_for_status()


def pages(world: World, key: str) -> list[dict[str, Any]]:
    with control(world) as client:
        reported = client.get("/pages").raise_for_status().json()["pages"]
    return [page for page in reported if page["dedup_key"] == key]
