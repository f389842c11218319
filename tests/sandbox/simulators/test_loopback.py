"""A simulator is reachable from this machine only."""

import argparse

import pytest

from sandbox.simulators.loopback import listener, loopback_address


@pytest.mark.parametrize(
    ("host", "address"),
    [("127.0.0.1", "127.0.0.1"), ("127.1.2.3", "127.1.2.3"), ("::1", "::1")],
)
def test_loopback_addresses_are_accepted(host: str, address: str) -> None:
    assert loopback_address(host) == address


def test_localhost_is_resolved_to_the_loopback_address() -> None:
    """The machine's hosts file has no effect."""
    assert loopback_address("localhost") == "127.0.0.1"


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "example.com", ""])  # noqa: S104 - to be refused
def test_any_other_address_is_refused_in_one_sentence(host: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError) as refusal:
        loopback_address(host)

    assert str(refusal.value) == (
        f"{host} is not a loopback address: a simulator listens on 127.0.0.1 or ::1 only"
    )


def test_a_listener_has_its_url_before_the_first_request() -> None:
    bound, url = listener("127.0.0.1", 0)
    with bound:
        assert url == f"http://127.0.0.1:{bound.getsockname()[1]}"


def test_nothing_is_bound_to_another_address() -> None:
    with pytest.raises(argparse.ArgumentTypeError):
        listener("0.0.0.0", 0)  # noqa: S104 - to be refused
