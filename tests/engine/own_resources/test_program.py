"""Own resources under the real engine: idempotent, secret, and complete after what fails."""

import json
from typing import Any

import pytest

from sandbox.estate.openbao import MOUNT
from sandbox.servers import openbao
from tests.engine.arguments import collected
from tests.engine.own_resources.conftest import POLICY, RULES

pytestmark = [pytest.mark.minutes(2), pytest.mark.small_sandbox]

DECLARED = ("PasswordPolicy", "policy", {"name": POLICY, "policy": RULES})


def redis(path: str, **changes: object) -> tuple[str, str, dict[str, Any]]:
    args = {"mount": MOUNT, "path": path, "generated": ["password"], "policy": POLICY} | changes
    return ("GeneratedSecret", path.replace("/", "-"), args)


def stripe(folder: str) -> tuple[str, str, dict[str, Any]]:
    return (
        "ExpectedSecret",
        "stripe",
        {"mount": MOUNT, "path": f"{folder}/stripe", "keys": ["api_key"], "required": False},
    )


def errors(output: str) -> list[str]:
    """Return the errors, without those that the engine adds."""
    found = [line.strip() for line in output.splitlines() if line.strip().startswith("error: ")]
    return sorted(line for line in found if line != "error: update failed")


def changes(program) -> dict[str, int]:
    (newest, *_) = json.loads(program.do("stack", "history", "--json"))
    return dict(newest["resourceChanges"])


def test_no_value_is_in_state_logs_previews_or_process_arguments(
    program, folder, values, tmp_path, sandbox
) -> None:
    paths = [f"{folder}/{number}" for number in range(3)]
    calls = {"PULUMI_DEBUG_GRPC": str(tmp_path / "grpc.json")}
    with collected() as arguments:
        program.write(DECLARED, *map(redis, paths), stripe(folder))
        reported = {"preview": program.do("preview", "--diff", **calls)}
        code, reported["up"] = program.up("--debug", "--logtostderr", "-v=9", **calls)
        assert code == 0, reported["up"]
        program.write(DECLARED, *(redis(path, rotation=2) for path in paths), stripe(folder))
        code, reported["rotation"] = program.up("--refresh", "--debug", **calls)
        assert code == 0, reported["rotation"]
        reported["refresh"] = program.do("preview", "--refresh", "--diff", **calls)
        reported["export"] = program.do("stack", "export", "--show-secrets")
    reported["arguments"] = "\n".join(arguments)
    kept = [
        tmp_path / "grpc.json",
        *(tmp_path / "state").rglob("*"),
        *sandbox.world.logs.rglob("*"),
    ]
    reported |= {str(path): path.read_text(errors="replace") for path in kept if path.is_file()}

    generated = {values(path, version)["password"] for path in paths for version in (1, 2)}
    assert len(generated) == 6
    assert [w for w, text in reported.items() if any(value in text for value in generated)] == []
    # So there was something to find.
    assert "plugins/waqiti" in reported["arguments"]
    assert '"/pulumirpc.ResourceProvider/Create"' in reported[str(tmp_path / "grpc.json")]
    assert f"{folder}/stripe lacks api_key: an operator puts it there" in reported["up"]


def test_drift_is_corrected_and_a_second_up_changes_nothing(program, folder, values, root) -> None:
    program.write(DECLARED, redis(f"{folder}/a"), redis(f"{folder}/b"))
    program.up()
    first = changes(program)
    root.adapter.request(
        "PATCH",
        f"/v1/{MOUNT}/data/{folder}/a",
        json={"data": {"password": "by hand"}},
        headers={"Content-Type": "application/merge-patch+json"},
    )
    root.secrets.kv.v2.delete_latest_version_of_secret(f"{folder}/b", mount_point=MOUNT)

    code, drift = program.run("preview", "--refresh", "--expect-no-changes")
    program.up("--refresh")
    corrected = changes(program)
    program.up("--refresh")

    assert first == {"create": 5}
    assert code != 0
    assert f"{folder.replace('/', '-')}-b create" in drift
    assert corrected == {"create": 1, "same": 4}
    assert changes(program) == {"same": 5}
    assert values(f"{folder}/a") == {"password": "by hand"}
    assert values(f"{folder}/b").keys() == {"password"}


def test_what_vault_refuses_is_one_sentence_and_the_next_up_completes(
    program, folder, sandbox, root
) -> None:
    where = f"Vault at {openbao.url(sandbox.world)}"
    one, two = redis(f"{folder}/one"), redis(f"{folder}/two")
    program.write(DECLARED, redis("own/forbidden"), one)
    _, forbidden = program.up("--continue-on-error")
    left = changes(program)
    program.write(DECLARED, one, two)
    _, refused = program.up(VAULT_TOKEN="expired")  # noqa: S106 - it is none
    root.sys.seal()
    _, sealed = program.up()
    sandbox.start()  # it unseals itself at its start
    code, output = program.up()

    assert code == 0, output
    (refusal,) = errors(forbidden)
    assert refusal == (
        f"error: {where} does not let the token in VAULT_TOKEN PUT {MOUNT}/data/own/forbidden: "
        "grant create and update there"
    )
    assert left == {"create": 4}
    (refusal,) = errors(refused)
    assert refusal == (
        f"error: {where} refuses the token in VAULT_TOKEN: it is wrong, expired or without the "
        "policy default: set another one, and run it again"
    )
    assert errors(sealed) == [
        f"error: {where} is not available: sealed: unseal it, and run it again"
    ]
    assert "Traceback" not in forbidden + refused + sealed
    assert changes(program) == {"create": 1, "same": 4}
