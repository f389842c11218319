"""
rclone: encrypts on this side and moves what is encrypted.

Its configuration and the keys are in its environment alone: never in arguments or a file.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from legal_storage.configuration import AzureBlobStore, Configuration, S3Store
from legal_storage.outcome import StoreError, WrongUseError

# The remote of rclone's `crypt`: its names and contents are clear on this side only.
SEALED = "sealed:"

_SHA256_LETTERS = 64
_FLAGS = (
    "--config=",  # no file: everything is in the environment
    "--retries=1",  # whoever calls knows better what to try again
    "--low-level-retries=3",
    "--contimeout=10s",
    "--timeout=60s",
    "--transfers=8",
    "--checkers=16",
    "--buffer-size=1M",
    "--use-mmap",
    "--stats=0",
)


@dataclass(frozen=True, kw_only=True)
class Stored:
    """
    One object as the store lists it.

    Args:
        key: Its encrypted name in the bucket or container.
        size: Bytes of the clear content.
    """

    key: str
    size: int


@dataclass(frozen=True)
class Rclone:
    """rclone with one store's configuration."""

    program: Path
    environment: Mapping[str, str]

    @classmethod
    def of(cls, configuration: Configuration) -> "Rclone":
        """Make one for the store of *configuration*, whose secrets are read now."""
        program = _program()
        bare = cls(program, {"PATH": os.defpath, "HOME": os.devnull})
        store, crypt = "RCLONE_CONFIG_STORE_", "RCLONE_CONFIG_SEALED_"
        remote, own = _remote(configuration)
        ca_file = configuration.store.ca_file
        return cls(
            program,
            {
                **bare.environment,
                **{f"{store}{key}": value for key, value in own.items()},
                **({"RCLONE_CA_CERT": str(ca_file)} if ca_file else {}),
                f"{crypt}TYPE": "crypt",
                f"{crypt}REMOTE": f"store:{remote}",
                f"{crypt}PASSWORD": bare.obscured(configuration.secret("encryption-password")),
                f"{crypt}PASSWORD2": bare.obscured(configuration.secret("encryption-salt")),
                f"{crypt}FILENAME_ENCODING": "base64",  # a bucket's keys end at 1,024 bytes
                f"{crypt}STRICT_NAMES": "true",  # what another key wrote is an error, not absent
            },
        )

    def locking(self, until: date, *, held: bool) -> "Rclone":
        """Give one whose uploads to S3 are locked until *until*, and *held* on top of that."""
        lock = {
            "RCLONE_S3_OBJECT_LOCK_MODE": "COMPLIANCE",
            "RCLONE_S3_OBJECT_LOCK_RETAIN_UNTIL_DATE": f"{until.isoformat()}T00:00:00Z",
            **({"RCLONE_S3_OBJECT_LOCK_LEGAL_HOLD_STATUS": "ON"} if held else {}),
        }
        return Rclone(self.program, {**self.environment, **lock})

    def of_all_versions(self) -> "Rclone":
        """Give one that also lists what S3 keeps under what was deleted or overwritten."""
        return Rclone(self.program, {**self.environment, "RCLONE_S3_VERSIONS": "true"})

    def obscured(self, secret: str) -> str:
        """Write *secret* in the form that rclone reads passwords in."""
        return self.run("obscure", "-", said=secret).strip()

    def folders(self) -> set[str]:
        """List the folders at the top: an error tells that the key is not this store's."""
        return {name.rstrip("/") for name in self.run("lsf", SEALED).splitlines()}

    def list(self) -> dict[str, Stored]:
        """List every object, by its clear name."""
        told = self.run("lsjson", "--recursive", "--files-only", "--encrypted", "--no-mimetype",
                        "--no-modtime", SEALED)  # fmt: skip
        return {
            item["Path"]: Stored(key=item["EncryptedPath"], size=item["Size"])
            for item in json.loads(told)
        }

    def names(self, folder: str) -> Sequence[str]:
        """List the names in *folder*; none if there is no such folder."""
        return self.run("lsf", "--files-only", f"{SEALED}{folder}", missing="").splitlines()

    def hashes(self, names: Iterable[str]) -> dict[str, str]:
        """Read objects whole and hash what they decrypt to; one that cannot be read is left out."""
        told = self._each("hashsum", "sha256", "--download", SEALED, names=names)
        found = (line.split("  ", 1) for line in told.splitlines())
        return {name: digest for digest, name in found if len(digest) == _SHA256_LETTERS}

    def fetch(self, names: Iterable[str], folder: Path) -> None:
        """Copy objects into *folder* under their own names; one that cannot be had stays away."""
        self._each("copy", "--ignore-times", SEALED, str(folder), names=names)

    def send(self, folder: Path) -> None:
        """Copy what is in *folder*, through links; what fails is found when it is read back."""
        copied = self._call("copy", "--copy-links", "--no-check-dest", str(folder), SEALED, said="")
        if copied.returncode:
            self.folders()  # the store does not answer at all?

    def _each(self, *arguments: str, names: Iterable[str]) -> str:
        listed = "\n".join(names)
        if not listed:
            return ""
        done = self._call(*arguments, "--files-from-raw=-", said=listed)
        if done.returncode:
            self.folders()  # else all of them would seem bad when the store does not answer
        return done.stdout

    def run(self, *arguments: str, said: str = "", missing: str | None = None) -> str:
        """
        Run one command.

        Args:
            arguments: The command and its own arguments; nothing secret.
            said: What it reads.
            missing: The answer where the store says that there is no such folder.

        Raises:
            StoreError: It failed; the message is what rclone said last.
        """
        done = self._call(*arguments, said=said)
        if done.returncode == 3 and missing is not None:  # noqa: PLR2004 - rclone's "directory not found"
            return missing
        if done.returncode:
            raise StoreError(_complaint(arguments[0], done.stderr))
        return done.stdout

    def _call(self, *arguments: str, said: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(self.program), *arguments, *_FLAGS],
            env=dict(self.environment),
            input=said,
            capture_output=True,
            encoding="utf-8",
            check=False,
        )


def _remote(configuration: Configuration) -> tuple[str, dict[str, str]]:
    match configuration.store:
        case S3Store() as store:
            return store.bucket, {
                "TYPE": "s3",
                "PROVIDER": store.provider,
                "ENDPOINT": store.endpoint,
                "REGION": store.region,
                "ACCESS_KEY_ID": configuration.secret("access-key-id"),
                "SECRET_ACCESS_KEY": configuration.secret("secret-access-key"),
                "NO_CHECK_BUCKET": "true",  # the key may make none
            }
        case AzureBlobStore() as store:
            token = configuration.secret("sas-token")
            return store.container, {
                "TYPE": "azureblob",
                "SAS_URL": f"{store.endpoint}/{store.container}?{token}",
                "NO_CHECK_CONTAINER": "true",
            }


def _program() -> Path:
    folders = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    if (found := shutil.which("rclone", path=folders)) is None:
        raise WrongUseError(
            "rclone is not installed beside Python: install locks/legal-storage.txt"
        )
    return Path(found)


def _complaint(word: str, complaints: str) -> str:
    last = re.split(r"^(?=\d{4}/\d\d/\d\d )", complaints, flags=re.MULTILINE)[-1]
    told = " ".join(re.sub(r"-{20,}|<\?xml.*", "", last, flags=re.DOTALL).split())
    return f"rclone {word} failed: {told or 'it said nothing'}"
