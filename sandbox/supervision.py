"""Starting, watching and stopping the processes of the servers, with supervisord."""

import os
import shlex
import subprocess
import sys
import time
import xmlrpc.client
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any

import psutil

from sandbox.engine.toolchain.progress import say
from sandbox.server import Process, Server, draw_tokens
from sandbox.world import CHECKOUT, HOST, SandboxError, World, write_private

_MARK = "WAQITI_SANDBOX"  # every process of a sandbox has this variable, with its folder
_START_SECONDS = 180
_STOP_SECONDS = 30
_POLL_SECONDS = 0.2


def start(world: World, processes: Sequence[Process]) -> None:
    """Start the stopped processes in the order of their needs, and wait until all are healthy."""
    _write_config(world, processes)
    if _supervisor(world) is None:
        _end_strays(world)
        _require_free_ports(world)
        (world.folder / "first-port").write_text(str(world.first_port))
        _daemonise(world)
    elif (world.folder / "first-port").read_text() != str(world.first_port):
        raise SandboxError("the sandbox runs on other ports: run `make down` first")
    running = _process_info(world)
    by_name = {process.name: process for process in processes}
    if running.keys() != by_name.keys():
        raise SandboxError("the sandbox runs other servers than its table: run `make down` first")
    for process in processes:
        for needed in process.needs:
            _await(world, by_name[needed])
        if running[process.name]["statename"] == "RUNNING":
            if process.is_healthy():
                continue
            say(f"{process.name} runs but is unhealthy: restarting it")
            _rpc(world).supervisor.stopProcess(process.name)
        _rpc(world).supervisor.startProcess(process.name)
    for process in processes:
        _await(world, process)


def stop(world: World) -> None:
    """Stop every process of the sandbox, and wait until it is gone."""
    supervisor = _supervisor(world)
    if supervisor is not None:
        children = [supervisor, *supervisor.children(recursive=True)]
        for name, process in sorted(_process_info(world).items(), reverse=True):
            if process["statename"] == "RUNNING":
                _rpc(world).supervisor.stopProcess(name)
        _rpc(world).supervisor.shutdown()
        await_end(children)
    _end_strays(world)


def status(world: World, processes: Sequence[Process]) -> Mapping[str, str]:
    """Return the condition of each process, with the log of an unhealthy one."""
    if _supervisor(world) is None:
        return dict.fromkeys((process.name for process in processes), "not running (`make up`)")
    running = _process_info(world)
    return {p.name: _condition(world, p, running.get(p.name)) for p in processes}


def _condition(world: World, process: Process, info: Mapping[str, Any] | None) -> str:
    log = f"log: {world.logs / process.name}.log"
    if info is None or info["statename"] != "RUNNING":
        code = f", exit code {info['exitstatus']}" if info and info["stop"] else ""
        return f"DEAD{code} (`make up` starts it; {log})"
    if not process.is_healthy():
        return f"UNHEALTHY: runs as pid {info['pid']} but does not answer ({log})"
    return f"healthy, pid {info['pid']}"


def _await(world: World, process: Process) -> None:
    deadline = time.monotonic() + _START_SECONDS
    log = world.logs / f"{process.name}.log"
    while not process.is_healthy():
        if _process_info(world)[process.name]["statename"] != "RUNNING":
            raise SandboxError(f"{process.name} ended during its start: read {log}")
        if time.monotonic() > deadline:
            raise SandboxError(
                f"{process.name} is not healthy after {_START_SECONDS} s: read {log}"
            )
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
            raise SandboxError(f"supervisord does not answer: read {world.logs}/supervisord.log")
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
    """Stop the processes that a killed sandbox left: they would hold ports and data."""
    strays = list(_marked(world))
    for stray in strays:
        say(f"stopping a process that a killed sandbox left: {stray.name()} (pid {stray.pid})")
        stray.terminate()
    alive = await_end(strays)
    for stray in alive:
        stray.kill()
    await_end(alive)


def await_end(processes: Sequence[psutil.Process]) -> list[psutil.Process]:
    """
    Wait until *processes* have ended; return those that still run.

    psutil's own wait raises FileNotFoundError for a process that ends meanwhile.
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
    ours = {world.port(name): name for name in world.ports}
    for connection in psutil.net_connections("tcp"):
        if connection.status != psutil.CONN_LISTEN or not connection.laddr:
            continue
        if (port := connection.laddr.port) in ours:
            raise SandboxError(
                f"port {port} of {ours[port]} is in use by {_who(connection.pid)}: stop that "
                "process, or move all ports of the sandbox: "
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
    infos: Any = _rpc(world).supervisor.getAllProcessInfo()
    return {info["name"]: info for info in infos}


def _write_config(world: World, processes: Sequence[Process]) -> None:
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
    for process in processes:
        # No restart: `make status` reports a dead process, and a restart would hide the cause.
        sections[f"program:{process.name}"] = {
            "command": shlex.join(process.command),
            "autostart": "false",
            "autorestart": "false",
            "startsecs": 0,
            # The last broker to stop waits for a lost quorum; its data is on disk.
            "stopwaitsecs": 3,
            "redirect_stderr": "true",
            "stdout_logfile": world.logs / f"{process.name}.log",
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


SERVER = Server(ports=["supervisor"], credentials=partial(draw_tokens, "supervisor"))
