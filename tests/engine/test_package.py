"""The package `waqiti` in programs outside this repository."""

import json
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from sandbox.engine.stacks import install_engine, install_yaml, world_environment
from sandbox.estate.openbao import MOUNT
from sandbox.servers import grafana, kafka, openbao, pagerduty
from tests.conftest import ROOT
from tests.engine import git_hosting
from tests.engine.kafka_clients import SECONDS
from tests.engine.paging_clients import rest
from tests.plugins.library_page import blocks

pytestmark = pytest.mark.minutes(5)

PACKAGE = f"https://{git_hosting.NAME}/waqiti/infrastructure.git/plugins/waqiti"
PYTHON = {"name": "python", "options": {"toolchain": "pip", "virtualenv": "venv"}}


@dataclass(frozen=True)
class ExternalProgram:
    """A program in its own folder, and its environment."""

    folder: Path
    environment: Mapping[str, str]

    def run(self, *arguments: str) -> tuple[int, str]:
        done = subprocess.run(
            ["pulumi", "--non-interactive", *arguments],
            cwd=self.folder,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        return done.returncode, done.stdout

    def do(self, *arguments: str) -> str:
        code, output = self.run(*arguments)
        assert code == 0, output
        return output

    def changes(self) -> dict[str, int]:
        """Apply the program; return the number of resources created, updated or unchanged."""
        self.do("up", "--yes", "--skip-preview")
        (newest, *_) = json.loads(self.do("stack", "history", "--json"))
        return dict(newest["resourceChanges"])

    def create(self, runtime: object, config: Mapping[str, object]) -> None:
        self.folder.mkdir()
        described = {"name": self.folder.name, "runtime": runtime}
        (self.folder / "Pulumi.yaml").write_text(json.dumps(described))
        self.do("stack", "init", "dev")
        stack = self.folder / "Pulumi.dev.yaml"
        stack.write_text(yaml.safe_dump(yaml.safe_load(stack.read_text()) | {"config": config}))

    def replace(self, file: str, old: str, new: str) -> None:
        path = self.folder / file
        assert old in path.read_text()
        path.write_text(path.read_text().replace(old, new))


@pytest.fixture(scope="module")
def external_environment(sandbox, toolchain, tmp_path_factory) -> Iterator[Mapping[str, str]]:
    """Provide an environment with a Git host of this repository, and the sandbox's credentials."""
    folder = tmp_path_factory.mktemp("foreign")
    home, repository = folder / "home", folder / "repository"
    for made in (repository, folder / "state"):
        made.mkdir()
    engine = install_engine(toolchain, home)
    install_yaml(toolchain, home)
    git_hosting.commit(ROOT, repository)
    own = ("PULUMI_STACK", "PULUMI_OPTION_CONFIG_FILE", "PULUMI_CONFIG_PASSPHRASE_FILE")
    world = world_environment(sandbox.world, "local", engine)
    with git_hosting.hosting(repository, folder, Path(world["SSL_CERT_FILE"])) as network:
        yield {name: value for name, value in world.items() if name not in own} | {
            "PULUMI_BACKEND_URL": f"file://{folder}/state",
            "PULUMI_CONFIG_PASSPHRASE": "only a test",
            # The default provider of Vault's resources reads the address here.
            "VAULT_ADDR": openbao.url(sandbox.world),
            "VAULT_TOKEN": (sandbox.world.folder / "openbao-root-token").read_text(),
            # The sandbox grants `pulumi` only the topics of the catalog.
            "KAFKA_SASL_USERNAME": "admin",
            "KAFKA_SASL_PASSWORD": sandbox.world.credentials["kafka/admin"],
            **network,
        }


@pytest.fixture
def config(sandbox) -> Mapping[str, object]:
    """Configure the default providers of a stack for the sandbox."""
    return {
        "grafana:url": grafana.url(sandbox.world),
        "kafka:bootstrapServers": [sandbox.world.address(f"kafka-{node}") for node in (1, 2, 3)],
        "kafka:saslMechanism": "plain",
        "kafka:tlsEnabled": "true",
        "pagerduty:apiUrlOverride": pagerduty.url(sandbox.world),
        "pagerduty:skipCredentialsValidation": "true",
    }


@pytest.mark.parametrize("language", ["yaml", "python"])
def test_a_program_outside_the_repository_uses_the_package(
    language: str, sandbox, external_environment, config, tmp_path
) -> None:
    program = ExternalProgram(tmp_path / language, external_environment)
    if language == "python":
        program.create(PYTHON, config)
        (program.folder / "requirements.txt").write_text("pulumi\n")
        (program.folder / "__main__.py").write_text(blocks("python package")[0])
        source, wrong = "__main__.py", ('"partitions": 3', '"partitions": 0')
    else:
        program.create("yaml", config)
        source, wrong = "Pulumi.yaml", ("partitions: 3", "partitions: 0")
    program.do("package", "add", PACKAGE)
    if language == "yaml":
        recorded = yaml.safe_load((program.folder / source).read_text())
        (program.folder / source).write_text(f"{yaml.safe_dump(recorded)}\n{blocks('yaml')[0]}")

    first = program.changes()
    second = program.changes()
    outputs = json.loads(program.do("stack", "output", "--json"))
    topics = kafka.admin(sandbox.world).list_topics(timeout=SECONDS).topics
    services = rest(sandbox.world).list_all("services", params={"query": "Payments"})

    assert set(first) == {"create"}
    assert second == {"same": first["create"]}
    assert outputs == {"topicNames": ["payments"]}
    assert len(topics["payments"].partitions) == 3
    assert [service["name"] for service in services] == ["Payments"]
    assert generated(sandbox).keys() == {"password"}

    program.replace(source, *wrong)
    code, output = program.run("preview")

    assert code != 0
    assert "KafkaTopics 'topics' is not declared: topics.payments.partitions: 0" in output
    # Pulumi's Python SDK may add a traceback of its own to a failed component.
    assert language == "python" or "Traceback" not in output
    assert "components/" not in output

    program.do("destroy", "--yes", "--skip-preview")

    assert "payments" not in kafka.admin(sandbox.world).list_topics(timeout=SECONDS).topics
    assert rest(sandbox.world).list_all("services", params={"query": "Payments"}) == []
    assert generated(sandbox)  # it stays
    openbao.administrator(sandbox.world).secrets.kv.v2.delete_metadata_and_all_versions(
        "payments/redis", mount_point=MOUNT
    )


def generated(sandbox) -> dict[str, str]:
    """Return the values that Vault generated."""
    vault = openbao.administrator(sandbox.world).secrets.kv.v2
    answer = vault.read_secret_version(
        "payments/redis", mount_point=MOUNT, raise_on_deleted_version=True
    )
    return dict(answer["data"]["data"])
