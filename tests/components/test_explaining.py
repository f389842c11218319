"""The raw error of a provider becomes a sentence with a remedy."""

import pytest

from components import alerting_secrets, kafka_topics, paging
from components.explaining import remedy

REMEDIES = {"[404]": "it is not there", "[40": "it is refused"}


def test_the_newest_error_counts_and_the_first_part_that_fits():
    assert remedy(["POST [404]", "POST [400]"], REMEDIES) == "it is not there"
    assert remedy(["POST [400]", "POST [404]"], REMEDIES) == "it is refused"


@pytest.mark.parametrize("errors", [[], ["something new"]])
def test_an_unknown_error_has_no_sentence(errors):
    assert remedy(errors, REMEDIES) is None


@pytest.mark.parametrize(
    ("component", "error", "beginning"),
    [
        (
            kafka_topics,
            "creating topic: Topic authorization failed.",
            "Kafka does not permit this to Pulumi's principal: grant it Create, Describe",
        ),
        (
            kafka_topics,
            "kafka server: The client is not authorized to send this request type",
            "Kafka does not permit this to Pulumi's principal: grant it Describe",
        ),
        (
            kafka_topics,
            (
                "kafka: client has run out of available brokers to talk to: kafka server: SASL "
                "Authentication failed: Authentication failed during authentication"
            ),
            "Kafka refuses the user: set KAFKA_SASL_USERNAME and KAFKA_SASL_PASSWORD",
        ),
        (
            kafka_topics,
            "kafka: client has run out of available brokers to talk to: dial tcp: i/o timeout",
            "Kafka did not answer: see that its brokers run, and run it again",
        ),
        (
            paging,
            (
                "POST API call failed 400 Bad Request. Code: 2001, Errors: [Name has already been "
                "taken.], Message: Invalid Input Provided"
            ),
            "PagerDuty has an unmanaged service or escalation policy of this name: rename",
        ),
        (
            paging,
            "POST API call to https://api.pagerduty.com/services failed 503 Service Unavailable.",
            "PagerDuty failed, and the provider does not retry: run it again",
        ),
        (
            paging,
            'Post "https://api.pagerduty.com/services": EOF',
            "PagerDuty's answer was lost: if it has created this, `pulumi import` it; then run it",
        ),
        (
            alerting_secrets,
            'Put "https://vault.example/v1/secret/data/a": read: connection reset by peer',
            "Vault still did not answer after two retries: read its log, and run it again",
        ),
        (
            alerting_secrets,
            "Error making API request. URL: PUT https://vault.example Code: 429. Errors:",
            "Vault still answered 429 after two retries: run it again in a few minutes",
        ),
        (
            alerting_secrets,
            "error writing secret: * check-and-set parameter required for this call",
            "Vault requires check-and-set here, which Pulumi does not send: run `vault kv metadata",
        ),
        (
            alerting_secrets,
            "Code: 403. Errors: * permission denied",
            "the token in VAULT_TOKEN may not write this path: grant create, read, update",
        ),
    ],
)
def test_the_errors_that_people_met_are_explained(component, error, beginning):
    sentence = remedy([error], component._REMEDIES)  # noqa: SLF001 - the table is the behaviour

    assert sentence is not None
    assert sentence.startswith(beginning)
