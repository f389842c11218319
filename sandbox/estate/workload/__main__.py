"""Run the workload: `python -m sandbox.estate.workload --world FOLDER --first-port N`."""

import argparse
import logging
import signal
import sqlite3
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from random import Random

from sandbox.estate import audit_reconciliation
from sandbox.estate.workload import audit_reader, audit_writer
from sandbox.estate.workload.application import application
from sandbox.estate.workload.audit_reader import AuditReader
from sandbox.estate.workload.audit_writer import AuditWriter
from sandbox.estate.workload.behaviour import Control
from sandbox.estate.workload.daily import Daily
from sandbox.estate.workload.exposition import Instruments, read_catalog
from sandbox.estate.workload.ledger import Entry, Ledger
from sandbox.estate.workload.model import Model
from sandbox.estate.workload.server import ledger_file
from sandbox.estate.workload.work import Work
from sandbox.servers import SERVERS, kafka
from sandbox.simulators.loopback import listener, serve
from sandbox.world import HOST, World

NAME = "waqiti-sandbox-workload-simulator"
_SEED = 5


def main() -> None:
    options = _options()
    world = World(options.world, options.first_port, SERVERS)
    try:
        bound, url = listener(HOST, world.port("workload"))
    except OSError as error:
        raise SystemExit(f"{world.address('workload')}: {error.strerror}") from None
    try:
        ledger = Ledger(ledger_file(world))
    except sqlite3.Error as error:
        raise SystemExit(f"{ledger_file(world)}: {error}") from None
    control, instruments = Control(), Instruments(read_catalog())

    def written(entries: Sequence[Entry]) -> None:
        control.progress.records_written += len(entries)
        for entry in entries:
            instruments.count("audit_records_total", operation=entry.operation.kind)

    def read(number: int) -> None:
        control.progress.records_read += number

    started = time.time()
    work = Work(
        model=Model(instruments, Random(_SEED), lambda: control.behaviour, started),  # noqa: S311 - no secret
        ledger=ledger,
        writer=AuditWriter(_settings(world, audit_writer.SERVICE), ledger, written, time.time),
        reader=AuditReader(_settings(world, audit_reader.SERVICE), started, read),
        daily=Daily(
            audit_reconciliation.command(audit_reconciliation.configuration_file(world)),
            world.folder / "data" / "reconciled",
            started,
        ),
        control=control,
    )
    # Without this, every scrape would be logged.
    logging.getLogger("uvicorn.access").setLevel(logging.WARNING)
    # uvicorn raises the signal again after its shutdown; exit normally.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    work.start()
    try:
        serve(application(control, instruments, ledger_file(world)), bound, url, NAME)
    finally:
        work.stop()


def _settings(world: World, user: str) -> Mapping[str, str | int | float | bool]:
    return kafka.client_settings(world, user)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m sandbox.estate.workload",
        description="Waqiti's services, imitated in the sandbox; not Waqiti's services.",
    )
    parser.add_argument("--world", type=Path, required=True, help="the sandbox's folder")
    parser.add_argument("--first-port", type=int, required=True, help="of the sandbox's block")
    return parser.parse_args()


if __name__ == "__main__":
    main()
