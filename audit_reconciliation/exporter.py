"""The metrics of the last run, which the alert rules read."""

import sys
import time
from collections.abc import Iterator

from prometheus_client import CollectorRegistry, start_http_server
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from audit_reconciliation.configuration import Configuration
from audit_reconciliation.outcome import CouldNotTellError, Outcome
from audit_reconciliation.topic import AuditTopic


class Metrics(Collector):
    """The metrics of the last outcome; before the first there are none, which is an alert."""

    def __init__(self) -> None:
        """Start without an outcome."""
        self.last: Outcome | None = None

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Yield each metric."""
        if self.last is None:
            return
        yield GaugeMetricFamily(
            "audit_reconciliation_missing_records",
            "Operations of the last reconciliation without an audit record in the topic.",
            value=self.last.missing,
        )
        yield GaugeMetricFamily(
            "audit_reconciliation_last_success_timestamp_seconds",
            "Unix time at which the last reconciliation ended, whatever it found.",
            value=self.last.at,
        )


def serve(configuration: Configuration, address: str) -> None:
    """Answer scrapes at *address* forever; while Kafka does not answer, the last outcome stays."""
    metrics = Metrics()
    registry = CollectorRegistry(auto_describe=False)
    registry.register(metrics)
    start_http_server(configuration.port, address, registry)
    said = ""
    with AuditTopic(configuration) as topic:
        while True:
            try:
                metrics.last, problem = topic.last(), ""
            except CouldNotTellError as error:
                problem = str(error)
            if problem != said:
                print(problem or "Kafka answers", file=sys.stderr, flush=True)
            said = problem
            time.sleep(configuration.refresh_seconds)
