"""Made-up people who leave a trace in every stream that can name anybody, and bystanders whose rows name them.

Belongs here: their rows, the source that brings them. Does not: looking for them (reliability_search.py), the trial
(reliability_privacy.py).

Every word of a canary holds "kanari", which nothing else in a workspace does; what it is called in four ways is known
here alone. A bystander answers, repeats, mentions, follows and was brought in by a canary: the bystander's rows must
stay, without the canary.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

MARK = "kanari"
SOURCE = "canaries"
PLATFORM, SITE, CAMPAIGN = "instagram", "shopsite", "camp-free"
# Its outcome is known by the night, and canaries told others of it: a model of telling learns from them.
CAMPAIGN_ON = ("2025-03-20", "2025-03-31")
BYSTANDERS = 5
# So many canaries, and one fewer bystanders, have a sale that cannot be typed: more in a delivery stop a night.
BAD = 3
LISTS = {"mentions", "hashtags", "product_ids", "media_kinds"}
COLUMNS: dict[str, tuple[str, ...]] = {
    "consumers": ("consumer_ref", "unit_kind", "joined_at"),
    "consumer_links": ("consumer_ref", "kind", "scope", "external_ref", "linked_at"),
    "consents": ("consumer_ref", "purpose", "status", "changed_at"),
    "pos_lines": (
        *("store_id", "transaction_id", "line_no", "product_id", "consumer_ref", "quantity", "quantity_unit"),
        *("net_amount_minor", "currency", "sold_at", "channel", "is_return", "return_of_transaction_id"),
    ),
    "social_profiles": ("platform", "account_id", "followers_count", "observed_at"),
    "social_posts": (
        *("platform", "post_id", "account_id", "text", "parent_post_id", "repost_of_post_id", "mentions"),
        *("incentive", "published_at"),
    ),
    "social_post_metrics": ("platform", "post_id", "likes_count", "observed_at"),
    "social_edges": ("platform", "account_id", "follower_ref", "observed_at"),
    "reviews": (
        *("site", "review_id", "product_id", "author_ref", "rating", "rating_max", "title", "body", "incentive"),
        "submitted_at",
    ),
    "campaign_events": ("campaign_id", "event_id", "consumer_ref", "kind", "referrer_ref", "reference", "happened_at"),
    "campaign_members": ("campaign_id", "unit", "unit_ref", "arm", "assigned_at"),
    "campaigns": ("campaign_id", "kind", "starts_on", "ends_on"),
    "wom_surveys": ("campaign_id", "consumer_ref", "people_told_count", "surveyed_at"),
}
INSTANTS = ("joined_at", "linked_at", "changed_at", "sold_at", "observed_at", "published_at", "submitted_at")
INSTANTS += ("happened_at", "assigned_at", "surveyed_at")
AT = "2025-05-20T10:00:00"


def card(number: int) -> str:
    return f"Kanari-Card-{number:03d}"


def account(number: int) -> str:
    return f"@KanariVogel{number:03d}"


def request(number: int) -> str:
    """A canary as it asks to be forgotten: in four ways, by turns."""
    ways = (
        f"loyalty:{card(number)}",
        f"email:Kanari{number:03d}@example.org",
        f"social_account:{PLATFORM}:kanarivogel{number:03d}",
        f"review_author:{SITE}:Kanari Sanger {number:03d}",
    )
    return ways[number % len(ways)]


def rows(people: int) -> Iterator[tuple[str, dict[str, Any]]]:
    """Stream and row: of canaries 0 … people - 1, then of the bystanders."""
    for number in range(people):
        yield from _canary(number)
    for number in range(BYSTANDERS):
        yield from _bystander(number, people)


def _canary(n: int) -> Iterator[tuple[str, dict[str, Any]]]:
    me = {"consumer_ref": card(n)}
    post = {"platform": PLATFORM, "post_id": f"kanari-post-{n:03d}"}
    yield "consumers", {**me, "unit_kind": "person", "joined_at": AT}
    for kind, scope, name in (
        ("email", None, f"Kanari{n:03d}@example.org"),
        ("social_account", PLATFORM, account(n)),
        ("review_author", SITE, f"Kanari Sanger {n:03d}"),
        ("loyalty", None, f"Kanari-Old-Card-{n:03d}"),
    ):
        yield "consumer_links", {**me, "kind": kind, "scope": scope, "external_ref": name, "linked_at": AT}
    for purpose in ("scoring", "contact"):
        yield "consents", {**me, "purpose": purpose, "status": "granted", "changed_at": AT}
    for line in range(3):
        yield "pos_lines", {**_sale(f"kanari-receipt-{n:03d}", line), **me}
    yield "pos_lines", {**_sale(f"kanari-old-receipt-{n:03d}", 0), "consumer_ref": f"Kanari-Old-Card-{n:03d}"}
    if n < BAD:
        yield "pos_lines", {**_sale(f"kanari-bad-{n:03d}", 0), **me, "net_amount_minor": "much"}  # set aside
    yield "social_profiles", {"platform": PLATFORM, "account_id": account(n), "followers_count": 900, "observed_at": AT}
    text = f"Kanarilied number {n}, sung by Kanaria herself"
    yield "social_posts", {**post, "account_id": account(n), "text": text, "incentive": "none", "published_at": AT}
    yield "social_post_metrics", {**post, "likes_count": 7, "observed_at": AT}
    yield "social_edges", {"platform": PLATFORM, "account_id": account(n), "follower_ref": "calm1", "observed_at": AT}
    yield (
        "reviews",
        {
            **{"site": SITE, "review_id": f"kanari-review-{n:03d}", "product_id": "p001"},
            **{"author_ref": f"Kanari Sanger {n:03d}", "rating": 4, "rating_max": 5, "title": "Kanarititel"},
            **{"body": f"Kanaribody {n}", "incentive": "none", "submitted_at": AT},
        },
    )
    event = {"campaign_id": CAMPAIGN, **me, "happened_at": AT}
    yield "campaign_events", {**event, "event_id": f"kanari-e{n}", "kind": "accepted"}
    yield "campaign_members", {"campaign_id": CAMPAIGN, "unit": "consumer", "unit_ref": card(n), "arm": "treatment"}
    yield "wom_surveys", {"campaign_id": CAMPAIGN, **me, "people_told_count": 3, "surveyed_at": AT}


def _bystander(n: int, people: int) -> Iterator[tuple[str, dict[str, Any]]]:
    me, other = {"consumer_ref": f"calm-card-{n}"}, n % people
    post = {"platform": PLATFORM, "account_id": f"calm{n}", "incentive": "none", "published_at": AT}
    canary_post = f"kanari-post-{other:03d}"
    yield "consumers", {**me, "unit_kind": "person", "joined_at": AT}
    yield "consents", {**me, "purpose": "scoring", "status": "granted", "changed_at": AT}
    yield "pos_lines", {**_sale(f"calm-receipt-{n}", 0), **me}
    if n < BAD - 1:
        yield "pos_lines", {**_sale(f"calm-bad-{n}", 0), **me, "net_amount_minor": "much"}
    yield "social_posts", {**post, "post_id": f"calm-{n}-own", "text": "a quiet afternoon"}
    yield "social_posts", {**post, "post_id": f"calm-{n}-reply", "text": "how nice", "parent_post_id": canary_post}
    yield (
        "social_posts",
        {**post, "post_id": f"calm-{n}-repeat", "text": "Kanarilied", "repost_of_post_id": canary_post},
    )
    yield (
        "social_posts",
        {
            **post,
            **{"post_id": f"calm-{n}-mention", "text": "with friends", "mentions": [account(other), "calm4"]},
        },
    )
    yield "social_edges", {"platform": PLATFORM, "account_id": "calm0", "follower_ref": f"calm{n}", "observed_at": AT}
    event = {"campaign_id": CAMPAIGN, "event_id": f"calm-e{n}", **me, "kind": "code_redeemed", "happened_at": AT}
    yield "campaign_events", {**event, "referrer_ref": card(other), "reference": f"KANARI{other:03d}"}


def _without_canaries(row: dict[str, Any]) -> dict[str, Any]:
    """What a bystander's row says once no canary is left in it, worked out by hand."""
    said = dict(row)
    for name in ("parent_post_id", "repost_of_post_id"):
        if said.get(name):
            said[name] = "erased"
            said["text"] = said["text"] if name == "parent_post_id" else None
    if said.get("mentions"):
        said["mentions"] = [each for each in said["mentions"] if MARK not in each.lower()]
    if said.get("referrer_ref"):
        said |= {"referrer_ref": None, "reference": None}
    return said


