"""Who may do what with a topic, by ACLs in Kafka's own words."""

from waqiti.evidence.access import Acl, access, groups, writers_of_acls


def acl(text):
    return Acl(*text.split("|"))


def rows(*texts):
    found = access([acl(text) for text in texts], "audit-log")
    return {(one["action"], one["principal"], one["permission"], one["denied"]) for one in found}


def test_each_action_has_the_acls_that_allow_it():
    assert rows(
        "User:writer|*|Write|Allow|Topic|audit-log|Literal",
        "User:reader|*|Read|Allow|Topic|*|Literal",
        "User:pulumi|*|AlterConfigs|Allow|Topic|audit-|Prefixed",
        "User:other|*|Write|Allow|Topic|orders|Literal",
        "User:other|*|Read|Allow|Group|audit-log|Literal",
    ) == {
        ("write", "User:writer", "Allow", False),
        ("read", "User:reader", "Allow", False),
        ("alter", "User:pulumi", "Allow", False),
    }


def test_an_acl_for_all_operations_is_in_every_action_and_a_denial_beats_it():
    assert rows(
        "User:admin|10.0.0.1|All|Allow|Topic|audit|Prefixed",
        "User:*|*|Delete|Deny|Topic|audit-log|Literal",
    ) == {
        ("write", "User:admin", "Allow", False),
        ("read", "User:admin", "Allow", False),
        ("alter", "User:admin", "Allow", False),
        ("delete", "User:admin", "Allow", True),
        ("delete", "User:*", "Deny", False),
    }


def test_a_denial_of_another_host_or_of_one_of_two_operations_beats_nothing():
    assert rows(
        "User:admin|*|All|Allow|Topic|audit-log|Literal",
        "User:*|10.0.0.1|Delete|Deny|Topic|audit-log|Literal",
        "User:admin|*|Alter|Deny|Topic|audit-log|Literal",
    ) >= {
        ("alter", "User:admin", "Allow", False),
        ("delete", "User:admin", "Allow", False),
    }


def test_who_may_change_acls_and_who_may_use_a_group_is_listed():
    acls = [
        acl("User:pulumi|*|Alter|Allow|Cluster|kafka-cluster|Literal"),
        acl("User:reader|*|Read|Allow|Group|reader|Literal"),
        acl("User:denied|*|Alter|Deny|Cluster|kafka-cluster|Literal"),
    ]

    assert list(writers_of_acls(acls)) == ["User:pulumi"]
    assert groups(acls) == [{"principal": "User:reader", "group": "reader", "pattern": "Literal"}]
