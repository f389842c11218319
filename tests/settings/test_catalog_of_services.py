"""What services, vendors and the files that name them contradict is reported at once."""

import pytest

from tests.settings.copied_folders import edit, report

LAST = "scheduler-service: {team: engineering, tier: 2}\n"
FILE = "catalog/services.yaml is not valid:"


def test_all_that_contradicts_the_catalog_is_reported_at_once(top):
    path = top / "catalog/services.yaml"
    edit(
        path,
        LAST,
        "scheduler: {team: engineering, tier: 2}\n"
        "scheduler-service: {team: engineering, tier: 2, deployable: schedule}\n"
        "report: {team: engineering, tier: 3, deployable: ledger-query-service}\n"
        f"{'a' * 60}-b: {{team: engineering, tier: 3, vendors: [plaid, stripes]}}\n",
    )

    long = f"{'a' * 60}_b_svc"
    assert report("prod", top) == [
        FILE,
        (
            "scheduler-service.deployable: no service of this file: use one, or remove the key "
            "(got 'schedule')"
        ),
        (
            "report.deployable: ledger-query-service runs in another one itself: name that "
            "(got 'ledger-query-service')"
        ),
        (
            f"{'a' * 60}-b.vendors: not in catalog/vendors.yaml: use one of stripe, plaid, twilio, "
            "sendgrid, jumio, ofac (got 'stripes')"
        ),
        (
            f"{'a' * 60}-b.database: the database user has more than 63 characters: write a "
            f"shorter one here (got {long!r})"
        ),
        (
            "report.database: report-service has the database user 'report_svc', too: write "
            "another one here"
        ),
        (
            "scheduler-service.database: scheduler has the database user 'scheduler_svc', too: "
            "write another one here"
        ),
        ("prod must have the 108 services of the source checklist: add or remove some (got 111)"),
    ]


@pytest.mark.parametrize(
    ("stack", "problems"),
    [
        (
            "prod",
            [
                FILE,
                (
                    "prod must have the 108 services of the source checklist: add or remove some "
                    "(got 107)"
                ),
            ],
        ),
        ("staging", []),
    ],
)
def test_prod_alone_must_have_108(stack, problems, top):
    edit(top / "catalog/services.yaml", LAST, "")

    assert report(stack, top) == problems


def test_a_name_that_is_there_twice_is_refused_with_its_line(top):
    edit(top / "catalog/services.yaml", LAST, LAST + LAST)

    (_, problem) = report("prod", top)
    assert problem.startswith("not valid YAML: duplicate key 'scheduler-service' in line ")


def test_a_vendor_that_no_service_has_is_refused(top):
    edit(top / "catalog/services.yaml", "tier: 2, vendors: [twilio]", "tier: 2")
    edit(top / "catalog/services.yaml", "vendors: [sendgrid, twilio]", "vendors: [sendgrid]")

    assert report("prod", top) == [
        FILE,
        "no service has the vendor twilio: add it to one, or remove it from vendors.yaml",
    ]


def test_what_other_files_name_is_in_the_catalog(top):
    edit(top / "catalog/topics.yaml", "[audit-query-service,", "[audit-queries-service, till,")
    edit(top / "catalog/metrics.yaml", "service: config-service", "service: config")
    edit(top / "catalog/metrics.yaml", "- config-service", "- config-svc")

    near, other = "write audit-query-service", "write config-service"
    name, *problems = report("staging", top)
    assert name == "catalog/topics.yaml is not valid:"
    assert problems[:5] == [
        _unknown("encryption-audit-log.consumers.0", near, "audit-queries-service"),
        _unknown("encryption-audit-log.consumers.1", "use one of its names", "till"),
        "catalog/metrics.yaml is not valid:",
        _unknown("metrics.http_server_requests_seconds.labels.service.10", other, "config-svc"),
        _unknown("metrics.probe_success.labels.service.10", other, "config-svc"),
    ]


def _unknown(place, remedy, name):
    return f"{place}: not in catalog/services.yaml: {remedy}, or add it there (got {name!r})"


def test_the_path_of_a_service_is_derived_and_not_written(top):
    edit(
        top / "catalog/secrets.yaml",
        "alerting/pagerduty:\n",
        "redis/payment-service:\n  provider: vault\n  owner: engineering\n  readers: [services]\n"
        "  keys: [password]\n  obtain: Vault generates it.\n\nalerting/pagerduty:\n",
    )

    assert report("staging", top) == [
        "catalog/secrets.yaml is not valid:",
        "redis/payment-service: derived from services.yaml and vendors.yaml: remove it here",
    ]
