"""The secrets of the services on real servers: who reads what, and what an `up` leaves alone."""

import re
import subprocess
import sys
from collections.abc import Iterator
from itertools import product

import hvac
import pytest
from hvac.exceptions import Forbidden, VaultError

from sandbox.servers import kubernetes, openbao
from tests.engine.sandboxes import FEW

pytestmark = pytest.mark.minutes(3)

NAMESPACE = "waqiti"
OWN_RESOURCES = "urn:pulumi:local::waqiti::waqiti:index:ServiceSecrets$waqiti:vault:**"
# Each reads what the other must not.
READERS = {
    "payment-service": ("redis/payment-service", "database/payment-service", "external/stripe"),
    "slack-alert-service": (
        "redis/slack-alert-service",
        "database/slack-alert-service",
        "alerting/slack",
    ),
}
ALL = sorted(path for paths in READERS.values() for path in paths)


@pytest.fixture(scope="module")
def root(sandbox):
    return openbao.administrator(sandbox.world).secrets.kv.v2


@pytest.fixture(scope="module")
def readers(sandbox) -> Iterator[dict[str, hvac.Client]]:
    """Provide a client for each service, logged in by its service account."""
    admin = kubernetes.api(sandbox.world, "admin")
    made = [f"/api/v1/namespaces/{NAMESPACE}/serviceaccounts/{name}" for name in READERS]
    for name in READERS:
        metadata = {"name": name, "namespace": NAMESPACE}
        admin.apply({"apiVersion": "v1", "kind": "ServiceAccount", "metadata": metadata})
    yield {name: log_in(sandbox, name, f"waqiti-local-{name}") for name in READERS}
    for path in made:
        admin.delete(path)


def log_in(sandbox, account, role, audiences=("vault",)):
    jwt = kubernetes.api(sandbox.world, "admin").request_token(NAMESPACE, account, 600, audiences)
    client = openbao.client(sandbox.world)
    client.auth.kubernetes.login(role, jwt, mount_point="kubernetes")
    return client


def read(client, path):
    answer = client.secrets.kv.v2.read_secret_version(
        path, mount_point="secret", raise_on_deleted_version=True
    )
    return answer["data"]["data"]


def is_refused(action) -> bool:
    try:
        action()
    except Forbidden:
        return True
    return False


def may_read(client, path) -> bool:
    return not is_refused(lambda: read(client, path))


def test_a_service_reads_its_own_secrets_and_is_refused_all_others(readers):
    readable = {
        name: [path for path in ALL if may_read(client, path)] for name, client in readers.items()
    }

    assert readable == {name: sorted(paths) for name, paths in READERS.items()}


def merge(client, path):
    body, kind = {"data": {"a": "b"}}, {"Content-Type": "application/merge-patch+json"}
    client.adapter.request("PATCH", f"/v1/secret/data/{path}", json=body, headers=kind)


def test_a_service_lists_and_writes_nothing(readers):
    def attempts(client, path):
        vault = client.secrets.kv.v2
        folder = path.partition("/")[0]
        yield lambda: vault.list_secrets(folder, mount_point="secret")
        yield lambda: vault.create_or_update_secret(path, {"a": "b"}, mount_point="secret")
        yield lambda: merge(client, path)
        yield lambda: vault.delete_latest_version_of_secret(path, mount_point="secret")
        yield lambda: vault.read_secret_metadata(path, mount_point="secret")
        yield lambda: vault.delete_metadata_and_all_versions(path, mount_point="secret")

    permitted = [
        (name, path, number)
        for (name, client), path in product(readers.items(), ALL)
        for number, attempt in enumerate(attempts(client, path))
        if not is_refused(attempt)
    ]
    assert permitted == []


@pytest.mark.parametrize(
    ("account", "role", "audiences"),
    [
        ("payment-service", "slack-alert-service", ("vault",)),
        ("default", "payment-service", ("vault",)),
        ("payment-service", "payment-service", ("another",)),
    ],
    ids=["another role", "another account", "another audience"],
)
def test_a_role_is_for_one_service_account_and_one_audience(
    sandbox, readers, account, role, audiences
):
    assert readers
    with pytest.raises(VaultError):
        log_in(sandbox, account, f"waqiti-local-{role}", audiences)


def test_the_values_are_generated_and_the_user_is_named_by_rule(readers):
    database = read(readers["payment-service"], "database/payment-service")
    redis = read(readers["payment-service"], "redis/payment-service")

    assert database["username"] == "payment_svc"
    assert [len(values["password"]) for values in (database, redis)] == [40, 40]
    assert database["password"] != redis["password"]


def test_containers_find_each_key_that_the_environment_names(sandbox):
    cluster = kubernetes.api(sandbox.world, "admin")
    (found,) = [
        resource["outputs"]["environment"]
        for resource in sandbox.state()["resources"]
        if resource["type"] == "waqiti:index:ServiceSecrets"
    ]

    referred = {
        (name, variable): entry["secretKeyRef"]
        for name, variables in found.items()
        for variable, entry in variables.items()
    }
    missing = [
        who
        for who, ref in referred.items()
        if ref["key"]
        not in cluster.get(f"/api/v1/namespaces/{NAMESPACE}/secrets/{ref['name']}")["data"]
    ]
    assert missing == []
    assert ("payment-service", "STRIPE_SECRET_KEY") in referred
    assert ("slack-alert-service", "SLACK_WEBHOOK_FRAUD") in referred
    assert len(referred) == 4 * 3 + 2 + 1 + 4


