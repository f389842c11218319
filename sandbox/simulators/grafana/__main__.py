"""Run: `python -m sandbox.simulators.grafana --port N --state FILE --token-file FILE`."""

from pathlib import Path

from sandbox.simulators import command
from sandbox.simulators.grafana.application import application
from sandbox.simulators.grafana.organisation import Organisation
from sandbox.simulators.tokens import read_tokens

NAME = "sandbox-grafana-simulator"


def main() -> None:
    parser = command.parser("grafana", "A simulated Grafana; not Grafana.")
    parser.add_argument(
        "--token-file", type=Path, required=True, help="accepted tokens, one per line"
    )
    options = parser.parse_args()
    tokens = read_tokens(options.token_file)
    command.run(
        options,
        lambda store, _: Organisation(store),
        lambda own: application(own, tokens),
        NAME,
    )


if __name__ == "__main__":
    main()
