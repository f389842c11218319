"""
The kubectl commands are complete, and name only what prod declares.

`tests/engine/test_runbooks_kubectl.py` runs them in the sandbox, whose stack is another.
"""

import json
from collections.abc import Iterator, Sequence

import pytest

from audit_reconciliation.__main__ import _parser as audit_parser
from legal_storage.__main__ import _parser as legal_parser
from tests.conftest import stack_settings
from tests.runbooks.pages import Command, commands
from tests.runbooks.plan import namespaces, objects

PROD = stack_settings("prod")
PIPES = [c for c in commands() if any(words[0] == "kubectl" for words in c.pipe)]
# Each verb that a page uses, with its flags that take a value.
FLAGS = {
    ("apply",): {"--filename"},
    ("create", "job"): {"--output"},
    ("get",): set(),
    ("logs",): {"--pod-running-timeout", "--selector", "--tail"},
    ("patch",): {"--filename", "--output", "--patch", "--type"},
    ("set", "env"): {"--filename", "--output"},
}
SWITCHES = {
    "--all-containers", "--dry-run=client", "--follow", "--local", "--prefix",
}  # fmt: skip
PARSERS = {"audit_reconciliation": audit_parser, "legal_storage": legal_parser}
KINDS = {"cronjobs": "CronJob", "jobs": "Job", "persistentvolumes": "PersistentVolume"}
CLUSTER_KINDS = {"PersistentVolume"}


def parsed(words: Sequence[str]) -> tuple[tuple[str, ...], dict[str, str], list[str]]:
    """Return the verb, the flags, and the rest of a command; fail at a flag that is not known."""
    rest, flags, given = [], {}, iter(words[1:])
    for word in given:
        if word in {"--context", "--namespace"}:
            flags[word] = next(given)
        else:
            rest.append(word)
            break
    verb = next(v for v in FLAGS if v[0] == rest[0])
    if len(verb) > 1:
        assert next(given) == verb[1]
    names: list[str] = []
    for word in given:
        if word in FLAGS[verb]:
            flags[word] = next(given)
        elif word.startswith("--from="):
            flags["--from"] = word.removeprefix("--from=")
        elif word.startswith("--"):
            assert word in SWITCHES, word
            flags[word] = ""
        else:
            names.append(word)
    return verb, flags, names


def steps(pipe: Command) -> Iterator[tuple[tuple[str, ...], dict[str, str], list[str]]]:
    return (parsed(words) for words in pipe.pipe)


@pytest.mark.parametrize("pipe", PIPES, ids=str)
def test_a_command_says_in_which_cluster_and_namespace(pipe):
    for _, flags, names in steps(pipe):
        if "--local" in flags:
            continue  # it reads its input alone
        kinds = {KINDS.get(kind) for name in names for kind in name.split(",")}
        assert flags["--context"] == PROD.kubernetes.context
        if kinds & CLUSTER_KINDS:
            assert "--namespace" not in flags
        else:
            assert flags["--namespace"] in namespaces()


@pytest.mark.parametrize("pipe", PIPES, ids=str)
def test_a_command_names_only_what_prod_declares(pipe):
    started = {
        names[0]
        for other in PIPES
        if other.page == pipe.page
        for verb, _, names in steps(other)
        if verb == ("create", "job")
    }
    for verb, flags, names in steps(pipe):
        if "--from" in flags:
            kind, _, name = flags["--from"].partition("/")
            assert kind == "cronjob"
            assert objects()["CronJob", name]["metadata"]["namespace"] == flags["--namespace"]
        if "--selector" in flags:
            key, _, value = flags["--selector"].partition("=")
            found = [
                o["spec"]["jobTemplate"]["spec"]["template"]["metadata"]["labels"][key]
                for (kind, _), o in objects().items()
                if kind == "CronJob" and o["metadata"]["namespace"] == flags["--namespace"]
            ]
            assert set(found) == {value}
        if verb == ("get",):
            assert {kind for name in names for kind in name.split(",")} <= KINDS.keys()
        elif verb == ("logs",) and "--selector" not in flags:
            (name,) = names
            assert name.removeprefix("job/") in started


@pytest.mark.parametrize("pipe", [p for p in PIPES if len(p.pipe) > 1], ids=str)
def test_a_changed_job_runs_what_the_pods_understand(pipe):
    (_, source, _), (verb, change, values), (applied, _, _) = steps(pipe)
    cron_job = objects()["CronJob", source["--from"].removeprefix("cronjob/")]
    template = cron_job["spec"]["jobTemplate"]["spec"]["template"]
    (container,) = template["spec"]["containers"]
    command = list(container["command"])
    environment = {entry["name"]: entry.get("value", "") for entry in container["env"]}
    if verb == ("set", "env"):
        given = dict(value.split("=", 1) for value in values)
        assert given.keys() <= environment.keys()
        environment |= given
    else:
        for operation in json.loads(change["--patch"]):
            assert {key: operation[key] for key in ("op", "path")} == {
                "op": "add",
                "path": "/spec/template/spec/containers/0/command/-",
            }
            command.append(operation["value"])
    for name, value in environment.items():
        command = [word.replace(f"$({name})", value) for word in command]

    assert command[:2] == ["python", "-m"]
    started = PARSERS[command[2]]().parse_args(command[3:])

    commands = {"audit_reconciliation": "run"}
    own = cron_job["metadata"]["name"].removeprefix("legal-documents-")
    assert started.command == commands.get(command[2], own)
    assert "" not in vars(started).values()
    assert applied == ("apply",)
