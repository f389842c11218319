"""The services of the platform: the models of `services.yaml`, and its reader."""

import difflib
from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, TypeAdapter

from catalog.channels import SecretPath, Team
from catalog.problems import Problems
from catalog.reading import file_name, read_model
from catalog.strict import ServiceName, Strict, different
from catalog.vendors import Vendors

SERVICES = Path(__file__).parent / "services.yaml"

# Where the services run, on every stack.
SERVICES_NAMESPACE = "waqiti"

# "Repeat for all 108 services", says the source checklist.
PROD_SERVICES = 108

_SUFFIX = "-service"
# PostgreSQL cuts a longer name off without an error.
_LONGEST_USERNAME = 63

Username = Annotated[str, Field(pattern=rf"^[a-z_][a-z0-9_]{{0,{_LONGEST_USERNAME - 1}}}$")]


class Service(Strict):
    """
    One service.

    Args:
        team: The team that answers for it.
        tier: 1: money stops without it; 2: customers notice; 3: internal.
        deployable: The Deployment that runs it, whose service account it has; by default its own.
        redis: Whether it has a user in Redis.
        database: Whether it has a user in the database, or the name of that user.
        vendors: The vendors whose keys it reads.
        secrets: What else it reads, by path.
    """

    team: Team
    tier: Literal[1, 2, 3]
    deployable: ServiceName | None = None
    redis: bool = True
    database: bool | Username = True
    vendors: Annotated[tuple[ServiceName, ...], AfterValidator(different)] = ()
    secrets: Annotated[tuple[SecretPath, ...], AfterValidator(different)] = ()


Services = Mapping[ServiceName, Service]

_FILE: TypeAdapter[Services] = TypeAdapter(Services)


def read_services(found: Problems, vendors: Vendors, path: Path = SERVICES) -> Services:
    """Return the services by name, in the order of the file; *found* collects the problems."""
    services = read_model(_FILE, path, found) or {}
    for problem in _contradictions(services, vendors):
        found.add(file_name(path), problem)
    return services


def usernames(services: Services) -> Mapping[str, str]:
    """Return the database user of each service that has one."""
    return {
        name: username for name, service in services.items() if (username := _user(name, service))
    }


def unknown(
    places: Iterable[tuple[str, str]], services: Services, others: Container[str] = ()
) -> Iterator[str]:
    """
    Yield each place of another file that names no service.

    Args:
        places: A path in that file, and the name there.
        services: The catalog; nothing is known if it is not valid.
        others: Names that may be there, too.
    """
    for path, name in places if services else ():
        if name not in services and name not in others:
            near = difflib.get_close_matches(name, services, n=1)
            remedy = f"write {near[0]}" if near else "use one of its names"
            yield f"{path}: not in catalog/services.yaml: {remedy}, or add it there (got {name!r})"


def _user(name: str, service: Service) -> str | None:
    if service.database is True:
        return f"{name.removesuffix(_SUFFIX).replace('-', '_')}_svc"
    return service.database or None


def _contradictions(services: Services, vendors: Vendors) -> Iterator[str]:
    for name, service in services.items():
        yield from _deployable_problems(name, service, services)
        for vendor in service.vendors:
            if vendors and vendor not in vendors:
                yield (
                    f"{name}.vendors: not in catalog/vendors.yaml: use one of "
                    f"{', '.join(vendors)} (got {vendor!r})"
                )
    used = {vendor for service in services.values() for vendor in service.vendors}
    for vendor in vendors.keys() - used if services else ():
        yield f"no service has the vendor {vendor}: add it to one, or remove it from vendors.yaml"
    owners: dict[str, list[str]] = defaultdict(list)
    for name, username in usernames(services).items():
        owners[username].append(name)
        if len(username) > _LONGEST_USERNAME:
            yield (
                f"{name}.database: the database user has more than {_LONGEST_USERNAME} "
                f"characters: write a shorter one here (got {username!r})"
            )
    for username, names in owners.items():
        if len(names) > 1:
            yield (
                f"{names[-1]}.database: {', '.join(names[:-1])} has the database user "
                f"{username!r}, too: write another one here"
            )


def _deployable_problems(name: str, service: Service, services: Services) -> Iterator[str]:
    host = service.deployable
    if host is None:
        return
    if host not in services:
        yield (
            f"{name}.deployable: no service of this file: use one, or remove the key (got {host!r})"
        )
    elif services[host].deployable is not None:
        yield f"{name}.deployable: {host} runs in another one itself: name that (got {host!r})"
