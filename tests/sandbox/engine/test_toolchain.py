"""Programs are found on PATH or built once, completely or not at all."""

import os
import re
import shutil
import subprocess
import sys
import threading
import zipfile

import pytest
import yaml

from sandbox.engine.toolchain.cache import Toolchain, ToolchainError
from sandbox.engine.toolchain.programs import TABLE, read_programs

NOT_PINNED = "is not the pinned one: do not run it, and report it to the maintainers"
HELLO = 'package main\n\nvar greeting = "hello"\n\nfunc main() { println(greeting) }\n'


@pytest.fixture
def table(tmp_path, monkeypatch):
    """Provide a table with one small Go program, and the real Go."""
    monkeypatch.setenv("PATH", f"{Toolchain().executable('go').parent}:{os.environ['PATH']}")
    real = yaml.safe_load((read_programs()["go"].folder.parent / "programs.yaml").read_text())
    go = {"package": ".", "executable": "hello", "variables": {"main.greeting": "good-day"}}
    entries = {"go": real["go"], "hello": {"version": "1.0.0", "go": go, "seconds": 3}}
    folder = tmp_path / "table"
    (folder / "hello").mkdir(parents=True)
    (folder / "hello" / "go.mod").write_text("module hello\n\ngo 1.26\n")
    (folder / "hello" / "main.go").write_text(HELLO)
    (folder / "programs.yaml").write_text(yaml.safe_dump(entries))
    return folder / "programs.yaml"


@pytest.fixture
def toolchain(table, tmp_path):
    return Toolchain(tmp_path / "cache", table)


def test_a_program_is_built_once_and_the_duration_is_reported(toolchain, table, tmp_path, capsys):
    first = toolchain.executable("hello")
    output = capsys.readouterr().out.splitlines()
    second = Toolchain(tmp_path / "cache", table).executable("hello")

    assert first == second
    assert subprocess.run([first], check=True, capture_output=True).stderr == b"good-day\n"
    assert output[0] == "building hello 1.0.0 (about 3 s)"
    assert output[1].startswith("built hello 1.0.0 in ")
    assert capsys.readouterr().out == ""


def test_a_build_of_all_reports_the_place_and_the_time_of_all(table, tmp_path, capsys):
    entries = yaml.safe_load(table.read_text())
    entries["bonjour"] = {**entries["hello"], "folder": "hello", "seconds": 400}
    entries["probe"] = {**entries["hello"], "folder": "hello", "only_tests": True}
    table.write_text(yaml.safe_dump(entries, sort_keys=False))

    Toolchain(tmp_path / "cache", table).build(tests=False)
    lines = capsys.readouterr().out.splitlines()
    Toolchain(tmp_path / "cache", table).build(tests=True)
    then = capsys.readouterr().out.splitlines()

    assert [line for line in lines + then if line.startswith("building")] == [
        "building hello 1.0.0, 1 of 2 (about 3 s; all: about 7 min)",
        "building bonjour 1.0.0, 2 of 2 (about 7 min)",
        "building probe 1.0.0, 1 of 1 (about 3 s)",
    ]


def test_a_changed_recipe_causes_another_build(table):
    before = read_programs(table)["hello"].identity
    (table.parent / "hello" / "main.go").write_text(HELLO + "// changed\n")

    assert read_programs(table)["hello"].identity != before


def test_a_moved_checkout_or_another_estimate_does_not_change_the_build(table, tmp_path):
    moved = tmp_path / "moved"
    shutil.copytree(table.parent, moved)
    entries = yaml.safe_load(table.read_text())
    entries["hello"]["seconds"] = 99
    (moved / "programs.yaml").write_text(yaml.safe_dump(entries))

    other = read_programs(moved / "programs.yaml")["hello"].identity
    assert other == read_programs(table)["hello"].identity


