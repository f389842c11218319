"""A refusing, slow or lost answer of each API: a retry or one sentence, and then convergence."""

import pytest

from sandbox.servers import openbao
from tests.engine.faults.cases import AND_ENCRYPTS, APIS, REVOKED, SEALED
from tests.engine.faults.driver import engine_sentence
from tests.engine.faults.observing import observe
from tests.engine.faults.page import check

pytestmark = [pytest.mark.minutes(4), pytest.mark.small_sandbox]


@pytest.mark.parametrize("case", APIS, ids=lambda c: f"{c.system}-{c.title}".replace(" ", "-"))
def test_an_api_that_fails_is_retried_or_reported(fresh, case):
    observe(fresh, case)


def test_a_token_that_vault_revoked_is_reported(fresh):
    previewed = fresh.pulumi("preview")
    openbao.administrator(fresh.sandbox.world).auth.token.revoke(
        fresh.sandbox.world.credentials["openbao/pulumi"]
    )

    refused = fresh.up()
    openbao.SERVER.seed(fresh.sandbox.world)
    again = fresh.up()

    assert previewed.returncode == 0, previewed.stdout
    assert refused.returncode != 0
    assert again.returncode == 0, again.stdout
    assert fresh.contents() == fresh.undisturbed
    check("Vault", REVOKED + AND_ENCRYPTS, engine_sentence(refused.stdout), "`up`")


def test_a_sealed_vault_is_reported(fresh):
    openbao.administrator(fresh.sandbox.world).sys.seal()

    refused = fresh.up()
    fresh.sandbox.start()  # restarts what is unhealthy; OpenBao unseals itself at its start
    again = fresh.up()

    assert refused.returncode != 0
    assert again.returncode == 0, again.stdout
    assert fresh.contents() == fresh.undisturbed
    check("Vault", SEALED + AND_ENCRYPTS, engine_sentence(refused.stdout), "`up`")
