"""
A Git host for tests: one repository over HTTPS, under its own host name.

The engine clones packages over HTTPS only, into a folder with the address as its name. `venv`
refuses a folder with a colon, so the address must have no port. Only the proxy of this module
resolves the name; it forwards connections to every other host.
"""

import shutil
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import certifi
import trustme

NAME = "git.example.test"
_SERVICE = "git-upload-pack"


class _Repository(BaseHTTPRequestHandler):
    """Git's smart protocol, read-only."""

    protocol_version = "HTTP/1.1"

    def __init__(self, *connection, folder: Path) -> None:
        self._folder = folder
        super().__init__(*connection)

    def do_GET(self) -> None:
        advertised = self._git("--advertise-refs")
        announced = f"# service={_SERVICE}\n"
        self._answer(f"{len(announced) + 4:04x}{announced}0000".encode() + advertised)

    def do_POST(self) -> None:
        self._answer(self._git(question=self._body()))

    def log_message(self, *_: object) -> None:
        pass

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding") != "chunked":
            return self.rfile.read(int(self.headers["Content-Length"]))
        pieces = []
        while size := int(self.rfile.readline(), 16):
            pieces.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(pieces)

    def _git(self, *options: str, question: bytes = b"") -> bytes:
        command = ["git", "upload-pack", "--stateless-rpc", *options, str(self._folder)]
        return subprocess.run(command, input=question, stdout=subprocess.PIPE, check=False).stdout

    def _answer(self, content: bytes) -> None:
        kind = "advertisement" if self.command == "GET" else "result"
        self.send_response(200)
        self.send_header("Content-Type", f"application/x-{_SERVICE}-{kind}")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


class _Proxy(BaseHTTPRequestHandler):
    """A proxy that connects to the Git host by its name, and to any other host directly."""

    def __init__(self, *connection, git_port: int) -> None:
        self._git_port = git_port
        super().__init__(*connection)

    def do_CONNECT(self) -> None:
        name, port = self.path.rsplit(":", 1)
        address = ("127.0.0.1", self._git_port) if name == NAME else (name, int(port))
        with socket.create_connection(address) as upstream:
            self.send_response(200)
            self.end_headers()
            back = threading.Thread(target=_copy, args=(upstream, self.connection), daemon=True)
            back.start()
            _copy(self.connection, upstream)
            back.join()
        self.close_connection = True

    def log_message(self, *_: object) -> None:
        pass


def _copy(source: socket.socket, target: socket.socket) -> None:
    try:
        while piece := source.recv(65536):
            target.sendall(piece)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        pass  # the peer closed the connection


def commit(source: Path, folder: Path) -> str:
    """Create a repository of all files in *source* that are not ignored; return the commit."""
    listed = ["git", "-C", str(source), "ls-files", "-z", "-co", "--exclude-standard"]
    names = subprocess.run(listed, capture_output=True, text=True, check=True).stdout
    for name in filter(None, names.split("\0")):
        if (source / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source / name, folder / name)
    identity = ["-c", "user.name=test", "-c", "user.email=test@example.test"]
    for command in (["init", "-q"], ["add", "-A"], [*identity, "commit", "-qm", "all"]):
        subprocess.run(["git", "-C", str(folder), *command], check=True)
    head = ["git", "-C", str(folder), "rev-parse", "HEAD"]
    return subprocess.run(head, capture_output=True, text=True, check=True).stdout.strip()


@contextmanager
def hosting(repository: Path, folder: Path, trusted: Path) -> Iterator[Mapping[str, str]]:
    """Host *repository*; yield the environment that uses it and also trusts *trusted*."""
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(NAME).configure_cert(context)
    bundle = folder / "authorities.pem"
    public = Path(ssl.get_default_verify_paths().cafile or certifi.where()).read_bytes()
    bundle.write_bytes(b"\n".join([authority.cert_pem.bytes(), trusted.read_bytes(), public]))
    git = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Repository, folder=repository))
    git.socket = context.wrap_socket(git.socket, server_side=True)
    proxy = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Proxy, git_port=git.server_port))
    for server in (git, proxy):
        threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        address = f"http://127.0.0.1:{proxy.server_port}"
        yield {
            "HTTPS_PROXY": address,
            "NO_PROXY": "127.0.0.1,localhost",
            "SSL_CERT_FILE": str(bundle),
        }
    finally:
        for server in (git, proxy):
            server.shutdown()
            server.server_close()
