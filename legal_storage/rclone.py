"""
rclone, which encrypts documents in the pod and transfers them.

Its configuration and keys are passed in the environment, never as arguments or in a file.
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

# The remote of rclone's `crypt`: names and contents are unencrypted in the pod only.
SEALED = "sealed:"

_SHA256_LETTERS = 64
_FLAGS = (
    "--config=",  # no file: the environment has the whole configuration
    "--retries=1",  # the caller decides what to retry
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
    One object in the store.

    Args:
        key: Its encrypted name in the bucket or container.
        size: The size of the unencrypted content, in bytes.
    """

    key: str
    size: int


@dataclass(frozen=True)
class Rclone:
    """rclone with the configuration of one store."""

    program: Path
    environment: Mapping[str, str]

    @classmethod
    def of(cls, configuration: Configuration) -> "Rclone":
        """Return an rclone for the store of *configuration*; this reads its secrets."""
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
                f"{crypt}FILENAME_ENCODING": "base64",  # a key in a bucket has at most 1,024 bytes
                f"{crypt}STRICT_NAMES": "true",  # a name encrypted with another key is an error
            },
        )

    def locking(self, until: date, *, held: bool) -> "Rclone":
        """Return an rclone that locks its uploads to S3 until *until*; with *held*, under hold."""
        lock = {
            "RCLONE_S3_OBJECT_LOCK_MODE": "COMPLIANCE",
            "RCLONE_S3_OBJECT_LOCK_RETAIN_UNTIL_DATE": f"{until.isoformat()}T00:00:00Z",
            **({"RCLONE_S3_OBJECT_LOCK_LEGAL_HOLD_STATUS": "ON"} if held else {}),
        }
        return Rclone(self.program, {**self.environment, **lock})

    def of_all_versions(self) -> "Rclone":
        """Return an rclone that also lists the old versions of deleted and overwritten objects."""
        return Rclone(self.program, {**self.environment, "RCLONE_S3_VERSIONS": "true"})

    def obscured(self, secret: str) -> str:
        """Return *secret* in the form in which rclone reads passwords."""
        return self.run("obscure", "-", stdin=secret).strip()

    def folders(self) -> set[str]:
        """List the top-level folders; this fails if another key encrypted the store."""
        return {name.rstrip("/") for name in self.run("lsf", SEALED).splitlines()}

    def list(self) -> dict[str, Stored]:
        """List every object by its unencrypted name."""
        reported = self.run("lsjson", "--recursive", "--files-only", "--encrypted", "--no-mimetype",
                        "--no-modtime", SEALED)  # fmt: skip
        return {
            item["Path"]: Stored(key=item["EncryptedPath"], size=item["Size"])
            for item in json.loads(reported)
        }

    def names(self, folder: str) -> Sequence[str]:
        """List the names in *folder*; a missing folder is empty."""
        return self.run("lsf", "--files-only", f"{SEALED}{folder}", missing="").splitlines()

    def hashes(self, names: Iterable[str]) -> dict[str, str]:
        """Download, decrypt and hash objects; leave out those that cannot be read."""
        reported = self._each("hashsum", "sha256", "--download", SEALED, names=names)
        found = (line.split("  ", 1) for line in reported.splitlines())
        return {name: digest for digest, name in found if len(digest) == _SHA256_LETTERS}

    def fetch(self, names: Iterable[str], folder: Path) -> None:
        """Copy objects into *folder* under their own names; skip those that cannot be read."""
        self._each("copy", "--ignore-times", SEALED, str(folder), names=names)

    def send(self, folder: Path) -> None:
        """Copy the links in *folder* as files; the verification finds failed uploads."""
        copied = self._call(
            "copy", "--copy-links", "--no-check-dest", str(folder), SEALED, stdin=""
        )
        if copied.returncode:
            self.folders()  # raises an error if the store does not answer

    def _each(self, *arguments: str, names: Iterable[str]) -> str:
        listed = "\n".join(names)
        if not listed:
            return ""
        done = self._call(*arguments, "--files-from-raw=-", stdin=listed)
        if done.returncode:
            self.folders()  # without this, an outage would look like damage to every object
        return done.stdout

    def run(self, *arguments: str, stdin: str = "", missing: str | None = None) -> str:
        """
        Run one command.

        Args:
            arguments: The command and its arguments, without secrets.
            stdin: Its standard input.
            missing: The result if the folder does not exist.

        Raises:
            StoreError: rclone failed; the message is its last error.
        """
        done = self._call(*arguments, stdin=stdin)
        if done.returncode == 3 and missing is not None:  # noqa: PLR2004 - rclone's "directory not found"
            return missing
        if done.returncode:
            raise StoreError(_last_error(arguments[0], done.stderr))
        return done.stdout

    def _call(self, *arguments: str, stdin: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(self.program), *arguments, *_FLAGS],
            env=dict(self.environment),
            input=stdin,
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
                "NO_CHECK_BUCKET": "true",  # the key may not create a bucket
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


def _last_error(word: str, complaints: str) -> str:
    last = re.split(r"^(?=\d{4}/\d\d/\d\d )", complaints, flags=re.MULTILINE)[-1]
    reported = " ".join(re.sub(r"-{20,}|<\?xml.*", "", last, flags=re.DOTALL).split())
    return f"rclone {word} failed: {reported or 'no message'}"
