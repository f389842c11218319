"""The small sandbox behind proxies that fail."""

import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace

import pytest

from sandbox.servers import grafana, openbao, pagerduty
from tests.engine.faults.driver import Faulty, destroy, state_file
from tests.engine.faults.proxy import proxied


@pytest.fixture(scope="module")
def running(sandbox, tmp_path_factory) -> Iterator[Faulty]:
    """Yield the small sandbox, whose APIs the providers reach through a proxy each."""
    # A constant second between its retries, instead of 2, 4 and 8.
    patient = replace(sandbox, engine={**sandbox.engine, "GRAFANA_RETRY_WAIT": "1"})
    destroy(sandbox)
    empty = tmp_path_factory.mktemp("state") / "empty.json"
    shutil.copy(state_file(sandbox), empty)
    with ExitStack() as stack:
        proxies = {
            name: stack.enter_context(proxied(module.url(sandbox.world), sandbox.world))
            for name, module in (
                ("PagerDuty", pagerduty),
                ("Vault", openbao),
                ("Grafana", grafana),
            )
        }
        faulty = Faulty(patient, proxies, empty)
        done = faulty.up()
        assert done.returncode == 0, done.stdout
        yield replace(faulty, undisturbed=faulty.contents())
        faulty.empty_all()  # the next `up` must not use the addresses of the proxies
    sandbox.up()


@pytest.fixture
def fresh(running) -> Iterator[Faulty]:
    """Yield the sandbox with nothing applied; afterwards, no fault is left."""
    running.empty_all()
    yield running
    for proxy in running.proxies.values():
        proxy.clear()
