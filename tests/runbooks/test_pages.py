"""A page names only what exists, and says what is not built yet."""

import re

import promql_parser
import pytest

from authoring.promql import selectors
from legal_storage.__main__ import _parser as pod_parser
from settings.legal_storage import S3Backup
from settings.stack import Sections
from tests.alert_rules.rule_files import CATALOG
from tests.conftest import ROOT, stack_settings
from tests.runbooks.pages import PAGES, commands, languages, quoted
from tests.runbooks.plan import names, namespaces

PROD = stack_settings("prod")
NOT_BUILT = (ROOT / "docs/not-built.md").read_text()

METRICS = (
    {
        name + suffix
        for name, metric in CATALOG.metrics.items()
        for suffix in (("_bucket", "_count", "_sum") if metric.type == "histogram" else ("",))
    }
    | CATALOG.metrics.keys()
    | {"process_start_time_seconds"}
)
SERVICES = {
    *(metric.service for metric in CATALOG.metrics.values()),
    *CATALOG.metrics["probe_success"].labels["service"],
    *(s for topic in PROD.topics.values() for s in (*topic.producers, *topic.consumers)),
    "config-service",  # the checklist's; nothing of it is declared here yet
}
SECRET_NAMES = PROD.secrets.keys() | {
    key
    for secret in PROD.secrets.values()
    for key in (*secret.keys, *(k for keys in secret.keys_by_backup.values() for k in keys))
}
# Words of Kubernetes, Kafka, Prometheus, HTTP and the pods' own reports, which a page explains.
WORDS = {
    *("429", "NotEnoughReplicas", "acks", "absent", "for", "group_wait", "increase", "quantile="),
    *("/actuator/health", "/var/waqiti/legal/documents", "class", "Pulumi.<stack>.yaml"),
    *("outcome", "problems", "success", "failure", "misconfigured", "unknown"),
    *("restored", "held", "term_over", "SUSPEND", "False", "True"),
    *("bad_credentials", "expired_token", "locked_account", "failed", "verify"),
    *("heartbeat", "kv put", "kv patch", "create", "read", "update", "patch", "pulumi up", "up"),
    *("openssl rand -base64 32", "age-keygen", "age-keygen -y", "age-keygen -y escrow.txt"),
    *("AGE-SECRET-KEY-1…", "encryption_key", "keys", "check-escrow", "DOCUMENT", "--as-of", "age"),
    *("contents/", "cat"),
    "SINCE",
}


def is_known(word: str) -> bool:
    """Return whether *word* is something that exists, or a word that needs no existence."""
    if (
        word
        in WORDS | METRICS | SERVICES | SECRET_NAMES | names() | PROD.topics.keys() | namespaces()
    ):
        return True
    if re.fullmatch(r"[\w./-]+\.(md|yaml|json|py)", word):
        return (ROOT / word).is_file() or (ROOT / "runbooks" / word).is_file()
    if command := re.fullmatch(r"python -m waqiti (\w+) (prod|STACK)", word):
        return command[1] in {"drift", "grants", "list", "resume", "verify"}
    section, _, rest = word.partition(".")
    if section in Sections.model_fields and rest:
        return is_setting(word)
    return word == "key_generation" or is_query(word)


def is_setting(word: str) -> bool:
    value = PROD
    for part in word.split("."):
        value = getattr(value, part)
    return True


def is_query(word: str) -> bool:
    """Return whether *word* is PromQL that reads only metrics of the catalog."""
    try:
        read = {name for name, _ in selectors(promql_parser.parse(word))}
    except ValueError:
        return False
    return bool(read) and read <= METRICS


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_a_page_names_only_what_exists(path):
    assert [word for word in quoted(path) if not is_known(word)] == []


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_every_link_leads_to_a_file(path):
    links = re.findall(r"\]\(([^)]+)\)|\(([a-z-]+\.md)", path.read_text())
    files = [link or page for link, page in links]

    assert [file for file in files if not (path.parent / file).is_file()] == []


def test_every_block_is_commands_of_known_programs():
    programs = {words[0] for command in commands() for words in command.pipe}

    assert languages() == {"sh"}
    assert programs == {"aws", "cat", "export", "kubectl", "python", "vault"}


def test_a_page_that_needs_what_is_not_built_says_so_and_is_listed():
    """Whoever reads "flags to 0 %" must know that no command here does it."""
    needs = re.compile(r"flags to|roll (it )?back|back one step|previous version", re.IGNORECASE)
    saying = {
        path.stem
        for path in PAGES
        if "yet" in re.findall(r"\w+", path.read_text()) and "this repository" in path.read_text()
    }
    needing = {path.stem for path in PAGES if needs.search(fixes(path))}
    linking = {path.stem for path in PAGES if "(rollback.md)" in path.read_text()}
    listed = set(re.findall(r"runbooks/([\w-]+)\.md", NOT_BUILT))

    assert needing - {"rollback"} == linking
    assert listed == needing | saying


def fixes(path) -> str:
    """Return what a page asks people to do; the other parts explain."""
    return "".join(re.findall(r"^\d+\. .*$", path.read_text(), re.MULTILINE))


def test_the_pages_about_vault_leave_the_policies_to_the_command():
    assert [path.stem for path in PAGES if "capabilities" in path.read_text()] == []


def test_the_other_commands_name_what_prod_has():
    others = [c.pipe[0] for c in commands() if c.pipe[0][0] in {"aws", "export"}]
    backup = PROD.legal_storage.backup
    assert isinstance(backup, S3Backup)
    bucket = ("--bucket", backup.bucket)

    assert [words[1:3] for words in others if words[0] == "aws"] == [
        ("s3api", "list-object-versions"),
        ("s3api", "delete-object"),
    ]
    assert {words[3:5] for words in others if words[0] == "aws"} == {bucket}
    assert [words[1] for words in others if words[0] == "export"] == [
        f"VAULT_ADDR={PROD.vault.address}"
    ]


def test_the_commands_of_the_pods_are_understood_by_the_pods():
    given = [
        pod_parser().parse_args(list(words[3:]))
        for command in commands()
        for words in command.pipe
        if words[:3] == ("python", "-m", "legal_storage")
    ]

    assert [arguments.command for arguments in given] == ["check-escrow", "restore"]
