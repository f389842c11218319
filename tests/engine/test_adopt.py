"""Objects that were made by hand are adopted: nothing is destroyed, and nothing is doubled."""

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml
from confluent_kafka.admin import NewPartitions

from sandbox.server import Server
from sandbox.servers import (
    SERVERS,
    grafana,
    kafka,
    kubernetes,
    openbao,
    operators,
    pagerduty,
    slack,
)
from sandbox.world import World
from tests.conftest import ROOT
from tests.engine import by_hand
from tests.engine.adopt_output import OUTPUT, REFUSED
from tests.engine.conftest import copy_program
from tests.engine.kafka_clients import TOPIC, result
from tests.engine.paging_clients import integration_key, key_in_vault
from tests.engine.ports import next_block
from tests.engine.sandboxes import Sandbox, discard

pytestmark = [pytest.mark.minutes(1), pytest.mark.own_sandbox]

# What an `up` needs: nothing evaluates rules, and no pod runs.
NEEDED = [
    server.SERVER for server in (openbao, kafka, kubernetes, operators, pagerduty, slack, grafana)
]


# The company's own configuration of Alertmanager stays.
ADDED = {"monitoring": {"added_routes": True}}


@dataclass(frozen=True)
class Adoption:
    """What each step of an adoption printed, and what the systems had after it."""

    adopt: tuple[int, str]
    preview: dict[str, list[str]]
    second_up: str
    key: str
    secret: str
    file: str
    states: list[str]
    by_hand: dict[str, Any]
    after_adopt: dict[str, Any]
    after_import: dict[str, Any]
    after_up: dict[str, Any]
    refused: tuple[str, list[str]]


@pytest.fixture(scope="module")
def adopted(toolchain, engine, tmp_path_factory):
    """Adopt the objects of a sandbox, of which Pulumi manages nothing yet."""
    servers = (*SERVERS, Server(ports=[], config=lambda _: ADDED))
    world = World(tmp_path_factory.mktemp("adopt") / "world", next_block(), servers)
    world.create()
    program = adding_routes(tmp_path_factory.mktemp("program"))
    sandbox = Sandbox(world, toolchain, engine, program, NEEDED)
    try:
        sandbox.start()
        for described in (by_hand.ROUTES, *granted(sandbox)):
            kubernetes.api(world, "admin").apply(described)
        by_hand.make(world)
        yield adopt(sandbox)
    finally:
        discard(world)


def adding_routes(folder: Path) -> Path:
    """Copy the program in the form for a company with an Alertmanager configuration of its own."""
    program = copy_program(folder / "program")
    # `waqiti grants` reads this file, and the engine reads the config of the world.
    file = ROOT / "Pulumi.local.yaml"
    content = yaml.safe_load(file.read_text())
    content["config"]["waqiti:monitoring"] |= ADDED["monitoring"]
    (program / file.name).write_text(yaml.safe_dump(content))
    return program


def granted(sandbox: Sandbox) -> list[Any]:
    done = sandbox.waqiti("grants", "kubernetes")
    assert done.returncode == 0, done.stdout
    return list(yaml.safe_load_all(done.stdout))


def adopt(sandbox: Sandbox) -> Adoption:
    world = sandbox.world
    before = by_hand.dump(world)
    done = sandbox.waqiti("adopt")
    after_adopt = by_hand.dump(world)
    assert "Next:" in done.stdout, done.stdout
    (command,) = re.findall(r"^  pulumi (import .+)$", done.stdout, re.MULTILINE)
    imported = sandbox.pulumi(*command.split(), "--yes")
    assert imported.returncode == 0, imported.stdout
    after_import = by_hand.dump(world)
    file = (sandbox.program / ".waqiti/import-local.json").read_text()
    state = state_of(world)
    preview = sandbox.pulumi("preview", "--json")
    steps = json.loads(preview.stdout[preview.stdout.index("{") :])["steps"]
    sandbox.up()
    second_up = sandbox.up()
    key, secret = integration_key(world), key_in_vault(world)
    after_up = by_hand.dump(world)
    return Adoption(
        adopt=(done.returncode, done.stdout),
        preview={
            step["urn"].rpartition("::")[2]: sorted(step["detailedDiff"])
            for step in steps
            if step["op"] not in ("create", "same")
        },
        second_up=second_up,
        key=key,
        secret=secret,
        file=file,
        states=[state, state_of(world)],
        by_hand=before,
        after_adopt=after_adopt,
        after_import=after_import,
        after_up=after_up,
        refused=adopt_with_more_partitions(sandbox),
    )


def adopt_with_more_partitions(sandbox: Sandbox) -> tuple[str, list[str]]:
    """Return what is printed about Kafka, and what the import file has of it."""
    topic = next(r["urn"] for r in sandbox.state()["resources"] if r.get("id") == TOPIC)
    forgotten = sandbox.pulumi("state", "delete", topic, "--target-dependents", "--yes")
    assert forgotten.returncode == 0, forgotten.stdout
    admin = kafka.admin(sandbox.world)
    result(admin.create_partitions([NewPartitions(TOPIC, 12)]))
    done = sandbox.waqiti("adopt")
    assert done.returncode == 1, done.stdout
    file = json.loads((sandbox.program / ".waqiti/import-local.json").read_text())
    return (
        done.stdout.partition("\n.waqiti")[0],
        sorted(r["name"] for r in file["resources"] if r["type"].startswith("kafka:")),
    )


