"""The runbooks' commands that need no cluster, on a real S3 server."""

import json
import os
import subprocess
import sys

import pytest

from sandbox.engine.toolchain.cache import Toolchain
from sandbox.servers import s3
from tests.conftest import ROOT
from tests.engine.legal_storage.bucket import Bucket
from tests.runbooks.pages import commands

PODS = [c for c in commands() if c.pipe[0][:3] == ("python", "-m", "legal_storage")]
ESCROW = [c for c in commands() if c.pipe[-1][-1] == "check-escrow"]
AWS = [c for c in commands() if c.pipe[0][0] == "aws"]


@pytest.mark.parametrize("command", PODS, ids=str)
def test_a_command_of_the_pods_restores_what_is_missing(pod, command):
    lost = pod.write("rfpa/2026-114.pdf", b"a document")
    assert pod.run("backup")["outcome"] == "success"
    lost.unlink()
    (words,) = command.pipe

    done = subprocess.run(
        [sys.executable, *words[1:]],
        cwd=pod.folder,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["restored"] == ["rfpa/2026-114.pdf"]
    assert lost.read_bytes() == b"a document"


def aws(world, words):
    """Run a command of a page as a person who may delete."""
    program = Toolchain().executable("aws")
    done = subprocess.run(
        [sys.executable, str(program), *words[1:]],
        env={
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(program.parents[1]),
            "AWS_ENDPOINT_URL_S3": s3.url(world),
            "AWS_CA_BUNDLE": str(world.tls / "ca.pem"),
            "AWS_DEFAULT_REGION": s3.REGION,
            "AWS_ACCESS_KEY_ID": s3.OPERATOR,
            "AWS_SECRET_ACCESS_KEY": world.credentials[f"s3/{s3.OPERATOR}"],
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def test_the_commands_lay_open_what_was_deleted_in_the_store(s3_server):
    (listing,), (removal,) = (command.pipe for command in AWS)
    name = listing[listing.index("--bucket") + 1]  # tests/runbooks compares it with prod's
    s3.create_bucket(s3_server, name)
    bucket = Bucket(name, s3.client(s3_server, s3.OPERATOR))
    bucket.overwrite("documents/a", b"a document")
    bucket.delete("documents/a")

    (line,) = aws(s3_server, listing).splitlines()
    key, marker = line.split("\t")
    aws(s3_server, [{"KEY": key, "MARKER": marker}.get(word, word) for word in removal])

    assert key == "documents/a"
    assert bucket.content("documents/a") == b"a document"
