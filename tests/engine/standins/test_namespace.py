"""The namespace of the Vault provider; the recorded case of it has an option that is refused."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.engine.standins.recordings import Call, Case, Fields, Step
from tests.engine.standins.replay import replay

_SECRET = {"mount": "secret", "name": "ledger", "dataJson": "{}"}


@pytest.mark.parametrize(
    ("option", "environment"),
    [({"namespace": "payments"}, {}), ({}, {"VAULT_NAMESPACE": "payments"})],
    ids=["option", "environment"],
)
def test_vault_is_asked_in_the_namespace_of_the_provider(
    option: Fields, environment: Mapping[str, str], programs: Mapping[str, Path], tmp_path: Path
) -> None:
    path = "/v1/secret/data/ledger"
    case = Case(
        package="vault",
        name="namespaced",
        type="vault:kv/secretV2:SecretV2",
        slow=False,
        config={"address": "http://127.0.0.1:18310", "token": "t", "skipChildToken": "true"}
        | option,
        environment=environment,
        own_process=False,
        check_config={},
        configure={},
        steps=[
            Step(verb="check", question={"news": _SECRET}, answer={}),
            Step(verb="create", question={}, answer={}),
        ],
        calls=[
            Call(step=1, method="PUT", path=path, headers={}, status=200, answer={"data": {}}),
            Call(step=1, method="GET", path=path, headers={}, status=404, answer={"errors": []}),
        ],
    )

    sent = replay(case, programs["vault"], tmp_path)[1].requests

    assert [(request["method"], request["headers"]["x-vault-namespace"]) for request in sent] == [
        ("PUT", "payments"),
        ("GET", "payments"),
    ]
