"""One fault of an API: an `up` under it, the next steps, and the row of the page."""

from tests.engine.faults.cases import Case
from tests.engine.faults.driver import Faulty, sentence
from tests.engine.faults.importing import import_object
from tests.engine.faults.page import check


def observe(faulty: Faulty, case: Case) -> None:
    """Check that an `up` under the fault of *case*, and the next steps, end as without a fault."""
    proxy = faulty.proxies[case.system]
    proxy.inject(case.fault)
    done = faulty.up()
    assert proxy.hit.is_set()
    proxy.clear()
    result, then = "succeeds", "nothing"
    if done.returncode:
        result, then = sentence(done.stdout), "`up`"
        if case.is_lost:
            import_object(faulty, case.resource)
            then = "`pulumi import`, `up`"
        again = faulty.up()
        assert again.returncode == 0, again.stdout
    assert faulty.contents() == faulty.undisturbed
    check(case.system, case.title, result, then)
