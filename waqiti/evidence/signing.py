"""
The signature of an evidence: an envelope of the signed text, Ed25519 over it, and the public key.

The reports of the legal documents' pods have the same form (docs/legal-reports.md).
"""

import base64
import binascii
import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from waqiti.evidence.period import WrongUseError

_BYTES = 32


class ForgedError(Exception):
    """An envelope has not the signature that it names."""


def read_key(path: Path | None, variable: str) -> Ed25519PrivateKey:
    """
    Read the key that signs.

    Raises:
        WrongUseError: There is none at *path*; the message does not show its content.
    """
    if path is None:
        raise WrongUseError(
            f"no key signs the evidence: pass --key FILE or set {variable}; `openssl rand -base64 "
            "32` makes one"
        )
    try:
        content = base64.b64decode(Path(path).read_text(encoding="utf-8").strip(), validate=True)
    except OSError as error:
        raise WrongUseError(f"{path}: cannot be read ({error.strerror})") from None
    except (binascii.Error, UnicodeDecodeError):
        content = b""
    if len(content) != _BYTES:
        raise WrongUseError(
            f"{path}: is no key: write 32 bytes in base64 (openssl rand -base64 32)"
        )
    return Ed25519PrivateKey.from_private_bytes(content)


def signed(key: Ed25519PrivateKey, body: Mapping[str, Any]) -> dict[str, str]:
    """Return the envelope of *body*."""
    # ASCII: a name of a document may have bytes that no encoding has.
    content = json.dumps(body, indent=1)
    return {
        "signed": content,
        "signature": base64.b64encode(key.sign(content.encode())).decode(),
        "by": base64.b64encode(key.public_key().public_bytes_raw()).decode(),
    }


def verified(envelope: Mapping[str, Any]) -> dict[str, Any]:
    """
    Return what *envelope* has, whose signature is that of the key that it names.

    Raises:
        ForgedError: The signature is wrong, or it is no envelope.
    """
    try:
        content = envelope["signed"].encode()
        key = Ed25519PublicKey.from_public_bytes(base64.b64decode(envelope["by"], validate=True))
        key.verify(base64.b64decode(envelope["signature"], validate=True), content)
        body = json.loads(content)
    except InvalidSignature:
        raise ForgedError("its signature is wrong") from None
    except (AttributeError, KeyError, TypeError, ValueError):
        raise ForgedError("it has not the form of a signed report") from None
    if not isinstance(body, dict):
        raise ForgedError("it has not the form of a signed report")
    return body


def sha256(envelope: Mapping[str, str]) -> str:
    """Return the hash of the signed text, by which later reports name it."""
    return hashlib.sha256(envelope["signed"].encode()).hexdigest()


def as_json(envelope: Mapping[str, str]) -> str:
    """Return the file of an envelope."""
    return json.dumps(envelope, indent=1) + "\n"
