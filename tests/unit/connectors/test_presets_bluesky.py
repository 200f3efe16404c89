"""A feed item of Bluesky as a row; the shapes are of the public lexicon app.bsky.feed.defs."""

from __future__ import annotations

from typing import Any

import pytest

from orchestration.connectors.presets.bluesky import post_id
from orchestration.connectors.rest_reshape import reshaped
from orchestration.errors import SourceError

ANNA, BEN = "did:plc:anna", "did:plc:ben"
POST_URI, REPOST_URI = f"at://{ANNA}/app.bsky.feed.post/1", f"at://{ANNA}/app.bsky.feed.repost/9"


def post(**record: Any) -> dict[str, Any]:
    return {
        "uri": POST_URI,
        "author": {"did": ANNA, "handle": "anna.test"},
        "record": {"$type": "app.bsky.feed.post", "text": "Oats!", "langs": ["en-GB"]} | record,
        "indexedAt": "2026-10-01T08:00:00.000Z",
        "likeCount": 3,
        "replyCount": 1,
    }


def row(item: dict[str, Any]) -> dict[str, Any]:
    (one,) = reshaped(item, "bluesky_feed", "GET feed")
    return one


def test_a_post_gives_what_its_facets_hold() -> None:
    tag = {"features": [{"$type": "app.bsky.richtext.facet#tag", "tag": "OatBar"}], "index": {}}
    mention = {"features": [{"$type": "app.bsky.richtext.facet#mention", "did": BEN}], "index": {}}
    link = {"features": [{"$type": "app.bsky.richtext.facet#link", "uri": "https://example.com"}], "index": {}}
    one = row({"post": post(facets=[tag, mention, link], tags=["ad"])})
    assert (one["kind"], one["id"], one["account"], one["text"], one["language"]) == (
        "post",
        post_id(POST_URI),
        ANNA,
        "Oats!",
        "en",
    )
    assert (one["hashtags"], one["mentions"], one["media"]) == (["OatBar", "ad"], [BEN], [])
    assert (one["likeCount"], one["replyCount"]) == (3, 1)
    assert "repostCount" not in one, "a count that the service does not give is not invented"


def test_a_repost_of_an_own_post_is_another_row_without_the_posts_text() -> None:
    reason = {
        "$type": "app.bsky.feed.defs#reasonRepost",
        "by": {"did": ANNA},
        "uri": REPOST_URI,
        "indexedAt": "2026-10-02T09:00:00.000Z",
    }
    one = row({"post": post(), "reason": reason})
    assert (one["kind"], one["id"], one["repost_of"], one["account"]) == (
        "repost",
        post_id(POST_URI, REPOST_URI),
        post_id(POST_URI),
        ANNA,
    )
    assert (one["at"], one["text"], one["hashtags"]) == ("2026-10-02T09:00:00.000Z", None, None)


def test_a_pinned_post_is_still_the_post() -> None:
    assert row({"post": post(), "reason": {"$type": "app.bsky.feed.defs#reasonPin"}})["id"] == post_id(POST_URI)


def test_of_several_languages_none_is_taken() -> None:
    assert row({"post": post(langs=["en", "fr"])})["language"] is None


def test_a_reply_names_the_post_it_answers_and_nothing_of_its_text() -> None:
    above = {"uri": f"at://{BEN}/app.bsky.feed.post/4", "cid": "c"}
    item = {"post": post(reply={"root": above, "parent": above}), "reply": {"parent": post(text="a secret of Ben")}}
    one = row(item)
    assert one["parent"] == post_id(above["uri"])
    assert "secret" not in str(one)


def test_media_beside_a_quoted_post_are_found() -> None:
    embed = {
        "$type": "app.bsky.embed.recordWithMedia#view",
        "record": {"record": {"text": "quoted"}},
        "media": {"$type": "app.bsky.embed.video#view"},
    }
    assert row({"post": post() | {"embed": embed}})["media"] == ["video"]


def test_the_name_of_a_post_spells_out_no_account() -> None:
    # BLAKE2b of 16 bytes, as b2sum -l 128 prints it for "at://did:plc:anna/app.bsky.feed.post/1".
    assert post_id(POST_URI) == "1fa31d07347a992a3ca245131a9c222e"
    assert "anna" not in str({**row({"post": post()}), "account": None})


def test_an_item_of_another_form_is_an_error_that_quotes_no_value() -> None:
    broken = post()
    del broken["uri"]
    with pytest.raises(SourceError, match="lacks 'uri'") as caught:
        row({"post": broken})
    assert "Oats" not in str(caught.value)
