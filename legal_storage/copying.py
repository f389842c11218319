"""Copying what the store lacks."""

from collections.abc import Collection, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial

from legal_storage.contents import Copy
from legal_storage.outcome import UnreadableError
from legal_storage.reading import Document, Unread, reason
from legal_storage.store import Store

_COPIES_AT_ONCE = 8


@dataclass(frozen=True, kw_only=True)
class Copied:
    """
    The result of a copy.

    Args:
        copies: The copies that came back whole.
        unread: The documents that were not copied.
    """

    copies: Sequence[Copy]
    unread: Sequence[Unread]

    @property
    def uploaded(self) -> int:
        """The number of objects that this run wrote."""
        return sum(copy.is_new for copy in self.copies)


def copy(store: Store, missing: Iterable[Document], held: Collection[str]) -> Copied:
    """Copy the *missing* documents, each content once, and lock them."""
    documents = list(missing)
    first = {document.sha256: document for document in reversed(documents)}
    later = [document for document in documents if first[document.sha256] is not document]
    one = partial(_copy, store, held)
    with ThreadPoolExecutor(_COPIES_AT_ONCE) as pool:
        done = [*pool.map(one, first.values())]
        done += pool.map(one, later)  # finds the objects of the first ones
    return Copied(
        copies=[each for each in done if isinstance(each, Copy)],
        unread=[each for each in done if isinstance(each, Unread)],
    )


def _copy(store: Store, held: Collection[str], document: Document) -> Copy | Unread:
    root = store.configuration.documents
    try:
        return store.contents.copy(root, document, store.until, held=document.path in held)
    except OSError as error:
        return Unread(document.path, reason(error))
    except UnreadableError as error:
        return Unread(document.path, str(error))
