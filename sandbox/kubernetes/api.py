"""A Kubernetes API server, as the sandbox's own processes talk to it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import requests

_TIMEOUT_SECONDS = 10
_MANAGER = "waqiti-sandbox"

Object: TypeAlias = Mapping[str, Any]


class ApiError(Exception):
    """The server refused; the message is its own."""

    def __init__(self, status: int, message: str) -> None:
        """Keep the HTTP *status* beside the server's *message*."""
        super().__init__(message)
        self.status = status


@dataclass(frozen=True)
class Listing:
    """Every object of a kind at one moment, and the version that names the moment."""

    objects: Sequence[Object]
    version: str


class Api:
    """One user's connection; safe to share among threads, as it keeps nothing between calls."""

    def __init__(self, url: str, token: str, authority: Path) -> None:
        """Talk to *url*, whose certificate *authority* signed, with a user's *token*."""
        self._url = url
        self._headers = {"Authorization": f"Bearer {token}"}
        self._authority = str(authority)

    def get(self, path: str) -> Object:
        """Read one object."""
        return self._send("GET", path)

    def find(self, path: str) -> Object | None:
        """Read one object that need not exist."""
        try:
            return self.get(path)
        except ApiError as error:
            if error.status != requests.codes.not_found:
                raise
            return None

    def list(self, path: str) -> Listing:
        """Read every object under *path*."""
        told = self._send("GET", path)
        return Listing(told["items"], told["metadata"]["resourceVersion"])

    def create(self, path: str, body: Object) -> Object:
        """Make an object that does not exist."""
        return self._send("POST", path, "json", json.dumps(body).encode())

    def replace(self, path: str, body: Object) -> Object:
        """Put *body* in the place of an object."""
        return self._send("PUT", path, "json", json.dumps(body).encode())

    def delete(self, path: str) -> None:
        """Remove an object."""
        self._send("DELETE", path)

    def apply(self, body: Object) -> Object:
        """Make an object what *body* says (a server-side apply)."""
        return self.apply_text(path_of(body), json.dumps(body).encode())

    def apply_text(self, path: str, text: bytes) -> Object:
        """Apply an object that nobody here needs to read."""
        target = f"{path}?fieldManager={_MANAGER}&force=true"
        return self._send("PATCH", target, "apply-patch+yaml", text)

    def annotate(self, path: str, annotations: Mapping[str, str]) -> None:
        """Put *annotations* on an object."""
        text = json.dumps({"metadata": {"annotations": annotations}}).encode()
        self._send("PATCH", path, "merge-patch+json", text)

    def write_status(self, body: Object, status: Object) -> None:
        """Put *status* into an object's status."""
        text = json.dumps({"status": status}).encode()
        self._send("PATCH", f"{path_of(body)}/status", "merge-patch+json", text)

    def wait_for_change(self, path: str, version: str, seconds: int) -> None:
        """Return at the first change after *version*, at the latest after *seconds*."""
        query = f"?watch=1&resourceVersion={version}&timeoutSeconds={seconds}"
        with self._open("GET", path + query, seconds + _TIMEOUT_SECONDS) as answer:
            next(answer.iter_lines(), None)

    def _send(self, method: str, path: str, kind: str = "", body: bytes = b"") -> Object:
        with self._open(method, path, _TIMEOUT_SECONDS, kind, body) as answer:
            told: Object = answer.json()
            return told

    def _open(
        self, method: str, path: str, seconds: int, kind: str = "", body: bytes = b""
    ) -> requests.Response:
        session = requests.Session()
        session.trust_env = False  # no proxy stands before a loopback address
        answer = session.request(
            method,
            f"{self._url}{path}",
            data=body,
            headers=self._headers | ({"Content-Type": f"application/{kind}"} if kind else {}),
            verify=self._authority,
            timeout=seconds,
            stream=True,
        )
        if not answer.ok:
            raise ApiError(answer.status_code, _message(answer))
        return answer


def path_of(body: Object) -> str:
    """Give the path of an object; every kind that the sandbox writes has a plural in -s."""
    version, metadata = body["apiVersion"], body["metadata"]
    group = f"/apis/{version}" if "/" in version else f"/api/{version}"
    namespace = f"/namespaces/{metadata['namespace']}" if "namespace" in metadata else ""
    return f"{group}{namespace}/{body['kind'].lower()}s/{metadata['name']}"


def _message(answer: requests.Response) -> str:
    try:
        return str(answer.json()["message"])
    except (ValueError, KeyError):
        return f"{answer.status_code} {answer.reason}"
