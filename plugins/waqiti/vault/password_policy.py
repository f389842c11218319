"""A password policy of Vault, which the released plugin does not have (docs/adr/0032)."""

from collections.abc import Iterator

from hvac.exceptions import InvalidPath, InvalidRequest

from plugins.waqiti.failures import RefusedError
from plugins.waqiti.resource import Done, Problem, Resource
from plugins.waqiti.values import Values
from plugins.waqiti.vault import arguments
from plugins.waqiti.vault.connection import Vault

_REQUIRED = {"name": arguments.path, "policy": arguments.text}


class PasswordPolicy(Resource[Vault]):
    """The resource `waqiti:vault:PasswordPolicy`."""

    replaced_by = frozenset({"name"})

    def problems(self, inputs: Values) -> Iterator[Problem]:
        yield from arguments.wrong(inputs, _REQUIRED, {})

    def identity(self, inputs: Values) -> str:
        name: str = inputs["name"]
        return name

    def foreseen(self, inputs: Values) -> Values:
        return inputs

    def create(self, system: Vault, inputs: Values) -> Done:
        found = _rules(system, inputs["name"])
        if found is not None and found != inputs["policy"]:
            raise RefusedError(
                f"{system.name} has another password policy {inputs['name']}, which this stack "
                "does not manage: choose another name, or delete it"
            )
        return self.update(system, inputs, inputs)

    def read(self, system: Vault, recorded: Values) -> Values | None:
        found = _rules(system, recorded["name"])
        return None if found is None else {**recorded, "policy": found}

    def update(self, system: Vault, recorded: Values, inputs: Values) -> Done:
        del recorded
        try:
            system.ask("PUT", _place(inputs["name"]), {"policy": inputs["policy"]})
        except InvalidRequest as refused:
            reason = " ".join(", ".join(refused.errors or ()).split())
            raise RefusedError(
                f"{system.name} refuses the password policy {inputs['name']}: {reason}"
            ) from None
        return Done(inputs)

    def delete(self, system: Vault, recorded: Values) -> None:
        system.ask("DELETE", _place(recorded["name"]))


def _rules(vault: Vault, name: str) -> str | None:
    try:
        found: str = vault.ask("GET", _place(name))["policy"]
    except InvalidPath:
        return None
    return found


def _place(name: str) -> str:
    return f"sys/policies/password/{name}"