def _sale(receipt: str, line: int) -> dict[str, Any]:
    return {
        **{"store_id": "s001", "transaction_id": receipt, "line_no": str(line), "product_id": "p001", "quantity": 1},
        **{"quantity_unit": "each", "net_amount_minor": 450, "currency": "EUR", "sold_at": AT, "channel": "store"},
        **{"is_return": False},
    }


def write(folder: Path, people: int, more: int = 0, *, free: bool = False) -> None:
    """The source's files.

    Args:
        more: so many rows that come later are beside them, of each canary and bystander.
        free: as if there had never been a canary.
    """
    folder.mkdir(parents=True, exist_ok=True)
    files: dict[str, list[str]] = {stream: [] for stream in COLUMNS}
    campaign = {"campaign_id": CAMPAIGN, "kind": "seeding", "starts_on": CAMPAIGN_ON[0], "ends_on": CAMPAIGN_ON[1]}
    files["campaigns"].append(json.dumps(campaign))
    everybody = rows(people)
    if free:
        others = (each for number in range(BYSTANDERS) for each in _bystander(number, people))
        everybody = ((stream, _without_canaries(row)) for stream, row in others)
    for stream, row in everybody:
        whole = dict.fromkeys(COLUMNS[stream]) | row
        files[stream].append(json.dumps(whole))
        if more and stream in ("pos_lines", "social_posts"):
            name = "transaction_id" if stream == "pos_lines" else "post_id"
            files[stream] += [json.dumps(whole | {name: f"{whole[name]}-later{i}"}) for i in range(more)]
    for stream, lines in files.items():
        # A record that is no JSON is set aside as a line of text.
        broken = ['{"consumer_ref": "Kanari-Card-000", "quantity": '] if stream == "consents" and not free else []
        (folder / f"{stream}.jsonl").write_text("\n".join([*lines, *broken]) + "\n", encoding="utf-8")


def streams() -> list[dict[str, Any]]:
    """The source's mappings, as Source reads them."""
    made = []
    for stream, columns in COLUMNS.items():
        mapped: dict[str, Any] = {}
        for name in columns:
            zone = {"zone": "UTC"} if name in INSTANTS else {}
            mapped[name] = {"column": name, **zone, **({"list": "json"} if name in LISTS else {})}
        made.append({"stream": stream, "path": f"in/{stream}.jsonl", "columns": mapped})
    return made


def toml() -> str:
    """The source as a part of nanolift.toml."""
    lines = ["", "[[sources]]", f'name = "{SOURCE}"', 'kind = "jsonl"', 'basis = "consent"']
    for each in streams():
        lines += ["[[sources.streams]]", f'stream = "{each["stream"]}"', f'path = "{each["path"]}"']
        lines.append("[sources.streams.columns]")
        for name, spec in each["columns"].items():
            inner = ", ".join(f'{key} = "{value}"' for key, value in spec.items())
            lines.append(f"{name} = {{ {inner} }}")
    return "\n".join(lines) + "\n"
