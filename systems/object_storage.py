"""What S3 and Azure Blob accept as the name of a bucket or container."""

import ipaddress
import re

_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_RESERVED_STARTS = ("xn--", "sthree-", "amzn-s3-demo-")
_RESERVED_ENDS = ("-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3")
_CONTAINER = re.compile(r"(?=.{3,63}\Z)[a-z0-9]+(-[a-z0-9]+)*")


def check_bucket(name: str) -> str:
    """
    Return *name* if S3 accepts it for a bucket.

    Raises:
        ValueError: S3 refuses it.
    """
    if not _BUCKET.fullmatch(name) or re.search(r"\.\.|\.-|-\.", name):
        raise ValueError(
            "use 3 to 63 small letters, digits, dashes and single dots, a letter or digit at each "
            "end"
        )
    if name.startswith(_RESERVED_STARTS) or name.endswith(_RESERVED_ENDS):
        raise ValueError("S3 reserves such names: use another one")
    try:
        ipaddress.IPv4Address(name)
    except ValueError:
        return name
    raise ValueError("S3 refuses an IP address: use a name")


def check_container(name: str) -> str:
    """
    Return *name* if Azure Blob accepts it for a container.

    Raises:
        ValueError: Azure refuses it.
    """
    if not _CONTAINER.fullmatch(name):
        raise ValueError("use 3 to 63 small letters, digits and single dashes between them")
    return name