def test_a_failed_build_leaves_nothing_and_reports_the_reason(toolchain, table):
    (table.parent / "hello" / "main.go").write_text("package main\n\nfunc main() { nonsense }\n")

    with pytest.raises(ToolchainError) as failed:
        toolchain.executable("hello")

    assert "hello 1.0.0 cannot be built" in str(failed.value)
    assert "undefined: nonsense" in str(failed.value)
    assert [path.name for path in toolchain.cache.iterdir() if path.is_dir()] == []


def test_a_killed_build_leaves_nothing_incomplete(toolchain):
    half = toolchain.cache / f"{toolchain.programs['hello'].identity}.building"
    half.mkdir(parents=True)
    (half / "hello").write_text("half a program")

    whole = toolchain.executable("hello")

    assert subprocess.run([whole], check=True, capture_output=True).stderr == b"good-day\n"
    assert [path.name for path in toolchain.cache.iterdir() if path.is_dir()] == [whole.parent.name]


def test_two_runs_build_the_same_thing_once(table, tmp_path, capfd):
    code = (
        "import sys; from pathlib import Path; "
        "from sandbox.engine.toolchain.cache import Toolchain; "
        "print(Toolchain(Path(sys.argv[1]), Path(sys.argv[2])).executable('hello'))"
    )
    command = [sys.executable, "-c", code, str(tmp_path / "cache"), str(table)]
    runs = [threading.Thread(target=subprocess.run, args=(command,)) for _ in range(2)]

    for run in runs:
        run.start()
    for run in runs:
        run.join()

    output = capfd.readouterr().out
    assert output.count("building hello 1.0.0 ") == 1
    assert output.count("/hello\n") == 2


@pytest.mark.parametrize(
    ("output", "sentence"),
    [
        (
            "dial tcp: lookup proxy: no such host",
            "a package registry does not answer: check the network and the proxy settings",
        ),
        ("write x: no space left on device", "the disk is full: free some space and run again"),
        (
            "link: signal: killed",
            "the system killed it because memory ran out: close another program",
        ),
        (
            "verifying m: checksum mismatch\n\tSECURITY ERROR",
            f"the download {NOT_PINNED}",
        ),
    ],
)
def test_a_missing_requirement_is_reported_in_one_sentence(
    toolchain, monkeypatch, output, sentence
):
    def fail(*_):
        raise RuntimeError(output)

    monkeypatch.setattr("sandbox.engine.toolchain.builders.build_go", fail)

    with pytest.raises(ToolchainError) as failed:
        toolchain.executable("hello")

    log = toolchain.cache / "hello.log"
    assert str(failed.value) == f"hello 1.0.0 cannot be built: {sentence} (log: {log})"


def test_too_little_disk_is_reported_before_the_build(toolchain, monkeypatch):
    usage = shutil.disk_usage("/")._replace(free=1024**3)
    monkeypatch.setattr("shutil.disk_usage", lambda _: usage)

    with pytest.raises(ToolchainError) as refused:
        toolchain.executable("hello")

    assert str(refused.value) == (
        f"building hello needs 6 GiB of disk, 1.0 GiB are free at {toolchain.cache}: free some "
        "space, or set XDG_CACHE_HOME to another disk"
    )


@pytest.mark.parametrize(("version", "own"), [("1.26.7", True), ("1.30", True), ("1.26.6", False)])
def test_the_user_s_own_program_is_used_if_it_is_new_enough(
    table, tmp_path, monkeypatch, version, own
):
    programs = tmp_path / "bin"
    programs.mkdir()
    go = programs / "go"
    go.write_text(f"#!/bin/sh\necho go{version}\n")
    go.chmod(0o755)
    monkeypatch.setenv("PATH", f"{programs}:{os.environ['PATH']}")
    toolchain = Toolchain(tmp_path / "cache", table)
    monkeypatch.setattr(Toolchain, "folder", lambda *_: tmp_path / "built")

    assert (toolchain.executable("go") == go) is own


def test_the_lock_of_packages_has_the_version_of_the_table():
    locked = [
        (program.version, (program.folder / "requirements.txt").read_text())
        for program in read_programs().values()
        if program.packages
    ]

    assert [version for version, lock in locked if f"=={version} " not in lock] == []


