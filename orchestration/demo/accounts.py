"""Social accounts of the demo world: who owns which, followers over time, follower lists, identity links, consents.

Belongs here: the streams social_profiles, social_edges, consumer_links and consents. Does not: what is posted.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from orchestration.demo.clock import DAY, Clock, waking_hours
from orchestration.demo.columns import named, typed
from orchestration.demo.people import Friendships, People
from orchestration.demo.randomness import Bools, Floats, Ints, Randomness, pick_share, pick_weighted
from orchestration.demo.world_parameters import WorldParameters

PLATFORMS = ("chirp", "photogram", "clipcast")
PLATFORM_SHARES = (0.25, 0.5, 0.25)
STARS = 6  # influencers, the last accounts; each with a known crowd


@dataclass(frozen=True)
class Accounts:
    """Arrays by account, those of consumers first; owner -1: a stranger. followers: the truth at the world's start."""

    platform: Ints
    owner: Ints
    followers: Ints
    is_unknown: Bools
    main_account: Ints  # by consumer; -1: has none

    @property
    def count(self) -> int:
        return len(self.platform)

    def ids(self) -> npt.NDArray[np.object_]:
        return np.array([f"u{number:06d}" for number in range(1, self.count + 1)], dtype=object)

    def platforms(self) -> npt.NDArray[np.object_]:
        return np.array(PLATFORMS, dtype=object)[self.platform]

    def known_followers(self) -> Floats:
        """By consumer, of the main account; 0 where unknown or none (a trait for effects, never a delivered value)."""
        known = np.where(self.is_unknown, 0, self.followers).astype(np.float64)
        return np.where(self.main_account >= 0, known[self.main_account], 0.0)


def make_accounts(parameters: WorldParameters, people: People, randomness: Randomness) -> Accounts:
    """Heavy-tailed audiences: most below 1,000, a few above 100,000, some the platform does not tell."""
    rng, wanted = randomness.part("accounts"), parameters.accounts
    owners = np.flatnonzero(pick_share(rng, people.count, wanted.account_share))
    second = owners[pick_share(rng, len(owners), 0.2)]
    strangers = round(wanted.strangers_share * len(owners))
    owner = np.concatenate([owners, second, np.full(strangers + STARS, -1)]).astype(np.int64)
    platform = pick_weighted(rng, np.array(PLATFORM_SHARES), len(owner))
    first = slice(len(owners), len(owners) + len(second))
    platform[first] = (platform[np.searchsorted(owners, second)] + 1) % len(PLATFORMS)
    sociable = np.where(owner >= 0, people.sociability[owner], 0.0)
    log_followers = np.log(wanted.followers_median) + wanted.followers_log_spread * (
        0.35 * sociable + 0.94 * rng.standard_normal(len(owner))
    )
    # One person in 400 is followed by a crowd.
    log_followers += np.where(pick_share(rng, len(owner), 1 / 400), 4.0, 0.0)
    followers = np.exp(log_followers).clip(0, 3_000_000).astype(np.int64)
    followers[-STARS:] = np.exp(rng.uniform(np.log(150_000), np.log(1_500_000), STARS)).astype(np.int64)
    is_unknown = pick_share(rng, len(owner), wanted.followers_unknown_share)
    is_unknown[-STARS:] = False
    main = np.full(people.count, -1, dtype=np.int64)
    main[owners] = np.arange(len(owners))
    return Accounts(platform, owner, followers, is_unknown, main)


