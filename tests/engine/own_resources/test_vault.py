"""The resources in Vault, in this process on a real OpenBao."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from hvac.exceptions import InvalidPath
from urllib3.connection import HTTPSConnection

from plugins.waqiti.failures import RefusedError
from plugins.waqiti.vault.connection import PARALLEL, Vault
from plugins.waqiti.vault.expected_secret import ExpectedSecret
from plugins.waqiti.vault.generated_secret import GeneratedSecret
from plugins.waqiti.vault.password_policy import PasswordPolicy
from sandbox.estate.openbao import MOUNT
from sandbox.servers import openbao
from tests.engine.own_resources.conftest import POLICY, RULES

pytestmark = [pytest.mark.minutes(1), pytest.mark.small_sandbox]

GENERATED = GeneratedSecret()
EXPECTED = ExpectedSecret()
BY_HAND = {"password": "an operator's own"}


def database(folder: str, **changes: object) -> dict[str, Any]:
    return {
        "mount": MOUNT,
        "path": f"{folder}/database",
        "generated": ["password"],
        "fixed": {"username": "ledger_svc"},
        "policy": POLICY,
    } | changes


def patch(root, path: str, **values: str | None) -> None:
    root.adapter.request(
        "PATCH",
        f"/v1/{MOUNT}/data/{path}",
        json={"data": values},
        headers={"Content-Type": "application/merge-patch+json"},
    )


def versions(root, path: str) -> int:
    answer = root.secrets.kv.v2.read_secret_metadata(path, mount_point=MOUNT)
    return int(answer["data"]["current_version"])


def test_vault_generates_a_value_and_only_names_are_recorded(vault, folder, values) -> None:
    done = GENERATED.create(vault, database(folder))

    written = values(f"{folder}/database")
    assert written.keys() == {"password", "username"}
    assert written["username"] == "ledger_svc"
    assert len(written["password"]) == 40
    assert done.values == database(folder) | {"present": ["password", "username"]}
    assert done.warnings == ()


def test_a_key_that_is_there_keeps_its_value_and_a_missing_one_is_added(
    vault, folder, values, root
) -> None:
    root.secrets.kv.v2.create_or_update_secret(f"{folder}/database", BY_HAND, mount_point=MOUNT)

    GENERATED.create(vault, database(folder))

    assert values(f"{folder}/database") == BY_HAND | {"username": "ledger_svc"}


def test_a_second_creation_writes_nothing(vault, folder, root) -> None:
    first = GENERATED.create(vault, database(folder))
    second = GENERATED.create(vault, database(folder))

    assert second == first
    assert versions(root, f"{folder}/database") == 1


def test_of_two_writers_at_once_the_first_value_stays(vault, folder, root, values) -> None:
    """Somebody writes between our look and our write."""

    class Between(Vault):
        written = 0

        def ask(self, method, path, body=None):
            if method in {"PUT", "PATCH"} and self.written < 2:
                self.written += 1
                if self.written == 1:
                    root.secrets.kv.v2.create_or_update_secret(
                        f"{folder}/database", {"password": "theirs"}, mount_point=MOUNT
                    )
                else:
                    patch(root, f"{folder}/database", **{"theirs-2": "kept"})
            return super().ask(method, path, body)

    done = GENERATED.create(Between(vault.name.removeprefix("Vault at "), None), database(folder))

    assert values(f"{folder}/database") == {
        "password": "theirs",
        "theirs-2": "kept",
        "username": "ledger_svc",
    }
    (warning,) = done.warnings
    assert warning == (
        f"{MOUNT}/{folder}/database has keys that are not declared: theirs-2: declare them, or "
        "remove them from Vault"
    )


def test_of_many_writers_at_once_one_writes(vault, folder, root) -> None:
    with ThreadPoolExecutor(PARALLEL) as pool:
        done = list(pool.map(lambda _: GENERATED.create(vault, database(folder)), range(PARALLEL)))

    assert [one.values for one in done] == [done[0].values] * PARALLEL
    assert versions(root, f"{folder}/database") == 1


def test_a_value_that_is_changed_by_hand_is_no_drift(vault, folder, root, values) -> None:
    recorded = GENERATED.create(vault, database(folder)).values
    patch(root, f"{folder}/database", **BY_HAND)

    assert GENERATED.read(vault, recorded) == recorded
    GENERATED.update(vault, recorded, database(folder))
    assert values(f"{folder}/database") == BY_HAND | {"username": "ledger_svc"}


def test_a_missing_key_is_drift_and_is_generated_again(vault, folder, root, values) -> None:
    recorded = GENERATED.create(vault, database(folder)).values
    before = values(f"{folder}/database")
    patch(root, f"{folder}/database", password=None)

    found = dict(GENERATED.read(vault, recorded) or {})
    GENERATED.update(vault, found, database(folder))

    after = values(f"{folder}/database")
    assert found == {**recorded, "generated": [], "present": ["username"]}
    assert after.keys() == {"password", "username"}
    assert after["password"] != before["password"]


def test_an_unknown_key_is_drift_and_stays(vault, folder, root, values) -> None:
    recorded = GENERATED.create(vault, database(folder)).values
    patch(root, f"{folder}/database", other="x")

    found = dict(GENERATED.read(vault, recorded) or {})
    done = GENERATED.update(vault, found, database(folder))

    assert list(GENERATED.drifted(recorded, database(folder))) == []
    assert list(GENERATED.drifted(found, database(folder))) == ["present"]
    assert len(done.warnings) == 1
    assert values(f"{folder}/database")["other"] == "x"


@pytest.mark.parametrize("way", ["delete", "destroy", "all versions"])
def test_a_deleted_secret_is_gone_and_a_new_one_is_generated(
    way: str, vault, folder, root, values
) -> None:
    recorded = GENERATED.create(vault, database(folder)).values
    kv = root.secrets.kv.v2
    {
        "delete": lambda path: kv.delete_latest_version_of_secret(path, mount_point=MOUNT),
        "destroy": lambda path: kv.destroy_secret_versions(path, [1], mount_point=MOUNT),
        "all versions": lambda path: kv.delete_metadata_and_all_versions(path, mount_point=MOUNT),
    }[way](f"{folder}/database")

    assert GENERATED.read(vault, recorded) is None
    GENERATED.create(vault, database(folder))
    assert values(f"{folder}/database").keys() == {"password", "username"}


def test_a_rotation_changes_generated_values_and_keeps_the_version_before(
    vault, folder, values
) -> None:
    recorded = GENERATED.create(vault, database(folder)).values

    GENERATED.update(vault, recorded, database(folder, rotation=2))

    old, new = (values(f"{folder}/database", version) for version in (1, 2))
    assert old["password"] != new["password"]
    assert old["username"] == new["username"]


def test_a_changed_fixed_value_is_written_and_nothing_else(vault, folder, values) -> None:
    recorded = GENERATED.create(vault, database(folder)).values
    before = values(f"{folder}/database")

    GENERATED.update(vault, recorded, database(folder, fixed={"username": "books_svc"}))

    assert values(f"{folder}/database") == before | {"username": "books_svc"}


def test_deletion_leaves_the_secret_unless_it_is_asked_for(vault, folder, values) -> None:
    left = GENERATED.create(vault, database(folder)).values
    GENERATED.delete(vault, left)
    assert values(f"{folder}/database")

    GENERATED.delete(vault, {**left, "purge": True})
    with pytest.raises(InvalidPath):
        values(f"{folder}/database")


def test_a_mount_of_version_1_is_refused(vault, sandbox, root, folder) -> None:
    root.sys.enable_secrets_engine("kv", path="version1", options={"version": "1"})
    try:
        with pytest.raises(RefusedError) as refused:
            GENERATED.create(vault, database(folder, mount="version1"))
        written = root.secrets.kv.v1.list_secrets("", mount_point="version1")
    except InvalidPath:
        written = None
    finally:
        root.sys.disable_secrets_engine("version1")

    assert written is None
    assert str(refused.value) == (
        f"Vault at {openbao.url(sandbox.world)}: the mount version1 is KV version 1, and only KV "
        "version 2 has check-and-set: run `vault kv enable-versioning version1`, or name another "
        "mount"
    )


def test_a_missing_password_policy_is_reported(vault, sandbox, folder) -> None:
    with pytest.raises(RefusedError) as refused:
        GENERATED.create(vault, database(folder, policy="other"))

    assert str(refused.value) == (
        f"Vault at {openbao.url(sandbox.world)} has no password policy other: declare it, or "
        "correct its name"
    )


def test_an_expected_secret_is_required_or_only_warned_about(vault, sandbox, folder, root) -> None:
    wanted = {"mount": MOUNT, "path": f"{folder}/stripe", "keys": ["api_key", "webhook_key"]}
    sentence = (
        f"Vault at {openbao.url(sandbox.world)}: {MOUNT}/{folder}/stripe lacks %s: an operator "
        "puts it there"
    )
    with pytest.raises(RefusedError) as refused:
        EXPECTED.create(vault, wanted)
    some = {"api_key": "a", "more": "b"}
    root.secrets.kv.v2.create_or_update_secret(f"{folder}/stripe", some, mount_point=MOUNT)
    warned = EXPECTED.create(vault, wanted | {"required": False})
    patch(root, f"{folder}/stripe", webhook_key="c")
    complete = EXPECTED.update(vault, warned.values, wanted)

    assert str(refused.value) == sentence % "api_key, webhook_key"
    assert warned.warnings == (sentence % "webhook_key",)
    assert warned.values["keys"] == warned.values["present"] == ["api_key"]
    assert complete.values == wanted | {"present": ["api_key", "webhook_key"]}


def test_a_password_policy_of_others_is_refused(vault, sandbox) -> None:
    policies = PasswordPolicy()
    same, other = (
        {"name": POLICY, "policy": rules} for rules in (RULES, RULES.replace("40", "41"))
    )
    policies.create(vault, same)
    with pytest.raises(RefusedError) as refused:
        policies.create(vault, other)

    assert policies.read(vault, other) == same
    assert str(refused.value) == (
        f"Vault at {openbao.url(sandbox.world)} has another password policy {POLICY}, which this "
        "stack does not manage: choose another name, or delete it"
    )


def test_a_wrong_password_policy_is_reported_as_vault_reports_it(vault, sandbox) -> None:
    wrong = {"name": POLICY, "policy": "length = 2"}
    with pytest.raises(RefusedError) as refused:
        PasswordPolicy().update(vault, wrong, wrong)

    assert str(refused.value).startswith(
        f"Vault at {openbao.url(sandbox.world)} refuses the password policy {POLICY}: "
    )


def test_all_resources_share_the_connections(vault, folder, monkeypatch) -> None:
    opened: list[object] = []
    connect = HTTPSConnection.connect

    def counted(self: HTTPSConnection) -> None:
        opened.append(self)
        connect(self)

    monkeypatch.setattr(HTTPSConnection, "connect", counted)
    paths = [f"{folder}/{number}" for number in range(60)]
    with ThreadPoolExecutor(PARALLEL) as pool:
        list(pool.map(lambda path: GENERATED.create(vault, database(folder, path=path)), paths))

    assert 0 < len(opened) <= PARALLEL
