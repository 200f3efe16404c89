"""A [[delivery]] that cannot work, or would show a secret, is refused with a sentence."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from orchestration.exports.delivery.spec import Delivery

S3 = {"name": "lake", "kind": "s3", "path": "s3://bucket/nanolift"}
SQL = {"url": "postgresql://db.example:5432/marketing", "user": "writer", "password_env": "DB_PASSWORD"}
CONTACT = {"purpose": "contact", "identifier": "consumer_ref"}


@pytest.mark.parametrize(
    ("table", "says"),
    [
        ({"name": "a", "kind": "folder"}, "needs `path`"),
        ({"name": "a", "kind": "postgres", "path": "x"}, "needs `sql`|no other"),
        ({"name": "a", "kind": "folder", "path": "x", "server": {}}, "belongs to kind = 's3' and 'sftp'"),
        ({"name": "a", "kind": "sftp", "path": "s3://x"}, "must begin with sftp://"),
        ({**S3, "server": {"settle_seconds": 3}}, "about files that arrive"),
        ({**S3, "server": {"options": {"secret": "hush"}}}, "environment variable"),
        ({"name": "a", "kind": "postgres", "sql": {"url": "sqlite:///x.db"}}, "PostgreSQL only"),
        ({"name": "a", "kind": "postgres", "sql": SQL, "sql_schema": 'x"; drop'}, "pattern"),
        ({"name": "a", "kind": "webhook", "webhook": {"url": "http://x.example", "secret_env": "S"}}, "https://"),
        ({"name": "a", "kind": "webhook", "webhook": {"url": "https://u:p@x", "secret_env": "S"}}, "user or password"),
        ({**S3, "formats": ["csv"], "audience": {"choose_from": "ambassador_scores"}}, "purpose"),
        (
            {
                **{**S3, "formats": ["csv"]},
                "audience": {
                    **{"choose_from": "ambassador_scores", "purpose": "contact"},
                    "identifier": "consumer_ref",
                },
            },
            "sends none",
        ),
        (
            {
                **S3,
                "audience": {"choose_from": "uplift_scores", "purpose": "contact", "identifier": "email_sha256"},
            },
            "needs campaign_id and outcome",
        ),
        ({**S3, "audience": {"choose_from": "ambassador_scores", "purpose": "scoring"}}, "contact"),
        ({**S3, "audience": {"choose_from": "who_next", **CONTACT}}, "needs actions"),
        ({**S3, "audience": {"choose_from": "who_next", "actions": ["leave alone"], **CONTACT}}, "actions"),
        (
            {**S3, "audience": {"choose_from": "ambassador_scores", "actions": ["thank"], **CONTACT}},
            "belong to choose_from = 'who_next'",
        ),
    ],
)
def test_what_cannot_work_is_refused(table: dict[str, Any], says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        Delivery.model_validate(table)


def test_people_who_would_be_hurt_by_contact_cannot_be_asked_for() -> None:
    audience = {
        **{"choose_from": "uplift_scores", "campaign_id": "c", "outcome": "bought", "groups": ["contact hurts"]},
        **{"purpose": "contact", "identifier": "email_sha256"},
    }
    with pytest.raises(ValidationError, match="groups"):
        Delivery.model_validate({**S3, "audience": audience})


def test_the_doctor_can_ask_for_every_secret_by_name() -> None:
    s3 = {**S3, "server": {"secrets": {"key": "LAKE_KEY", "secret": "LAKE_SECRET"}}}
    assert Delivery.model_validate(s3).variables == ("LAKE_KEY", "LAKE_SECRET")
    assert Delivery.model_validate({"name": "a", "kind": "postgres", "sql": SQL}).variables == ("DB_PASSWORD",)
    assert Delivery.model_validate({"name": "a", "kind": "folder", "path": "x"}).variables == ()


def test_a_place_is_shown_without_who_enters_it() -> None:
    assert Delivery.model_validate({"name": "a", "kind": "sftp", "path": "sftp://me@h:22/in"}).shown == "sftp://h:22/in"
    webhook = {"url": "https://h.example/in?token=hush", "secret_env": "S"}
    assert Delivery.model_validate({"name": "a", "kind": "webhook", "webhook": webhook}).shown == "https://h.example/in"
    assert "writer" not in Delivery.model_validate({"name": "a", "kind": "postgres", "sql": SQL}).shown
