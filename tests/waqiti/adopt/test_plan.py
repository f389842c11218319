"""What a plan creates is what may exist already."""

from tests.waqiti.adopt.plans import STACK, creation, provider, urn
from waqiti.adopt.plan import Creation, creations

TOPIC = "kafka:index/topic:Topic"


def test_only_what_the_plan_creates_in_a_system_is_looked_for():
    component = {"type": "waqiti:index:KafkaTopics", "custom": False, "inputs": {}}
    known = creation(TOPIC, "known", {"name": "known"}) | {"op": "same"}
    steps = [
        {"op": "create", "urn": f"{STACK}::pulumi:pulumi:Stack::waqiti-prod"},
        provider("kafka", tlsEnabled="true"),
        {"op": "create", "urn": urn("waqiti:index:KafkaTopics", "topics"), "newState": component},
        known,
        creation(TOPIC, "orders", {"name": "orders"}, protect=True),
    ]

    assert list(creations(steps)) == [
        Creation(
            urn=urn(TOPIC, "orders"),
            kind=TOPIC,
            name="orders",
            inputs={"name": "orders"},
            provider={"tlsEnabled": "true"},
            dependencies={},
            protect=True,
        )
    ]


def test_a_creation_of_a_provider_that_exists_has_its_inputs():
    unchanged = provider("kafka", tlsEnabled="true") | {"op": "same"}

    (found,) = creations([unchanged, creation(TOPIC, "orders", {"name": "orders"})])

    assert found.provider == {"tlsEnabled": "true"}
