"""The volume is read by descriptors: no link is followed, and one problem ends nothing."""

import errno
import hashlib
import os

from legal_storage.reading import Document, Unread, open_document, read_document, scan

NO_DOCUMENT = "neither a file nor a folder: it is not backed up: remove it"


def sha256(content):
    return hashlib.sha256(content).hexdigest()


def test_documents_are_read_in_every_folder(tmp_path):
    (tmp_path / "rfpa/deep").mkdir(parents=True)
    (tmp_path / "rfpa/deep/b.pdf").write_bytes(b"b" * 3_000_000)
    (tmp_path / "a.pdf").write_bytes(b"")
    (tmp_path / ".restoring").mkdir()
    (tmp_path / ".restoring/half.pdf").write_bytes(b"half")

    found = scan(tmp_path)

    assert found.unread == []
    assert [document[:3] for document in found.documents] == [
        ("a.pdf", sha256(b""), 0),
        ("rfpa/deep/b.pdf", sha256(b"b" * 3_000_000), 3_000_000),
    ]


def test_shares_of_a_scan_are_the_whole_scan(tmp_path):
    for number in range(50):
        (tmp_path / f"{number}.pdf").write_bytes(b"%d" % number)

    shares = [scan(tmp_path, share, 3).documents for share in range(3)]

    assert sorted(document for share in shares for document in share) == scan(tmp_path).documents
    assert all(shares)


def test_a_link_a_pipe_and_a_socket_are_reported_and_not_followed(tmp_path):
    (tmp_path / "rfpa").mkdir()
    (tmp_path / "rfpa/a.pdf").write_bytes(b"a")
    (tmp_path / "folder").symlink_to("/etc")
    (tmp_path / "file").symlink_to("/etc/hostname")
    os.mkfifo(tmp_path / "pipe")

    found = scan(tmp_path)

    assert [document.path for document in found.documents] == ["rfpa/a.pdf"]
    assert sorted(found.unread) == [
        Unread(path, NO_DOCUMENT) for path in ("file", "folder", "pipe")
    ]


def test_a_folder_that_becomes_a_link_is_not_followed(tmp_path, monkeypatch):
    """Swap the folder between the listing of its parent and its own opening."""
    secret = tmp_path / "elsewhere"
    secret.mkdir()
    (secret / "key").write_bytes(b"the pod's own key")
    root = tmp_path / "documents"
    (root / "rfpa").mkdir(parents=True)
    really_open = os.open

    def swapping(path, *rest, **options):
        if path == "rfpa":
            (root / "rfpa").rmdir()
            (root / "rfpa").symlink_to(secret)
            monkeypatch.undo()
        return really_open(path, *rest, **options)

    monkeypatch.setattr(os, "open", swapping)
    found = scan(root)

    assert found.documents == []
    assert found.unread == [Unread("rfpa", "cannot be read: Not a directory")]


def test_a_vanishing_file_and_a_changing_one_are_one_problem_each(tmp_path, monkeypatch):
    for name in ("stays", "vanishes", "grows"):
        (tmp_path / name).write_bytes(b"x")
    really_open, really_stat = os.open, os.fstat

    def vanishing(path, *rest, **options):
        if path == "vanishes":
            (tmp_path / path).unlink()
        return really_open(path, *rest, **options)

    def growing(descriptor):
        with (tmp_path / "grows").open("ab") as file:
            file.write(b"x")
        return really_stat(descriptor)

    monkeypatch.setattr(os, "open", vanishing)
    monkeypatch.setattr(os, "fstat", growing)
    found = scan(tmp_path)

    assert [document[:3] for document in found.documents] == [("stays", sha256(b"x"), 1)]
    assert sorted(found.unread) == [
        Unread("grows", "it changes faster than it is read"),
        Unread("vanishes", "it vanished while it was read"),
    ]


def test_a_document_that_changes_once_is_read_again(tmp_path, monkeypatch):
    document = tmp_path / "a.pdf"
    document.write_bytes(b"before")
    states = [(tmp_path / "a.pdf").stat()]
    document.write_bytes(b"after!!")
    really_stat = os.fstat
    monkeypatch.setattr(os, "fstat", lambda opened: states.pop() if states else really_stat(opened))

    with open_document(tmp_path, "a.pdf") as descriptor:
        assert read_document(descriptor)[0] == sha256(b"after!!")


def test_an_unreadable_folder_is_one_problem(tmp_path, monkeypatch):
    """Root could read it, so the call refuses."""
    (tmp_path / "closed").mkdir()
    (tmp_path / "a.pdf").write_bytes(b"x")
    really_open = os.open

    def refusing(path, *rest, **options):
        if path == "closed":
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        return really_open(path, *rest, **options)

    monkeypatch.setattr(os, "open", refusing)
    found = scan(tmp_path)

    assert [document.path for document in found.documents] == ["a.pdf"]
    assert found.unread == [Unread("closed", "cannot be read: Permission denied")]


def test_a_path_beyond_every_limit_is_read(tmp_path):
    """3,000 bytes are more than a key of S3 has; 6,000 more than a path of Linux."""
    descriptor = os.open(tmp_path, os.O_RDONLY)
    name = "x" * 250
    for _ in range(24):
        os.mkdir(name, dir_fd=descriptor)
        inner = os.open(name, os.O_RDONLY, dir_fd=descriptor)
        os.close(descriptor)
        descriptor = inner
    file = os.open("a.pdf", os.O_CREAT | os.O_WRONLY, dir_fd=descriptor)
    os.write(file, b"deep")
    os.close(file)
    os.close(descriptor)

    (document,) = scan(tmp_path).documents

    assert document == Document(
        "/".join([name] * 24 + ["a.pdf"]), sha256(b"deep"), 4, document.modified_ns
    )
