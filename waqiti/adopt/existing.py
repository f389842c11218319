"""What exists already under the identity of what a plan creates."""

import json
import os
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from clients import grafana, vault
from clients.failures import NoAnswerError
from clients.kafka import Kafka
from clients.kubernetes import Cluster
from waqiti.adopt.plan import Creation, Inputs
from waqiti.identities import AmbiguousError, identify, is_repeatable
from waqiti.notation import UNKNOWN

# Whether a resource of these inputs exists under this id.
_Question = Callable[[Inputs, str], bool]


@dataclass(frozen=True)
class Found:
    """
    What the systems answered.

    Args:
        ids: The ids of what exists, by URN.
        ambiguous: Why a resource cannot be identified, by URN.
        unknown: Which systems could not be asked, a sentence each.
    """

    ids: dict[str, str] = field(default_factory=dict)
    ambiguous: dict[str, str] = field(default_factory=dict)
    unknown: list[str] = field(default_factory=list)


def find(creations: Sequence[Creation]) -> Found:
    """Ask every system at once; a system that does not answer is not asked again."""
    systems: dict[str, list[Creation]] = defaultdict(list)
    # What an `up` creates again keeps what is there: it needs no import.
    for creation in (one for one in creations if not is_repeatable(one.kind)):
        systems[json.dumps([creation.system, creation.provider], sort_keys=True)].append(creation)
    found = Found()
    with ThreadPoolExecutor(max(len(systems), 1)) as pool:
        for one in pool.map(_ask, systems.values()):
            found.ids.update(one.ids)
            found.ambiguous.update(one.ambiguous)
            found.unknown.extend(one.unknown)
    return found


def resolved(creation: Creation, ids: Mapping[str, str]) -> Inputs:
    """Return the inputs of *creation*, in which unknown ids of existing resources are known."""

    def known(key: str, value: object) -> object:
        sources = creation.dependencies.get(key, ())
        return ids.get(sources[0], value) if value == UNKNOWN and len(sources) == 1 else value

    return {key: known(key, value) for key, value in creation.inputs.items()}


def _ask(creations: Sequence[Creation]) -> Found:
    """Ask one system for *creations*, which have the same provider."""
    found, system, provider = Found(), creations[0].system, creations[0].provider
    try:
        exists = _QUESTIONS[system](provider)
        for creation in creations:
            identity_of = identify(creation.kind)
            if identity_of is None:
                name = f"{creation.kind} {creation.name}"
                found.unknown.append(f"{name}: its identity is not known, so look for it yourself")
                continue
            inputs = resolved(creation, found.ids)
            try:
                identity = identity_of(inputs, provider)
            except AmbiguousError as error:
                found.ambiguous[creation.urn] = str(error)
                continue
            if identity is not None and exists(inputs, identity):
                found.ids[creation.urn] = identity
    except NoAnswerError as error:
        found.unknown.append(str(error))
    return found


def _kafka(provider: Inputs) -> _Question:
    servers = provider["bootstrapServers"]
    cluster = Kafka(
        json.loads(servers) if isinstance(servers, str) else servers,
        # As the provider: without a user, it uses no SASL.
        provider["saslMechanism"] if "KAFKA_SASL_USERNAME" in os.environ else None,
        tls=str(provider["tlsEnabled"]).lower() == "true",
    )
    acls = cluster.acls()

    def exists(inputs: Inputs, identity: str) -> bool:
        return identity in acls if "aclPrincipal" in inputs else cluster.has_topic(identity)

    return exists


def _kubernetes(provider: Inputs) -> _Question:
    cluster = Cluster(provider["context"])
    return lambda inputs, _: cluster.find(inputs) is not None


def _grafana(provider: Inputs) -> _Question:
    def exists(inputs: Inputs, identity: str) -> bool:
        collection = "dashboards/uid" if "configJson" in inputs else "folders"
        return grafana.has(provider["url"], collection, identity.partition(":")[2])

    return exists


def _vault(provider: Inputs) -> _Question:
    address, namespace = provider["address"], provider.get("namespace")

    def exists(inputs: Inputs, identity: str) -> bool:
        if "mount" in inputs:
            return vault.has_secret(address, namespace, inputs["mount"], inputs["name"])
        path = identity if "roleName" in inputs else f"sys/policies/acl/{identity}"
        return vault.has(address, namespace, path)

    return exists


_QUESTIONS: Mapping[str, Callable[[Inputs], _Question]] = {
    "grafana": _grafana,
    "kafka": _kafka,
    "kubernetes": _kubernetes,
    "pagerduty": lambda _: lambda *_: True,  # it was asked for the id
    "vault": _vault,
}
