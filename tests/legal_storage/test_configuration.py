"""A pod checks its configuration before it does anything."""

import json

import pytest

from legal_storage.configuration import read_configuration
from legal_storage.outcome import WrongUseError
from tests.legal_storage.conftest import described


def refusal(tmp_path, text):
    file = tmp_path / "configuration.json"
    file.write_text(text)
    with pytest.raises(WrongUseError) as refused:
        read_configuration(file)
    return str(refused.value).replace(f"{file}: ", "").splitlines()


def test_all_problems_are_reported_at_once(tmp_path):
    wrong = described(tmp_path) | {"retention_years": 0, "encrypted": False}
    wrong["store"] |= {"endpoint": "http://s3.example"}

    assert refusal(tmp_path, json.dumps(wrong)) == [
        "retention_years: Input should be greater than or equal to 1",
        "store.s3.endpoint: String should match pattern '^https://[^/]+$'",
        "encrypted: Extra inputs are not permitted",
    ]


def test_invalid_json_is_refused_without_a_traceback(tmp_path):
    assert refusal(tmp_path, "{")[0].startswith(": Invalid JSON")


def test_a_missing_secret_is_reported_by_its_file(configuration):
    with pytest.raises(WrongUseError, match="access-key-id: this secret cannot be read: No such"):
        configuration.secret("access-key-id")
