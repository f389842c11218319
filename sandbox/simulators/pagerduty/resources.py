"""REST routes of every kind of object: list, create, show, change, delete."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from starlette.datastructures import QueryParams
from starlette.responses import JSONResponse, Response

from sandbox.simulators.pagerduty import rendering
from sandbox.simulators.pagerduty.account import Account, new_id
from sandbox.simulators.pagerduty.answers import Json, not_imitated
from sandbox.simulators.pagerduty.bodies import Body, validated
from sandbox.simulators.pagerduty.calls import Call, page

_WHOLE: dict[str, tuple[str, Callable[[Account, Json], Json]]] = {
    "teams": ("team", rendering.team),
    "services": ("service", rendering.service),
    "integrations": ("integration", rendering.integration),
}


@dataclass(frozen=True, kw_only=True)
class Kind:
    """
    One kind of object and its rules.

    Args:
        checked: Validates a body against the account; returns the object to store, made of the
        body and the stored object (of a new one: only an id).
        free: Refuses the deletion of an object in use, and deletes dependent objects.
        by_name: Whether lists are sorted by name instead of by age.
        bare: Whether bodies may lack the envelope.
        in_range: Renders an object with what happens in the time range of a query.
    """

    name: str
    plural: str
    model: type[Body]
    render: Callable[[Account, Json], Json]
    checked: Callable[[Account, Any, Json], Json]
    free: Callable[[Account, Json], None]
    by_name: bool = False
    bare: bool = False
    in_range: Callable[[Account, Json, QueryParams], Json] | None = None

    def list(self, account: Account, call: Call) -> Response:
        query = call.query.get("query", "").lower()
        teams = set(call.listed("team_ids"))
        found = [
            stored
            for stored in account.store.every(self.name)
            if query in f"{stored['name']}\n{stored.get('email', '')}".lower()
            and (not teams or teams & self._teams(account, stored))
        ]
        if self.by_name:
            found.sort(key=lambda stored: stored["name"].lower())
        return page(call, self.plural, found, lambda stored: self._shown(account, call, stored))

    def create(self, account: Account, call: Call) -> Response:
        body = validated(self.model, call.body(self.name, bare=self.bare))
        stored = self.checked(account, body, {"id": new_id()})
        account.store.put(self.name, stored)
        return JSONResponse({self.name: self.render(account, stored)}, 201)

    def show(self, account: Account, call: Call) -> Response:
        stored = account.need(self.name, call.ids["id"])
        return JSONResponse({self.name: self._shown(account, call, stored)})

    def change(self, account: Account, call: Call) -> Response:
        before = account.need(self.name, call.ids["id"])
        body = validated(self.model, before | call.body(self.name, bare=self.bare))
        stored = self.checked(account, body, before)
        account.store.put(self.name, stored)
        return JSONResponse({self.name: self.render(account, stored)})

    def delete(self, account: Account, call: Call) -> Response:
        stored = account.need(self.name, call.ids["id"])
        self.free(account, stored)
        account.store.delete(self.name, stored["id"])
        return Response(status_code=204)

    def _teams(self, account: Account, stored: Json) -> set[str]:
        return {team["id"] for team in self.render(account, stored).get("teams", [])}

    def _shown(self, account: Account, call: Call, stored: Json) -> Json:
        """Add what include[] requests: more keys of the object, or objects for references."""
        if call.query.keys() & {"since", "until"}:
            if self.in_range is None:
                raise not_imitated("a time range (since, until)")
            return self.in_range(account, stored, call.query)
        shown = self.render(account, stored)
        for name in call.listed("include"):
            if name == "auto_pause_notifications_parameters" and name in stored:
                shown[name] = stored[name]
            elif name == "escalation_rule_assignment_strategies" and "escalation_rules" in stored:
                for rule, kept in zip(
                    shown["escalation_rules"], stored["escalation_rules"], strict=True
                ):
                    strategy = "escalation_rule_assignment_strategy"
                    rule[strategy] = kept[strategy]
            elif name in _WHOLE and name in shown:
                kind, render = _WHOLE[name]
                shown[name] = [
                    render(account, account.need(kind, each["id"])) for each in shown[name]
                ]
        return shown
