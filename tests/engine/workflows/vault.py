"""Vault as an administrator prepares it for the jobs: a login, roles, policies, credentials."""

from sandbox.estate.openbao import MOUNT
from sandbox.estate.stack import TRANSIT_KEY
from sandbox.servers import openbao
from sandbox.world import World
from tests.engine.workflows.oidc import ISSUER

REPOSITORY = "waqiti/platform"
KUBECONFIG = "kind: Config"
_CREDENTIALS = ("PAGERDUTY_TOKEN", "GRAFANA_AUTH")
_ENCRYPTION = "".join(
    f'path "transit/{action}/{TRANSIT_KEY}" {{ capabilities = ["update"] }}\n'
    for action in ("encrypt", "decrypt")
)
_READING = "".join(
    f'path "{MOUNT}/{part}/alerting/pagerduty" {{ capabilities = ["read"] }}\n'
    for part in ("data", "metadata")
)
_LISTING = "".join(
    f'path "{path}" {{ capabilities = ["list"] }}\n'
    for path in (f"{MOUNT}/metadata/*", "sys/policies/acl")
)

# Of each kind of role: what may log in, what it may do, and the sandbox's policy that it has, too.
ROLES = {
    "plan": (["pull_request", "ref:refs/heads/main"], _ENCRYPTION, []),
    "drift": (["ref:refs/heads/main"], _ENCRYPTION + _READING + _LISTING, []),
    "up": (["environment:{stack}"], "", ["pulumi"]),
}


def prepare(world: World, public_key: str, stacks: list[str]) -> None:
    """Enable the login of jobs, and write the credentials that each role reads."""
    root = openbao.administrator(world)
    root.sys.enable_auth_method("jwt")
    config = {"jwt_validation_pubkeys": [public_key], "bound_issuer": ISSUER}
    root.write_data("auth/jwt/config", data=config)
    environment = world.environment()
    for stack in stacks:
        for kind, (subjects, rules, policies) in ROLES.items():
            role = f"waqiti-{stack}-{kind}"
            own = f'path "{MOUNT}/data/ci/{role}" {{ capabilities = ["read"] }}\n'
            root.sys.create_or_update_acl_policy(role, rules + own)
            allowed = [f"repo:{REPOSITORY}:{one.format(stack=stack)}" for one in subjects]
            data = {
                "role_type": "jwt",
                "user_claim": "sub",
                "bound_audiences": [openbao.url(world)],
                "bound_claims": {"sub": allowed},
                "token_policies": [role, *policies],
                "token_ttl": "10m",
            }
            root.write_data(f"auth/jwt/role/{role}", data=data)
            if kind != "plan":
                held = {name: environment[name] for name in _CREDENTIALS} | {
                    "KUBECONFIG": KUBECONFIG
                }
                root.secrets.kv.v2.create_or_update_secret(f"ci/{role}", held, mount_point=MOUNT)
