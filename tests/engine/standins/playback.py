"""A server that replays the recorded answers, request by request."""

import json
import re
import socket
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qs, urlsplit

from tests.engine.standins.recordings import NOTED, Call, Case, Fields

# The requests that each new process sends once. The recorder used one process for many cases, so
# most recordings lack them.
_ONCE: dict[str, Fields] = {
    "/abilities": {"abilities": []},
    "/v1/auth/token/lookup-self": {"data": {"policies": ["root"]}},
    "/v1/sys/seal-status": {"version": "2.7.2"},
}
# The place of the token in a request, if the recorder noted it separately.
_TOKENS = {"grafana": "Authorization", "vault": "X-Vault-Token"}


class Playback:
    """The recorded server of one case; it records the requests."""

    def __init__(self, case: Case) -> None:
        self._case = case
        self._expected: deque[Call] = deque()
        self._labels: dict[str, str] = {}
        self.sent: list[Fields] = []

    def open(self, step: int) -> None:
        """Play *step*."""
        self._expected = deque(expected(self._case, step))
        self.sent = []

    def answer(self, request: Fields, token: str) -> Call | Fields:
        path = request["path"]
        if path in _ONCE and not self._case.own_process:
            return _ONCE[path]
        call = self._expected.popleft() if self._expected else None
        self.sent.append(request | {"token": self._label(token, call)})
        return call or {"errors": ["not recorded"]}

    def _label(self, token: str, call: Call | None) -> str:
        """Return the recorder's number of a token; each token has its own."""
        if token not in self._labels:
            wanted = call.token if call else ""
            taken = wanted in self._labels.values()
            self._labels[token] = f"another than {wanted}" if taken else wanted
        return self._labels[token]


def expected(case: Case, step: int) -> list[Call]:
    """Return the recorded requests of a step, in order."""
    return [
        call
        for call in case.calls
        if call.step == step and (case.own_process or call.path not in _ONCE)
    ]


def noted(call: Call) -> Fields:
    """Return the part of a request that is compared."""
    return {
        "method": call.method,
        "path": call.path,
        "query": dict(call.query),
        "body": call.body,
        "headers": {key.lower(): value for key, value in call.headers.items()},
        "token": call.token,
    }


@contextmanager
def served(case: Case) -> Iterator[tuple[Playback, str]]:
    """Run the server of a case; yield it and its address."""
    playback = Playback(case)

    class Handler(_Handler):
        def reply(self) -> None:
            token = self.headers.get(_TOKENS.get(case.package, ""), "")
            self.play(playback.answer(self.request_noted(NOTED[case.package]), token))

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield playback, f"127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def __getattr__(self, name: str) -> Callable[[], None]:
        if name.startswith("do_"):
            return self.reply
        raise AttributeError(name)

    def reply(self) -> None:
        raise NotImplementedError

    def log_message(self, *_: object) -> None:
        """Log nothing: the requests are compared."""

    def request_noted(self, names: Sequence[str]) -> Fields:
        target = urlsplit(self.path)
        content = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = {name: self.headers[name] for name in names if name in self.headers}
        if "user-agent" in headers:
            machine = re.compile(r"\(\w+ \w+\)")
            headers["user-agent"] = machine.sub("(linux amd64)", headers["user-agent"])
        return {
            "method": self.command,
            "path": target.path,
            "query": parse_qs(target.query),
            "body": json.loads(content) if content else None,
            "headers": headers,
        }

    def play(self, call: Call | Fields) -> None:
        if not isinstance(call, Call):
            self._send(200, json.dumps(call), {})
        elif call.cut:
            self.connection.shutdown(socket.SHUT_RDWR)
            self.close_connection = True
        else:
            text = call.answer if isinstance(call.answer, str) else json.dumps(call.answer)
            self._send(call.status, "" if call.answer is None else text, dict(call.answer_headers))

    def _send(self, status: int, text: str, headers: Fields) -> None:
        content = text.encode()
        self.send_response(status)
        for key, value in (headers | {"Content-Length": str(len(content))}).items():
            self.send_header(key, value)
        self.end_headers()
        self.wfile.write(content)
