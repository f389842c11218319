"""What Kubernetes accepts: names, quantities, and the image of a container."""

import hashlib
import re
from fractions import Fraction

LARGEST_ID = 2**31 - 1  # of a user or group
_LARGEST = 2**63 - 1  # Kubernetes cuts a larger quantity to this one

# The label of a namespace whose pods need no privilege: Kubernetes refuses others there.
RESTRICTED = {"pod-security.kubernetes.io/enforce": "restricted"}

_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
_SUBDOMAIN = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*")
_LONGEST_SUBDOMAIN = 253
_DRIVER = re.compile(r"[a-zA-Z0-9]([a-zA-Z0-9._/-]{0,61}[a-zA-Z0-9])?")

_QUANTITY = re.compile(
    r"(?P<number>[+-]?([0-9]+\.?[0-9]*|\.[0-9]+))"
    r"(?P<suffix>[KMGTPE]i|[numkMGTPE]|[eE][+-]?[0-9]{1,2})?",
    re.ASCII,
)
_LONGEST_QUANTITY = 40
_BINARY = ["", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"]
_DECIMAL = {"n": -9, "u": -6, "m": -3, "": 0, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18}

_IMAGE = re.compile(r"[^@\s]+@sha256:(?P<digest>[0-9a-f]{64})")


def check_label(name: str) -> str:
    """
    Return *name* if a namespace may have it.

    Raises:
        ValueError: Kubernetes refuses it.
    """
    if not _LABEL.fullmatch(name):
        raise ValueError("use 1 to 63 small letters, digits and dashes, no dash at an end")
    return name


def check_subdomain(name: str) -> str:
    """
    Return *name* if an object such as a StorageClass may have it.

    Raises:
        ValueError: Kubernetes refuses it.
    """
    if len(name) > _LONGEST_SUBDOMAIN or not _SUBDOMAIN.fullmatch(name):
        raise ValueError("use at most 253 small letters, digits, dashes and dots between letters")
    return name


def check_driver(name: str) -> str:
    """
    Return *name* if a CSI driver or provisioner may have it.

    Raises:
        ValueError: Kubernetes refuses it.
    """
    if not _DRIVER.fullmatch(name):
        raise ValueError("use the name of a CSI driver: at most 63 letters, digits, dashes, dots")
    return name


def check_size(quantity: str) -> str:
    """
    Return *quantity* if it is a size above zero in the form in which Kubernetes stores it.

    Another form is a difference between the program and the cluster at every run.

    Raises:
        ValueError: It is no size, or has another form.
    """
    stored = canonical(quantity)
    if stored != quantity:
        raise ValueError(f"Kubernetes stores this quantity as {stored}: write {stored}")
    if quantity.startswith(("-", "0")):
        raise ValueError("a size is above zero: raise it")
    return quantity


def canonical(quantity: str) -> str:
    """
    Return *quantity* in the form in which Kubernetes stores it.

    Raises:
        ValueError: It is no quantity, or Kubernetes would change its value.
    """
    found = _QUANTITY.fullmatch(quantity) if len(quantity) <= _LONGEST_QUANTITY else None
    if found is None:
        raise ValueError("is no quantity: write a number and a unit, such as 10Gi")
    suffix = found["suffix"] or ""
    if suffix in _BINARY and suffix:
        value = Fraction(found["number"]) * 1024 ** _BINARY.index(suffix)
        _check_range(value)
        if value.denominator != 1 or abs(value) < 1024:  # noqa: PLR2004 - the base of the units
            return _decimal(value)
        power = max(p for p in range(len(_BINARY)) if value % 1024**p == 0)
        return f"{value / 1024**power}{_BINARY[power]}"
    exponent = _DECIMAL[suffix] if suffix in _DECIMAL else int(suffix[1:])
    value = Fraction(found["number"]) * Fraction(10) ** exponent
    _check_range(value)
    return _decimal(value, with_exponent=suffix not in _DECIMAL)


def _check_range(value: Fraction) -> None:
    if abs(value) > _LARGEST:
        raise ValueError(f"Kubernetes cuts it to {_LARGEST}: lower it")
    if (value * 10**9).denominator != 1:
        raise ValueError("Kubernetes rounds it to a billionth: write fewer digits")


def _decimal(value: Fraction, *, with_exponent: bool = False) -> str:
    if value == 0:
        return "0"
    for suffix, power in reversed(_DECIMAL.items()):
        scaled = value / Fraction(10) ** power
        if scaled.denominator == 1:
            if with_exponent:
                return f"{scaled}e{power}" if power else f"{scaled}"
            return f"{scaled}{suffix}"
    return str(value)


def check_image(image: str) -> str:
    """
    Return *image* if it is named by its digest.

    Raises:
        ValueError: It is not.
    """
    if not _IMAGE.fullmatch(image):
        raise ValueError("name it by its digest: NAME@sha256: and 64 digits of 0 to f")
    return image


def is_published(image: str) -> bool:
    """Return whether *image* has another digest than the placeholder, the digest of no bytes."""
    return not image.endswith(f"@sha256:{hashlib.sha256().hexdigest()}")


def has_invented_digest(image: str) -> bool:
    """Return whether the digest of *image* is one digit or a short pattern, repeated."""
    found = _IMAGE.fullmatch(image)
    digest = found["digest"] if found else ""
    # A shorter pattern repeats within the half, too.
    return digest == digest[:32] * 2
