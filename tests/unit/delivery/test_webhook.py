"""What a message says, and what each answer to it means."""

from __future__ import annotations

import json

import pytest

from orchestration.exports.delivery.errors import DeliveryError, DeliveryUnavailableError
from orchestration.exports.delivery.package import Item, Package
from orchestration.exports.delivery.signed_post import judge
from orchestration.exports.delivery.webhook import message

PACKAGE = Package("hook", "Oat", "g2", "2026-01-02", 2, (Item("exports/a.csv", 3, "ab"),))


def test_a_message_names_the_files_and_the_latest() -> None:
    said = json.loads(message(PACKAGE, None))
    assert said["files"] == {"exports/a.csv": {"sha256": "ab", "bytes": 3}}
    assert (said["generation"], said["is_latest"]) == ("g2", True)
    assert said["latest"] == {"generation": "g2", "as_of": "2026-01-02", "published_sequence": 2}
    newer = {"generation": "g3", "as_of": "2026-01-03", "published_sequence": 3, "files": {}}
    late = json.loads(message(PACKAGE, newer))
    assert (late["is_latest"], late["latest"]["generation"]) == (False, "g3")
    assert "audience" not in late


@pytest.mark.parametrize("status", [200, 202, 204])
def test_an_answer_of_two_hundred_and_some_means_it_arrived(status: int) -> None:
    judge("x", status, None)


@pytest.mark.parametrize("status", [408, 409, 425, 429, 500, 503])
def test_a_busy_receiver_is_asked_again_when_it_says(status: int) -> None:
    with pytest.raises(DeliveryUnavailableError) as raised:
        judge("x", status, "7")
    assert raised.value.wait_seconds == 7
    with pytest.raises(DeliveryUnavailableError) as raised:
        judge("x", status, "Fri, 31 Dec 1999 23:59:59 GMT")
    assert raised.value.wait_seconds is None


@pytest.mark.parametrize("status", [301, 307, 400, 401, 403, 404, 410, 422])
def test_any_other_answer_is_final(status: int) -> None:
    with pytest.raises(DeliveryError) as raised:
        judge("x", status, None)
    assert not isinstance(raised.value, DeliveryUnavailableError)
