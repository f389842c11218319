"""Names, numbers, principals and hosts are those that a broker takes and produces."""

import re

import pytest

from systems import kafka


@pytest.mark.parametrize("name", ["orders", "a.b_c-D", "x" * 249])
def test_a_topic_name_of_kafka_is_accepted(name):
    assert kafka.check_topic_name(name) == name


@pytest.mark.parametrize("name", ["", ".", "..", "a b", "é", "x" * 250, "__consumer_offsets"])
def test_another_topic_name_is_refused(name):
    with pytest.raises(ValueError, match="rename it"):
        kafka.check_topic_name(name)


def test_names_that_kafka_s_metrics_mix_up_are_found():
    assert kafka.colliding(["a.b", "a_b", "a-b"]) == [("a.b", "a_b")]


@pytest.mark.parametrize(
    "template",
    [
        "User:{service}",
        "User:waqiti-{service}@REALM",
        "User:CN={service},OU=Pay,O=W",
        "User:CN={service}+UID=7,DC=example,DC=com",
        "User:CN={service},O=Pay\\, Ltd",
        "User:CN={service},1.2.840.113549.1.9.1=#1603612e62",
    ],
)
def test_a_principal_that_a_broker_produces_is_accepted(template):
    assert kafka.check_principal_template(template) == template


@pytest.mark.parametrize(
    ("template", "reason"),
    [
        ("{service}", "is no principal: start it with `User:`"),
        ("Group:{service}", "is no principal: start it with `User:`"),
        ("User:service", "write {service} exactly once, and no other braces"),
        ("User:{service}{service}", "write {service} exactly once, and no other braces"),
        ("User:{service}{env}", "write {service} exactly once, and no other braces"),
        ("User:{service.name}", "write {service} exactly once, and no other braces"),
        ("User: {service}", "has a space at an end or a control character: remove it"),
        ("User:CN={service}, O=W", "brokers write no space after a comma: remove it"),
        ("User:/CN={service}", "is no part of a distinguished name: write KEY=value"),
        ("User:CN={service},O=a;b", "is no part of a distinguished name: write KEY=value"),
        ("User:cn={service}", "brokers do not write cn: use one of C, CN, DC"),
        ("User:emailAddress={service}", "brokers do not write emailAddress: use one of"),
        ("User:CN={service},2.5.4.5=7", "brokers write the value of 2.5.4.5 as #"),
    ],
)
def test_a_principal_that_no_broker_produces_is_refused(template, reason):
    with pytest.raises(ValueError, match=re.escape(reason)):
        kafka.check_principal_template(template)


@pytest.mark.parametrize("host", ["*", "10.1.2.3", "2001:db8:0:0:0:0:0:1"])
def test_a_host_that_a_broker_compares_is_accepted(host):
    assert kafka.check_client_host(host) == host


@pytest.mark.parametrize(
    ("host", "reason"),
    [
        ("localhost", "use one IP address, or * for any"),
        ("10.0.0.0/8", "use one IP address, or * for any"),
        ("10.1.2.03", "use one IP address, or * for any"),
        ("255.255.255.255", "is the address of no client: use one IP address, or * for any"),
        ("224.0.0.1", "is the address of no client: use one IP address, or * for any"),
        ("2001:db8::1", "use 2001:db8:0:0:0:0:0:1"),
        ("2001:DB8:0:0:0:0:0:1", "use 2001:db8:0:0:0:0:0:1"),
        ("::", "is the address of no client"),
        ("::ffff:10.1.2.3", "brokers write it as IPv4: use 10.1.2.3"),
    ],
)
def test_a_host_that_matches_no_client_is_refused(host, reason):
    with pytest.raises(ValueError, match=re.escape(reason)):
        kafka.check_client_host(host)


def test_a_configuration_that_a_broker_refuses_is_reported_by_key():
    config = {
        "cleanup.policy": "compact",
        "local.retention.ms": "20",
        "max.message.bytes": "2147483648",
        "min.insync.replicas": "two",
        "remote.storage.enable": "true",
        "retention.ms": "10",
        "segment.ms": "any",
    }

    assert kafka.text_config_faults(config) == [
        ("local.retention.ms", "is longer than retention.ms (10): lower it"),
        ("max.message.bytes", "2147483648: Kafka allows 0 to 2147483647: change it"),
        ("min.insync.replicas", "'two' is not a whole number: pass one"),
        ("remote.storage.enable", "Kafka refuses it for a compacted topic: remove the key"),
    ]


@pytest.mark.parametrize("local", [-2, 10])
def test_a_local_retention_within_the_total_is_accepted(local):
    assert kafka.config_faults({"retention.ms": 10, "local.retention.ms": local}) == []
