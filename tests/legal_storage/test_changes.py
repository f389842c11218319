"""What became of each document since the last backup."""

from legal_storage.changes import compare, of_document
from legal_storage.reading import Document, Scan, Unread

AT = "2026-11-29T01:30:00+00:00"


def document(path, content):
    return Document(path, content * 64, 1, 0)


def version(path, content, gone="", gone_at=""):
    known = of_document(document(path, content), (content, "1"), "2033-12-30")
    return known._replace(gone=gone, gone_at=gone_at)


def fate(previous, documents, unread=(), damaged=()):
    changes = compare(previous, Scan(documents=documents, unread=unread), damaged, AT)
    fates = {(v.path, v.sha256[0]): (v.gone, v.gone_at) for v in changes.versions}
    return fates, [(d.path, d.sha256[0]) for d in changes.missing]


def test_an_unchanged_document_stays_as_it_is():
    assert fate([version("a", "1")], [document("a", "1")]) == ({("a", "1"): ("", "")}, [])


def test_a_new_content_is_missing_in_the_store_and_replaces_the_old_one():
    assert fate([version("a", "1")], [document("a", "2")]) == (
        {("a", "1"): ("replaced", AT)},
        [("a", "2")],
    )


def test_a_content_that_the_store_has_is_not_copied_again():
    fates, missing = fate([version("a", "1")], [document("a", "1"), document("b", "1")])

    assert (fates, missing) == ({("a", "1"): ("", ""), ("b", "1"): ("", "")}, [])


def test_a_document_with_a_new_name_is_renamed_and_not_lost():
    fates, _ = fate([version("a", "1")], [document("b", "1")])

    assert fates == {("a", "1"): ("renamed", AT), ("b", "1"): ("", "")}


def test_a_lost_document_is_not_renamed_because_another_one_has_its_content():
    fates, _ = fate([version("a", "1"), version("b", "1")], [document("b", "1")])

    assert fates == {("a", "1"): ("lost", AT), ("b", "1"): ("", "")}


def test_one_new_name_explains_one_missing_document_only():
    fates, _ = fate([version("a", "1"), version("b", "1")], [document("c", "1")])

    assert [fates[path, "1"][0] for path in "abc"] == ["renamed", "lost", ""]


def test_an_empty_document_has_no_content_that_could_be_recognised():
    empty = Document("a", "1" * 64, 0, 0)
    previous = [of_document(empty, ("1", "1"), "")]

    fates, _ = fate(previous, [empty._replace(path="b")])

    assert fates["a", "1"] == ("lost", AT)


def test_a_loss_keeps_its_day_until_the_document_is_back():
    lost = version("a", "1", "lost", "2026-11-01T00:00:00+00:00")

    assert fate([lost], [])[0] == {("a", "1"): ("lost", lost.gone_at)}
    assert fate([lost], [document("a", "1")])[0] == {("a", "1"): ("", "")}


def test_what_is_below_an_unread_folder_is_not_lost():
    previous = [version("rfpa/a", "1"), version("rfpb/a", "2"), version("hold/x/a", "3")]

    fates, _ = fate(previous, [], unread=[Unread("rfpa", "closed"), Unread("hold", "closed")])

    assert {path: gone for (path, _), (gone, _) in fates.items()} == {
        "rfpa/a": "",
        "rfpb/a": "lost",
        "hold/x/a": "",
    }


def test_a_damaged_copy_is_copied_again():
    assert fate([version("a", "1")], [document("a", "1")], damaged={("1", "1")}) == (
        {},
        [("a", "1")],
    )
