"""Runs of Pulumi that are refused."""

YES = ("--yes", "--skip-preview")
UP = ("up", *YES)


def refused(sandbox, *arguments: str) -> str:
    """Return what a refused run of Pulumi reports, in one line."""
    done = sandbox.pulumi(*arguments)
    assert done.returncode != 0, done.stdout
    assert "Traceback" not in done.stdout
    return " ".join(done.stdout.split())
