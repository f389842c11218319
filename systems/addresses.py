"""Host names, ports and networks, as every system accepts them."""

import ipaddress
import re

_LABEL = re.compile(r"[a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?")
_LONGEST_HOST = 253
_PORT = re.compile(r"[1-9][0-9]{0,4}", re.ASCII)
LARGEST_PORT = 65535
_URL = re.compile(
    r"(?P<scheme>https?)://(?P<host>\[[^/?#\s@\]]*\]|[^/?#\s@:\[\]]+)(:(?P<port>[^/?#\s]*))?(?P<path>/.*)?"
)
_PATH = re.compile(r"(/[A-Za-z0-9._~%!$&'()*+,;=:@-]+)*")
_LOOPBACK = ("127.0.0.1", "[::1]", "localhost")
# No service has a network of its own that is larger; a larger one permits most of the internet.
_SHORTEST_PREFIX = {4: 8, 6: 16}


def check_host(host: str) -> str:
    """
    Return *host* if it is a host name, an IPv4 address, or an IPv6 address in brackets.

    Raises:
        ValueError: It is neither.
    """
    if "[" in host or ":" in host:
        return _check_ipv6(host)
    labels = host.split(".")
    if labels[-1].isdigit():
        try:
            ipaddress.IPv4Address(host)
        except ValueError:
            raise ValueError(f"{host!r} is no IPv4 address: correct it") from None
    elif len(host) > _LONGEST_HOST or not all(map(_LABEL.fullmatch, labels)):
        raise ValueError(
            f"{host!r} is no host name: use letters, digits, dashes and dots, at most 63 "
            "characters between two dots"
        )
    return host


def _check_ipv6(host: str) -> str:
    inner = host.removeprefix("[").removesuffix("]")
    try:
        zone = ipaddress.IPv6Address(inner).scope_id
    except ValueError:
        raise ValueError(f"{host!r} is no IPv6 address: correct it") from None
    if zone is not None:
        raise ValueError(f"{host!r} has a zone, which only one machine knows: remove it")
    if host != f"[{inner}]":
        raise ValueError(f"{host!r} is an IPv6 address without brackets: write [{inner}]")
    return host


def check_port(port: str) -> int:
    """
    Return *port* as a number.

    Raises:
        ValueError: It is no port.
    """
    if not _PORT.fullmatch(port) or int(port) > LARGEST_PORT:
        raise ValueError(f"{port!r} is no port: use a number from 1 to {LARGEST_PORT}")
    return int(port)


def check_address(address: str) -> str:
    """
    Return *address* if it is `host:port`.

    Raises:
        ValueError: It has another form.
    """
    host, colon, port = address.rpartition(":")
    if not colon or address.endswith("]"):
        raise ValueError("has no port: write host:port")
    check_host(host)
    check_port(port)
    return address


def host_and_port(address: str) -> tuple[str, int]:
    """Return the parts of `host:port` as a socket needs them: an IPv6 address has no brackets."""
    host, _, port = address.rpartition(":")
    return host.removeprefix("[").removesuffix("]"), int(port)


def check_url(url: str, *, path: bool) -> str:
    """
    Return *url* if it is an HTTP address without user, query, fragment and slash at the end.

    Args:
        url: The address.
        path: Whether it may have a path.

    Raises:
        ValueError: It has another form.
    """
    found = _URL.fullmatch(url)
    if found is None:
        raise ValueError("is no URL: write https://host, with a port if it is not 443")
    check_host(found["host"])
    if found["port"] is not None:
        check_port(found["port"])
    rest = found["path"] or ""
    if rest and not path:
        raise ValueError(f"has the path {rest!r}: remove it")
    if not _PATH.fullmatch(rest):
        raise ValueError(f"has {rest!r} after the host: remove the query and the last slash")
    return url


def is_protected(url: str) -> bool:
    """Return whether a request to *url* is encrypted or does not leave this machine."""
    found = _URL.fullmatch(url)
    return found is not None and (found["scheme"] == "https" or found["host"] in _LOOPBACK)


def check_network(cidr: str) -> str:
    """
    Return *cidr* if it is a network as a Kubernetes NetworkPolicy has it.

    Raises:
        ValueError: It is none, or an address inside of one.
    """
    if "/" not in cidr:
        raise ValueError("has no prefix length: write a network such as 10.10.0.0/16")
    try:
        network = ipaddress.ip_network(cidr, strict=False)
    except ValueError:
        raise ValueError("is no network: write one such as 10.10.0.0/16") from None
    if str(network) != cidr:
        raise ValueError(f"is not the usual form of this network: write {network}")
    return cidr


def is_too_large(cidr: str) -> bool:
    """Return whether the network *cidr* contains more than one service could have."""
    network = ipaddress.ip_network(cidr)
    return network.prefixlen < _SHORTEST_PREFIX[network.version]
