"""An HTTP server with the answers that a test gives it."""

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

_POLL_SECONDS = 0.01  # how long a shutdown takes; the default of 0.5 would be most of a test


@dataclass
class Web:
    """
    The server.

    Args:
        url: Its address.
        answers: A status and a document for each path, with or without its query, or what returns
            them for a posted document; every other path is answered 404.
        requests: The path and the headers of each request so far.
    """

    url: str
    answers: dict[str, tuple[int, object] | Callable[[Any], tuple[int, object]]] = field(
        default_factory=dict
    )
    requests: list[tuple[str, Mapping[str, str]]] = field(default_factory=list)


@contextmanager
def answering() -> Iterator[Web]:
    """Yield a server on loopback; stop it afterwards."""
    web = Web("")

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer(None)

        def do_LIST(self) -> None:  # a method of Vault
            self._answer(None)

        def do_POST(self) -> None:
            self._answer(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))

        def _answer(self, posted: object) -> None:
            web.requests.append((self.path, dict(self.headers)))
            bare = web.answers.get(self.path.partition("?")[0], (404, {"errors": []}))
            answer = web.answers.get(self.path, bare)
            status, document = answer(posted) if callable(answer) else answer
            body = document.encode() if isinstance(document, str) else json.dumps(document).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Log nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Answer) as server:
        web.url = f"http://127.0.0.1:{server.server_port}"
        threading.Thread(target=server.serve_forever, args=[_POLL_SECONDS]).start()
        try:
            yield web
        finally:
            server.shutdown()
