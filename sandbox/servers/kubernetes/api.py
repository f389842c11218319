"""A small client of the Kubernetes API, for the sandbox's own processes."""

import json
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import requests

_TIMEOUT_SECONDS = 10
_MANAGER = "sandbox"

Object: TypeAlias = Mapping[str, Any]


class ApiError(Exception):
    """The server refused a request; the message is the server's."""

    def __init__(self, status: int, message: str) -> None:
        """Keep the HTTP *status* beside the server's *message*."""
        super().__init__(message)
        self.status = status


@dataclass(frozen=True)
class Listing:
    """Every object of a kind at one moment, and the resource version of that moment."""

    objects: Sequence[Object]
    version: str


class Api:
    """One user's connections: each thread keeps its own, because a handshake costs more."""

    def __init__(self, url: str, token: str, authority: Path) -> None:
        """Connect to *url*, whose certificate *authority* signed, with a user's *token*."""
        self._url = url
        self._headers = {"Authorization": f"Bearer {token}"}
        self._authority = str(authority)
        self._of_thread = threading.local()

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
        answer = self._send("GET", path)
        return Listing(answer["items"], answer["metadata"]["resourceVersion"])

    def request_token(
        self, namespace: str, account: str, seconds: int, audiences: Sequence[str] = ()
    ) -> str:
        """Return a token of a service account."""
        answer = self.create(
            f"/api/v1/namespaces/{namespace}/serviceaccounts/{account}/token",
            {
                "apiVersion": "authentication.k8s.io/v1",
                "kind": "TokenRequest",
                "spec": {"expirationSeconds": seconds, "audiences": list(audiences)},
            },
        )
        return str(answer["status"]["token"])

    def create(self, path: str, body: Object) -> Object:
        """Create an object."""
        return self._send("POST", path, "json", json.dumps(body).encode())

    def replace(self, path: str, body: Object) -> Object:
        """Replace an object by *body*."""
        return self._send("PUT", path, "json", json.dumps(body).encode())

    def delete(self, path: str) -> None:
        """Delete an object."""
        self._send("DELETE", path)

    def apply(self, body: Object) -> Object:
        """Create or update an object (a server-side apply)."""
        return self.apply_text(path_of(body), json.dumps(body).encode())

    def apply_text(self, path: str, text: bytes) -> Object:
        """Apply an object without parsing it."""
        target = f"{path}?fieldManager={_MANAGER}&force=true"
        return self._send("PATCH", target, "apply-patch+yaml", text)

    def annotate(self, path: str, annotations: Mapping[str, str]) -> None:
        """Set *annotations* of an object."""
        text = json.dumps({"metadata": {"annotations": annotations}}).encode()
        self._send("PATCH", path, "merge-patch+json", text)

    def write_status(self, body: Object, status: Object) -> None:
        """Set the *status* of an object."""
        text = json.dumps({"status": status}).encode()
        self._send("PATCH", f"{path_of(body)}/status", "merge-patch+json", text)

    def wait_for_change(self, path: str, version: str, seconds: int) -> None:
        """Return at the first change after *version*, at the latest after *seconds*."""
        query = f"?watch=1&resourceVersion={version}&timeoutSeconds={seconds}"
        with self._open("GET", path + query, seconds + _TIMEOUT_SECONDS) as answer:
            next(answer.iter_lines(), None)

    def _send(self, method: str, path: str, kind: str = "", body: bytes = b"") -> Object:
        with self._open(method, path, _TIMEOUT_SECONDS, kind, body) as answer:
            content: Object = answer.json()
            return content

    def _open(
        self, method: str, path: str, seconds: int, kind: str = "", body: bytes = b""
    ) -> requests.Response:
        answer = self._session().request(
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

    def _session(self) -> requests.Session:
        if not hasattr(self._of_thread, "session"):
            self._of_thread.session = requests.Session()
            self._of_thread.session.trust_env = False  # loopback needs no proxy
        session: requests.Session = self._of_thread.session
        return session


def path_of(body: Object) -> str:
    """Return the path of an object; the plural of every kind that the sandbox writes ends in -s."""
    version, metadata = body["apiVersion"], body["metadata"]
    group = f"/apis/{version}" if "/" in version else f"/api/{version}"
    namespace = f"/namespaces/{metadata['namespace']}" if "namespace" in metadata else ""
    return f"{group}{namespace}/{body['kind'].lower()}s/{metadata['name']}"


def _message(answer: requests.Response) -> str:
    try:
        return str(answer.json()["message"])
    except (ValueError, KeyError):
        return f"{answer.status_code} {answer.reason}"
