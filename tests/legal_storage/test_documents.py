"""The folders and the documents of the volume."""

import hashlib
import os

from legal_storage.documents import prepare, scan, wrong_folders


def test_all_five_folders_get_the_configured_owner_and_mode(configuration):
    loose = configuration.documents / "subpoena"
    loose.mkdir(parents=True, mode=0o755)

    reported = prepare(configuration)

    folders = [configuration.documents, *sorted(configuration.documents.iterdir())]
    assert reported.problems == []
    assert [f.name for f in folders] == ["documents", "certification", "hold", "rfpa", "subpoena"]
    assert {oct(f.stat().st_mode) for f in folders} == {"0o40750"}
    assert {(f.stat().st_uid, f.stat().st_gid) for f in folders} == {
        (configuration.owner.uid, configuration.owner.gid)
    }


def test_a_folder_with_a_wrong_mode_is_reported(configuration):
    prepare(configuration)
    (configuration.documents / "rfpa").chmod(0o770)

    (problem,) = wrong_folders(configuration)

    owner = f"{configuration.owner.uid}:{configuration.owner.gid}"
    assert problem == (
        f"{configuration.documents / 'rfpa'}: owner {owner} and mode 770 are not {owner} and 750: "
        "run `prepare` as its owner"
    )


def test_documents_are_read_in_every_folder(configuration):
    prepare(configuration)
    root = configuration.documents
    (root / "rfpa/deep").mkdir()
    (root / "rfpa/deep/b.pdf").write_bytes(b"b")
    (root / "a.pdf").write_bytes(b"")
    (root / ".restoring").mkdir()
    (root / ".restoring/half.pdf").write_bytes(b"half")

    found, problems = scan(root)

    assert problems == []
    assert [(d.path, d.size, d.sha256) for d in found] == [
        ("a.pdf", 0, hashlib.sha256(b"").hexdigest()),
        ("rfpa/deep/b.pdf", 1, hashlib.sha256(b"b").hexdigest()),
    ]


def test_a_symbolic_link_and_a_name_that_is_no_text_are_reported(configuration):
    prepare(configuration)
    root = configuration.documents
    (root / "elsewhere").symlink_to("/")
    (root / os.fsdecode(b"rfpa/\xff.pdf")).write_bytes(b"x")

    found, problems = scan(root)

    assert found == []
    assert sorted(problems) == [
        "'rfpa/?.pdf': no backup can carry this name: rename the document",
        "elsewhere: neither a file nor a folder: it is not backed up: remove it",
    ]
