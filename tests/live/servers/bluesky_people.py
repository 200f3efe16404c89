"""Twenty people of a Bluesky network who post, reply, repost, like and follow; and what their feeds must then hold.

Belongs here: making them by the PDS's API, and the truth a reader is judged by. Does not: the servers
(bluesky_network.py), nanolift.
"""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import requests

from tests.live.servers.bluesky_network import Network

ACCOUNTS, POSTS_EACH, REPLIES_EACH = 20, 40, 10
# Of others' posts; one more is of an own post, so that one feed holds the same post's uri twice.
REPOSTS_EACH, LIKES_EACH, FOLLOWS_EACH = 9, 25, 3
WRITES_A_CALL = 100
# The oldest post is 50 days old: a reader that only looks a fortnight back sees some, not all.
HOURS_APART = 24
CATCH_UP_SECONDS = 120
POST, REPOST, LIKE, FOLLOW = "feed.post", "feed.repost", "feed.like", "graph.follow"


@dataclass(frozen=True)
class Written:
    """A record that was written: strong references need both."""

    uri: str
    cid: str


@dataclass
class People:
    """The accounts and what they did.

    Attributes:
        texts: uri of every post and reply to its text.
        authors: uri of every post, reply and repost to its author's did.
        parents: uri of every reply to the post it answers.
        reposts: uri of every repost to the post it repeats.
        likers: uri of a post to the accounts that like it (twice counts once).
        followers: did to the dids that follow it.
    """

    network: Network
    tokens: dict[str, str] = field(default_factory=dict)
    posts: list[Written] = field(default_factory=list)
    texts: dict[str, str] = field(default_factory=dict)
    authors: dict[str, str] = field(default_factory=dict)
    parents: dict[str, str] = field(default_factory=dict)
    reposts: dict[str, str] = field(default_factory=dict)
    likers: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    followers: dict[str, set[str]] = field(default_factory=dict)

    @property
    def dids(self) -> list[str]:
        """The accounts in the order they were made."""
        return list(self.tokens)

    @property
    def like_counts(self) -> Counter[str]:
        """How many accounts like each post."""
        return Counter({uri: len(who) for uri, who in self.likers.items()})

    @property
    def repost_counts(self) -> Counter[str]:
        """How often each post was reposted."""
        return Counter(self.reposts.values())

    @property
    def reply_counts(self) -> Counter[str]:
        """How often each post was answered."""
        return Counter(self.parents.values())


def settle(network: Network) -> People:
    """Make the accounts and all they do, and wait until the AppView shows it."""
    people = People(network)
    for number in range(ACCOUNTS):
        _join(people, number)
    for number, did in enumerate(people.dids):
        texts = [f"account {number} post {turn} about #OatBar and #breakfast" for turn in range(POSTS_EACH)]
        ages = [timedelta(hours=HOURS_APART * turn + number, minutes=5) for turn in range(POSTS_EACH)]
        write_posts(people, did, texts, ages)
    tops = list(people.posts)
    for number, did in enumerate(people.dids):
        answered = [tops[(37 * number + 91 * turn + 1) % len(tops)] for turn in range(REPLIES_EACH)]
        texts = [f"account {number} reply {turn}" for turn in range(REPLIES_EACH)]
        ages = [timedelta(hours=HOURS_APART * turn, minutes=number) for turn in range(REPLIES_EACH)]
        write_posts(people, did, texts, ages, answered)
    for number, did in enumerate(people.dids):
        own = tops[number * POSTS_EACH + 3]
        others = [tops[(POSTS_EACH * (number + 1 + turn) + 7 * turn) % len(tops)] for turn in range(REPOSTS_EACH)]
        repost(people, did, [own, *others])
        like(people, did, [tops[(53 * number + 31 * turn) % len(tops)] for turn in range(LIKES_EACH)])
        follow(people, did, [people.dids[(number + step) % ACCOUNTS] for step in range(1, FOLLOWS_EACH + 1)])
    catch_up(people)
    return people


def _join(people: People, number: int) -> None:
    account = _call(
        f"{people.network.pds}/xrpc/com.atproto.server.createAccount",
        {"handle": f"person{number}.test", "email": f"person{number}@example.test", "password": f"only-here-{number}"},
    )
    people.tokens[account["did"]] = account["accessJwt"]
    people.followers[account["did"]] = set()


def write_posts(
    people: People, did: str, texts: Sequence[str], ages: Sequence[timedelta], answers: Sequence[Written] = ()
) -> list[Written]:
    """Posts of an account, so long ago; replies where `answers` names what each one answers."""
    now = datetime.now(UTC)
    records = []
    for turn, (text, age) in enumerate(zip(texts, ages, strict=True)):
        record: dict[str, Any] = {"text": text, "createdAt": _iso(now - age), "langs": ["en"], "facets": _tags(text)}
        if answers:
            to = {"uri": answers[turn].uri, "cid": answers[turn].cid}
            record["reply"] = {"root": to, "parent": to}
        records.append(record)
    written = _write(people, did, POST, records)
    for post, text in zip(written, texts, strict=True):
        people.texts[post.uri] = text
        people.authors[post.uri] = did
    people.parents.update({post.uri: to.uri for post, to in zip(written, answers, strict=bool(answers))})
    people.posts += written
    return written


