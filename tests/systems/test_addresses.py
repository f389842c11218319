"""Hosts, ports, URLs and networks have one spelling."""

import re

import pytest

from systems import addresses


@pytest.mark.parametrize(
    "address",
    ["kafka-1.prod.internal:9093", "127.0.0.1:1", "a:65535", "[::1]:9092", "[2001:db8::5]:1"],
)
def test_an_address_is_accepted(address):
    assert addresses.check_address(address) == address


@pytest.mark.parametrize(
    "address",
    [
        "kafka",
        "kafka:",
        "kafka:0",
        "kafka:65536",
        "kafka:09",
        ":9092",
        "a_b:1",
        "-a:1",
        "1.2.3:1",
        "[::1]",
        "[::zz]:1",
        "[fe80::1%eth0]:1",
        "[127.0.0.1]:1",
    ],
)
def test_another_address_is_refused(address):
    with pytest.raises(ValueError, match=r": |host:port"):
        addresses.check_address(address)


@pytest.mark.parametrize(
    "url",
    [
        "https://a.example",
        "https://a.example:8443/x/y",
        "http://a",
        "https://[2001:db8::5]:8200",
        "https://[::1]",
    ],
)
def test_a_url_is_accepted(url):
    assert addresses.check_url(url, path=True) == url


@pytest.mark.parametrize(
    "url",
    [
        "a.example",
        "ftp://a.example",
        "https://",
        "https://user@a.example",
        "https://a.example/",
        "https://a.example/x/",
        "https://a.example/x?y",
        "https://a.example:port",
        "https://a b",
        "https://::1",
        "https://[::1",
        "https://[::1]x",
        "https://[::zz]",
    ],
)
def test_another_url_is_refused(url):
    with pytest.raises(ValueError, match=": "):
        addresses.check_url(url, path=True)


def test_a_path_is_refused_where_none_may_be():
    with pytest.raises(ValueError, match="has the path '/x': remove it"):
        addresses.check_url("https://a.example/x", path=False)


@pytest.mark.parametrize(
    ("cidr", "reason"),
    [
        ("10.0.0.1", "has no prefix length: write a network such as 10.10.0.0/16"),
        ("10.0.0.0/33", "is no network: write one such as 10.10.0.0/16"),
        ("10.0.0.1/8", "is not the usual form of this network: write 10.0.0.0/8"),
        ("2001:DB8::/32", "is not the usual form of this network: write 2001:db8::/32"),
    ],
)
def test_a_network_in_another_form_is_refused(cidr, reason):
    with pytest.raises(ValueError, match=re.escape(reason)):
        addresses.check_network(cidr)


def test_only_a_network_of_the_internet_s_size_is_too_large():
    found = [
        c for c in ("0.0.0.0/0", "::/0", "64.0.0.0/7", "10.0.0.0/8") if addresses.is_too_large(c)
    ]

    assert found == ["0.0.0.0/0", "::/0", "64.0.0.0/7"]


def test_a_token_travels_over_tls_or_stays_on_the_machine():
    found = [
        addresses.is_protected(url)
        for url in (
            "https://a.example",
            "http://127.0.0.1:1",
            "http://[::1]:1",
            "http://a.example",
            "http://[2001:db8::5]",
            "127.0.0.1",
        )
    ]

    assert found == [True, True, True, False, False, False]


def test_an_ipv6_address_without_brackets_is_refused_with_the_remedy():
    with pytest.raises(ValueError, match=re.escape("without brackets: write [::1]")):
        addresses.check_address("::1:9092")


@pytest.mark.parametrize(
    ("address", "parts"),
    [("a:9092", ("a", 9092)), ("127.0.0.1:1", ("127.0.0.1", 1)), ("[::1]:9092", ("::1", 9092))],
)
def test_a_socket_gets_an_address_without_brackets(address, parts):
    assert addresses.host_and_port(address) == parts
