"""The report on the store and its legal holds, for the people who are responsible for them."""

from datetime import UTC, datetime

from legal_storage import holds
from legal_storage.outcome import Outcome
from legal_storage.store import Store


def report(store: Store, now: datetime) -> Outcome:
    """Report every document under hold, and those that may be deleted: their term is over."""
    newest = store.newest_manifest()
    versions = newest.versions if newest else ()
    held = holds.current(store)
    today = now.astimezone(UTC).date().isoformat()
    over = [v for v in versions if v.locked_until and v.locked_until <= today]
    facts = {
        "manifest": newest.name if newest else None,
        "documents": len({v.path for v in versions if v.live}),
        "versions": len(versions),
        "held": [
            {
                "document": path,
                "since": event.at,
                "by": event.by,
                "reason": event.reason,
                "outlives_its_term": any(v.path == path for v in over),
            }
            for path, event in sorted(held.items())
        ],
        "term_over": sorted({v.path for v in over if v.path not in held}),
    }
    return Outcome(facts=facts)
