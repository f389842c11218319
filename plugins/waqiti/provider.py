"""The resources of this package, as the engine asks for them."""

import asyncio
from collections.abc import Callable, Coroutine, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from pulumi.provider.experimental import provider as pulumi_provider
from pulumi.provider.experimental.provider import PropertyDiff, PropertyDiffKind

from clients.slack import Slack
from plugins.waqiti.failures import RefusedError
from plugins.waqiti.resource import Done, Resource
from plugins.waqiti.slack import KINDS as SLACK_KINDS
from plugins.waqiti.values import UNKNOWN, Values, marked, plain
from plugins.waqiti.vault import KINDS as VAULT_KINDS
from plugins.waqiti.vault.connection import PARALLEL, Vault

T = TypeVar("T")
Show = Callable[[str, str], Coroutine[Any, Any, None]]

KINDS: Mapping[str, Resource[Any]] = {**VAULT_KINDS, **SLACK_KINDS}


class OwnResources(pulumi_provider.Provider):
    """
    The provider of the resources; it keeps one connection pool for all of them.

    Args:
        warn: Shows a warning at a resource, which its URN names.
        tell: Shows progress there.
    """

    def __init__(self, warn: Show, tell: Show) -> None:
        """Serve the resources of `plugins/waqiti/vault` and `plugins/waqiti/slack`."""
        self._warn, self._tell = warn, tell
        self._vault = Vault(None, None)
        self._slack_url: str | None = None
        self._threads = ThreadPoolExecutor(PARALLEL)

    async def configure(
        self, request: pulumi_provider.ConfigureRequest
    ) -> pulumi_provider.ConfigureResponse:
        """Take the address; the token is in the environment."""
        given = {name: value for name, value in plain(request.args).items() if value is not UNKNOWN}
        self._vault = Vault(given.get("address"), given.get("namespace"))
        self._slack_url = given.get("slackUrl")
        return await super().configure(request)

    async def check(self, request: pulumi_provider.CheckRequest) -> pulumi_provider.CheckResponse:
        """Name every wrong argument."""
        failures = [
            pulumi_provider.CheckFailure(name, reason)
            for name, reason in _kind(request.urn).problems(plain(request.new_inputs))
        ]
        return pulumi_provider.CheckResponse(inputs=request.new_inputs, failures=failures)

    async def diff(self, request: pulumi_provider.DiffRequest) -> pulumi_provider.DiffResponse:
        """Compare the state with the arguments."""
        kind, old, new = _kind(request.urn), plain(request.old_state), plain(request.new_inputs)
        names = [name for name in _changed(kind, old, new) if name not in request.ignore_changes]
        replaces = [name for name in names if name in kind.replaced_by]
        drifted = [] if replaces else list(kind.drifted(old, new))
        return pulumi_provider.DiffResponse(
            changes=bool(names or drifted),
            replaces=replaces,
            detailed_diff={
                name: PropertyDiff(_diff_kind(name in old, name in replaces), name in names)
                for name in (*names, *drifted)
            },
        )

    async def create(
        self, request: pulumi_provider.CreateRequest
    ) -> pulumi_provider.CreateResponse:
        """Make the resource exist."""
        kind, inputs = _kind(request.urn), plain(request.properties)
        if request.preview:
            return pulumi_provider.CreateResponse(
                None, marked(kind.foreseen(inputs), request.properties)
            )
        done = await self._run(kind.create, self._system(request.urn), inputs)
        await self._show(request.urn, done)
        return pulumi_provider.CreateResponse(
            kind.identity(done.values), marked(done.values, request.properties)
        )

    async def read(self, request: pulumi_provider.ReadRequest) -> pulumi_provider.ReadResponse:
        """Read what a refresh compares: the arguments, as far as they hold."""
        recorded, given = plain(request.properties), plain(request.inputs)
        if not recorded:
            raise RefusedError("cannot be imported: declare it; an `up` keeps what is there")
        found = await self._run(_kind(request.urn).read, self._system(request.urn), recorded)
        if found is None:
            return pulumi_provider.ReadResponse()
        holding = {name: found[name] for name in given if name in found}
        return pulumi_provider.ReadResponse(
            request.resource_id, marked(found, request.properties), marked(holding, request.inputs)
        )

    async def update(
        self, request: pulumi_provider.UpdateRequest
    ) -> pulumi_provider.UpdateResponse:
        """Make the resource what its arguments say."""
        kind, old, new = _kind(request.urn), plain(request.olds), plain(request.news)
        if request.preview:
            return pulumi_provider.UpdateResponse(marked(kind.foreseen(new), request.news))
        done = await self._run(kind.update, self._system(request.urn), old, new)
        await self._show(request.urn, done)
        return pulumi_provider.UpdateResponse(marked(done.values, request.news))

    async def delete(self, request: pulumi_provider.DeleteRequest) -> None:
        """Delete what belongs to the resource alone."""
        recorded = plain(request.properties)
        await self._run(_kind(request.urn).delete, self._system(request.urn), recorded)

    def _system(self, urn: str) -> Any:  # noqa: ANN401 - the one of its kind
        if _type(urn) not in SLACK_KINDS:
            return self._vault
        loop = asyncio.get_running_loop()

        def report(sentence: str) -> None:  # of a thread that waits
            asyncio.run_coroutine_threadsafe(self._tell(urn, sentence), loop)

        return Slack(self._slack_url, report)

    async def _run(self, action: Callable[..., T], *given: Any) -> T:  # noqa: ANN401 - any values
        return await asyncio.get_running_loop().run_in_executor(self._threads, action, *given)

    async def _show(self, urn: str, done: Done) -> None:
        for sentence in done.warnings:
            await self._warn(urn, sentence)


def _kind(urn: str) -> Resource[Any]:
    return KINDS[_type(urn)]


def _type(urn: str) -> str:
    # The type in a URN begins with those of its parents.
    return urn.split("::")[2].rpartition("$")[2]


def _changed(kind: Resource[Any], old: Values, new: Values) -> Iterator[str]:
    yield from (name for name in new if new[name] != old.get(name))
    yield from (name for name in old if name not in new and name not in kind.results)


def _diff_kind(existed: bool, replaces: bool) -> PropertyDiffKind:  # noqa: FBT001 - two marks
    if replaces:
        return PropertyDiffKind.UPDATE_REPLACE
    return PropertyDiffKind.UPDATE if existed else PropertyDiffKind.ADD
