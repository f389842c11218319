"""What a stack may say about the legal documents, and what prod may not."""

import pytest

from tests.conftest import stack_config
from tests.test_settings import config_of, refusal


def refused(stack, **changes):
    (line,) = refusal(stack, config_of(stack, "legal_storage", **changes))[1:]
    return line.strip()


def backup(**changes):
    return {"backup": stack_config("prod")["waqiti:legal_storage"]["backup"] | changes}


def test_prod_locks_for_seven_years_at_least():
    assert refused("prod", retention_years=6) == (
        "legal_storage.retention_years: prod locks legal documents for at least 7 calendar years "
        "(got 6)"
    )


def test_an_image_is_named_by_its_digest():
    assert refused("staging", image="registry.example/legal-storage:latest").startswith(
        "legal_storage.image: "
    )


def test_there_is_no_switch_for_encryption():
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
def test_a_store_is_reached_by_tls_at_known_addresses_and_is_one_of_two(change, where):
    assert refused("prod", **backup(**change)).startswith(f"{where}: ")
