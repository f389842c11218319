"""A secret that an operator provides: only the names of its keys are read."""

from collections.abc import Iterator

from plugins.waqiti.failures import RefusedError
from plugins.waqiti.resource import Done, Problem, Resource
from plugins.waqiti.values import Values
from plugins.waqiti.vault import arguments, kv
from plugins.waqiti.vault.connection import Vault

_REQUIRED = {"mount": arguments.path, "path": arguments.path, "keys": arguments.names}
_OTHERS = {"required": arguments.switch}


class ExpectedSecret(Resource[Vault]):
    """The resource `waqiti:vault:ExpectedSecret`."""

    replaced_by = frozenset({"mount", "path"})
    results = frozenset({"present"})

    def problems(self, inputs: Values) -> Iterator[Problem]:
        yield from arguments.wrong(inputs, _REQUIRED, _OTHERS)

    def identity(self, inputs: Values) -> str:
        return f"{inputs['mount']}/{inputs['path']}"

    def foreseen(self, inputs: Values) -> Values:
        return {**inputs, "present": sorted(inputs["keys"])}

    def create(self, system: Vault, inputs: Values) -> Done:
        found = self.read(system, inputs)
        missing = sorted(set(inputs["keys"]) - set(found["keys"]))
        sentence = (
            f"{system.name}: {inputs['mount']}/{inputs['path']} lacks {', '.join(missing)}: an "
            "operator puts it there"
        )
        if missing and inputs.get("required", True):
            raise RefusedError(sentence)
        return Done(found, (sentence,) if missing else ())

    def read(self, system: Vault, recorded: Values) -> Values:
        seen = kv.look(system, recorded["mount"], recorded["path"]).keys or frozenset()
        present = [key for key in recorded["keys"] if key in seen]
        # A key that is missing is no part of the state: the next `up` looks again.
        return {**recorded, "keys": present, "present": sorted(present)}

    def update(self, system: Vault, recorded: Values, inputs: Values) -> Done:
        del recorded
        return self.create(system, inputs)

    def delete(self, system: Vault, recorded: Values) -> None:
        del system, recorded  # it is the operator's