def test_all_224_paths_exist_after_an_up_of_all_services(sandbox, root):
    before = read_all(root)
    try:
        # Only what is in Vault: policies, roles and copies of all would take minutes more.
        sandbox.up("--target", OWN_RESOURCES, service_secrets={})
        after = read_all(root)
    finally:
        sandbox.up()

    folders = [path.partition("/")[0] for path in after]
    assert {folder: folders.count(folder) for folder in sorted(set(folders))} == {
        "alerting": 2,
        "database": 108,
        "external": 6,
        "redis": 108,
    }
    assert {path: after[path] for path in before} == before


def read_all(root):
    """Return every value of the services' folders, by path."""
    return {
        f"{folder}/{name}": root.read_secret_version(
            f"{folder}/{name}", mount_point="secret", raise_on_deleted_version=True
        )["data"]["data"]
        for folder in ("alerting", "database", "external", "redis")
        for name in root.list_secrets(folder, mount_point="secret")["data"]["keys"]
    }


def test_a_value_that_was_changed_by_hand_survives_and_a_deleted_key_is_generated_again(
    sandbox, root
):
    path = "database/payment-service"
    before = read_all(root)[path]
    root.create_or_update_secret(path, {"password": "by hand"}, mount_point="secret")

    drift = sandbox.pulumi("preview", "--refresh", "--expect-no-changes")
    sandbox.up("--refresh")
    after = read_all(root)[path]
    root.create_or_update_secret(path, before, mount_point="secret")

    assert drift.returncode != 0
    assert "service-secrets-database-payment-service" in drift.stdout
    assert after == {"username": "payment_svc", "password": "by hand"}


def listed(sandbox):
    """Return the exit code of `waqiti secrets`, and the conditions by key."""
    done = sandbox.waqiti("secrets")
    rows = [re.split("  +", line) for line in done.stdout.splitlines() if "#" in line]
    return done.returncode, {key: condition for condition, key, _ in rows}


def test_a_missing_key_is_listed_and_filled_from_standard_input(sandbox, root):
    path = "external/stripe"
    before = root.read_secret_version(path, mount_point="secret", raise_on_deleted_version=True)[
        "data"
    ]["data"]
    kept = {"secret_key": before["secret_key"]}
    root.create_or_update_secret(path, kept, mount_point="secret")
    root.update_metadata(path, mount_point="secret", custom_metadata={"placeholder": "secret_key"})

    code, conditions = listed(sandbox)
    wrong = sandbox.waqiti("secrets", "--fill", path, "secret")
    empty = sandbox.waqiti("secrets", "--fill", path, "secret_key")
    filled = fill(sandbox, path, "webhook_signing_secret", before["webhook_signing_secret"])
    replaced = fill(sandbox, path, "secret_key", before["secret_key"])

    assert code == 1
    assert {key: c for key, c in conditions.items() if c not in ("generated", "filled")} == {
        "external/stripe#secret_key": "placeholder",
        "external/stripe#webhook_signing_secret": "missing",
    }
    assert (wrong.returncode, wrong.stdout) == (
        2,
        (
            "error: external/stripe has no key secret: name one of secret_key, "
            "webhook_signing_secret\n"
        ),
    )
    assert (empty.returncode, empty.stdout) == (
        2,
        "error: the value is empty: nothing was written\n",
    )
    assert (filled, replaced) == (
        (0, "secret/external/stripe has webhook_signing_secret\n"),
        (0, "secret/external/stripe has secret_key\n"),
    )
    assert listed(sandbox)[0] == 0
    answer = root.read_secret_version(path, mount_point="secret", raise_on_deleted_version=True)
    assert answer["data"]["data"] == before


def fill(sandbox, path, key, value):
    """Fill one key as its operator; the value is in no argument."""
    token = openbao.administrator(sandbox.world).token
    done = subprocess.run(
        [sys.executable, "-m", "waqiti", "secrets", "local", "--fill", path, key],
        cwd=sandbox.program,
        env={**sandbox.environment(), "VAULT_TOKEN": token},
        input=f"{value}\n",
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout


def test_a_rotation_makes_new_values_and_keeps_the_version_before(sandbox, root):
    path = "redis/payment-service"
    before = root.read_secret_version(path, mount_point="secret", raise_on_deleted_version=True)

    asked = sandbox.waqiti("secrets", "--rotate", path)
    rotated = sandbox.up(service_secrets={"only": list(FEW), "rotations": {path: 2}})
    after = root.read_secret_version(path, mount_point="secret", raise_on_deleted_version=True)
    version = before["data"]["metadata"]["version"]
    old = root.read_secret_version(
        path, version=version, mount_point="secret", raise_on_deleted_version=True
    )
    sandbox.up()

    assert asked.returncode == 0
    assert "1 updated" in rotated
    assert after["data"]["metadata"]["version"] == version + 1
    assert after["data"]["data"] != before["data"]["data"]
    assert old["data"]["data"] == before["data"]["data"]
