"""A proxy in front of the API of one system, which fails chosen requests."""

import http.client
import re
import ssl
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Literal
from urllib.parse import urlsplit

from sandbox.world import HOST, World

_POLL_SECONDS = 0.01
_CHUNK = 65536
_OF_ONE_CONNECTION = {"connection", "keep-alive", "transfer-encoding"}


@dataclass(frozen=True)
class Fault:
    """
    What happens to the next requests that match.

    Args:
        methods: A regular expression, which matches the whole method.
        path: A regular expression, searched in the path.
        kind: What happens.
            `answer`: it is answered with *status* and *body*, and not passed on.
            `slow`: it is passed on after *seconds*, or once the fault is removed.
            `cut`: it is not passed on, and the connection is closed.
            `lost`: it is passed on, and the connection is closed instead of an answer.
            `ignore`: it is not passed on, and gets no answer.
            `hold`: it is passed on, and gets no answer.
        times: The number of requests; None is every one.
    """

    methods: str
    path: str
    kind: Literal["answer", "slow", "cut", "lost", "ignore", "hold"]
    times: int | None = 1
    status: int = 500
    seconds: float = 3
    body: str = "{}"
    headers: Mapping[str, str] = field(default_factory=dict)

    def fits(self, method: str, path: str) -> bool:
        return bool(re.fullmatch(self.methods, method) and re.search(self.path, path))


@dataclass
class Proxy:
    """
    A running proxy.

    Args:
        upstream: The address of the API.
        url: The address of the proxy.
        hit: Is set once the fault has happened, and its request was passed on if it is to be; of
            a slow request, once it has arrived.
        cleared: Is set once the fault is removed.
    """

    upstream: str
    url: str = ""
    hit: threading.Event = field(default_factory=threading.Event)
    cleared: threading.Event = field(default_factory=threading.Event)
    _fault: Fault | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def inject(self, fault: Fault) -> None:
        self.hit.clear()
        self.cleared.clear()
        self._fault = fault

    def clear(self) -> None:
        self._fault = None
        self.cleared.set()

    def take(self, method: str, path: str) -> Fault | None:
        with self._lock:
            fault = self._fault
            if fault is None or not fault.fits(method, path):
                return None
            if fault.times is not None:
                self._fault = replace(fault, times=fault.times - 1) if fault.times > 1 else None
            return fault


@contextmanager
def proxied(upstream: str, world: World) -> Iterator[Proxy]:
    """Yield a proxy to *upstream*; it has TLS with the certificate of *world* if that has."""
    proxy = Proxy(upstream)
    scheme = urlsplit(upstream).scheme
    trust = ssl.create_default_context(cafile=str(world.tls / "ca.pem"))

    def connection() -> http.client.HTTPConnection:
        address = urlsplit(upstream).netloc
        if scheme == "https":
            return http.client.HTTPSConnection(address, context=trust)
        return http.client.HTTPConnection(address)

    class Handler(_Handler):
        def handle_request(self) -> None:
            self.answer(proxy, connection())

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = handle_request  # noqa: N815 - http.server's

    with ThreadingHTTPServer((HOST, 0), Handler) as server:
        if scheme == "https":
            own = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            own.load_cert_chain(world.tls / "server.pem")
            server.socket = own.wrap_socket(server.socket, server_side=True)
        proxy.url = f"{scheme}://{HOST}:{server.server_port}"
        threading.Thread(target=server.serve_forever, args=[_POLL_SECONDS]).start()
        try:
            yield proxy
        finally:
            server.shutdown()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def answer(self, proxy: Proxy, upstream: http.client.HTTPConnection) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        fault = proxy.take(self.command, self.path)
        kind = fault.kind if fault else None
        try:
            if fault and kind == "answer":
                self._refuse(fault)
            elif kind not in ("cut", "ignore"):
                if fault and kind == "slow":
                    proxy.hit.set()
                    proxy.cleared.wait(fault.seconds)
                upstream.request(self.command, self.path, body, dict(self.headers))
                answer = upstream.getresponse()
                if kind in ("lost", "hold"):
                    answer.read()
                else:
                    self._pass(answer)
            if fault:
                proxy.hit.set()
            if kind in ("ignore", "hold"):
                self.connection.recv(1)  # returns when the client closes the connection
        except OSError:
            self.close_connection = True  # either side is gone
        finally:
            upstream.close()
        if kind in ("cut", "lost", "ignore", "hold"):
            self.close_connection = True

    def _refuse(self, fault: Fault) -> None:
        body = fault.body.encode()
        self.send_response(fault.status)
        for name, value in fault.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _pass(self, answer: http.client.HTTPResponse) -> None:
        self.send_response_only(answer.status, answer.reason)
        for name, value in answer.headers.items():
            if name.lower() not in _OF_ONE_CONNECTION:
                self.send_header(name, value)
        is_stream = answer.chunked
        if is_stream:
            self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        while part := answer.read1(_CHUNK):
            self.wfile.write(b"%x\r\n%s\r\n" % (len(part), part) if is_stream else part)
        if is_stream:
            self.wfile.write(b"0\r\n\r\n")

    def handle(self) -> None:
        with suppress(OSError):  # a killed client
            super().handle()

    def log_message(self, *_: object) -> None:
        """Log nothing."""
