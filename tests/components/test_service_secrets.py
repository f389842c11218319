"""Each service reads its own secrets and nothing else; its containers get them from Secrets."""

import pytest

from components import InvalidArgumentsError, ServiceSecrets

RULE = 'path "kv/data/{}" {{ capabilities = ["read"] }}\n'


def key(path, name):
    return {"path": path, "key": name}


CART = {
    "namespace": "shop",
    "service_account": "cart",
    "variables": {
        "REDIS_PASSWORD": key("redis/cart", "password"),
        "BANK_TOKEN": key("bank", "token"),
    },
}
TILL = {
    "namespace": "shop",
    "service_account": "counter",
    "variables": {"DATABASE_USERNAME": key("database/till", "username")},
}


def arguments(**changes):
    return {
        "mount": "kv",
        "password_policy": "shop",
        "generated": {
            "redis/cart": {"keys": ["password"]},
            "database/till": {"keys": ["password"], "fixed": {"username": "till_svc"}},
        },
        "expected": {"bank": ["token"]},
        "services": {"cart": CART, "till": TILL},
        "auth_mount": "kubernetes",
        "prefix": "shop-",
        "delivery": {
            "operator": "external-secrets",
            "address": "https://vault.example",
            "service_account": "delivery",
        },
    } | changes


def declare(deploy, **changes):
    return deploy(lambda: ServiceSecrets("secrets", arguments(**changes)))


def test_vault_generates_what_is_declared_and_operators_provide_the_rest(deploy):
    plan = declare(deploy)

    (policy,) = plan.of_type("waqiti:vault:PasswordPolicy").values()
    assert policy["name"] == "shop"
    assert plan.of_type("waqiti:vault:GeneratedSecret") == {
        "secrets-redis-cart": {
            "mount": "kv",
            "path": "redis/cart",
            "generated": ["password"],
            "policy": "shop",
            "fixed": {},
            "rotation": 1,
        },
        "secrets-database-till": {
            "mount": "kv",
            "path": "database/till",
            "generated": ["password"],
            "policy": "shop",
            "fixed": {"username": "till_svc"},
            "rotation": 1,
        },
    }
    assert plan.of_type("waqiti:vault:ExpectedSecret") == {
        "secrets-bank": {"mount": "kv", "path": "bank", "keys": ["token"], "required": True}
    }


def test_a_service_s_policy_opens_its_own_paths_and_nothing_else(deploy):
    plan = declare(deploy)

    assert plan.of_type("vault:index/policy:Policy") == {
        f"secrets-{who}-policy": {
            "name": f"shop-{who}",
            "policy": "".join(RULE.format(path) for path in paths),
        }
        for who, paths in {
            "cart": ["bank", "redis/cart"],
            "till": ["database/till"],
            "shop.delivery": ["bank", "database/till", "redis/cart"],
        }.items()
    }


def test_a_role_is_bound_to_one_service_account_of_one_namespace(deploy):
    plan = declare(deploy)

    assert plan.of_type("vault:kubernetes/authBackendRole:AuthBackendRole") == {
        f"secrets-{who}-role": {
            "backend": "kubernetes",
            "roleName": f"shop-{who}",
            "boundServiceAccountNames": [account],
            "boundServiceAccountNamespaces": ["shop"],
            "audience": "vault",
            "tokenPolicies": [f"shop-{who}"],
            "tokenTtl": 3600,
        }
        for who, account in {
            "cart": "cart",
            "till": "counter",
            "shop.delivery": "delivery",
        }.items()
    }


def test_external_secrets_copies_each_path_through_the_store_of_the_namespace(deploy):
    delivery = arguments()["delivery"] | {"authority": "root", "vault_namespace": "payments"}

    plan = declare(deploy, delivery=delivery)

    api = "external-secrets.io/v1"
    (store,) = plan.of_type(f"kubernetes:{api}:SecretStore").values()
    assert store["metadata"] == {"name": "vault", "namespace": "shop"}
    assert store["spec"]["provider"]["vault"] == {
        "server": "https://vault.example",
        "namespace": "payments",
        "path": "kv",
        "version": "v2",
        "caProvider": {"type": "ConfigMap", "name": "root", "key": "ca.crt"},
        "auth": {
            "kubernetes": {
                "mountPath": "kubernetes",
                "role": "shop-shop.delivery",
                "serviceAccountRef": {"name": "delivery", "audiences": ["vault"]},
            }
        },
    }
    (account,) = plan.of_type("kubernetes:core/v1:ServiceAccount").values()
    assert account["metadata"] == {"name": "delivery", "namespace": "shop"}
    copies = plan.of_type(f"kubernetes:{api}:ExternalSecret")
    assert {name: made["metadata"]["name"] for name, made in copies.items()} == {
        f"secrets-shop-externalsecret-{secret}": secret
        for secret in ("bank", "database-till", "redis-cart")
    }
    assert copies["secrets-shop-externalsecret-redis-cart"]["spec"] == {
        "refreshInterval": "1h",
        "secretStoreRef": {"kind": "SecretStore", "name": "vault"},
        "target": {"name": "redis-cart", "creationPolicy": "Owner"},
        "data": [
            {"secretKey": "password", "remoteRef": {"key": "redis/cart", "property": "password"}}
        ],
    }


