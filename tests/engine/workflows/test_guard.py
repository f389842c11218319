"""A change that destroys data, or takes protection away, is named in the pull request's comment."""

import pytest

from tests.engine.workflows.conftest import compare

pytestmark = pytest.mark.minutes(1)

PAGING = '"paging", pages, options('
SECRETS = """\
components.AlertingSecrets(
    "alerting-secrets", wiring.alerting_secrets(settings, paging.integration_key), options()
)
"""


def test_what_destroys_data_is_named_for_the_reviewers(main):
    main.edit("__main__.py", PAGING, f"{PAGING}protect=True")
    main.up()
    main.edit("__main__.py", f"{PAGING}protect=True", PAGING)
    main.edit("__main__.py", SECRETS, "")
    main.event = "pull_request"

    run = main.run("preview.yaml", only=("checks", "plan", "comment"))

    assert run.jobs["plan staging"] == "success", run.output
    compare("guard.md", main.comments()[0]["body"])