PLUGINS = ("kafka", "kubernetes", "pagerduty", "vault")


@pytest.mark.parametrize("name", PLUGINS)
def test_the_table_pins_the_versions_of_the_sdks(name):
    programs = read_programs()
    pins = (programs["go"].folder.parents[3] / "pyproject.toml").read_text()

    assert f"pulumi-{name}=={programs[f'{name}-plugin'].version}" in pins


def test_no_program_requires_a_newer_go_than_the_table_accepts_from_path():
    table = yaml.safe_load(TABLE.read_text())
    at_least = numbers(table["go"]["on_path"]["at_least"])
    wanted = {
        path.parent.name: re.findall(r"^go (\S+)$", path.read_text(), re.MULTILINE)
        for path in TABLE.parent.glob("*/go.mod")
    }

    assert wanted.keys() >= {"kubernetes", "prometheus", "pulumi"}
    assert {name: go for name, (go,) in wanted.items() if numbers(go) > at_least} == {}


def numbers(version):
    return [int(part) for part in version.split(".")]


READER = (
    'package main\n\nimport _ "embed"\n\n'
    "//go:embed words.txt\nvar words string\n\nfunc main() { print(words) }\n"
)


@pytest.fixture
def module(table, tmp_path, monkeypatch):
    """Serve a Go module with two files, which the program of the table requires."""
    served = tmp_path / "proxy" / "example.com" / "files" / "@v"
    served.mkdir(parents=True)
    (served / "v1.0.0.mod").write_text("module example.com/files\n")
    (served / "v1.0.0.info").write_text('{"Version": "v1.0.0"}')
    with zipfile.ZipFile(served / "v1.0.0.zip", "w") as archive:
        for name, text in {"go.mod": "module example.com/files\n", **MODULE_FILES}.items():
            archive.writestr(f"example.com/files@v1.0.0/{name}", text)
    monkeypatch.setenv("GOPROXY", f"file://{tmp_path}/proxy")
    monkeypatch.setenv("GONOSUMDB", "example.com")
    monkeypatch.setenv("GOMODCACHE", str(tmp_path / "modules"))
    monkeypatch.setenv("GOFLAGS", "-modcacherw")
    folder = table.parent / "hello"
    (folder / "go.mod").write_text("module hello\n\ngo 1.26\n\nrequire example.com/files v1.0.0\n")
    (folder / "main.go").write_text(READER)
    subprocess.run(["go", "mod", "download", "example.com/files"], cwd=folder, check=True)
    entries = yaml.safe_load(table.read_text())
    entries["hello"]["go"]["embeds"] = {"example.com/files": ["words.txt"]}
    entries["hello"]["module_files"] = {"example.com/files": ["words.txt", "run.sh"]}
    table.write_text(yaml.safe_dump(entries))
    return folder


MODULE_FILES = {"words.txt": "words of a module", "run.sh": "#!/bin/sh\n"}


def test_files_of_a_module_are_embedded_and_copied_beside_the_program(module, table, tmp_path):
    program = Toolchain(tmp_path / "cache", table).executable("hello")

    printed = subprocess.run([program], check=True, capture_output=True).stderr
    beside = {name: (program.parent / name) for name in MODULE_FILES}
    assert printed.decode() == MODULE_FILES["words.txt"]
    assert {name: path.read_text() for name, path in beside.items()} == MODULE_FILES
    assert [os.access(path, os.X_OK) for path in beside.values()] == [False, True]
    assert not (module / "words.txt").exists()


def test_a_module_with_another_hash_is_refused(module, table, tmp_path):
    sums = module / "go.sum"
    lines = sums.read_text().splitlines()
    sums.write_text("".join(f"{' '.join(s.split()[:2])} h1:{'A' * 43}=\n" for s in lines))
    shutil.rmtree(tmp_path / "modules")

    with pytest.raises(ToolchainError, match=NOT_PINNED):
        Toolchain(tmp_path / "cache", table).executable("hello")