def test_hashicorp_s_operator_makes_the_same_secrets(deploy):
    delivery = arguments()["delivery"] | {
        "operator": "vault-secrets-operator",
        "authority": "root",
    }

    plan = declare(deploy, delivery=delivery)

    api = "kubernetes:secrets.hashicorp.com/v1beta1"
    (connection,) = plan.of_type(f"{api}:VaultConnection").values()
    (login,) = plan.of_type(f"{api}:VaultAuth").values()
    copies = plan.of_type(f"{api}:VaultStaticSecret")
    assert connection["spec"] == {"address": "https://vault.example", "caCertSecretRef": "root"}
    assert login["spec"] == {
        "vaultConnectionRef": "vault",
        "method": "kubernetes",
        "mount": "kubernetes",
        "kubernetes": {
            "role": "shop-shop.delivery",
            "serviceAccount": "delivery",
            "audiences": ["vault"],
        },
    }
    names = {made["metadata"]["name"] for made in copies.values()}
    assert names == {"bank", "database-till", "redis-cart"}
    assert copies["secrets-shop-vaultstaticsecret-redis-cart"]["spec"] == {
        "vaultAuthRef": "vault",
        "mount": "kv",
        "type": "kv-v2",
        "path": "redis/cart",
        "refreshAfter": "1h",
        "destination": {
            "name": "redis-cart",
            "create": True,
            "transformation": {"excludeRaw": True},
        },
    }
    assert plan.of_type("kubernetes:external-secrets.io/v1:ExternalSecret") == {}


def outputs(deploy, **changes):
    seen: dict[str, object] = {}

    def program():
        made = ServiceSecrets("secrets", arguments(**changes))
        made.environment.apply(lambda value: seen.update(environment=value))
        made.external_secrets.apply(lambda value: seen.update(copies=value))

    deploy(program)
    return seen


def test_containers_refer_to_keys_of_the_copied_secrets(deploy):
    found = outputs(deploy)

    assert found["environment"] == {
        "cart": {
            "REDIS_PASSWORD": {"secretKeyRef": {"name": "redis-cart", "key": "password"}},
            "BANK_TOKEN": {"secretKeyRef": {"name": "bank", "key": "token"}},
        },
        "till": {
            "DATABASE_USERNAME": {"secretKeyRef": {"name": "database-till", "key": "username"}}
        },
    }
    # What an operator has to provide may be missing, so an `up` does not wait for it.
    assert found["copies"] == [
        "secrets-shop-externalsecret-database-till-id",
        "secrets-shop-externalsecret-redis-cart-id",
    ]


def test_a_service_that_reads_vault_itself_gets_references_and_no_secret(deploy):
    services = {"cart": CART, "till": TILL | {"resolves": True}}

    found = outputs(deploy, services=services)

    assert found["environment"]["till"] == {
        "VAULT_ROLE": {"value": "shop-till"},
        "DATABASE_USERNAME": {"value": "${vault:kv/data/database/till#username}"},
    }
    assert found["copies"] == ["secrets-shop-externalsecret-redis-cart-id"]


def test_wrong_arguments_are_named_at_once(deploy):
    wrong = TILL | {"variables": {"A": key("redis/cart", "pasword"), "B": key("/x", "y")}}
    delivery = arguments()["delivery"] | {"operator": "eso"}

    with pytest.raises(InvalidArgumentsError) as refused:
        declare(
            deploy,
            mount="kv/",
            delivery=delivery,
            expected={"redis/cart": ["password"]},
            services={"till": wrong, "Cart": CART, "none": TILL | {"variables": {}}},
        )

    assert str(refused.value) == (
        "ServiceSecrets 'secrets' is not declared: "
        "mount: 'kv/': pass the mount's path without slashes at its ends; "
        "delivery.operator: 'eso': pass external-secrets or vault-secrets-operator; "
        "expected.redis/cart: generated, too: remove it from one of them; "
        "services.till.variables.A.key: 'pasword': redis/cart has password: pass one of them; "
        "services.till.variables.B.path: '/x': pass a path without slashes at its ends; "
        "services.Cart: 'Cart': use 1 to 63 small letters, digits and dashes, no dash at an end; "
        "services.none.variables: none: pass at least one, or leave the service out"
    )
