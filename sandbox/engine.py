"""The Pulumi engine on a world: its programs, its state, its environment."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import psutil
import yaml

from sandbox import grafana, kubernetes, openbao, pagerduty
from sandbox.host import launcher
from sandbox.toolchain.cache import Toolchain
from sandbox.toolchain.progress import say
from sandbox.world import CHECKOUT, SandboxError, World, write_private

HOME = CHECKOUT / ".sandbox" / "pulumi"
PROJECT = "waqiti"

# Plugins by the name that their SDKs ask for, and the program that serves each.
_PLUGINS = {
    name: f"{name}-plugin" for name in ("grafana", "kafka", "kubernetes", "pagerduty", "vault")
}

# What the engine and its providers read; a run in a world gets the world's own and no other.
_FOREIGN = ("PULUMI_", "GRAFANA_", "KAFKA_", "KUBE", "PAGERDUTY_", "VAULT_", "SSL_CERT_")

# The providers want some token to preview with; they do not use it.
_NO_CREDENTIALS = {"PAGERDUTY_TOKEN": "none", "VAULT_TOKEN": "none"}


def install_engine(toolchain: Toolchain, home: Path = HOME) -> Mapping[str, str]:
    """
    Place the engine, its language host and its plugins, and give the environment that finds them.

    The user's own `pulumi` keeps its own language host and downloads its own plugins.
    """
    pulumi = toolchain.executable("pulumi")
    if not pulumi.is_relative_to(toolchain.cache):
        return {"PATH": os.environ["PATH"], "PULUMI_HOME": str(home)}
    programs = home / "bin"
    place_engine(pulumi.parent, programs)
    for name, program_name in _PLUGINS.items():
        version = toolchain.programs[program_name].version
        folder = home / "plugins" / f"resource-{name}-v{version}"
        folder.mkdir(parents=True, exist_ok=True)
        _place(folder / f"pulumi-resource-{name}", toolchain.executable(program_name))
    return {
        "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
        "PULUMI_HOME": str(home),
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
    }


def place_engine(built: Path, programs: Path) -> None:
    """Place the engine of the folder *built* into *programs*, and our language host beside it."""
    programs.mkdir(parents=True, exist_ok=True)
    for program in built.iterdir():
        _place(programs / program.name, program)
    launcher.install(programs, python=Path(sys.executable), checkout=CHECKOUT)


def world_environment(world: World, stack: str, engine: Mapping[str, str]) -> Mapping[str, str]:
    """Give the whole environment in which any `pulumi` command acts on *stack* in *world*."""
    return {
        **_own_environment(engine),
        **_project_environment(world.folder, stack),
        "GRAFANA_AUTH": world.credentials["grafana/pulumi"],
        "KAFKA_SASL_USERNAME": "pulumi",
        "KAFKA_SASL_PASSWORD": world.credentials["kafka/pulumi"],
        "KUBECONFIG": str(kubernetes.kubeconfig(world, "pulumi")),
        "PAGERDUTY_TOKEN": world.credentials["pagerduty/pulumi"],
        "VAULT_TOKEN": world.credentials["openbao/pulumi"],
        # What Pulumi's own secrets provider reads.
        "VAULT_SERVER_URL": openbao.url(world),
        "VAULT_SERVER_TOKEN": world.credentials["openbao/pulumi"],
        "SSL_CERT_FILE": str(world.tls / "ca.pem"),
    }


def open_stack(
    world: World, stack: str, engine: Mapping[str, str], **changes: Mapping[str, object]
) -> Mapping[str, str]:
    """
    Make *stack* ready in *world*, and give the environment to act on it.

    Its config is that of the checkout but for the addresses, and for the *changes* of its sections.
    """
    _release_dead_locks(world)
    environment = world_environment(world, stack, engine)
    servers = [world.address(f"kafka-{node}") for node in (1, 2, 3)]
    addresses: Mapping[str, Mapping[str, object]] = {
        "grafana": {"url": grafana.url(world)},
        "kafka": {"bootstrap_servers": servers},
        "kubernetes": {"context": kubernetes.CONTEXT},
        "pagerduty": {"api_url": pagerduty.url(world)},
        "vault": {"address": openbao.url(world)},
    }
    config = {name: {**values, **changes.pop(name, {})} for name, values in addresses.items()}
    transit = f"--secrets-provider=hashivault://{openbao.TRANSIT_KEY}"
    _open_project(world.folder, stack, environment, transit, config | changes)
    return environment


@contextmanager
def offline_stack(
    stack: str, engine: Mapping[str, str], **changes: Mapping[str, object]
) -> Iterator[Mapping[str, str]]:
    """Give an environment for previews of *stack*: a state thrown away, and no credential."""
    with tempfile.TemporaryDirectory(prefix="waqiti-preview-") as folder:
        place = Path(folder)
        write_private(place / "passphrase", "an offline preview encrypts nothing worth keeping")
        own = {**_own_environment(engine), **_NO_CREDENTIALS}
        environment = {**own, **_project_environment(place, stack)}
        _open_project(place, stack, environment, "--secrets-provider=passphrase", changes)
        yield environment


def _own_environment(engine: Mapping[str, str]) -> dict[str, str]:
    kept = {
        name: value
        for name, value in os.environ.items()
        if name == "PULUMI_PARALLEL" or not name.startswith(_FOREIGN)
    }
    return {**kept, "PULUMI_SKIP_UPDATE_CHECK": "true", **engine}


def _project_environment(folder: Path, stack: str) -> dict[str, str]:
    # The engine replaces the state in one step, but not the file of attributes beside it: killed in
    # between, it leaves that one empty and can never read the state again ("checkpoint: EOF").
    return {
        "PULUMI_BACKEND_URL": f"file://{folder}/state?metadata=skip",
        "PULUMI_CONFIG_PASSPHRASE_FILE": str(folder / "passphrase"),
        "PULUMI_STACK": stack,
        "PULUMI_OPTION_CONFIG_FILE": str(_config_file(folder, stack)),
    }


def _config_file(folder: Path, stack: str) -> Path:
    return folder / "project" / f"Pulumi.{stack}.yaml"


def _open_project(
    folder: Path,
    stack: str,
    environment: Mapping[str, str],
    secrets_provider: str,
    changes: Mapping[str, Mapping[str, object]],
) -> None:
    """Initialise *stack*, in a folder of its own: the engine writes into the config it is given."""
    source = CHECKOUT / f"Pulumi.{stack}.yaml"
    if not source.exists():
        raise SandboxError(f"there is no {source.name}: the stacks are those that have such a file")
    config_file = _config_file(folder, stack)
    if not config_file.exists():
        (folder / "state").mkdir(exist_ok=True)
        config_file.parent.mkdir(exist_ok=True)
        (config_file.parent / "Pulumi.yaml").write_text(f"{{name: {PROJECT}, runtime: python}}\n")
        init = ["pulumi", "stack", "init", stack, "--non-interactive", secrets_provider]
        without = {k: v for k, v in environment.items() if not k.startswith("PULUMI_OPTION_")}
        _run(init, without, config_file.parent)
    written = yaml.safe_load(config_file.read_text())
    config = yaml.safe_load(source.read_text())["config"]
    for section, values in changes.items():
        config[f"{PROJECT}:{section}"] |= values
    write_private(config_file, yaml.safe_dump({**written, "config": config}))


def _run(command: Sequence[str], environment: Mapping[str, str], folder: Path) -> None:
    """Run a command that says nothing unless it fails."""
    program = shutil.which(command[0], path=environment["PATH"]) or command[0]
    done = subprocess.run(
        [program, *command[1:]],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    if done.returncode:
        told = " ".join((done.stderr or done.stdout).split())
        raise SandboxError(f"`{' '.join(command[:3])}` failed: {told}")


def _release_dead_locks(world: World) -> None:
    for lock in (world.folder / "state" / ".pulumi" / "locks").rglob("*.json"):
        pid = json.loads(lock.read_text())["pid"]
        if not psutil.pid_exists(pid):
            say(f"releasing the stack's lock: the pulumi that took it (pid {pid}) is dead")
            lock.unlink()


def _place(place: Path, program: Path) -> None:
    """Link hard, or copy: the engine looks for its host beside its real file."""
    if place.exists() and place.stat().st_mtime == program.stat().st_mtime:
        return
    draft = place.with_suffix(".draft")
    draft.unlink(missing_ok=True)
    try:
        draft.hardlink_to(program)
    except OSError:
        shutil.copy2(program, draft)
    draft.rename(place)
