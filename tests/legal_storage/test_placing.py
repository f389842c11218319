"""A restored document is placed whole, below the volume, and over nothing."""

import pytest

from legal_storage.changes import of_document
from legal_storage.placing import Draft, drafts
from legal_storage.reading import Document


def version(path, modified_ns=5_000_000_000):
    return of_document(Document(path, "0" * 64, 3, modified_ns), ("object", "1"), "")


def place(root, path, *, overwrite=False):
    with drafts(root) as folder:
        draft = Draft(root, folder)
        try:
            draft.file.write(b"new")
            draft.place(version(path), overwrite=overwrite)
        finally:
            draft.remove()


def test_a_document_is_placed_with_its_folders_time_and_mode(tmp_path):
    place(tmp_path, "rfpa/2026/a.pdf")

    state = (tmp_path / "rfpa/2026/a.pdf").stat()
    assert (tmp_path / "rfpa/2026/a.pdf").read_bytes() == b"new"
    assert (state.st_mode & 0o777, state.st_mtime_ns) == (0o640, 5_000_000_000)
    assert [path.name for path in tmp_path.iterdir()] == ["rfpa"]


def test_a_document_that_is_there_is_replaced_on_request_only(tmp_path):
    (tmp_path / "a.pdf").write_bytes(b"old")

    with pytest.raises(FileExistsError):
        place(tmp_path, "a.pdf")
    assert (tmp_path / "a.pdf").read_bytes() == b"old"
    place(tmp_path, "a.pdf", overwrite=True)
    assert (tmp_path / "a.pdf").read_bytes() == b"new"


@pytest.mark.parametrize("overwrite", [False, True])
def test_a_folder_or_a_link_in_the_way_is_an_error_and_nothing_leaves_the_volume(
    tmp_path, overwrite
):
    root, outside = tmp_path / "documents", tmp_path / "outside"
    (root / "a.pdf").mkdir(parents=True)
    outside.mkdir()
    (root / "link").symlink_to(outside)

    for path in ("a.pdf", "link/a.pdf"):
        with pytest.raises(OSError, match=r"exists|directory"):
            place(root, path, overwrite=overwrite)
    assert list(outside.iterdir()) == []


@pytest.mark.parametrize("path", ["../a", "/etc/a", "a/../../b", "a//b", "./a", "a/.", "", "a\0b"])
def test_a_path_that_leaves_the_volume_cannot_be_placed(path):
    assert not version(path).is_placeable


def test_a_usual_path_can_be_placed():
    assert version("rfpa/..a/...pdf").is_placeable
