"""A request reaches a system as a Go program does, so as its provider does."""

import pytest

from clients import http
from clients.failures import NoAnswerError
from clients.vault import connect
from tests.web_answers import answering

PROXY = "http://proxy.invalid:3128"


@pytest.fixture(autouse=True)
def _proxied(monkeypatch):
    for name in ("HTTP_PROXY", "HTTPS_PROXY"):
        monkeypatch.setenv(name, PROXY)
    for name in ("http_proxy", "https_proxy", "NO_PROXY", "no_proxy", "SSL_CERT_FILE"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize(
    ("address", "proxies"),
    [
        ("http://127.0.0.1:1", {}),
        ("https://localhost:8200", {}),
        ("http://[::1]:1/x", {}),
        ("https://vault.example:8200", {"http": PROXY, "https": PROXY}),
    ],
)
def test_only_loopback_has_no_proxy(address, proxies):
    assert dict(http.session(address).proxies) == proxies


def test_a_host_of_no_proxy_has_none(monkeypatch):
    monkeypatch.setenv("NO_PROXY", "vault.example")

    assert http.session("https://vault.example:8200").proxies == {}


def test_loopback_is_reached_without_the_proxy():
    with answering() as web:
        web.answers["/health"] = (200, {"healthy": True})

        answer = http.get("Web", f"{web.url}/health")

    assert http.json_of("Web", answer) == {"healthy": True}


def test_the_authorities_are_those_of_the_variable_else_of_the_system(monkeypatch, tmp_path):
    monkeypatch.setattr(http, "_SYSTEM_AUTHORITIES", ("/nowhere.pem", str(tmp_path)))
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/of-python.pem")
    of_the_system = http.authorities()
    monkeypatch.setattr(http, "_SYSTEM_AUTHORITIES", ("/nowhere.pem",))
    of_python = http.authorities()
    monkeypatch.setenv("SSL_CERT_FILE", "/company.pem")

    assert (of_the_system, of_python, http.authorities()) == (str(tmp_path), True, "/company.pem")


def test_a_missing_file_of_authorities_is_one_sentence(monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", "/nowhere.pem")

    with pytest.raises(NoAnswerError, match=r"^Vault does not answer \(.*/nowhere.pem\)$"):
        http.get("Vault", "https://127.0.0.1:1")


def test_a_netrc_never_replaces_a_token(monkeypatch, tmp_path):
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login somebody password else\n")
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))

    with answering() as web:
        http.get("Web", f"{web.url}/x", {"Authorization": "Bearer own"})

    assert [headers["Authorization"] for _, headers in web.requests] == ["Bearer own"]


@pytest.mark.parametrize(
    ("own", "sent"), [(None, "of-the-environment"), ("of-the-stack", "of-the-stack")]
)
def test_vault_gets_the_namespace_of_the_stack_else_of_the_environment(monkeypatch, own, sent):
    monkeypatch.setenv("VAULT_NAMESPACE", "of-the-environment")
    monkeypatch.setenv("VAULT_TOKEN", "a-token")

    with answering() as web:
        web.answers["/v1/x"] = (200, {"data": {}})
        connect(web.url, own).adapter.get("/v1/x")

    ((_, headers),) = web.requests
    assert (headers["X-Vault-Namespace"], headers["X-Vault-Token"]) == (sent, "a-token")
