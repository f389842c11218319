"""Run the simulator: `python -m sandbox.simulators.pagerduty`; `--help` lists its options."""

from pathlib import Path

from sandbox.simulators import command
from sandbox.simulators.pagerduty import seed
from sandbox.simulators.pagerduty.account import Account
from sandbox.simulators.pagerduty.application import application
from sandbox.simulators.tokens import read_tokens

NAME = "sandbox-pagerduty-simulator"


def main() -> None:
    parser = command.parser("pagerduty", "A simulated PagerDuty account; not PagerDuty.")
    parser.add_argument(
        "--token-file", type=Path, required=True, help="accepted REST tokens, one per line"
    )
    parser.add_argument(
        "--account", type=Path, required=True, help="what a new account holds (YAML)"
    )
    options = parser.parse_args()
    fill = seed.load(options.account).fill
    tokens = read_tokens(options.token_file)
    command.run(
        options,
        lambda store, url: Account(store, url, fill),
        lambda account: application(account, tokens),
        NAME,
    )


if __name__ == "__main__":
    main()
