"""Faults around a backup: a broken connection, and a full disk."""

import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_PIECE = 64 * 1024


@contextmanager
def cutting_proxy(port: int, after_bytes: int) -> Iterator[int]:
    """Yield the port of a proxy to *port* that fails after so many uploaded bytes in total."""
    sent = 0
    lock = threading.Lock()
    listening = socket.create_server(("127.0.0.1", 0))

    def pump(source: socket.socket, target: socket.socket, *, counted: bool) -> None:
        nonlocal sent
        with suppress(OSError):
            while piece := source.recv(_PIECE):
                if counted:
                    with lock:
                        sent += len(piece)
                    if sent > after_bytes:
                        break
                target.sendall(piece)
        for end in (source, target):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()

    def accept() -> None:
        with suppress(OSError):
            while True:
                client, _ = listening.accept()
                server = socket.create_connection(("127.0.0.1", port))
                for ends, counted in (((client, server), True), ((server, client), False)):
                    threading.Thread(target=pump, args=ends, kwargs={"counted": counted}).start()

    accepting = threading.Thread(target=accept)
    accepting.start()
    try:
        yield listening.getsockname()[1]
    finally:
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        accepting.join()


@contextmanager
def small_disk(folder: Path, size_bytes: int) -> Iterator[None]:
    """Mount a file system of the given size on *folder*; this requires root."""
    command = ["mount", "-t", "tmpfs", "-o", f"size={size_bytes}", "tmpfs", str(folder)]
    subprocess.run(command, check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", str(folder)], check=True)
