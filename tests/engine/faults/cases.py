"""The faults, as data: what fails, where, and for how long."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from tests.engine.faults.proxy import Fault

_POLICIES = "^/escalation_policies$"
_SERVICES = "^/services$"
_SERVICE = "^/services/[A-Z0-9]+$"
_INTEGRATIONS = "^/services/[A-Z0-9]+/integrations$"
_INTEGRATION = "^/services/[A-Z0-9]+/integrations/[A-Z0-9]+$"
_FOLDERS = "^/api/folders$"
_DASHBOARDS = "^/api/dashboards/db$"
_SECRET = "^/v1/secret/data/alerting/pagerduty$"  # noqa: S105 - a path
_RULES = "/prometheusrules"


@dataclass(frozen=True, kw_only=True)
class Case:
    """
    A fault of one request.

    Args:
        system: The system whose API fails.
        title: What fails, as the page has it.
        fault: The fault, for the proxy of the system.
        resource: The name of the resource whose request it is.
        changes: What the `up` changes in the stack file, if nothing is to be created.
        is_lost: Whether the object is created and Pulumi does not get to know it.
    """

    system: str
    title: str
    fault: Fault
    resource: str = ""
    changes: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    is_lost: bool = False


KILLS = (
    Case(
        system="PagerDuty",
        title="before the first object exists",
        fault=Fault("POST", _POLICIES, "ignore"),
        resource="paging-escalation",
    ),
    Case(
        system="PagerDuty",
        title="when PagerDuty has created the escalation policy, before its answer",
        fault=Fault("POST", _POLICIES, "hold"),
        resource="paging-escalation",
    ),
    Case(
        system="PagerDuty",
        title="before PagerDuty creates the service",
        fault=Fault("POST", _SERVICES, "ignore"),
        resource="paging-service",
    ),
    Case(
        system="PagerDuty",
        title="when PagerDuty has created the service, before its answer",
        fault=Fault("POST", _SERVICES, "hold"),
        resource="paging-service",
    ),
    Case(
        system="PagerDuty",
        title="when PagerDuty has created the integration, before its answer",
        fault=Fault("POST", _INTEGRATIONS, "hold"),
        resource="paging-events-1",
    ),
    Case(
        system="Vault",
        title="when Vault has the secret, before its answer",
        fault=Fault("PUT|POST", _SECRET, "hold"),
        resource="alerting-secrets-alerting-pagerduty",
    ),
    Case(
        system="Grafana",
        title="when Grafana has created the folder, before its answer",
        fault=Fault("POST", _FOLDERS, "hold"),
        resource="dashboards-folder",
    ),
    Case(
        system="Grafana",
        title="when Grafana has created a dashboard, before its answer",
        fault=Fault("POST", _DASHBOARDS, "hold"),
        resource="dashboards-waqiti-",
    ),
    Case(
        system="PagerDuty",
        title="when PagerDuty has changed the service, before its answer",
        fault=Fault("PUT", _SERVICE, "hold"),
        resource="paging-service",
        changes={"pagerduty": {"acknowledgement_timeout_minutes": 31}},
    ),
    Case(
        system="PagerDuty",
        title="when PagerDuty has deleted the old integration, before its answer",
        fault=Fault("DELETE", _INTEGRATION, "hold"),
        resource="paging-events-1",
        changes={"pagerduty": {"key_generation": 3}},
    ),
)


def _of(
    system: str, methods: str, path: str, throttled: Mapping[str, str], failed: str = "{}"
) -> Sequence[Case]:
    """Return the faults that every API may have, at one request."""

    def case(title: str, fault: Fault) -> Case:
        return Case(system=system, title=title, fault=fault)

    return (
        case(
            "429 twice",
            Fault(methods, path, "answer", times=2, status=429, headers=throttled),
        ),
        case("500 every time", Fault(methods, path, "answer", times=None, body=failed)),
        case("an answer after 3 s", Fault(methods, path, "slow")),
        case("the connection is cut before the request arrives", Fault(methods, path, "cut")),
    )


def _lost(system: str, title: str, path: str, resource: str) -> Case:
    fault = Fault("POST", path, "lost")
    return Case(system=system, title=title, fault=fault, resource=resource, is_lost=True)


_FAILURE = (  # an error answer of Kubernetes
    '{"kind": "Status", "apiVersion": "v1", "status": "Failure", "code": %d, "reason": "%s", '
    '"message": "%s"}'
)
REVOKED = "the token is revoked between preview and `up`"
BROKER_LOST = "a broker is lost while the topic is created"
BROKERS_PAUSED = "no broker answers for 3 s while the topic is created"
BROKERS_LOST = "every broker is lost while the ACLs are created"
PASSWORD = "the password is changed between preview and `up`"  # noqa: S105 - a fault
SEALED = "it is sealed"
AND_ENCRYPTS = "; Vault also encrypts the state"

APIS = (
    *_of("PagerDuty", "POST", _SERVICES, {"ratelimit-reset": "0"}),
    _lost(
        "PagerDuty",
        "the connection is cut after the service was created",
        _SERVICES,
        "paging-service",
    ),
    _lost(
        "PagerDuty",
        "the connection is cut after the integration was created",
        _INTEGRATIONS,
        "paging-events-1",
    ),
    Case(
        system="PagerDuty",
        title=REVOKED,
        fault=Fault(".*", "", "answer", times=None, status=401),
    ),
    *_of("Grafana", "POST", _FOLDERS, {}),
    _lost(
        "Grafana",
        "the connection is cut after the folder was created",
        _FOLDERS,
        "dashboards-folder",
    ),
    Case(
        system="Grafana",
        title=REVOKED,
        fault=Fault(".*", "", "answer", times=None, status=401),
    ),
    *_of("Vault", "PUT|POST", _SECRET, {"Retry-After": "1"}),
    Case(
        system="Vault",
        title="the connection is cut after the secret was written",
        fault=Fault("PUT|POST", _SECRET, "lost"),
    ),
    Case(
        system="Vault",
        title=REVOKED,
        fault=Fault(".*", "", "answer", None, 403, body='{"errors": ["permission denied"]}'),
    ),
    Case(
        system="Vault",
        title=SEALED,
        fault=Fault(".*", "", "answer", None, 503, body='{"errors": ["Vault is sealed"]}'),
    ),
)

CLUSTER = (
    *_of(
        "Kubernetes",
        "POST",
        _RULES,
        {"Retry-After": "1"},
        _FAILURE % (500, "InternalError", "etcdserver: request timed out"),
    ),
    _lost(
        "Kubernetes",
        "the connection is cut after the object was created",
        _RULES,
        "alert-rules-payment-saga",
    ),
    Case(
        system="Kubernetes",
        title=REVOKED,
        fault=Fault(
            *(".*", "", "answer", None, 401),
            body=_FAILURE % (401, "Unauthorized", "Unauthorized"),
        ),
    ),
)

TWO_RUNS = "a second `up` while one runs"
FULL_DISK = "the disk is full"
DAMAGED = "the file is damaged"

_STAND_IN = (
    "The sandbox's plugin ran, not the released one. It retries what the released one was recorded "
    "to retry"
)


def _titles(system: str) -> Sequence[str]:
    return [case.title for case in (*APIS, *CLUSTER) if case.system == system]


# Each section of the page: a remark, and its faults.
SECTIONS: Mapping[str, tuple[str, Sequence[str]]] = {
    "`up` is killed": (
        "A killed `up` prints nothing. `make up` runs `waqiti resume` first.",
        [case.title for case in KILLS],
    ),
    "PagerDuty": (
        f"{_STAND_IN}: 429 without limit, nothing else.",
        _titles("PagerDuty"),
    ),
    "Grafana": (
        (
            f"{_STAND_IN}: 429, 5xx, 401 and cut connections three times. Here it waited one "
            "second each time, not 2, 4 and 8."
        ),
        _titles("Grafana"),
    ),
    "Vault": (
        f"{_STAND_IN}: 412, 429, 5xx and cut connections twice.",
        [*_titles("Vault"), REVOKED + AND_ENCRYPTS, SEALED + AND_ENCRYPTS],
    ),
    "Kubernetes": ("The released provider ran, built from its module.", _titles("Kubernetes")),
    "Kafka": (
        "The released provider ran, built from its module. Kafka has no answers such as 429.",
        [BROKER_LOST, BROKERS_PAUSED, BROKERS_LOST, PASSWORD],
    ),
    "The state": ("", [TWO_RUNS, FULL_DISK, DAMAGED]),
}
