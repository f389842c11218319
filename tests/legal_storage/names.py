"""Every name that Linux allows."""

import os

from hypothesis import strategies as st

_LONGEST = 255  # bytes

# Names that other backup tools lost or rewrote.
KNOWN = [
    b"a\tb", b"a\nb", b"a\rb", b"a\x0bb", b"a\x0cb", b"a\x1cb", b"\x01", b"\x7f",
    "a\u0085b".encode(), "a\u2028b".encode(), "a\u2029b".encode(), "\u202eexe.fdp".encode(),
    "\u00e9".encode(), "e\u0301".encode(), "\ufeffa".encode(), "\u200b".encode(),
    b"\xff", b"a\xc3", b"\xed\xa0\x80", b" ", b"a ", b" a", b".", b"..", b"...", b"a.", b"-rf",
    b"~",
    b"a\\b", b"a:b", b'a"b', b"a'b", b"a*b?[c]", b"$(x)`y`", b"%2F", b"a%b", b"#", b"&", b"CON",
    "\uff0f\uff1a\u2024".encode(), "\u2400\u2421\u241b".encode(), b"x" * _LONGEST,
    "\U0001f4c4".encode() * 63,
]  # fmt: skip

_BYTES = st.binary(min_size=1, max_size=_LONGEST).map(
    lambda drawn: drawn.replace(b"/", b"_").replace(b"\0", b"_")
)
_LETTERS = st.text(min_size=1, max_size=60).map(
    lambda drawn: drawn.encode("utf-8", "surrogatepass").replace(b"/", b"_").replace(b"\0", b"_")
)

NAMES = st.one_of(_BYTES, _LETTERS, st.sampled_from(KNOWN)).filter(
    lambda name: name not in {b".", b".."} and len(name) <= _LONGEST
)


def write_all(folder, names):
    """Write a file for each name, whose content is the name; return them."""
    place = os.fsencode(folder)
    for name in names:
        with open(os.path.join(place, name), "wb") as file:  # noqa: PTH118, PTH123 - bytes
            file.write(name)
    return names


def listing(folder):
    """Return the content of each file by name, in bytes."""
    with os.scandir(os.fsencode(folder)) as entries:
        return {entry.name: open(entry.path, "rb").read() for entry in entries}  # noqa: PTH123 - bytes
