"""Quantities, names and images are in the form in which Kubernetes stores them."""

import re

import pytest

from systems import kubernetes


def test_a_quantity_has_the_form_that_kubernetes_stores():
    given = "1Ti 1024Gi 1.5Gi 500Gi 1000m 100m 1e3 1000M 0.1Ki 2048 0Gi 1536Mi -2048Mi 12e6 .5G"

    assert " ".join(map(kubernetes.canonical, given.split())) == (
        "1Ti 1Ti 1536Mi 500Gi 1 100m 1e3 1G 102400m 2048 0 1536Mi -2Gi 12e6 500M"
    )


@pytest.mark.parametrize("text", ["", "Gi", "1 Gi", "1Gib", "1gi", "1e", "1,5Gi", "9" * 60])
def test_what_is_no_quantity_is_refused(text):
    with pytest.raises(ValueError, match="is no quantity: write a number and a unit"):
        kubernetes.canonical(text)


@pytest.mark.parametrize(
    ("size", "reason"),
    [
        ("1024Gi", "Kubernetes stores this quantity as 1Ti: write 1Ti"),
        ("010Gi", "Kubernetes stores this quantity as 10Gi: write 10Gi"),
        ("8Ei", "Kubernetes cuts it to 9223372036854775807: lower it"),
        ("0.0000000001", "Kubernetes rounds it to a billionth: write fewer digits"),
        ("0", "a size is above zero: raise it"),
        ("-1Gi", "a size is above zero: raise it"),
    ],
)
def test_a_size_in_another_form_is_refused_with_its_own(size, reason):
    with pytest.raises(ValueError, match=re.escape(reason)):
        kubernetes.check_size(size)


def test_an_image_has_a_digest_that_was_published():
    placeholder = "a@sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    real = "a@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"

    assert [kubernetes.is_published(image) for image in (placeholder, real)] == [False, True]
    assert [
        kubernetes.has_invented_digest(f"a@sha256:{digits}")
        for digits in ("0" * 64, "ab" * 32, "0123456789abcdef" * 4, real[-64:])
    ] == [True, True, True, False]


@pytest.mark.parametrize("image", ["a", "a:1", "a@sha256:0", "a b@sha256:" + "a" * 64])
def test_an_image_without_a_digest_is_refused(image):
    with pytest.raises(ValueError, match="name it by its digest"):
        kubernetes.check_image(image)


@pytest.mark.parametrize("name", ["", "A", "-a", "a-", "a.b", "x" * 64])
def test_a_namespace_has_a_label_s_name(name):
    with pytest.raises(ValueError, match="small letters"):
        kubernetes.check_label(name)


def test_an_object_may_have_dots_in_its_name():
    assert kubernetes.check_subdomain("gp3.encrypted") == "gp3.encrypted"
    with pytest.raises(ValueError, match="small letters"):
        kubernetes.check_subdomain("gp3..encrypted")