def profile_rows(parameters: WorldParameters, accounts: Accounts, randomness: Randomness, clock: Clock) -> pl.DataFrame:
    """Stream social_profiles: a snapshot of every account each `snapshot_days`, each account on its own day."""
    rng, step = randomness.part("profiles"), parameters.accounts.snapshot_days
    times = -(-parameters.time.days // step)  # rounds up: the last round runs into the world's last day
    index = np.repeat(np.arange(accounts.count), times)
    round_no = np.tile(np.arange(times), accounts.count)
    phase = rng.integers(0, step, accounts.count)
    seconds = (round_no * step + phase[index]) * DAY + waking_hours(rng, len(index))
    growth = np.exp(np.clip(rng.normal(0.01, 0.03, accounts.count), -0.05, 0.2)[index] * round_no)
    followers = (accounts.followers[index] * growth).astype(np.int64)
    following = rng.poisson(180, accounts.count)[index] + round_no
    posts = rng.poisson(90, accounts.count)[index] + 4 * round_no
    return typed(
        {
            "platform": accounts.platforms()[index],
            "account_id": accounts.ids()[index],
            "followers_count": followers,
            "following_count": following,
            "posts_count": posts,
            "is_verified": (accounts.followers > 100_000)[index],
            "observed_at": clock.instants(seconds),
        }
    ).with_columns(
        followers_count=pl.when(~pl.Series(accounts.is_unknown[index])).then("followers_count"),
        is_verified=pl.when(pl.col("platform") != "chirp").then("is_verified"),  # chirp has no badge
        _known_at="observed_at",
    )


def edge_rows(
    parameters: WorldParameters,
    accounts: Accounts,
    people: People,
    friends: Friendships,
    randomness: Randomness,
    clock: Clock,
) -> pl.DataFrame:
    """Stream social_edges: complete follower lists of a few small accounts: friends first, then neighbours."""
    rng, wanted = randomness.part("edges"), parameters.accounts
    small = (accounts.owner >= 0) & (accounts.followers <= wanted.edges_cap) & (accounts.followers > 0)
    listed = np.flatnonzero(small & pick_share(rng, accounts.count, wanted.edges_share))
    ends = np.concatenate([friends.a, friends.b]), np.concatenate([friends.b, friends.a])
    order = np.argsort(ends[0], kind="stable")
    friend = ends[1][order]
    bounds = np.searchsorted(ends[0][order], np.arange(people.count + 1))
    rows = np.repeat(listed, accounts.followers[listed])
    place = np.arange(len(rows)) - np.repeat(
        np.cumsum(accounts.followers[listed]) - accounts.followers[listed], accounts.followers[listed]
    )
    owner = accounts.owner[rows]
    is_friend = place < bounds[owner + 1] - bounds[owner]
    person = friend[np.where(is_friend, bounds[owner] + place, 0)]
    account = accounts.main_account[person]
    near = np.char.add(
        np.char.add("n", people.area[owner].astype(str)), np.char.add("x", rng.integers(0, 4000, len(rows)).astype(str))
    ).astype(object)
    follower = np.where(is_friend & (account >= 0), accounts.ids()[account], near)
    seconds = rng.integers(0, parameters.time.reference_day, accounts.count)[rows] * DAY + 12 * 3600
    frame = typed(
        {
            "platform": accounts.platforms()[rows],
            "account_id": accounts.ids()[rows],
            "follower_ref": follower,
            "observed_at": clock.instants(seconds),
        }
    )
    return frame.unique(maintain_order=True).with_columns(_known_at="observed_at")


def review_author(number: Ints) -> npt.NDArray[np.object_]:
    """What a review site calls a consumer."""
    return np.array([f"author{n:06d}" for n in (number * 7919 % 1_000_003).tolist()], dtype=object)


def link_rows(
    parameters: WorldParameters, accounts: Accounts, people: People, randomness: Randomness, clock: Clock
) -> pl.DataFrame:
    """Stream consumer_links: most accounts at joining, some late, some never, a few claimed by two people."""
    rng, wanted = randomness.part("links"), parameters.accounts
    owned = np.flatnonzero(accounts.owner >= 0)
    linked = owned[pick_share(rng, len(owned), wanted.linked_share)]
    late = pick_share(rng, len(linked), wanted.linked_late_share)
    end = parameters.time.days * DAY
    joined = np.minimum(people.joined[accounts.owner[linked]], end - DAY)
    wait = np.where(late, rng.random(len(linked)) * (end - np.maximum(joined, 0)), rng.random(len(linked)) * 5 * DAY)
    social = typed(
        {
            "consumer_ref": people.refs()[accounts.owner[linked]],
            "kind": ["social_account"] * len(linked),
            "scope": accounts.platforms()[linked],
            "external_ref": accounts.ids()[linked],
            "linked_at": clock.instants(joined + wait.astype(np.int64)),
        }
    )
    doubted = max(1, round(wanted.conflicting_links_share * len(linked)))
    others = rng.integers(0, people.count, doubted)
    conflicting = social.head(doubted).with_columns(
        consumer_ref=named(people.refs(), others),
        linked_at=pl.col("linked_at") + pl.duration(days=3),
    )
    writers = np.flatnonzero(pick_share(rng, people.count, parameters.talk.review_author_linked_share))
    mailed = np.flatnonzero(pick_share(rng, people.count, 0.5))
    authors = _simple_links(people, writers, "review_author", "shop", review_author(writers), clock)
    mails = np.array([f"{ref}@example.org" for ref in people.refs()[mailed]], dtype=object)
    emails = _simple_links(people, mailed, "email", None, mails, clock)
    return (
        pl.concat([social, conflicting, authors, emails])
        .unique(("consumer_ref", "kind", "scope", "external_ref"), keep="first", maintain_order=True)
        .with_columns(_known_at="linked_at")
    )


def _simple_links(
    people: People, who: Ints, kind: str, scope: str | None, external: npt.NDArray[np.object_], clock: Clock
) -> pl.DataFrame:
    return typed(
        {
            "consumer_ref": people.refs()[who],
            "kind": [kind] * len(who),
            "scope": [scope] * len(who),
            "external_ref": external,
            "linked_at": clock.instants(people.joined[who] + 600),
        }
    )


@dataclass(frozen=True)
class Consents:
    """The stream, and when each consumer may be contacted: from contact_from until before contact_until (seconds)."""

    rows: pl.DataFrame
    contact_from: Floats
    contact_until: Floats


def make_consents(parameters: WorldParameters, people: People, randomness: Randomness, clock: Clock) -> Consents:
    """Stream consents: granted at joining, some taken back later; who is not in it was never asked."""
    rng, end, parts = randomness.part("consents"), parameters.time.days * DAY, []
    contact = np.full(people.count, np.inf), np.full(people.count, np.inf)
    for purpose, wanted in parameters.consents.items():
        granted = pick_share(rng, people.count, wanted.granted)
        taken_back = granted & pick_share(rng, people.count, wanted.withdrawn)
        first = people.joined + 60
        later = np.maximum(people.joined, 0) + (rng.random(people.count) * (end - np.maximum(people.joined, 0))) + 3600
        if purpose == "contact":
            contact = np.where(granted, first, np.inf), np.where(taken_back, later, np.inf)
        for status, who, seconds in (("granted", granted, first), ("withdrawn", taken_back, later)):
            parts.append(
                typed(
                    {
                        "consumer_ref": people.refs()[who],
                        "purpose": [purpose] * int(who.sum()),
                        "status": [status] * int(who.sum()),
                        "changed_at": clock.instants(seconds[who]),
                    }
                )
            )
    return Consents(pl.concat(parts).with_columns(_known_at="changed_at"), *contact)
