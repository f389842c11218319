"""A secret whose values Vault generates; they are in this process until Vault has them."""

from collections.abc import Iterator

from hvac.exceptions import InvalidPath

from plugins.waqiti.failures import RefusedError
from plugins.waqiti.resource import Done, Problem, Resource
from plugins.waqiti.values import Values
from plugins.waqiti.vault import arguments, kv
from plugins.waqiti.vault.connection import Vault

_REQUIRED = {
    "mount": arguments.path,
    "path": arguments.path,
    "generated": arguments.names,
    "policy": arguments.text,
}
_OTHERS = {
    "fixed": arguments.texts,
    "rotation": arguments.number,
    "purge": arguments.switch,
}


class GeneratedSecret(Resource[Vault]):
    """The resource `waqiti:vault:GeneratedSecret`."""

    replaced_by = frozenset({"mount", "path"})
    results = frozenset({"present"})

    def problems(self, inputs: Values) -> Iterator[Problem]:
        found = list(arguments.wrong(inputs, _REQUIRED, _OTHERS))
        yield from found
        if not {"generated", "fixed"} & {name for name, _ in found}:
            for key in sorted(set(inputs.get("generated", ())) & set(inputs.get("fixed", ()))):
                yield f"fixed.{key}", "is in `generated`, too: remove it from one of them"

    def identity(self, inputs: Values) -> str:
        return f"{inputs['mount']}/{inputs['path']}"

    def foreseen(self, inputs: Values) -> Values:
        return {**inputs, "present": _declared(inputs)}

    def create(self, system: Vault, inputs: Values) -> Done:
        return _written(system, inputs, frozenset())

    def read(self, system: Vault, recorded: Values) -> Values | None:
        seen = kv.look(system, recorded["mount"], recorded["path"])
        if seen.keys is None:
            return None
        fixed = {key: value for key, value in _fixed(recorded).items() if key in seen.keys}
        return {
            **recorded,
            "generated": [key for key in recorded["generated"] if key in seen.keys],
            **({"fixed": fixed} if "fixed" in recorded else {}),
            "present": sorted(seen.keys),
        }

    def update(self, system: Vault, recorded: Values, inputs: Values) -> Done:
        anew = {k for k, v in inputs.get("fixed", {}).items() if v != _fixed(recorded).get(k, v)}
        if inputs.get("rotation", 1) > recorded.get("rotation", 1):
            anew |= set(inputs["generated"])
        return _written(system, inputs, frozenset(anew))

    def delete(self, system: Vault, recorded: Values) -> None:
        if recorded.get("purge"):
            kv.delete(system, recorded["mount"], recorded["path"])

    def drifted(self, recorded: Values, inputs: Values) -> Iterator[str]:
        if set(recorded["present"]) - set(_declared(inputs)):
            yield "present"


def _written(vault: Vault, inputs: Values, anew: frozenset[str]) -> Done:
    """Write the keys that are missing, and those of *anew*."""

    def missing(present: frozenset[str]) -> dict[str, str]:
        fixed = _fixed(inputs)
        keys = [key for key in _declared(inputs) if key in anew or key not in present]
        return {
            key: fixed[key] if key in fixed else _generate(vault, inputs["policy"]) for key in keys
        }

    present = kv.write(vault, inputs["mount"], inputs["path"], missing)
    unknown = sorted(present - set(_declared(inputs)))
    warning = (
        f"{inputs['mount']}/{inputs['path']} has keys that are not declared: "
        f"{', '.join(unknown)}: declare them, or remove them from Vault"
    )
    return Done({**inputs, "present": sorted(present)}, (warning,) if unknown else ())


def _generate(vault: Vault, policy: str) -> str:
    try:
        generated: str = vault.ask("GET", f"sys/policies/password/{policy}/generate")["password"]
    except InvalidPath:
        raise RefusedError(
            f"{vault.name} has no password policy {policy}: declare it, or correct its name"
        ) from None
    return generated


def _declared(inputs: Values) -> list[str]:
    return sorted({*inputs["generated"], *_fixed(inputs)})


def _fixed(values: Values) -> Values:
    fixed: Values = values.get("fixed", {})
    return fixed
