"""The keys: their rotation, the check of the escrow copy, and their fingerprint."""

import base64
import os
import subprocess
import sys

import pytest
from pyrage.x25519 import Identity

from tests.conftest import ROOT
from tests.engine.legal_storage.conftest import KEYS

NEW = {
    "encryption-keys": f"{Identity.generate()}\n{KEYS['encryption-keys']}",
    "signing-keys": f"{base64.b64encode(os.urandom(32)).decode()}\n{KEYS['signing-keys']}",
}


def public(secret):
    return str(Identity.from_str(secret.split()[0]).to_public())


@pytest.fixture
def backed_up(pod):
    pod.write("rfpa/a.pdf", b"one")
    reported = pod.run("backup")
    assert reported["encryption_key"] == public(KEYS["encryption-keys"])
    return pod


def test_after_a_rotation_old_versions_are_read_and_nothing_is_copied_again(backed_up):
    backed_up.be("backup", NEW)
    backed_up.write("rfpa/b.pdf", b"two")

    reported, check = backed_up.run("backup"), backed_up.run("verify")
    for name in ("a", "b"):
        (backed_up.documents / f"rfpa/{name}.pdf").unlink()

    assert reported["encryption_key"] == public(NEW["encryption-keys"])
    assert (reported["code"], reported["copied"]) == (0, 1)
    assert (check["code"], check["compared"]) == (0, 2)
    assert backed_up.run("restore")["restored"] == ["rfpa/a.pdf", "rfpa/b.pdf"]


def test_a_rotation_that_drops_the_old_key_is_an_error(backed_up):
    backed_up.be("backup", {"encryption-keys": NEW["encryption-keys"].split()[0]})
    assert backed_up.run("backup")["code"] == 3

    backed_up.be("backup", {"signing-keys": NEW["signing-keys"].split()[0]})
    assert backed_up.run("backup")["code"] == 3


def check_escrow(pod, copy):
    done = subprocess.run(
        [sys.executable, "-m", "legal_storage", "check-escrow"],
        cwd=ROOT,
        env={
            "PATH": os.environ["PATH"],
            "LEGAL_STORAGE_CONFIGURATION": str(pod.folder / "configuration.json"),
        },
        input=copy,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr == ""
    shown = [key for key in copy.split() if key in done.stdout]
    assert shown == []
    return done.returncode, done.stdout


def test_the_escrow_copy_is_checked_and_not_shown(backed_up):
    assert check_escrow(backed_up, KEYS["encryption-keys"])[0] == 0

    code, told = check_escrow(backed_up, str(Identity.generate()))
    assert code == 1
    assert f"the copy lacks the key {public(KEYS['encryption-keys'])}" in told
    assert "the copy does not decrypt the store" in told

    assert check_escrow(backed_up, "AGE-SECRET-KEY-1WRONG")[0] == 2
    assert check_escrow(backed_up, "")[0] == 2
