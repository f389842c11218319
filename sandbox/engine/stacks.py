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

from sandbox.engine.host import launcher
from sandbox.engine.toolchain.cache import Toolchain
from sandbox.engine.toolchain.progress import say
from sandbox.estate.stack import PROJECT, TRANSIT_KEY
from sandbox.world import CHECKOUT, SandboxError, World, write_private

HOME = CHECKOUT / ".sandbox" / "pulumi"

# Plugins by the name that their SDKs ask for, and the program that serves each.
_PLUGINS = {
    name: f"{name}-plugin" for name in ("grafana", "kafka", "kubernetes", "pagerduty", "vault")
}

# The variables of the engine and its providers: a run in a world never gets the user's own.
_FOREIGN = ("PULUMI_", "GRAFANA_", "KAFKA_", "KUBE", "PAGERDUTY_", "VAULT_", "SSL_CERT_")

_KEPT_CHECKPOINTS = 5

# The providers require a token even for a preview, which does not use it.
_NO_CREDENTIALS = {"PAGERDUTY_TOKEN": "none", "VAULT_TOKEN": "none"}


def install_engine(toolchain: Toolchain, home: Path = HOME) -> Mapping[str, str]:
    """
    Install the engine, its language host and its plugins; return the environment that finds them.

    A `pulumi` of the user's keeps its own language host and downloads its own plugins.
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


def install_yaml(toolchain: Toolchain, home: Path) -> None:
    """Place the language host for YAML beside our engine; a user's own engine has its own."""
    programs = home / "bin"
    if programs.exists():
        _place(programs / "pulumi-language-yaml", toolchain.executable("pulumi-yaml"))


def place_engine(built: Path, programs: Path) -> None:
    """Install the engine of *built*, and our language host beside it, into *programs*."""
    programs.mkdir(parents=True, exist_ok=True)
    for program in built.iterdir():
        _place(programs / program.name, program)
    launcher.install(programs, python=Path(sys.executable), checkout=CHECKOUT)


def world_environment(world: World, stack: str, engine: Mapping[str, str]) -> Mapping[str, str]:
    """Return the whole environment in which a `pulumi` command acts on *stack* in *world*."""
    return {
        **_own_environment(engine),
        **_project_environment(world.folder, stack),
        **world.environment(),
        # On a full disk the engine truncates the state, and then its `.bak` (docs/adr/0028).
        "PULUMI_RETAIN_CHECKPOINTS": "true",
    }


def open_stack(
    world: World, stack: str, engine: Mapping[str, str], **changes: Mapping[str, object]
) -> Mapping[str, str]:
    """
    Initialise *stack* in *world*, and return the environment to act on it.

    Its config is that of the checkout, with the addresses of the world and the *changes* of its
    sections.
    """
    _release_dead_locks(world)
    _delete_old_checkpoints(world)
    environment = world_environment(world, stack, engine)
    addresses = world.config()
    config = {name: {**values, **changes.pop(name, {})} for name, values in addresses.items()}
    transit = f"--secrets-provider=hashivault://{TRANSIT_KEY}"
    _open_project(world.folder, stack, environment, transit, config | changes)
    return environment


@contextmanager
def offline_stack(
    stack: str, engine: Mapping[str, str], **changes: Mapping[str, object]
) -> Iterator[Mapping[str, str]]:
    """Yield an environment for previews of *stack*: with a temporary state and no credential."""
    with tempfile.TemporaryDirectory(prefix="sandbox-preview-") as folder:
        place = Path(folder)
        passphrase = place / "passphrase"
        write_private(passphrase, "an offline preview has no secret")
        environment = {
            **_own_environment(engine),
            **_NO_CREDENTIALS,
            **_project_environment(place, stack),
            "PULUMI_CONFIG_PASSPHRASE_FILE": str(passphrase),
        }
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
    # The engine replaces the state atomically, but not the file of attributes beside it. A kill
    # during that write makes the state unreadable for ever ("checkpoint: EOF").
    return {
        "PULUMI_BACKEND_URL": f"file://{folder}/state?metadata=skip",
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
    """Initialise *stack* in a folder of its own: the engine writes into the config file."""
    source = CHECKOUT / f"Pulumi.{stack}.yaml"
    if not source.exists():
        raise SandboxError(f"there is no {source.name}: name a stack that has such a file")
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
    """Run a command; report its output only if it fails."""
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
        output = " ".join((done.stderr or done.stdout).split())
        raise SandboxError(f"`{' '.join(command[:3])}` failed: {output}")


def _release_dead_locks(world: World) -> None:
    for lock in (world.folder / "state" / ".pulumi" / "locks").rglob("*.json"):
        pid = json.loads(lock.read_text())["pid"]
        if not psutil.pid_exists(pid):
            say(f"releasing the stack's lock: the pulumi that took it (pid {pid}) is dead")
            lock.unlink()


def _delete_old_checkpoints(world: World) -> None:
    """Keep the last copies of each state only: the engine deletes none."""
    for state in (world.folder / "state" / ".pulumi" / "stacks").rglob("*.json"):
        copies = sorted(state.parent.glob(f"{state.name}.[0-9]*"))
        for copy in copies[:-_KEPT_CHECKPOINTS]:
            copy.unlink()


def _place(place: Path, program: Path) -> None:
    """Make a hard link, or copy: the engine resolves symbolic links to find its host."""
    if place.exists() and place.stat().st_mtime == program.stat().st_mtime:
        return
    draft = place.with_suffix(".draft")
    draft.unlink(missing_ok=True)
    try:
        draft.hardlink_to(program)
    except OSError:
        shutil.copy2(program, draft)
    draft.rename(place)
