"""Run: `python -m sandbox.simulators.slack --port N --state FILE --webhook-file FILE …`."""

from pathlib import Path

from sandbox.simulators import command
from sandbox.simulators.slack import tokens, webhooks
from sandbox.simulators.slack.application import application
from sandbox.simulators.slack.workspace import Workspace

NAME = "sandbox-slack-simulator"


def main() -> None:
    parser = command.parser("slack", "A simulated Slack workspace; not Slack.")
    parser.add_argument(
        "--webhook-file",
        type=Path,
        required=True,
        help="`channel public|private path` of each webhook, a line",
    )
    parser.add_argument(
        "--token-file", type=Path, required=True, help="`kind user scopes token`, one per line"
    )
    options = parser.parse_args()
    known, made = tokens.load(options.token_file), webhooks.load(options.webhook_file)
    command.run(
        options,
        lambda store, url: Workspace(store, url, known, made),
        application,
        NAME,
        paths_are_secret=True,
    )


if __name__ == "__main__":
    main()
