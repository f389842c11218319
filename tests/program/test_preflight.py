"""An `up` stops before it changes anything; what needs servers is in tests/engine."""

import pulumi
import pytest

from program.preflight import require_systems
from tests.conftest import STACKS, stack_settings


@pytest.mark.parametrize("stack", STACKS)
def test_an_up_without_a_published_image_changes_nothing(stack):
    with pytest.raises(pulumi.RunError) as refused:
        require_systems(stack_settings(stack), [], {})

    assert str(refused.value) == (
        "legal_storage.image registry.waqiti.internal/legal-storage@sha256:"
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855 is not published: build "
        "legal_storage/Containerfile, push the image and write its digest into the stack file: "
        "nothing was changed"
    )


def test_a_preview_needs_no_image(deploy):
    def program():
        pulumi.runtime.settings.SETTINGS.dry_run = True
        require_systems(stack_settings("prod"), [], {})

    deploy(program)
