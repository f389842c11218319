"""HTTP requests with the certificate authorities and the proxies that the providers use."""

import ipaddress
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.utils import get_environ_proxies

from clients.failures import NoAnswerError, cause

TIMEOUT_SECONDS = 5

# The files of Go's crypto/x509, which the providers use; Python's own bundle is another one.
_SYSTEM_AUTHORITIES = (
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/pki/tls/cacert.pem",
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    "/etc/ssl/cert.pem",
)


def session(address: str) -> requests.Session:
    """Return a session for requests to *address*."""
    own = requests.Session()
    # With the environment, a .netrc replaces the token and REQUESTS_CA_BUNDLE the authorities.
    own.trust_env = False
    own.verify = authorities()
    # Go programs never use a proxy for loopback either.
    own.proxies = {} if is_loopback(address) else dict(get_environ_proxies(address))
    return own


def authorities() -> str | bool:
    """Return the file of the certificate authorities; True for Python's own, without a file."""
    found = (file for file in _SYSTEM_AUTHORITIES if Path(file).exists())
    return os.environ.get("SSL_CERT_FILE") or next(found, True)


def is_loopback(address: str) -> bool:
    """Return whether requests to the URL *address* stay on this machine."""
    host = urlsplit(address).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def get(
    who: str,
    url: str,
    headers: Mapping[str, str] | None = None,
    params: Mapping[str, str] | None = None,
) -> requests.Response:
    """
    Return the answer of *who* to a GET of *url*, whatever its status.

    Raises:
        NoAnswerError: There is no answer.
    """
    try:
        with session(url) as own:
            return own.get(url, headers=headers, params=params, timeout=TIMEOUT_SECONDS)
    except OSError as error:  # every error of requests is one
        raise NoAnswerError(f"{who} does not answer ({cause(error)})") from None


def json_of(who: str, answer: requests.Response) -> Any:  # noqa: ANN401 - any JSON
    """
    Return the document of *answer*, whose status must be 200.

    Raises:
        NoAnswerError: It has another status, or no JSON.
    """
    if answer.status_code != requests.codes.ok:
        raise NoAnswerError(f"{who} answers {answer.status_code} {answer.reason}")
    try:
        return answer.json()
    except ValueError:
        raise NoAnswerError(f"{who} answers something else than JSON") from None
