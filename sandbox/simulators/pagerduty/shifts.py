"""A schedule with its shifts in a time range, as `since` and `until` request them."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from starlette.datastructures import QueryParams

from sandbox.simulators.pagerduty import rendering
from sandbox.simulators.pagerduty.account import Account
from sandbox.simulators.pagerduty.answers import Json, invalid_input, not_imitated
from sandbox.simulators.pagerduty.bodies import Schedule
from sandbox.simulators.pagerduty.on_call import shifts


def with_shifts(account: Account, stored: Json, query: QueryParams) -> Json:
    """Return a schedule with the shifts of each layer, and of the schedule as a whole."""
    since, until = _range(query)
    model = Schedule.model_validate({name: stored[name] for name in Schedule.model_fields})
    shown = rendering.schedule(account, stored)
    layers = [
        layer
        | _rendered(account, model.model_copy(update={"schedule_layers": (own,)}), since, until)
        for layer, own in zip(
            shown["schedule_layers"], reversed(model.schedule_layers), strict=True
        )
    ]
    return shown | {
        "schedule_layers": layers,
        "final_schedule": shown["final_schedule"] | _rendered(account, model, since, until),
    }


def _range(query: QueryParams) -> tuple[datetime, datetime]:
    if not {"since", "until"} <= query.keys():
        raise not_imitated("a time range with one end (since, until)")
    try:
        since, until = (datetime.fromisoformat(query[name]) for name in ("since", "until"))
    except ValueError:
        raise invalid_input("Since and until must be dates") from None
    if since.tzinfo is None or until.tzinfo is None:
        raise not_imitated("a time range without a time zone (since, until)")
    if until <= since:
        raise invalid_input("Until must be after since")
    return since, until


def _rendered(account: Account, model: Schedule, since: datetime, until: datetime) -> Json:
    zone = ZoneInfo(model.time_zone)
    found = list(shifts(model, since, until))
    covered = sum((end - start for start, end, _ in found), timedelta())
    return {
        "rendered_schedule_entries": [
            {
                "start": rendering.local(start.isoformat(), zone),
                "end": rendering.local(end.isoformat(), zone),
                "user": rendering.reference(account, "user", user),
            }
            for start, end, user in found
        ],
        "rendered_coverage_percentage": round(100 * (covered / (until - since)), 1),
    }
