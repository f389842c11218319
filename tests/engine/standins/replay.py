"""Replays a recorded case to a stand-in, with the state that results from its own answers."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests.engine.standins.playback import Playback, served
from tests.engine.standins.plugin import Plugin
from tests.engine.standins.recordings import Case, Fields, Json, Step

_SEED = b"lmsgv"  # found by trial: the bridge derives the recorder's suffix bf08d5a from it
_SECRET = "4dabf18193072939515e22adb298388d"  # noqa: S105 - the engine's mark of a secret
_RECORDED_ADDRESS = re.compile(r"127\.0\.0\.1:(13000|18310|18330|18440)")

_RECORDED_PORTS = {"grafana": 13000, "pagerduty": 18440, "vault": 18310}

CHECK_CONFIG, CONFIGURE = -2, -1


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """The stand-in's answer, log and requests at one step."""

    answer: Fields
    logs: list[Fields]
    requests: list[Fields]


@dataclass(kw_only=True)
class _Resource:
    """The state that the engine would keep of the resource."""

    id: str = ""
    inputs: Fields = field(default_factory=dict)
    outputs: Fields = field(default_factory=dict)
    checked: Fields = field(default_factory=dict)


def replay(case: Case, program: Path, home: Path) -> Mapping[int, Outcome]:
    """Replay a case to a new process of the stand-in."""
    with served(case) as (server, address):
        environment = {
            name: _RECORDED_ADDRESS.sub(address, value)
            for name, value in ({"HOME": str(home)} | dict(case.environment)).items()
        }
        with Plugin(program, environment) as plugin:
            return _Replay(case, plugin, server, address).run()


class _Replay:
    def __init__(self, case: Case, plugin: Plugin, server: Playback, address: str) -> None:
        self._case, self._plugin, self._server, self._address = case, plugin, server, address
        self._urn = f"urn:pulumi:dev::vectors::{case.type}::{case.name}"
        self._provider = f"urn:pulumi:dev::vectors::pulumi:providers:{case.package}::{case.name}"
        self._configuration: Fields = {}
        self._saved: Fields = {}
        self._resource = _Resource()

    def run(self) -> Mapping[int, Outcome]:
        checked = self._ask(
            CHECK_CONFIG, "check_config", urn=self._provider, news=self._fill(self._case.config)
        )
        self._configuration = self._configured(self._fill(checked.answer.get("inputs", {})))
        outcomes = {
            CHECK_CONFIG: checked,
            CONFIGURE: self._ask(CONFIGURE, "configure", **self._configuration),
        }
        for number, step in enumerate(self._case.steps):
            if step.verb == "http":
                self._saved[step.question["save"]] = step.answer.get("body")
            else:
                request = getattr(self, f"_{step.verb}")(self._fill(step.question))
                outcomes[number] = self._ask(number, step.verb, **request)
                self._keep(step, _plain(self._fill(outcomes[number].answer)))
        return outcomes

    def _configured(self, args: Fields) -> Fields:
        prefix = f"{self._case.package}:config:"
        texts = {prefix + key: value for key, value in args.items() if isinstance(value, str)}
        return {"args": args, "variables": texts, "acceptSecrets": True}

    def _ask(self, number: int, verb: str, **request: Json) -> Outcome:
        self._server.open(number)
        answer, logs = self._plugin.ask(verb, **request)
        if "died" in answer:
            self._plugin.stop()
            self._plugin.start()
            self._plugin.ask("configure", **self._configuration)
        back = self._recorded_address
        return Outcome(answer=back(answer), logs=back(logs), requests=self._server.sent)

    def _fill(self, question: Json) -> Json:
        """Insert the server's address, values that earlier steps saved, and the id."""
        text = json.dumps(question).replace("@{base}", f"http://{self._address}")
        text = _RECORDED_ADDRESS.sub(self._address, text)
        text = re.sub(r"@\{([\w.]+)\}", lambda found: self._look_up(found[1]), text)
        return json.loads(text.replace("${id}", self._resource.id))

    def _look_up(self, path: str) -> str:
        value: Json = self._saved
        for key in path.split("."):
            value = value[key]
        return str(value)

    def _recorded_address(self, answer: Json) -> Json:
        recorded = f"127.0.0.1:{_RECORDED_PORTS[self._case.package]}"
        if self._case.name == "sealed":
            recorded = "127.0.0.1:18330"
        return json.loads(json.dumps(answer).replace(self._address, recorded))

    def _check_config(self, question: Fields) -> Fields:
        return {"urn": self._provider, **question}

    def _diff_config(self, question: Fields) -> Fields:
        return {"urn": self._provider, "old_inputs": question["olds"], **question}

    def _check(self, question: Fields) -> Fields:
        return {
            "urn": self._urn,
            "olds": self._resource.inputs,
            "news": question["news"],
            "randomSeed": _SEED,
        }

    def _create(self, question: Fields) -> Fields:
        inputs = self._resource.checked
        return {"urn": self._urn, "properties": inputs, "preview": question.get("preview", False)}

    def _diff(self, _: Fields) -> Fields:
        kept = self._resource
        return {
            "id": kept.id,
            "urn": self._urn,
            "olds": kept.outputs,
            "news": kept.checked,
            "old_inputs": kept.inputs,
        }

    def _update(self, question: Fields) -> Fields:
        return {**self._diff(question), "preview": question.get("preview", False)}

    def _read(self, question: Fields) -> Fields:
        if "id" in question:
            return {"urn": self._urn, "id": question["id"]}
        kept = self._resource
        return {
            "urn": self._urn,
            "id": kept.id,
            "properties": kept.outputs,
            "inputs": kept.inputs,
        }

    def _delete(self, _: Fields) -> Fields:
        kept = self._resource
        return {
            "urn": self._urn,
            "id": kept.id,
            "properties": kept.outputs,
            "old_inputs": kept.inputs,
        }

    def _invoke(self, question: Fields) -> Fields:
        return question

    def _keep(self, step: Step, answer: Fields) -> None:
        kept = self._resource
        if step.verb == "check":
            kept.checked = answer.get("inputs", kept.checked)
        elif step.verb in ("create", "update") and not step.question.get("preview"):
            failed = answer.get("details", [{}])[0].get("ErrorResourceInitFailed", {})
            made = failed if "error" in answer else answer
            if made:
                kept.id = made.get("id", kept.id)
                kept.outputs, kept.inputs = made["properties"], kept.checked
        elif step.verb == "read" and step.question.get("keep"):
            kept.id = answer["id"]
            kept.outputs, kept.inputs = answer["properties"], answer["inputs"]


def _plain(value: Json) -> Json:
    """Unwrap secrets, as the engine does for a plugin that does not accept them."""
    if isinstance(value, list):
        return [_plain(one) for one in value]
    if not isinstance(value, dict):
        return value
    if _SECRET in value:
        return _plain(value["value"])
    return {key: _plain(one) for key, one in value.items()}
