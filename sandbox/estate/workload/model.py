"""
A model of Waqiti's services over time, and of the resulting metrics.

The number of events and failures is exact; a seeded generator decides only the service and the
duration. The same steps always produce the same numbers.
"""

import math
from collections.abc import Callable, Sequence
from random import Random

from sandbox.estate.workload.behaviour import Behaviour
from sandbox.estate.workload.exposition import Instruments
from sandbox.estate.workload.ledger import Operation

# Events for each encryption operation. At the usual rate each of them reaches the minimum number of
# events of its gate.
_DELIVERIES = 0.01
_SAGAS = 0.1
_DOCUMENTS = 0.005
_NOTIFICATIONS = 0.005
_REQUESTS = 0.2  # of each service
_SECURITY_EVENTS = 0.001  # of each kind that is refused every day
_UNKNOWN = 0.001  # of a metric that is not modelled

_COMPENSATED_PERCENT = 0.1  # also in normal operation
_CLIENT_ERRORS_PERCENT = 1

_DAY_SECONDS = 24 * 60 * 60
# A suspended machine does nothing meanwhile.
_LONGEST_STEP_SECONDS = 60


class Model:
    """
    The services.

    Args:
        instruments: The metrics that it changes.
        random: Decides the service and the duration.
        behaviour: Returns the behaviour at every step.
        started: The start, in seconds since the epoch.
    """

    def __init__(
        self,
        instruments: Instruments,
        random: Random,
        behaviour: Callable[[], Behaviour],
        started: float,
    ) -> None:
        self._to = instruments
        self._random = random
        self._behaviour = behaviour
        self._stepped = started
        self._shares: dict[str, float] = {}
        self._backup = started
        self._services = sorted({metric.service for metric in instruments.catalog.values()})
        self._unknown = sorted(instruments.catalog.keys() - MODELLED)

    def step(self, now: float) -> Sequence[Operation]:
        """Advance to *now*; return the encryption operations since the last step."""
        elapsed = min(max(now - self._stepped, 0), _LONGEST_STEP_SECONDS)
        started, self._stepped = now - elapsed, now
        behaviour = self._behaviour()
        amount = elapsed * behaviour.rate.operations_per_second
        operations = self._operations(amount, started, elapsed, behaviour)
        self._alerts(amount, behaviour)
        self._payments(amount, behaviour)
        self._requests(amount, behaviour)
        self._compliance(amount, behaviour)
        self._security(amount)
        self._backups(now, behaviour)
        self._anything_else(amount)
        return operations

    def _operations(
        self, amount: float, started: float, elapsed: float, behaviour: Behaviour
    ) -> Sequence[Operation]:
        number = self._whole("operations", amount)
        done = []
        for position in range(number):
            kind = self._one_of("encryption_operations_total", "operation")
            self._to.count("encryption_operations_total", operation=kind)
            lost = self._happens("lost", behaviour.lossy.operations_percent)
            service = self._random.choice(self._services)
            operation = Operation(
                at=started + elapsed * (position + 1) / number,
                kind=kind,
                service=service,
                key=f"{service}-key-{self._random.randint(1, 4)}",
                audited=not lost,
            )
            done.append(operation)
        return done

    def _alerts(self, amount: float, behaviour: Behaviour) -> None:
        late = behaviour.late.alert_delivery_seconds
        for _ in range(self._whole("deliveries", amount * _DELIVERIES)):
            channel = self._one_of("alert_delivery_seconds", "channel")
            seconds = self._duration(0.8) if late is None else late * self._random.uniform(1, 1.02)
            self._to.observe("alert_delivery_seconds", seconds, channel=channel)
            if channel == "pagerduty":
                severity = self._one_of("pagerduty_incidents_total", "severity")
                self._to.count("pagerduty_incidents_total", severity=severity)
            else:
                to = self._one_of("slack_messages_total", "channel")
                self._to.count("slack_messages_total", channel=to)
        state = "open" if behaviour.wrong.circuit_breaker_open else "closed"
        breaker = "resilience4j_circuitbreaker_state"
        for labels in self._to.catalog[breaker].series():
            self._to.set(breaker, labels["state"] == state, **labels)

    def _payments(self, amount: float, behaviour: Behaviour) -> None:
        percent = max(behaviour.wrong.sagas_percent, _COMPENSATED_PERCENT)
        for _ in range(self._whole("sagas", amount * _SAGAS)):
            outcome = "compensated" if self._happens("compensated", percent) else "completed"
            self._to.count("payment_sagas_total", outcome=outcome)
            if outcome != "completed":
                error = self._one_of("payment_saga_errors_total", "error")
                self._to.count("payment_saga_errors_total", error=error)
            self._to.observe("payment_saga_seconds", self._duration(0.9))

    def _requests(self, amount: float, behaviour: Behaviour) -> None:
        name, wrong = "http_server_requests_seconds", behaviour.wrong
        number = self._whole("requests", amount * _REQUESTS)
        for service in self._to.catalog[name].labels["service"]:
            for _ in range(number):
                outcome = "SUCCESS"
                if self._happens(f"failed {service}", wrong.requests_percent):
                    outcome = "SERVER_ERROR"
                elif self._happens(f"refused {service}", _CLIENT_ERRORS_PERCENT):
                    outcome = "CLIENT_ERROR"
                self._to.observe(name, self._duration(0.05), service=service, outcome=outcome)
        for labels in self._to.catalog["probe_success"].series():
            self._to.set("probe_success", not wrong.down, **labels)

    def _compliance(self, amount: float, behaviour: Behaviour) -> None:
        for _ in range(self._whole("documents", amount * _DOCUMENTS)):
            kind = self._one_of("legal_documents_total", "kind")
            failed = self._happens("unmade", behaviour.wrong.pdfs_percent)
            outcome = "failure" if failed else "success"
            self._to.count("legal_documents_total", kind=kind, outcome=outcome)
        for _ in range(self._whole("notifications", amount * _NOTIFICATIONS)):
            channel = self._one_of("compliance_notifications_total", "channel")
            self._to.count("compliance_notifications_total", channel=channel, outcome="success")

    def _security(self, amount: float) -> None:
        """Count the refusals of a normal day; no user asks for an object of another user."""
        for _ in range(self._whole("security", amount * _SECURITY_EVENTS)):
            reason = self._one_of("authentication_failures_total", "reason")
            self._to.count("authentication_failures_total", reason=reason)
            endpoint = self._one_of("rate_limit_violations_total", "endpoint")
            self._to.count("rate_limit_violations_total", endpoint=endpoint)
            self._to.count("admin_requests_total", outcome="granted")

    def _backups(self, now: float, behaviour: Behaviour) -> None:
        if now - self._backup >= _DAY_SECONDS:
            self._backup = now
        late = behaviour.late.backup_hours
        name = "kube_cronjob_status_last_successful_time"
        for labels in self._to.catalog[name].series():
            self._to.set(name, self._backup if late is None else now - late * 3600, **labels)

    def _anything_else(self, amount: float) -> None:
        """Set a plausible value, by type, for each metric that is not modelled."""
        happened = self._whole("unknown", amount * _UNKNOWN)
        for name in self._unknown:
            metric = self._to.catalog[name]
            labels = next(metric.series())
            if metric.type == "gauge":
                self._to.set(name, 1, **labels)
            elif metric.type == "counter":
                self._to.count(name, happened, **labels)
            else:
                for _ in range(happened):
                    self._to.observe(name, min(metric.buckets, default=1), **labels)

    def _whole(self, what: str, amount: float) -> int:
        """Return the whole events of *amount*, and keep the fraction for the next step."""
        self._shares[what] = self._shares.get(what, 0) + amount
        # The sum of ten tenths is slightly below 1.
        number = math.floor(self._shares[what] + 1e-6)
        self._shares[what] -= number
        return number

    def _happens(self, what: str, percent: float) -> bool:
        """Return True in exactly *percent* of the calls."""
        return self._whole(what, percent / 100) > 0

    def _one_of(self, name: str, label: str) -> str:
        return self._random.choice(self._to.catalog[name].labels[label])

    def _duration(self, usual_seconds: float) -> float:
        return self._random.lognormvariate(math.log(usual_seconds), 0.3)


# The metrics of the model, with that which the audit writer sets.
MODELLED = frozenset(
    {
        "admin_requests_total",
        "alert_delivery_seconds",
        "audit_records_total",
        "authentication_failures_total",
        "compliance_notifications_total",
        "encryption_operations_total",
        "http_server_requests_seconds",
        "idor_attempts_total",
        "kube_cronjob_status_last_successful_time",
        "legal_documents_total",
        "pagerduty_incidents_total",
        "payment_saga_errors_total",
        "payment_saga_seconds",
        "payment_sagas_total",
        "probe_success",
        "rate_limit_violations_total",
        "resilience4j_circuitbreaker_state",
        "slack_messages_total",
    }
)
