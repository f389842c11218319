"""Starting, watching and ending the servers; supervisord keeps their processes."""

import os
import shlex
import subprocess
import sys
import time
import xmlrpc.client
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import psutil

from sandbox.servers import Server
from sandbox.toolchain.progress import say
from sandbox.world import CHECKOUT, HOST, PORTS, SandboxError, World, write_private

_MARK = "WAQITI_SANDBOX"  # in the environment of every process of a sandbox: its folder
_START_SECONDS = 180
_STOP_SECONDS = 30
_POLL_SECONDS = 0.2


def start(world: World, servers: Sequence[Server]) -> None:
    """Start what is not running, each after what it needs, and wait until all are well."""
    _write_config(world, servers)
    if _supervisor(world) is None:
        _end_strays(world)
        _require_free_ports(world)
        (world.folder / "first-port").write_text(str(world.first_port))
        _daemonise(world)
    elif (world.folder / "first-port").read_text() != str(world.first_port):
        raise SandboxError("the sandbox runs on other ports: `make down` first")
    running = _process_info(world)
    if set(running) != {server.name for server in servers}:
        raise SandboxError("the sandbox runs other servers than its table has: `make down` first")
    by_name = {server.name: server for server in servers}
    for server in servers:
        for needed in server.needs:
            _await(world, by_name[needed])
        if running[server.name]["statename"] == "RUNNING":
            if server.is_well():
                continue
            say(f"{server.name} runs but is not well: starting it anew")
            _rpc(world).supervisor.stopProcess(server.name)
        _rpc(world).supervisor.startProcess(server.name)
    for server in servers:
        _await(world, server)


def stop(world: World) -> None:
    """End every process of the sandbox, and wait until it is gone."""
    supervisor = _supervisor(world)
    if supervisor is not None:
        children = [supervisor, *supervisor.children(recursive=True)]
        for name, process in sorted(_process_info(world).items(), reverse=True):
            if process["statename"] == "RUNNING":
                _rpc(world).supervisor.stopProcess(name)
        _rpc(world).supervisor.shutdown()
        await_end(children)
    _end_strays(world)


def status(world: World, servers: Sequence[Server]) -> Mapping[str, str]:
    """Say for each server whether it is well, and where to look if not."""
    if _supervisor(world) is None:
        return dict.fromkeys((server.name for server in servers), "not running (`make up`)")
    running = _process_info(world)
    return {server.name: _condition(world, server, running.get(server.name)) for server in servers}


def _condition(world: World, server: Server, process: Mapping[str, Any] | None) -> str:
    log = f"log: {world.logs / server.name}.log"
    if process is None or process["statename"] != "RUNNING":
        code = f", exit code {process['exitstatus']}" if process and process["stop"] else ""
        return f"DEAD{code} (`make up` starts it; {log})"
    if not server.is_well():
        return f"NOT WELL: it runs as pid {process['pid']} but does not answer ({log})"
    return f"well, pid {process['pid']}"


def _await(world: World, server: Server) -> None:
    deadline = time.monotonic() + _START_SECONDS
    log = world.logs / f"{server.name}.log"
    while not server.is_well():
        process = _process_info(world)[server.name]
        if process["statename"] != "RUNNING":
            raise SandboxError(f"{server.name} ended while it started: the reason is in {log}")
        if time.monotonic() > deadline:
            raise SandboxError(f"{server.name} is not well after {_START_SECONDS} s: see {log}")
        time.sleep(_POLL_SECONDS)


def _daemonise(world: World) -> None:
    config = str(world.folder / "supervisord.conf")
    subprocess.run(
        [sys.executable, "-m", "supervisor.supervisord", "--configuration", config],
        env=os.environ | {_MARK: str(world.folder)},
        check=True,
        stdin=subprocess.DEVNULL,
    )
    deadline = time.monotonic() + _START_SECONDS
    while _supervisor(world) is None or not _answers(world):
        if time.monotonic() > deadline:
            raise SandboxError(f"supervisord does not answer: see {world.logs}/supervisord.log")
        time.sleep(_POLL_SECONDS)


