"""Backups on a real S3 server."""


def test_a_backup_is_made(pod):
    pod.write("subpoena/a.pdf", b"one")
    pod.write("hold/b.pdf", b"two" * 100000)

    assert pod.run("backup") == {
        "code": 0,
        "command": "backup",
        "outcome": "good",
        "documents": 2,
        "bytes": 300003,
        "copied": 2,
        "held": [],
        "problems": [],
    }
