"""The operators write servers' files from objects, and report the objects that they cannot use."""

import stat

import pytest

from sandbox.servers import alertmanager
from sandbox.servers.kubernetes.api import ApiError
from tests.engine.clusters import (
    PAGING,
    SELECTED,
    alertmanager_config,
    configure,
    events,
    external_secret,
    held,
    problems,
    put_secret,
    ready,
    rule,
    rule_groups,
    secret,
)
from tests.engine.polling import eventually


def test_a_malformed_rule_object_is_refused(cluster, namespace):
    malformed = rule(namespace, "malformed", labels=SELECTED)
    malformed["spec"]["groups"][0]["rules"][0] |= {"for": "two minutes"}

    with pytest.raises(ApiError) as refused:
        cluster.admin.apply(malformed)

    assert refused.value.status == 422
    assert str(refused.value).startswith(
        'PrometheusRule.monitoring.coreos.com "malformed" is invalid: spec.groups[0].rules[0].for: '
        'Invalid value: "two minutes"'
    )


def test_prometheus_has_the_rules_of_a_selected_object_until_it_is_deleted(cluster, namespace):
    cluster.admin.apply(rule(namespace, "selected", labels=SELECTED))
    eventually(
        lambda: rule_groups(cluster).get("selected"),
        [("Always", "vector(1)", "ok")],
    )

    cluster.admin.delete(
        f"/apis/monitoring.coreos.com/v1/namespaces/{namespace}/prometheusrules/selected"
    )

    eventually(lambda: rule_groups(cluster).get("selected"), None)
    assert problems(cluster, "rules", namespace) == []


def test_a_rule_object_without_the_label_is_reported_and_not_used(cluster, namespace):
    reason = (
        "no Prometheus takes these rules: its ruleSelector wants the label "
        "release: kube-prometheus-stack in metadata.labels of the object"
    )

    cluster.admin.apply(rule(namespace, "overlooked", labels={"release": "another"}))

    eventually(
        lambda: problems(cluster, "rules", namespace),
        [f"PrometheusRule {namespace}/overlooked: NotSelected: {reason}"],
    )
    assert events(cluster, namespace) == [("PrometheusRule", "overlooked", "NotSelected", reason)]
    assert "overlooked" not in rule_groups(cluster)


def test_an_invalid_rule_is_reported_and_the_others_stay(cluster, namespace):
    cluster.admin.apply(rule(namespace, "valid", labels=SELECTED))
    cluster.admin.apply(rule(namespace, "invalid", labels=SELECTED, expression="sum(("))

    eventually(
        lambda: [(name, reason) for _, name, reason, _ in events(cluster, namespace)],
        [("invalid", "Invalid")],
    )
    (reported,) = problems(cluster, "rules", namespace)
    assert "unclosed left parenthesis" in reported
    eventually(
        lambda: {"valid", "invalid"} & rule_groups(cluster).keys(),
        {"valid"},
    )


def test_an_external_secret_makes_a_secret_and_follows_the_store(cluster, namespace):
    put_secret(cluster, "follows", key="first")
    cluster.admin.apply(external_secret(namespace, "follows", "alerting/follows"))
    eventually(lambda: held(cluster, namespace, "follows"), {"key": "first"})
    eventually(
        lambda: ready(cluster, namespace, "follows"),
        [("Ready", "True", "SecretSynced", "secret synced")],
    )

    put_secret(cluster, "follows", key="second")

    eventually(lambda: held(cluster, namespace, "follows"), {"key": "second"})


def test_a_template_is_rendered_with_the_store_s_values(cluster, namespace):
    put_secret(cluster, "template", key="a-value")
    template = {"data": {"config": 'key: {{ .key }}\ntext: {{ "{{" }} .Labels {{ "}}" }}\n'}}

    cluster.admin.apply(
        external_secret(
            namespace,
            "template",
            "alerting/template",
            target={"name": "made", "template": template},
        )
    )

    eventually(
        lambda: held(cluster, namespace, "made"),
        {"config": "key: a-value\ntext: {{ .Labels }}\n"},
    )


@pytest.mark.parametrize(
    ("key", "spec", "reason"),
    [
        ("alerting/absent", {}, "the store answers 404 for alerting/absent"),
        ("payments/card", {}, "the store answers 403 for payments/card"),
        (
            "alerting/x",
            {"secretStoreRef": {"name": "aws", "kind": "ClusterSecretStore"}},
            "there is no ClusterSecretStore aws with a vault provider",
        ),
        (
            "alerting/x",
            {"refreshPolicy": "OnChange"},
            "the sandbox does not do spec.refreshPolicy",
        ),
    ],
)
def test_an_object_that_cannot_become_a_secret_has_the_reason_in_its_status(
    cluster, namespace, key, spec, reason
):
    cluster.admin.apply(external_secret(namespace, "never", key, **spec))

    message = f"could not get secret data from provider: {reason}"
    eventually(
        lambda: ready(cluster, namespace, "never"),
        [("Ready", "False", "SecretSyncedError", message)],
    )
    eventually(
        lambda: events(cluster, namespace), [("ExternalSecret", "never", "UpdateFailed", reason)]
    )
    assert held(cluster, namespace, "never") == {}


def test_secrets_become_alertmanager_s_files_with_private_modes(cluster):
    cluster.admin.apply(secret("monitoring", "paging", **{"routing-key": "a-key"}))
    configure(cluster, PAGING.format(receiver="on-call"))
    key = alertmanager.config_file(cluster.world).parent / "secrets" / "paging" / "routing-key"

    eventually(lambda: f"routing_key_file: {key}" in alertmanager_config(cluster), wanted=True)
    files = (key, alertmanager.config_file(cluster.world))
    assert [stat.S_IMODE(file.stat().st_mode) for file in files] == [0o600, 0o600]
    assert key.read_text() == "a-key"
    cluster.admin.apply(secret("monitoring", "paging", **{"routing-key": "another-key"}))
    eventually(key.read_text, "another-key")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (
            "route: {receiver: nowhere}\n",
            "Invalid: amtool check-config refuses it; the operators' log says why",
        ),
        (
            PAGING.format(receiver="lost").replace("paging/", "not-there/"),
            "Missing: it names what no Secret of its namespace has: not-there/routing-key",
        ),
    ],
)
def test_invalid_settings_change_nothing_and_are_reported(cluster, text, reason):
    cluster.admin.apply(secret("monitoring", "paging", **{"routing-key": "a-key"}))
    configure(cluster, PAGING.format(receiver="before"))
    eventually(lambda: "receiver: before" in alertmanager_config(cluster), wanted=True)

    configure(cluster, text)

    eventually(
        lambda: problems(cluster, "alertmanager", "monitoring"),
        [f"Secret monitoring/alertmanager-main: {reason}"],
    )
    assert "receiver: before" in alertmanager_config(cluster)
