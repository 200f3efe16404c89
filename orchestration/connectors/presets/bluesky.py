"""An item of a Bluesky author feed as one row: the account's own post, or its repost of a post.

Belongs here: what paths cannot say: which of the two an item is, whom it is by, hashtags and mentions inside the text's
facets, kinds of media. Does not: addresses, pages, columns (bluesky.toml). What the item holds of other people beside
(the thread above a reply, a quoted post) goes no further than here.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

_REPOST = "app.bsky.feed.defs#reasonRepost"
_TAG, _MENTION = "app.bsky.richtext.facet#tag", "app.bsky.richtext.facet#mention"
_MEDIA = {"app.bsky.embed.images#view": "photo", "app.bsky.embed.video#view": "video"}
_NOTHING_SAID = dict.fromkeys(("text", "language", "parent", "hashtags", "mentions", "media"))
_COUNTS = ("likeCount", "replyCount", "repostCount", "quoteCount", "bookmarkCount")


def feed_rows(item: dict[str, Any]) -> list[dict[str, Any]]:
    """The one row of a feed item (app.bsky.feed.defs#feedViewPost).

    A repost repeats the whole post under the post's own uri, even where an account reposts itself: both uris, the
    post's and its reason's, tell it apart. It has no text of its own, and the counts beside it are the post's.

    Returns:
        One row: kind (post or repost), id, account, at, repost_of, text, language (NULL where several are given),
        parent, hashtags, mentions, media, and the counts that the service gives.

    Raises:
        KeyError, TypeError, AttributeError: the item is not what the service documents.
    """
    post, reason = item["post"], item.get("reason") or {}
    counts = {name: post[name] for name in _COUNTS if name in post}
    if reason.get("$type") == _REPOST:
        repeated = {
            "id": post_id(post["uri"], reason["uri"]),
            "account": reason["by"]["did"],
            "at": reason["indexedAt"],
        }
        return [_NOTHING_SAID | repeated | {"kind": "repost", "repost_of": post_id(post["uri"])} | counts]
    record = post["record"]
    languages = record.get("langs") or []
    features = [feature for facet in record.get("facets") or [] for feature in facet["features"]]
    tags = [one["tag"] for one in features if one.get("$type") == _TAG]
    said = {
        "text": record.get("text") or None,
        "language": str(languages[0]).split("-")[0].lower() if len(languages) == 1 else None,
        "parent": post_id(record["reply"]["parent"]["uri"]) if record.get("reply") else None,
        "hashtags": tags + (record.get("tags") or []),
        "mentions": [one["did"] for one in features if one.get("$type") == _MENTION],
        "media": list(_media(post.get("embed") or {})),
    }
    own = {"id": post_id(post["uri"]), "account": post["author"]["did"], "at": post["indexedAt"]}
    return [said | own | {"kind": "post", "repost_of": None} | counts]


def post_id(*uris: str) -> str:
    """What a post is called here: a hash of its uri (of a repost: of the post's uri and its own).

    A uri spells out its author's DID, and people are landed as pseudonyms only. Whoever knows the uri can say the hash.
    """
    return hashlib.blake2b(" ".join(uris).encode(), digest_size=16).hexdigest()


def _media(embed: dict[str, Any]) -> Iterator[str]:
    """Kinds of media; of a quoted post, only what stands beside it."""
    kind = _MEDIA.get(str(embed.get("$type")))
    if kind is not None:
        yield kind
    if isinstance(embed.get("media"), dict):
        yield from _media(embed["media"])