def state_of(world: World) -> str:
    return (world.folder / "state/.pulumi/stacks/waqiti/local.json").read_text()


def test_the_output_shows_what_exists_and_how_it_differs(adopted):
    services, policies = adopted.by_hand["pagerduty"].values()
    (service,), (policy,) = services, policies
    expected = OUTPUT.format(
        service=service["id"],
        policy=policy["id"],
        integration=service["integrations"][0]["id"],
        acl=f"User:*|*|Delete|Deny|Topic|{TOPIC}|Literal",
    )

    assert adopted.adopt == (1, expected)


def test_nothing_is_changed_until_the_up(adopted):
    assert adopted.after_adopt == adopted.by_hand
    assert adopted.after_import == adopted.by_hand


def test_the_preview_after_the_import_shows_exactly_the_differences(adopted):
    assert adopted.preview == {
        "alert-rules-alert-delivery": ["spec.groups[0].rules[0].for"],
        "alerting-secrets-alerting-pagerduty": ["dataJson", "deleteAllVersions", "disableRead"],
        "dashboards-folder": ["preventDestroyIfNotEmpty", "title"],
        "dashboards-waqiti-alerting": ["configJson"],
        "legal-documents": ['metadata.labels["app.kubernetes.io/part-of"]'],
        "paging-escalation": ["numLoops"],
        "paging-service": ["acknowledgementTimeout"],
        "topics-encryption-audit-log": ['config["retention.ms"]'],
    }


def test_the_up_corrects_each_difference(adopted):
    after = adopted.after_up
    (policy,), (service,) = (after["pagerduty"][k] for k in ("escalation_policies", "services"))
    (folder,), board = after["grafana"]
    ((rule, *_), *_) = (
        [rule for group in one["spec"]["groups"] for rule in group["rules"]]
        for one in objects(after, "prometheusrules")
        if one["metadata"]["name"] == by_hand.RULES
    )
    (claim,) = objects(after, "persistentvolumeclaims")

    assert {
        "retention": after["kafka"][0][TOPIC]["retention.ms"],
        "loops": policy["num_loops"],
        "acknowledgement": service["acknowledgement_timeout"],
        "folder": folder["title"],
        "board": board["dashboard"]["description"],
        "rule": rule["for"],
        "claim": claim["metadata"]["labels"],
        "secret": adopted.secret,
    } == {
        "retention": "220752000000",
        "loops": 2,
        "acknowledgement": 1800,
        "folder": "Waqiti",
        "board": "Do alerts reach people, by which way, and how fast?",
        "rule": "2m",
        "claim": {"app.kubernetes.io/part-of": "legal-documents"},
        "secret": adopted.key,
    }


def test_nothing_is_destroyed_or_doubled(adopted):
    before, after = identities(adopted.by_hand), identities(adopted.after_up)

    assert {name: [i for i in after[name] if i in before[name]] for name in before} == before
    assert {n: len(after[n]) for n in ("services", "integrations", "policies", "folders")} == {
        "services": 1,
        "integrations": 1,
        "policies": 1,
        "folders": 1,
    }
    assert adopted.after_up["vault"]["current_version"] == 2


def test_what_an_up_would_replace_is_not_in_the_file(adopted):
    of_topic = ("audit-query-service-read", "deny-deletion", "encryption-audit-service-write")

    assert adopted.refused == (REFUSED, [f"topics-{TOPIC}-{acl}" for acl in of_topic])


def test_a_second_up_changes_nothing(adopted):
    assert re.search(r"Resources:\n    \d+ unchanged\n", adopted.second_up)


def test_the_pagers_key_is_nowhere_in_plain_text(adopted):
    assert [
        text for text in (adopted.adopt[1], adopted.file, *adopted.states) if adopted.key in text
    ] == []


def test_the_companys_alertmanager_configuration_stays_as_it_was(adopted):
    def configuration(dump):
        return [
            one
            for one in objects(dump, "secrets")
            if one["metadata"]["name"] == by_hand.COMPANYS_SECRET["metadata"]["name"]
        ]

    assert configuration(adopted.after_up) == configuration(adopted.by_hand) != []


def objects(dump: dict[str, Any], plural: str) -> list[Any]:
    (found,) = (some for path, some in dump["kubernetes"].items() if path.endswith(f"/{plural}"))
    return list(found)


def identities(dump: dict[str, Any]) -> dict[str, list[Any]]:
    """Return the identity that each system gives to an object once."""
    (topics, acls), (folders, board) = dump["kafka"], dump["grafana"]
    services = dump["pagerduty"]["services"]
    kinds = ("persistentvolumeclaims", "prometheusrules", "secrets", "storageclasses")
    return {
        "topics": [name for name in topics if not name.startswith("_")],
        "acls": acls,
        "services": [one["id"] for one in services],
        "integrations": [each["id"] for one in services for each in one["integrations"]],
        "policies": [one["id"] for one in dump["pagerduty"]["escalation_policies"]],
        "folders": [(one["id"], one["uid"]) for one in folders],
        "boards": [(board["dashboard"]["id"], board["dashboard"]["uid"])],
        "objects": [one["metadata"]["uid"] for kind in kinds for one in objects(dump, kind)],
    }
