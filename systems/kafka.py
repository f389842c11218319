"""What Kafka accepts: names, numbers, principals and hosts of ACLs."""

import ipaddress
import re
from collections.abc import Iterable, Mapping
from itertools import combinations

# Kafka's own types of numbers.
SHORT = 2**15 - 1
INT = 2**31 - 1
LONG = 2**63 - 1

_NAME = re.compile(r"[a-zA-Z0-9._-]{1,249}")
_INTERNAL = {"__consumer_offsets", "__transaction_state", "__share_group_state"}
_INTERNAL |= {"__cluster_metadata", "__remote_log_metadata"}

# The least and the largest value of Kafka 4's topic configuration, by key.
RANGES: Mapping[str, tuple[int, int]] = {
    "local.retention.ms": (-2, LONG),
    "max.message.bytes": (0, INT),
    "min.insync.replicas": (1, INT),
    "retention.bytes": (-1, LONG),
    "retention.ms": (-1, LONG),
    "segment.bytes": (1024**2, INT),
}
FOREVER = -1  # no limit of retention
AS_TOTAL = -2  # local.retention.ms: the same as retention.ms

_SERVICE = "{service}"
# The attributes that Java writes with a keyword in the form of RFC 2253.
_KEYWORDS = {"CN", "C", "O", "OU", "L", "ST", "STREET", "DC", "UID"}
_ATTRIBUTE = re.compile(r"(?P<type>[A-Za-z0-9.]+)=(?P<value>(?:\\.|[^\\,+\"<>;=])+)")
_OBJECT_ID = re.compile(r"[0-9]+(\.[0-9]+)+")


def check_topic_name(name: str) -> str:
    """
    Return *name* if a topic may have it.

    Raises:
        ValueError: Kafka refuses it, or uses it itself.
    """
    if not _NAME.fullmatch(name) or name in {".", ".."}:
        raise ValueError("Kafka allows 1 to 249 letters, digits, `.`, `_` and `-`: rename it")
    if name in _INTERNAL:
        raise ValueError("is a topic of Kafka's own: rename it")
    return name


def colliding(names: Iterable[str]) -> list[tuple[str, str]]:
    """Return pairs of topics whose names differ in `.` and `_` alone; Kafka refuses the second."""
    return [
        (one, other)
        for one, other in combinations(sorted(names), 2)
        if one.replace(".", "_") == other.replace(".", "_")
    ]


def check_number(key: str, value: int) -> int:
    """
    Return *value* if the configuration key *key* of a topic may have it.

    Raises:
        ValueError: It is outside of Kafka's range.
    """
    least, most = RANGES.get(key, (-LONG - 1, LONG))
    if not least <= value <= most:
        raise ValueError(f"Kafka allows {least} to {most}: change it")
    return value


def config_faults(config: Mapping[str, object]) -> list[tuple[str, str]]:
    """Return keys of a topic's configuration that contradict others, each with the reason."""
    faults: list[tuple[str, str]] = []
    total, local = config.get("retention.ms"), config.get("local.retention.ms")
    if isinstance(total, int) and isinstance(local, int) and local != AS_TOTAL:
        is_longer = local == FOREVER or local > total
        if total != FOREVER and is_longer:
            faults.append(
                ("local.retention.ms", f"is longer than retention.ms ({total}): lower it")
            )
    if config.get("remote.storage.enable") is True and "compact" in str(
        config.get("cleanup.policy", "")
    ):
        faults.append(
            ("remote.storage.enable", "Kafka refuses it for a compacted topic: remove the key")
        )
    return faults


def text_config_faults(config: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return keys of a configuration in Kafka's text form that Kafka refuses, with the reason."""
    faults: list[tuple[str, str]] = []
    values: dict[str, object] = dict(config)
    for key in RANGES.keys() & config.keys():
        if not re.fullmatch(r"-?[0-9]{1,19}", config[key], re.ASCII):
            faults.append((key, f"{config[key]!r} is not a whole number: pass one"))
            continue
        values[key] = int(config[key])
        try:
            check_number(key, int(config[key]))
        except ValueError as error:
            faults.append((key, f"{config[key]}: {error}"))
    values["remote.storage.enable"] = config.get("remote.storage.enable") == "true"
    return sorted([*faults, *config_faults(values)])


def check_client_host(host: str) -> str:
    """
    Return *host* if an ACL with it can match a client.

    A broker compares the text with the client's IP address, as Java writes it.

    Raises:
        ValueError: It matches no client.
    """
    if host == "*":
        return host
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        raise ValueError(
            "Kafka compares it with the address of a client: use one IP address, or * for any"
        ) from None
    if address.is_unspecified or address.is_multicast or host == "255.255.255.255":
        raise ValueError("is the address of no client: use one IP address, or * for any")
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped:
            raise ValueError(f"brokers write it as IPv4: use {address.ipv4_mapped}")
        groups = (f"{int(group, 16):x}" for group in address.exploded.split(":"))
        written = ":".join(groups)
        if written != host:
            raise ValueError(f"brokers write this address in another form: use {written}")
    return host


def check_principal_template(template: str) -> str:
    """
    Return *template* if a broker can produce the principal that it describes.

    Raises:
        ValueError: It is no principal, or one that no broker produces.
    """
    kind, colon, name = template.partition(":")
    if (kind, colon) != ("User", ":"):
        raise ValueError("is no principal: start it with `User:`")
    if template.count(_SERVICE) != 1 or re.search(r"[{}]", name.replace(_SERVICE, "")):
        raise ValueError("write {service} exactly once, and no other braces")
    if name != name.strip() or not name.isprintable():
        raise ValueError("has a space at an end or a control character: remove it")
    if "=" in name:
        _check_distinguished_name(name)
    return template


def principal(template: str, service: str) -> str:
    """Return the principal of *service*."""
    return template.replace(_SERVICE, service)


def _check_distinguished_name(name: str) -> None:
    for part in re.split(r"(?<!\\)[,+]", name.replace(_SERVICE, "service")):
        if part != part.lstrip():
            raise ValueError("brokers write no space after a comma: remove it")
        found = _ATTRIBUTE.fullmatch(part)
        if found is None:
            raise ValueError(
                f"{part!r} is no part of a distinguished name: write KEY=value, with a backslash "
                'before each of , + " \\ < > ; in the value'
            )
        kind = found["type"]
        if kind not in _KEYWORDS and not _OBJECT_ID.fullmatch(kind):
            known = ", ".join(sorted(_KEYWORDS))
            raise ValueError(f"brokers do not write {kind}: use one of {known}, or an object id")
        if kind not in _KEYWORDS and not found["value"].startswith("#"):
            raise ValueError(f"brokers write the value of {kind} as # and hexadecimal digits")
