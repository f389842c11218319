"""An `up` ends when External Secrets has synced the version that it wrote."""

import pulumi
import pytest

from program import synced
from program.synced import require_synced, unsynced
from tests.kubeconfigs import write_kubeconfig
from tests.web_answers import answering

PATH = "/apis/external-secrets.io/v1/namespaces/monitoring/externalsecrets/main"


@pytest.fixture
def cluster(tmp_path, monkeypatch):
    monkeypatch.setattr(synced, "_POLL_SECONDS", 0)
    with answering() as web:
        path = tmp_path / "kubeconfig"
        write_kubeconfig(path, "prod", web.url)
        monkeypatch.setattr("kubernetes.config.kube_config.KUBE_CONFIG_DEFAULT_LOCATION", str(path))
        yield web


def described(generation, version):
    ready = {"type": "Ready", "status": "True"}
    status = {"syncedResourceVersion": version, "conditions": [ready]}
    return 200, {"metadata": {"generation": generation}, "status": status}


def test_a_synced_version_ends_the_wait(cluster):
    cluster.answers[PATH] = described(2, "2-ab")

    assert unsynced("prod", ["monitoring/main"], seconds=60) == []


def test_a_version_that_is_synced_in_time_ends_the_wait(cluster, monkeypatch):
    cluster.answers[PATH] = described(2, "1-ab")

    def sync(_):
        cluster.answers[PATH] = described(2, "2-ab")

    monkeypatch.setattr("time.sleep", sync)

    assert unsynced("prod", ["monitoring/main"], seconds=60) == []


def test_a_version_that_waits_although_the_object_is_ready_is_reported(cluster):
    cluster.answers[PATH] = described(2, "1-ab")

    (late,) = unsynced("prod", ["monitoring/main"], seconds=0)
    assert late == (
        "ExternalSecret monitoring/main is at generation 2, and generation 1 is synced after 0 s: "
        "read its Events, and the log of External Secrets, and run it again"
    )


def test_a_cluster_that_refuses_is_reported_with_its_reason(cluster):
    cluster.answers[PATH] = (403, {})

    (late,) = unsynced("prod", ["monitoring/main"], seconds=0)
    assert late == (
        f"ExternalSecret monitoring/main could not be read: Kubernetes (context prod) at "
        f"{cluster.url} refuses: 403 Forbidden after 0 s: read its Events, and the log of External "
        "Secrets, and run it again"
    )


def test_an_unknown_context_is_one_sentence():
    (late,) = unsynced("nowhere", ["monitoring/main", "legal/keys"], seconds=0)

    assert late.startswith(
        "External Secrets could not be waited for: the kubeconfig gives no way to the context "
        "'nowhere' ("
    )


def test_an_up_fails_in_one_sentence_and_a_preview_waits_for_nothing(deploy, monkeypatch):
    monkeypatch.setattr(synced, "unsynced", lambda context, ids, _: [f"{context}: {ids}"])

    def program():
        ids = [pulumi.Output.from_input([one]) for one in ("monitoring/main", "legal/keys")]
        require_synced("prod", *ids)

    def preview():
        pulumi.runtime.settings.SETTINGS.dry_run = True
        program()

    deploy(preview)
    with pytest.raises(pulumi.RunError) as failed:
        deploy(program)

    assert str(failed.value) == "prod: ['monitoring/main', 'legal/keys']"