def _supervisor(world: World) -> psutil.Process | None:
    pid_file = world.folder / "supervisord.pid"
    if not pid_file.exists() or not (text := pid_file.read_text().strip()):
        return None
    return next((p for p in _marked(world) if p.pid == int(text)), None)


def _marked(world: World) -> Iterator[psutil.Process]:
    for process in psutil.process_iter():
        try:
            if process.environ().get(_MARK) == str(world.folder) and _runs(process):
                yield process
        except psutil.Error:
            continue


def _end_strays(world: World) -> None:
    """End what a killed sandbox left behind: its brokers would hold ports and data."""
    strays = list(_marked(world))
    for stray in strays:
        say(f"ending a process that a killed sandbox left: {stray.name()} (pid {stray.pid})")
        stray.terminate()
    alive = await_end(strays)
    for stray in alive:
        stray.kill()
    await_end(alive)


def await_end(processes: Sequence[psutil.Process]) -> list[psutil.Process]:
    """
    Wait until *processes* are gone; give those that are not.

    psutil's own wait raises FileNotFoundError for a process that ends as it looks.
    """
    deadline = time.monotonic() + _STOP_SECONDS
    while (alive := [p for p in processes if _runs(p)]) and time.monotonic() < deadline:
        time.sleep(_POLL_SECONDS)
    return alive


def _runs(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def _require_free_ports(world: World) -> None:
    ours = {world.port(name): name for name in PORTS}
    for connection in psutil.net_connections("tcp"):
        if connection.status != psutil.CONN_LISTEN or not connection.laddr:
            continue
        if (port := connection.laddr.port) in ours:
            raise SandboxError(
                f"port {port}, which {ours[port]} needs, is in use by {_who(connection.pid)}: end "
                "that, or move the sandbox's ports as a block: "
                f"`make up FIRST_PORT={world.first_port + 1000}`"
            )


def _who(pid: int | None) -> str:
    try:
        return f"{psutil.Process(pid).name()} (pid {pid})" if pid else "another user's process"
    except psutil.Error:
        return f"pid {pid}"


def _rpc(world: World) -> xmlrpc.client.ServerProxy:
    password = world.credentials["supervisor"]
    return xmlrpc.client.ServerProxy(
        f"http://sandbox:{password}@{world.address('supervisor')}/RPC2"
    )


def _answers(world: World) -> bool:
    try:
        _rpc(world).supervisor.getState()
    except OSError:
        return False
    return True


def _process_info(world: World) -> dict[str, dict[str, Any]]:
    told: Any = _rpc(world).supervisor.getAllProcessInfo()
    return {process["name"]: process for process in told}


def _write_config(world: World, servers: Sequence[Server]) -> None:
    password = world.credentials["supervisor"]
    sections: dict[str, Mapping[str, object]] = {
        "supervisord": {
            "logfile": world.logs / "supervisord.log",
            "pidfile": world.folder / "supervisord.pid",
            "directory": CHECKOUT,  # the simulators are modules of it
        },
        "inet_http_server": {
            "port": f"{HOST}:{world.port('supervisor')}",
            "username": "sandbox",
            "password": password,
        },
        "rpcinterface:supervisor": {
            "supervisor.rpcinterface_factory": "supervisor.rpcinterface:make_main_rpcinterface"
        },
    }
    for server in servers:
        # A dead server stays dead and is named: a restart would hide why it died.
        sections[f"program:{server.name}"] = {
            "command": shlex.join(server.command),
            "autostart": "false",
            "autorestart": "false",
            "startsecs": 0,
            # The last broker waits in vain for a quorum to release it; what it has is on disk.
            "stopwaitsecs": 3,
            "redirect_stderr": "true",
            "stdout_logfile": world.logs / f"{server.name}.log",
            "stdout_logfile_maxbytes": "20MB",
            "stdout_logfile_backups": 1,
        }
    write_private(world.folder / "supervisord.conf", _as_ini(sections))


def _as_ini(sections: Mapping[str, Mapping[str, object]]) -> str:
    return "\n".join(
        f"[{name}]\n"
        + "".join(f"{key}={str(value).replace('%', '%%')}\n" for key, value in values.items())
        for name, values in sections.items()
    )
