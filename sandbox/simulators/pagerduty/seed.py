"""The objects of a new account, from a data file."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Self

import yaml
from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError, model_validator

from sandbox.simulators.pagerduty.bodies import Membership, Schedule, ScheduleLayer, Team, User
from sandbox.simulators.store import Store

_STRICT = ConfigDict(frozen=True, extra="forbid")

ObjectId = Annotated[str, StringConstraints(pattern=r"^P[A-Z0-9]{6}$")]


class _SeededUser(User):
    model_config = _STRICT

    id: ObjectId
    contact_method: ObjectId


class _SeededLayer(ScheduleLayer):
    model_config = _STRICT

    id: ObjectId
    name: str


class _SeededSchedule(Schedule):
    model_config = _STRICT

    id: ObjectId
    schedule_layers: tuple[_SeededLayer, ...]


class _SeededTeam(Team):
    model_config = _STRICT

    id: ObjectId
    members: Mapping[ObjectId, Membership] = {}


class _Vendor(BaseModel):
    model_config = _STRICT

    id: ObjectId
    name: str
    generic_service_type: str
    description: str = ""
    website_url: str | None = None
    logo_url: str | None = None
    thumbnail_url: str | None = None
    integration_guide_url: str | None = None


class Seed(BaseModel):
    """The whole data file."""

    model_config = _STRICT

    abilities: tuple[str, ...]
    vendors: tuple[_Vendor, ...]
    users: tuple[_SeededUser, ...]
    schedules: tuple[_SeededSchedule, ...]
    teams: tuple[_SeededTeam, ...]

    @model_validator(mode="after")
    def _everybody_named_is_a_user(self) -> Self:
        named = {
            each.user.id
            for schedule in self.schedules
            for layer in schedule.schedule_layers
            for each in layer.users
        }
        named.update(user for team in self.teams for user in team.members)
        if unknown := named - {user.id for user in self.users}:
            raise ValueError(f"not among users: {', '.join(sorted(unknown))}")
        return self

    def fill(self, store: Store) -> None:
        for ability in self.abilities:
            store.put("ability", {"id": ability})
        for vendor in self.vendors:
            store.put("vendor", vendor.model_dump(mode="json"))
        for user in self.users:
            store.put("user", user.model_dump(mode="json"))
        for schedule in self.schedules:
            store.put("schedule", schedule.model_dump(mode="json"))
        for team in self.teams:
            roles = {user: membership.role for user, membership in team.members.items()}
            store.put("team", team.model_dump(mode="json") | {"members": roles})


def load(path: Path) -> Seed:
    """Read a seed file, or exit with a message that names every problem."""
    try:
        return Seed.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except (OSError, yaml.YAMLError) as error:
        raise SystemExit(f"{path}: cannot be read: {error}") from None
    except ValidationError as error:
        problems = (
            f"  {'.'.join(map(str, each['loc'])) or 'file'}: {each['msg']}"
            for each in error.errors(include_url=False)
        )
        raise SystemExit("\n".join([f"{path} is not valid:", *problems])) from None
