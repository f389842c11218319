"""The rules of each kind of object: references, defaults, and what prevents a deletion."""

from datetime import datetime

from sandbox.simulators.pagerduty import rendering
from sandbox.simulators.pagerduty.account import Account, new_id, stamp
from sandbox.simulators.pagerduty.answers import Json, invalid_input, not_imitated
from sandbox.simulators.pagerduty.bodies import (
    EscalationPolicy,
    Reference,
    Schedule,
    Service,
    Team,
    User,
)
from sandbox.simulators.pagerduty.resources import Kind
from sandbox.simulators.pagerduty.shifts import with_shifts

_NAME_TAKEN = "Name has already been taken."


def _service(account: Account, body: Service, before: Json) -> Json:
    account.check_unique("service", "name", body.name, before["id"], _NAME_TAKEN)
    account.check("escalation_policy", body.escalation_policy)
    new = {"created_at": stamp(account.now()), "last_incident_timestamp": None}
    return new | before | body.model_dump(mode="json")


def _free_service(account: Account, stored: Json) -> None:
    """Delete the integrations of a service, and resolve its incidents."""
    for integration in account.store.every("integration"):
        if integration["service"] == stored["id"]:
            account.store.delete("integration", integration["id"])
    for incident in account.open_incidents():
        if incident.service == stored["id"]:
            account.resolve(incident)


def _escalation_policy(account: Account, body: EscalationPolicy, before: Json) -> Json:
    account.check_unique("escalation_policy", "name", body.name, before["id"], _NAME_TAKEN)
    targets = [target for rule in body.escalation_rules for target in rule.targets]
    account.check("user", *(t for t in targets if t.type.startswith("user")))
    account.check("schedule", *(t for t in targets if t.type.startswith("schedule")))
    account.check("team", *(body.teams or ()))
    if any(
        r.escalation_rule_assignment_strategy.type == "round_robin" for r in body.escalation_rules
    ):
        raise not_imitated("round robin assignment")
    known = {rule["id"] for rule in before.get("escalation_rules", [])}
    stored = before | body.model_dump(mode="json")
    for rule in stored["escalation_rules"]:
        if rule["id"] not in known:
            rule["id"] = new_id()
    return stored


def _free_escalation_policy(account: Account, stored: Json) -> None:
    if rendering.escalation_policy(account, stored)["services"]:
        raise invalid_input("The escalation policy is being used by one or more services")


def _schedule(account: Account, body: Schedule, before: Json) -> Json:
    account.check("user", *(u.user for layer in body.schedule_layers for u in layer.users))
    account.check("team", *(body.teams or ()))
    known = {layer["id"]: layer for layer in before.get("schedule_layers", [])}
    stored = before | body.model_dump(mode="json")
    now = account.now()
    for number, layer in enumerate(stored["schedule_layers"], start=1):
        old = known.get(layer["id"])
        layer["id"] = old["id"] if old else new_id()
        layer["name"] = layer["name"] or (old["name"] if old else f"Layer {number}")
        # A schedule has no past: a layer begins now at the earliest.
        if datetime.fromisoformat(layer["start"]) <= now:
            layer["start"] = old["start"] if old else stamp(now)
    return stored


def _free_schedule(account: Account, stored: Json) -> None:
    if rendering.policies_using(account, stored["id"]):
        raise invalid_input("Schedule can't be deleted if it's being used by escalation policies")


def _user(account: Account, body: User, before: Json) -> Json:
    account.check_unique("user", "email", body.email, before["id"], "Email has already been taken")
    return {"contact_method": new_id()} | before | body.model_dump(mode="json")


def _free_user(account: Account, stored: Json) -> None:
    if rendering.policies_using(account, stored["id"]):
        raise invalid_input("User is on one or more escalation policies")
    own = {"user": {"id": stored["id"]}}
    layers = (la for each in account.store.every("schedule") for la in each["schedule_layers"])
    if any(own in layer["users"] for layer in layers):
        raise invalid_input("User is on one or more schedules")
    if any(stored["id"] in incident.assignment.users for incident in account.open_incidents()):
        raise invalid_input("User has assigned incidents")
    for team in account.store.every("team"):
        team["members"].pop(stored["id"], None)
        account.store.put("team", team)


def _team(account: Account, body: Team, before: Json) -> Json:
    account.check_unique("team", "name", body.name, before["id"], _NAME_TAKEN)
    account.check("team", *filter(None, [body.parent]))
    return {"members": {}} | before | body.model_dump(mode="json")


def _free_team(account: Account, stored: Json) -> None:
    own = Reference(id=stored["id"]).model_dump()
    users = [*account.store.every("escalation_policy"), *account.store.every("schedule")]
    if any(own in (each["teams"] or []) for each in users):
        raise invalid_input("Team is associated with escalation policies, services or schedules")
    if any(each["parent"] == own for each in account.store.every("team")):
        raise invalid_input("Team has subteams")


KINDS = (
    Kind(
        name="service",
        plural="services",
        model=Service,
        render=rendering.service,
        checked=_service,
        free=_free_service,
        by_name=True,
    ),
    Kind(
        name="escalation_policy",
        plural="escalation_policies",
        model=EscalationPolicy,
        render=rendering.escalation_policy,
        checked=_escalation_policy,
        free=_free_escalation_policy,
        by_name=True,
    ),
    Kind(
        name="schedule",
        plural="schedules",
        model=Schedule,
        render=rendering.schedule,
        checked=_schedule,
        free=_free_schedule,
        in_range=with_shifts,
    ),
    Kind(
        name="user",
        plural="users",
        model=User,
        render=rendering.user,
        checked=_user,
        free=_free_user,
    ),
    Kind(
        name="team",
        plural="teams",
        model=Team,
        render=rendering.team,
        checked=_team,
        free=_free_team,
        bare=True,
    ),
)
