"""The report of a run: what is the same for every command."""

from legal_storage import holds, locking, reports
from legal_storage.losses import outstanding
from legal_storage.outcome import Outcome
from legal_storage.reports import Documents, LockDates, Report, Run
from legal_storage.state import State
from legal_storage.store import Store

BACKUP, CHECK = "backup", "verify"


def write_report(
    store: Store, command: str, outcome: Outcome, state: State, locks: LockDates | None = None
) -> Outcome:
    """Write the report of a run into the store; return its outcome, with the report's name."""
    newest, problems = store.reports.newest()
    before = Report.of(newest) if newest else None
    problems = [*outcome.problems, *problems]
    live = [v for v in state.versions if not v.gone]
    run = Run(at=store.now.isoformat(), report=None)
    last: dict[str, Run | None] = {BACKUP: None, CHECK: None}
    if before:
        last = {BACKUP: before.last_backup, CHECK: before.last_integrity_check}
    if newest and before and before.outcome == "success" and before.command in last:
        last[before.command] = Run(at=newest.body["at"], report=newest.name)
    if command in last and not problems:
        last[command] = run
    written = reports.write(
        store.reports,
        Report(
            stack=store.configuration.stack,
            store=store.objects.address,
            image=store.configuration.image,
            command=command,
            outcome="failure" if problems else "success",
            retention_years=store.configuration.retention_years,
            documents=Documents(
                on_volume=len(live),
                size_bytes=sum(v.size for v in live),
                missing=len(outstanding(state.versions, state.held, state.known)[0]),
                versions=len(state.versions),
            ),
            locks=locks or locking.first_and_last(store, state.versions),
            last_backup=last[BACKUP],
            last_integrity_check=last[CHECK],
            holds=list(holds.listed(state.held)),
            problems=problems,
            encryption_key=store.keys.encryption_key,
            manifest=state.reference,
            facts=outcome.facts,
        ),
        store.until,
    )
    facts = {
        **outcome.facts,
        "encryption_key": store.keys.encryption_key,
        "report": written.name,
    }
    return Outcome(facts=facts, problems=problems)
