"""Every name that Linux allows is carried byte for byte to the manifest and back."""

import os
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import example, given, settings
from hypothesis import strategies as st

from legal_storage import changes, manifest
from legal_storage.placing import Draft, drafts
from legal_storage.reading import scan
from tests.legal_storage.names import KNOWN, NAMES, listing, write_all

ALLOWED = {name for name in KNOWN if name not in {b".", b".."}}


@settings(max_examples=60, deadline=None)
@example(ALLOWED)
@given(st.sets(NAMES, min_size=1, max_size=12))
def test_a_name_survives_scan_manifest_and_restore(names):
    with TemporaryDirectory() as folder:
        before, after = Path(folder, "before"), Path(folder, "after")
        before.mkdir()
        after.mkdir()
        write_all(before, names)

        found = scan(before)
        versions = [changes.of_document(d, ("object", "1"), "") for d in found.documents]
        carried = manifest.unpacked(manifest.packed(versions))
        with drafts(after) as place:
            for version in carried:
                draft = Draft(after, place)
                draft.file.write(os.fsencode(version.path))
                draft.place(version, overwrite=False)
                draft.remove()

        assert found.unread == []
        assert carried == versions
        assert listing(after) == listing(before)
