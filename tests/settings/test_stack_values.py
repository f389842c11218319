"""A value of a stack file that a system would refuse, or be wrong with, is refused."""

import pytest

from tests.conftest import stack_config
from tests.settings.copied_folders import report


def legal(**changes):
    return {"legal_storage": changes}


def part_of_legal(part, **changes):
    return legal(**{part: stack_config("prod")["waqiti:legal_storage"][part] | changes})


SECTIONS = [
    ({"kafka": {"client_hosts": {"host": "localhost", "reason": "pods have no address"}}}, "host"),
    ({"kafka": {"client_hosts": {"host": "10.0.0.0/8", "reason": "pods have no one"}}}, "host"),
    ({"kafka": {"principal_template": "User:{service}{env}"}}, "principal_template"),
    ({"kafka": {"principal_template": "User:CN={service}, O=W"}}, "principal_template"),
    ({"kafka": {"principal_template": "User:{service!r}"}}, "principal_template"),
    ({"kafka": {"bootstrap_servers": ["b:99999"]}}, "bootstrap_servers.0"),
    ({"kafka": {"bootstrap_servers": ["b:0"]}}, "bootstrap_servers.0"),
    ({"kafka": {"bootstrap_servers": ["-b:9093"]}}, "bootstrap_servers.0"),
    ({"kafka": {"bootstrap_servers": ["999.1.1.1:9093"]}}, "bootstrap_servers.0"),
    ({"kafka": {"bootstrap_servers": ["b:9093", "b:9093"]}}, "bootstrap_servers"),
    ({"kafka": {"replication_factor": 40000}}, "replication_factor"),
    ({"kafka": {"replication_factor": "3"}}, "replication_factor"),
    ({"kafka": {"audit_retention_minimum_days": 10**12}}, "audit_retention_minimum_days"),
    ({"grafana": {"folder_uid": "u" * 41}}, "folder_uid"),
    ({"grafana": {"folder_title": " "}}, "folder_title"),
    ({"grafana": {"url": "https://grafana.example/?a"}}, "url"),
    ({"pagerduty": {"api_url": "http://pd.example"}}, "api_url"),
    ({"pagerduty": {"api_url": "https://"}}, "api_url"),
    ({"vault": {"address": "https://vault example"}}, "address"),
    ({"monitoring": {"namespace": "Monitoring"}}, "namespace"),
    (part_of_legal("claim", size="1024Gi"), "claim.size"),
    (part_of_legal("claim", size="0.5Ti"), "claim.size"),
    (part_of_legal("claim", size="16Ei"), "claim.size"),
    (legal(scratch_size="2048Mi"), "scratch_size"),
    (legal(image="registry.example/a@sha256:" + "0" * 64), "image"),
    (legal(image="registry.example/a@sha256:" + "01" * 32), "image"),
    (part_of_legal("owner", uid=2**31), "owner.uid"),
    (part_of_legal("backup", addresses=["0.0.0.0/0"]), "backup.s3.addresses"),
    (part_of_legal("backup", addresses=["0.0.0.0/1", "128.0.0.0/1"]), "backup.s3.addresses"),
    (part_of_legal("backup", addresses=["10.10.0.1/16"]), "backup.s3.addresses.0"),
    (part_of_legal("backup", addresses=["10.10.0.0/33"]), "backup.s3.addresses.0"),
    (part_of_legal("backup", addresses=["::/0"]), "backup.s3.addresses"),
    (part_of_legal("backup", bucket="192.168.0.1"), "backup.s3.bucket"),
    (part_of_legal("backup", bucket="a..b"), "backup.s3.bucket"),
    (part_of_legal("backup", endpoint="https://s3.example:99999"), "backup.s3.endpoint"),
]


@pytest.mark.parametrize(("sections", "path"), SECTIONS)
def test_a_wrong_value_of_prod_is_one_sentence_with_its_path(sections, path):
    (section,) = sections

    name, problem = report("prod", **sections)

    assert name == "Pulumi.prod.yaml is not valid:"
    assert problem.startswith(f"{section}.")
    assert f"{path}: " in problem
    assert " (got " in problem


@pytest.mark.parametrize(
    "sections",
    [
        {"kafka": {"principal_template": "User:CN={service},OU=Pay,O=W"}},
        {"kafka": {"client_hosts": {"host": "10.1.2.3", "reason": "one bastion host"}}},
        {"pagerduty": {"api_url": "http://127.0.0.1:19099"}},
        part_of_legal("claim", size="1Ti"),
        part_of_legal("backup", addresses=["52.216.0.0/15", "2600:1fa0::/32"]),
    ],
)
def test_a_valid_value_of_prod_is_accepted(sections):
    assert report("prod", **sections) == []


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        (
            {"directoryPerms": None},
            'directoryPerms: efs.csi.aws.com needs permissions: write "750"',
        ),
        ({"uid": "10002"}, "uid: efs.csi.aws.com needs '10001': set it (got '10002')"),
        ({"gid": None}, "gid: efs.csi.aws.com needs '10001': set it (got None)"),
        ({"fileSystemId": None}, "fileSystemId: efs.csi.aws.com needs the id of a file system"),
        ({"directoryPerms": "777"}, "directoryPerms: only owner and group may read"),
    ],
)
def test_an_efs_volume_is_the_owner_s(changes, problem):
    parameters = stack_config("prod")["waqiti:legal_storage"]["claim"]["parameters"] | changes
    given = {key: value for key, value in parameters.items() if value is not None}

    _, found = report("prod", **part_of_legal("claim", parameters=given))

    assert f"claim.parameters.{problem}" in found
