"""Run the simulator: `python -m sandbox.simulators.github`; `--help` lists its options."""

from pathlib import Path

from sandbox.simulators import command
from sandbox.simulators.github.application import application
from sandbox.simulators.github.repository import Repository
from sandbox.simulators.github.users import load

NAME = "sandbox-github-simulator"


def main() -> None:
    parser = command.parser("github", "A simulated repository's issues and comments; not GitHub.")
    parser.add_argument("--repository", required=True, help="its owner/name")
    parser.add_argument(
        "--user-file", type=Path, required=True, help="`login permissions token` of each user"
    )
    options = parser.parse_args()
    users = load(options.user_file)
    command.run(
        options,
        lambda store, url: Repository(store, url, options.repository),
        lambda repository: application(repository, users),
        NAME,
    )


if __name__ == "__main__":
    main()
