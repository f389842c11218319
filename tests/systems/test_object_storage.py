"""Names of buckets and containers are those that the stores take."""

import pytest

from systems import object_storage


@pytest.mark.parametrize("name", ["waqiti-prod-legal-documents", "a.b-c", "abc", "x" * 63])
def test_a_bucket_s_name_is_accepted(name):
    assert object_storage.check_bucket(name) == name


@pytest.mark.parametrize(
    "name",
    ["ab", "A-b", "a..b", "a.-b", "-ab", "ab-", "192.168.0.1", "xn--a", "a-s3alias", "x" * 64],
)
def test_another_bucket_s_name_is_refused(name):
    with pytest.raises(ValueError, match="use "):
        object_storage.check_bucket(name)


@pytest.mark.parametrize("name", ["ab", "A-b", "a--b", "-ab", "ab-", "a.b", "x" * 64])
def test_another_container_s_name_is_refused(name):
    with pytest.raises(ValueError, match="use 3 to 63 small letters"):
        object_storage.check_container(name)


def test_a_container_s_name_is_accepted():
    assert object_storage.check_container("legal-documents") == "legal-documents"
