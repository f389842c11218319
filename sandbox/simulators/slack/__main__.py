"""Run: `python -m sandbox.simulators.slack --port N --state FILE --webhook-file FILE`."""

from pathlib import Path

from sandbox.simulators import command
from sandbox.simulators.simulation import Simulation
from sandbox.simulators.slack import webhooks
from sandbox.simulators.slack.application import application

NAME = "sandbox-slack-simulator"


def main() -> None:
    parser = command.parser("slack", "A simulated Slack workspace's incoming webhooks; not Slack.")
    parser.add_argument(
        "--webhook-file", type=Path, required=True, help="`channel path` of each webhook, a line"
    )
    options = parser.parse_args()
    known = webhooks.load(options.webhook_file)
    command.run(
        options,
        lambda store, _: Simulation(store),
        lambda workspace: application(workspace, known),
        NAME,
        paths_are_secret=True,
    )


if __name__ == "__main__":
    main()
