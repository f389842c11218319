"""
The keys of the pods: what encrypts an object, what names it, and what signs an entry.

Objects have the format of age (age-encryption.org), so that other programs can also decrypt them.
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import BufferedIOBase
from typing import cast

import pyrage
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from pyrage.x25519 import Identity

from legal_storage.configuration import Configuration
from legal_storage.outcome import UnreadableError, WrongUseError

ENCRYPTION, SIGNING = "encryption-keys", "signing-keys"


@dataclass(frozen=True, kw_only=True)
class Keys:
    """
    The keys of one pod. The first key of a secret is in use, and the others only read.

    Args:
        identities: What decrypts.
        namer: What names the objects of contents, so that a name does not reveal its content.
        signer: What signs.
        trusted: The keys whose signatures count, by fingerprint.
    """

    identities: Sequence[Identity]
    namer: bytes
    signer: Ed25519PrivateKey
    trusted: Mapping[str, Ed25519PublicKey]

    @classmethod
    def of(cls, configuration: Configuration) -> "Keys":
        """
        Read the keys of a pod.

        Raises:
            WrongUseError: A secret is missing, or has a line that is no key.
        """
        lines = configuration.secret(ENCRYPTION).split()
        signers = [_signer(line) for line in configuration.secret(SIGNING).split()]
        return cls(
            identities=identities(lines, str(configuration.secrets / ENCRYPTION)),
            namer=hashlib.sha256(b"names of objects\n" + lines[0].encode()).digest(),
            signer=signers[0],
            trusted={fingerprint(key.public_key()): key.public_key() for key in signers},
        )

    @property
    def encryption_key(self) -> str:
        """The fingerprint of the key that encrypts: age's public key of it."""
        return str(self.identities[0].to_public())

    @property
    def signing_key(self) -> str:
        """The fingerprint of the key that signs: its public key in base64."""
        return fingerprint(self.signer.public_key())

    def name_of(self, sha256: str) -> str:
        """Return the name of the object of a content; only who has the key can derive it."""
        return hmac.new(self.namer, sha256.encode(), hashlib.sha256).hexdigest()

    def seal(self, content: bytes) -> bytes:
        """Encrypt *content*."""
        return pyrage.encrypt(content, [self.identities[0].to_public()])

    def seal_stream(self, source: BufferedIOBase, target: BufferedIOBase) -> None:
        """Encrypt what *source* yields into *target*."""
        pyrage.encrypt_io(source, target, [self.identities[0].to_public()])

    def unseal(self, sealed: bytes) -> bytes:
        """
        Decrypt what `seal` returned.

        Raises:
            UnreadableError: It was changed, or another key encrypted it.
        """
        try:
            return pyrage.decrypt(sealed, list(self.identities))
        except pyrage.DecryptError as error:
            raise UnreadableError(f"cannot be decrypted: {error}") from None

    def unseal_stream(self, source: object, target: object) -> None:
        """
        Decrypt what *source* yields into *target*; they have `read` and `write`.

        Raises:
            UnreadableError: It was changed, or another key encrypted it.
        """
        streams = cast("tuple[BufferedIOBase, BufferedIOBase]", (source, target))
        try:
            pyrage.decrypt_io(*streams, list(self.identities))
        except (pyrage.DecryptError, OSError) as error:
            if getattr(error, "errno", None):  # one of the streams failed
                raise
            raise UnreadableError(f"cannot be decrypted: {error}") from None

    def sign(self, text: str) -> str:
        """Return the signature of *text*, in base64."""
        return base64.b64encode(self.signer.sign(text.encode())).decode()

    def check(self, text: str, signature: str, signer: str) -> None:
        """
        Check the signature of *text*.

        Raises:
            UnreadableError: No trusted key signed it.
        """
        if (key := self.trusted.get(signer)) is None:
            raise UnreadableError(f"signed with an unknown key ({signer})")
        try:
            key.verify(base64.b64decode(signature), text.encode())
        except (InvalidSignature, binascii.Error):
            raise UnreadableError("its signature is wrong") from None


def identities(lines: Sequence[str], source: str) -> list[Identity]:
    """
    Return the keys that *lines* spell; *source* names them in a message.

    Raises:
        WrongUseError: A line is no key; the message does not show it.
    """
    found = []
    for number, line in enumerate(lines, start=1):
        try:
            found.append(Identity.from_str(line))
        except pyrage.IdentityError:
            raise WrongUseError(
                f"{source}: line {number} is no key: write what `age-keygen` prints, which starts "
                "with AGE-SECRET-KEY-1"
            ) from None
    return found


def fingerprint(key: Ed25519PublicKey) -> str:
    """Return the public key in base64: whoever has it can check a signature."""
    return base64.b64encode(key.public_bytes_raw()).decode()


def _signer(line: str) -> Ed25519PrivateKey:
    try:
        return Ed25519PrivateKey.from_private_bytes(base64.b64decode(line, validate=True))
    except (ValueError, binascii.Error):
        raise WrongUseError(
            f"{SIGNING}: a line is no key: write 32 bytes in base64: openssl rand -base64 32"
        ) from None
