"""A receiver can tell our message from another's, and an old one from one of now."""

from __future__ import annotations

import hashlib
import hmac

import pytest

from orchestration.exports.delivery.signature import idempotency_key, is_genuine, signature

BODY = b'{"generation":"g1"}'


def test_the_signature_is_what_the_page_for_receivers_says() -> None:
    told = hmac.new(b"hush", b"1760000000." + BODY, hashlib.sha256).hexdigest()
    assert signature("hush", "1760000000", BODY) == f"v1={told}"


@pytest.mark.parametrize(
    ("secret", "timestamp", "body", "now", "genuine"),
    [
        ("hush", "1760000000", BODY, 1760000010.0, True),
        ("hush", "1760000000", BODY, 1760000301.0, False),
        ("hush", "1760000000", BODY, 1759999600.0, False),
        ("other", "1760000000", BODY, 1760000010.0, False),
        ("hush", "1760000001", BODY, 1760000010.0, False),
        ("hush", "1760000000", BODY + b" ", 1760000010.0, False),
        ("hush", "", BODY, 1760000010.0, False),
        ("hush", "-1", BODY, 0.0, False),
        ("hush", "1e9", BODY, 1e9, False),
    ],
)
def test_only_what_was_signed_a_moment_ago_is_genuine(
    secret: str, timestamp: str, body: bytes, now: float, genuine: bool
) -> None:
    told = signature("hush", "1760000000", BODY)
    assert is_genuine(secret, timestamp, told, body, now) is genuine


def test_a_signature_that_is_no_text_of_ours_is_refused_not_an_error() -> None:
    assert not is_genuine("hush", "1760000000", "v1=ÿ", BODY, 1760000000.0)
    assert not is_genuine("hush", "1760000000", "", BODY, 1760000000.0)


def test_the_key_is_the_same_for_every_try_of_one_delivery() -> None:
    assert idempotency_key("crm", "g1") == "crm/g1"
