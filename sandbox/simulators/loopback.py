"""Where a simulator listens: on this machine's own address, under its own name."""

import argparse
import ipaddress
import logging
import socket
import sys

import uvicorn
from starlette.types import ASGIApp


def loopback_address(host: str) -> str:
    """Refuse every address but this machine's own; an argparse type."""
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
    """Bind before anything is built, so that what the simulator writes can hold its own URL."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # With its protocol named, asyncio turns off Nagle's algorithm: 40 ms an answer otherwise.
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
    Answer until the process is told to stop; every answer carries *name* in its Server header.

    The one line on standard output says that connections are taken; the log goes to standard error,
    without a line for each request where *paths_are_secret*.
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
            timeout_graceful_shutdown=1,  # a request told to hang must not hold up the stop
        )
    ).run(sockets=[bound])
