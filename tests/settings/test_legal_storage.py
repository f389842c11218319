"""The settings of the legal documents, and the stricter ones of prod."""

import pytest

from tests.conftest import stack_config
from tests.settings.test_loading import config_of, refusal


def refused(stack, **changes):
    (line,) = refusal(stack, config_of(stack, "legal_storage", **changes))[1:]
    return line.strip()


def backup(**changes):
    return {"backup": stack_config("prod")["waqiti:legal_storage"]["backup"] | changes}


def test_prod_locks_for_seven_years_at_least():
    assert refused("prod", retention_years=6) == (
        "legal_storage.retention_years: prod must lock legal documents for at least 7 calendar "
        "years: raise it (got 6)"
    )


def test_an_image_without_a_digest_is_refused():
    assert refused("staging", image="registry.example/legal-storage:latest").startswith(
        "legal_storage.image: "
    )


def test_encryption_cannot_be_disabled():
    assert refused("prod", encrypted=False) == (
        "legal_storage.encrypted: unknown key: remove it or correct its name (got False)"
    )


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"endpoint": "http://s3.example"}, "legal_storage.backup.s3.endpoint"),
        ({"addresses": []}, "legal_storage.backup.s3.addresses"),
        ({"kind": "ftp"}, "legal_storage.backup"),
    ],
)
def test_a_store_has_tls_known_addresses_and_one_of_two_kinds(change, where):
    assert refused("prod", **backup(**change)).startswith(f"{where}: ")
