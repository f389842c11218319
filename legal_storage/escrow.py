"""The check of the escrow copy of the encryption keys, which shows none of them."""

from collections.abc import Sequence
from dataclasses import replace

from legal_storage.outcome import Outcome, StoreError, WrongUseError
from legal_storage.sealing import identities
from legal_storage.store import Store


def check_escrow(store: Store, lines: Sequence[str]) -> Outcome:
    """
    Compare a copy of the encryption keys with those of the pod, and decrypt the store with it.

    Args:
        store: The store.
        lines: The keys of the copy.

    Raises:
        WrongUseError: The copy is empty, or has a line that is no key.
    """
    if not lines:
        raise WrongUseError("no key was given: pipe the copy into this command")
    copy = identities(lines, "the copy")
    kept = {str(key.to_public()) for key in copy}
    used = [str(key.to_public()) for key in store.keys.identities]
    problems = [f"the copy lacks the key {key}" for key in used if key not in kept]
    with_copy = replace(store, keys=replace(store.keys, identities=copy))
    try:
        newest, _ = with_copy.newest_manifest()
    except StoreError as error:
        newest = None
        problems.append(f"the copy does not decrypt the store: {error}")
    facts = {"keys": sorted(kept), "decrypted": newest.entry.name if newest else None}
    return Outcome(facts=facts, problems=problems)
