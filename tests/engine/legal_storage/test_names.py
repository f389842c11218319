"""Every name that Linux allows is carried byte for byte through a real store."""

import os

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.legal_storage.names import KNOWN, NAMES, listing, write_all


@settings(
    max_examples=1,  # one run with many names: each run starts processes
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.sets(NAMES, min_size=30, max_size=60))
def test_names_are_backed_up_once_verified_and_restored(pod, drawn):
    names = {name for name in KNOWN if name not in {b".", b".."}} | drawn
    folder = pod.documents / "rfpa"
    write_all(folder, names)
    before = listing(folder)

    first, second, check = (pod.run(word) for word in ("backup", "backup", "verify"))
    for name in before:
        os.unlink(os.path.join(os.fsencode(folder), name))  # noqa: PTH108, PTH118 - bytes
    restored = pod.run("restore")

    assert (first["code"], first["documents"]) == (0, len(names))
    assert (second["code"], second["copied"]) == (0, 0)
    assert check["code"] == 0
    assert {os.fsencode(path) for path in restored["restored"]} == {b"rfpa/" + n for n in names}
    assert listing(folder) == before