def repost(people: People, did: str, posts: Sequence[Written]) -> None:
    """An account repeats others' posts, or its own."""
    for made, of in zip(_write(people, did, REPOST, [_of(post) for post in posts]), posts, strict=True):
        people.reposts[made.uri] = of.uri
        people.authors[made.uri] = did


def like(people: People, did: str, posts: Sequence[Written]) -> None:
    """An account likes posts."""
    _write(people, did, LIKE, [_of(post) for post in posts])
    for post in posts:
        people.likers[post.uri].add(did)


def delete(people: People, post: Written) -> None:
    """An account deletes its post."""
    did = people.authors.pop(post.uri)
    del people.texts[post.uri]
    people.posts.remove(post)
    people.likers.pop(post.uri, None)
    gone = {
        "$type": "com.atproto.repo.applyWrites#delete",
        "collection": f"app.bsky.{POST}",
        "rkey": post.uri.rsplit("/", 1)[-1],
    }
    url = f"{people.network.pds}/xrpc/com.atproto.repo.applyWrites"
    _call(url, {"repo": did, "writes": [gone]}, people.tokens[did])


def follow(people: People, did: str, others: Sequence[str]) -> None:
    """An account follows others."""
    _write(people, did, FOLLOW, [{"subject": other, "createdAt": _iso(datetime.now(UTC))} for other in others])
    for other in others:
        people.followers[other].add(did)


def catch_up(people: People) -> None:
    """Wait until the AppView shows all that was written: it follows the PDS some seconds behind.

    Raises:
        TimeoutError: it does not come.
    """
    wanted = (len(people.texts), len(people.reposts), people.like_counts.total(), len(people.parents))
    deadline = time.monotonic() + CATCH_UP_SECONDS
    while (shown := _shown(people)) != wanted:
        if time.monotonic() > deadline:
            raise TimeoutError(f"posts, reposts, likes, replies shown: {shown}; written: {wanted}")
        time.sleep(1)


def _shown(people: People) -> tuple[int, int, int, int]:
    posts = [item["post"] for did in people.dids for item in feed(people.network, did) if "reason" not in item]
    sums = (sum(post[name] for post in posts) for name in ("repostCount", "likeCount", "replyCount"))
    return (len(posts), *sums)  # type: ignore[return-value]


def feed(network: Network, did: str) -> list[dict[str, Any]]:
    """An account's whole feed, page after page, as the AppView gives it."""
    items: list[dict[str, Any]] = []
    cursor: str | None = None
    while True:
        query = {"actor": did, "limit": 100} | ({} if cursor is None else {"cursor": cursor})
        page = _session().get(f"{network.appview}/xrpc/app.bsky.feed.getAuthorFeed", params=query, timeout=30).json()
        items += page["feed"]
        cursor = page.get("cursor")
        if cursor is None:
            return items


def _write(people: People, did: str, collection: str, records: Sequence[dict[str, Any]]) -> list[Written]:
    written: list[Written] = []
    for start in range(0, len(records), WRITES_A_CALL):
        writes = [
            {
                "$type": "com.atproto.repo.applyWrites#create",
                "collection": f"app.bsky.{collection}",
                "value": {"$type": f"app.bsky.{collection}", **record},
            }
            for record in records[start : start + WRITES_A_CALL]
        ]
        answer = _call(
            f"{people.network.pds}/xrpc/com.atproto.repo.applyWrites",
            {"repo": did, "writes": writes},
            people.tokens[did],
        )
        written += [Written(result["uri"], result["cid"]) for result in answer["results"]]
    return written


def _of(post: Written) -> dict[str, Any]:
    return {"subject": {"uri": post.uri, "cid": post.cid}, "createdAt": _iso(datetime.now(UTC))}


def _tags(text: str) -> list[dict[str, Any]]:
    """Where the hashtags stand in the text, in bytes, as a client writes it."""
    facets, position = [], 0
    for word in text.split(" "):
        if word.startswith("#"):
            tag = {"$type": "app.bsky.richtext.facet#tag", "tag": word[1:]}
            facets.append({"index": {"byteStart": position, "byteEnd": position + len(word)}, "features": [tag]})
        position += len(word) + 1
    return facets


def _call(url: str, body: dict[str, Any], token: str | None = None) -> dict[str, Any]:
    headers = {} if token is None else {"Authorization": f"Bearer {token}"}
    answer = _session().post(url, json=body, headers=headers, timeout=60)
    assert answer.ok, f"{url} answered {answer.status_code}: {answer.text[:500]}"
    return dict(answer.json())


def _session() -> requests.Session:
    """Loopback is never asked through a proxy that the machine may have."""
    session = requests.Session()
    session.trust_env = False
    return session


def _iso(instant: datetime) -> str:
    return instant.strftime("%Y-%m-%dT%H:%M:%S.") + f"{instant.microsecond // 1000:03d}Z"
