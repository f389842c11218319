"""The report on the store and its legal holds, for the people who are responsible for them."""

from legal_storage import holds, locking, state
from legal_storage.losses import outstanding
from legal_storage.outcome import Outcome
from legal_storage.reporting import write_report
from legal_storage.store import Store


def report(store: Store) -> Outcome:
    """Report every document under hold, and those that may be deleted: their term is over."""
    known = state.read(store)
    today = store.today.isoformat()
    over = {v.path for v in known.versions if v.locked_until and v.locked_until <= today}
    lost, changed = outstanding(known.versions, known.held, known.known)
    facts = {
        "manifest": known.newest.entry.name if known.newest else None,
        "documents": sum(not v.gone for v in known.versions),
        "versions": len(known.versions),
        "held": [
            hold | {"outlives_its_term": hold["document"] in over}
            for hold in holds.listed(known.held)
        ],
        "term_over": sorted(over - set(known.held)),
        "missing": sorted({v.path for v in lost}),
        "changed_under_hold": sorted({v.path for v in changed}),
    }
    outcome = Outcome(facts=facts, problems=known.problems)
    locks = locking.first_and_last(store, known.versions)
    return write_report(store, "report", outcome, known, locks)
