"""
Destructive changes are refused with prod's own file, which runs on the sandbox's addresses.

The tests read the topic from the brokers, and the claim from the cluster, before and after each
refusal.
"""

import re
from dataclasses import replace

import pytest
from confluent_kafka.admin import ConfigResource

from sandbox.servers import kafka
from tests.conftest import stack_config
from tests.engine.clusters import claim_of
from tests.engine.conftest import applied, copy_program
from tests.engine.kafka_clients import SECONDS, TOPIC, result

pytestmark = pytest.mark.minutes(4)

BOTH_WAYS = pytest.mark.parametrize("flags", [(), ("--skip-preview",)], ids=["up", "no preview"])
# The sandbox grants what `local` needs, which has no heartbeat.
PROD = {
    "stack": "prod",
    "monitoring": {"heartbeat": False},
    "service_secrets": {"only": None},
}
# The secrets of 108 services take a minute to apply, and no test here needs one.
SERVICES = re.compile(
    r"^services = components\.ServiceSecrets\(\n.*\n\)\n|^    services\.external_secrets,\n",
    re.MULTILINE,
)
DECLARATION = re.compile(
    r"^legal = components\.LegalStorage\(.*\)$|^    legal\.external_secrets,$", re.MULTILINE
)


@pytest.fixture(scope="module")
def prod(copied, tmp_path_factory):
    """Yield a sandbox to which `prod` was applied, beside the retained volume of `local`."""
    program = without_services(copy_program(tmp_path_factory.mktemp("prod") / "program"))
    with applied(copied) as own:
        done = own.pulumi("destroy", "--yes")
        assert done.returncode == 0, done.stdout
        changed = replace(own, program=program)
        changed.up(**PROD)
        yield changed


@pytest.fixture
def program(program):
    return without_services(program)


def without_services(program):
    """Remove the secrets of the services from a copy of the program."""
    main = program / "__main__.py"
    without, number = SERVICES.subn("", main.read_text())
    assert number == 2
    main.write_text(without)
    return program


def everything(world):
    admin = kafka.admin(world)
    topic = admin.list_topics(TOPIC, timeout=SECONDS).topics[TOPIC]
    config = result(admin.describe_configs([ConfigResource(ConfigResource.Type.TOPIC, TOPIC)]))
    return (
        {number: sorted(p.replicas) for number, p in topic.partitions.items()},
        {name: entry.value for name, entry in config.items()},
        claim_of(world, "legal")["spec"],
    )


def rewrite(program, old, new):
    path = program / "catalog/topics.yaml"
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new))


def refused(prod, *flags, **options):
    """Run an `up` that must fail; return its output. Assert that nothing has changed."""
    before = everything(prod.world)
    done = prod.pulumi("up", "--yes", *flags, **PROD, **options)
    assert done.returncode != 0
    assert everything(prod.world) == before
    assert "Traceback" not in done.stdout
    return " ".join(done.stdout.split())


def test_prod_without_a_change_changes_nothing(prod):
    assert re.search(r"Resources:\n    \d+ unchanged\n\nDuration", prod.up(**PROD))


@BOTH_WAYS
def test_fewer_partitions_are_refused(prod, program, flags):
    rewrite(program, "partitions: 10", "partitions: 9")

    reported = refused(prod, *flags, program=program)

    assert re.search(r"unable to replace resource \S+topics-encryption-audit-log\S*", reported)
    assert "protect" in reported


@BOTH_WAYS
def test_a_removed_topic_is_refused(prod, program, flags):
    rewrite(program, "encryption-audit-log:", "encryption-audit-logs:")

    reported = refused(prod, *flags, program=program)

    assert (
        "catalog/topics.yaml is not valid: encryption-audit-log: missing: add the topic, this "
        "stack requires it"
    ) in reported


def test_a_shorter_retention_is_refused(prod, program):
    rewrite(program, "class: audit", "class: audit\n  config: {retention.ms: 220751999999}")

    reported = refused(prod, "--skip-preview", program=program)

    assert (
        "catalog/topics.yaml is not valid: encryption-audit-log.config.retention.ms: an audit "
        "topic keeps its records for at least 220752000000 ms (2,555 days): remove the key (got "
        "220751999999)"
    ) in reported


def test_fewer_copies_are_refused(prod):
    reported = refused(prod, "--skip-preview", kafka={"replication_factor": 2})

    assert (
        "Pulumi.prod.yaml is not valid: kafka.replication_factor: prod needs at least 3 copies of "
        "every partition: raise it (got 2)"
    ) in reported


def claim(**changes):
    usual = stack_config("prod")["waqiti:legal_storage"]["claim"]
    return {"legal_storage": {"claim": usual | changes}}


@BOTH_WAYS
def test_prod_refuses_to_delete_the_claim(prod, program, flags):
    main = program / "__main__.py"
    without, number = DECLARATION.subn("", main.read_text())
    assert number == 2
    main.write_text(without)

    reported = refused(prod, *flags, program=program)

    assert re.search(r"cannot be deleted .*protect", reported)


@BOTH_WAYS
def test_prod_refuses_another_storage_class_for_the_claim(prod, flags):
    reported = refused(prod, *flags, **claim(storage_class="cheaper"))

    # The old class is deleted too: either change may be refused first.
    assert re.search(r"unable to replace resource \S+(Class|Claim)::legal-documents\S*", reported)
    assert "protect" in reported


def test_prod_refuses_a_smaller_claim(prod):
    reported = refused(prod, "--skip-preview", **claim(size="400Gi"))
    prod.up(**PROD)  # the state has the refused size

    assert "field can not be less than" in reported


def test_prod_refuses_a_shorter_retention(prod):
    reported = refused(prod, "--skip-preview", legal_storage={"retention_years": 6})

    assert (
        "Pulumi.prod.yaml is not valid: legal_storage.retention_years: prod must lock legal "
        "documents for at least 7 calendar years: raise it (got 6)"
    ) in reported


def test_prod_refuses_an_unencrypted_backup(prod):
    reported = refused(prod, "--skip-preview", legal_storage={"encrypted": False})

    assert "legal_storage.encrypted: unknown key: remove it or correct its name" in reported
