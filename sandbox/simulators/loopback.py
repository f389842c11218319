"""The loopback listener of a simulator, and its HTTP server."""

import argparse
import ipaddress
import logging
import socket
import sys

import uvicorn
from starlette.types import ASGIApp


def loopback_address(host: str) -> str:
    """Return a loopback address, or refuse *text*; an argparse type."""
    address = "127.0.0.1" if host == "localhost" else host
    try:
        ours = ipaddress.ip_address(address).is_loopback
    except ValueError:
        ours = False
    if not ours:
        raise argparse.ArgumentTypeError(
            f"{host} is not a loopback address: a simulator listens on 127.0.0.1 or ::1 only"
        )
    return address


def listener(host: str, port: int) -> tuple[socket.socket, str]:
    """Bind the socket before the state is built, because the state contains the URL."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # With an explicit protocol, asyncio disables Nagle's algorithm, which delays answers by 40 ms.
    bound = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    bound.bind((loopback_address(host), port))
    bound.listen()
    shown = f"[{host}]" if ":" in host else host
    return bound, f"http://{shown}:{bound.getsockname()[1]}"


def serve(
    app: ASGIApp, bound: socket.socket, url: str, name: str, *, paths_are_secret: bool = False
) -> None:
    """
    Serve until the process is stopped; every answer has *name* in its Server header.

    One line on standard output reports that the server is ready. The log goes to standard error;
    with *paths_are_secret* it has no requests.
    """
    logging.basicConfig(
        stream=sys.stderr, level=logging.INFO, format="%(asctime)s %(name)s %(message)s"
    )
    print(f"{name} listens on {url}", flush=True)
    uvicorn.Server(
        uvicorn.Config(
            app,
            log_config=None,
            access_log=not paths_are_secret,
            server_header=False,
            headers=[("Server", name)],
            lifespan="off",
            timeout_graceful_shutdown=1,  # a request that hangs must not delay the stop
        )
    ).run(sockets=[bound])
