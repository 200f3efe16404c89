"""Who is on a list of people, under which name: choosing, consent, minors, hashing. Pure functions of frames.

Belongs here: every rule that keeps a person off a list. Does not: what somebody agreed to
(exports/consents.py), reading vault and list (audience_inputs.py).

Whoever gets names gets no pseudonyms: a list holds what another system needs to find its person, and nothing that would
lead from there into exports.
"""

from __future__ import annotations

import hashlib
import io
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from orchestration.exports.cells import harmless
from orchestration.exports.consents import GRANTED, WITHDRAWN
from orchestration.exports.delivery.spec import Audience

PLAIN_EMAIL = r"^[^@\s]+@[^@\s]+\.[^@\s]+$"
# Kind of reference in the vault, by the identifier asked for.
KINDS = {"consumer_ref": "loyalty", "email_sha256": "email"}


@dataclass(frozen=True)
class People:
    """A list and how it came about.

    Attributes:
        keys: consumer_key, best first; stays within nanolift.
        counts: considered, then every reason to be left out with its number.
    """

    keys: pl.DataFrame
    counts: Mapping[str, int]


def chosen(scores: pl.DataFrame, audience: Audience) -> pl.DataFrame:
    """consumer_key, is_held_out of the published list that an audience asks for, best first.

    Args:
        scores: the output it chooses from; who_next with standing_holdout of ambassador_candidates beside it.
    """
    if audience.choose_from == "who_next":
        scores = scores.filter(pl.col("action").is_in(audience.actions)).rename({"place": "rank"})
    if audience.choose_from == "uplift_scores":
        scores = scores.filter(
            (pl.col("campaign_id") == audience.campaign_id)
            & (pl.col("outcome") == audience.outcome)
            & pl.col("group_label").is_in(audience.groups)
        )
    return (
        scores.sort("rank", "consumer_key")
        .select("consumer_key", is_held_out=pl.col("standing_holdout").fill_null(True))
        .unique(subset="consumer_key", keep="first", maintain_order=True)
    )


def who_may(listed: pl.DataFrame, consents: pl.DataFrame, minors: pl.DataFrame, audience: Audience) -> People:
    """Those of a list who may be on it now: each person left out is counted once, under the first reason that holds.

    Args:
        listed: consumer_key, is_held_out (`chosen`).
        consents: consumer_key, purpose, status (`consent_now`).
        minors: consumer_key of all who are known to be under age.
    """
    states = {
        purpose: consents.filter(pl.col("purpose") == purpose).select("consumer_key", pl.col("status").alias(purpose))
        for purpose in {audience.purpose, "scoring"}
    }
    judged = listed.join(minors.select("consumer_key", is_minor=True).unique(), on="consumer_key", how="left")
    for state in states.values():
        judged = judged.join(state, on="consumer_key", how="left")
    judged = judged.with_columns(
        left_out=pl.when(pl.col("is_minor"))
        .then(pl.lit("known minor"))
        .when(pl.col("is_held_out"))
        .then(pl.lit("standing holdout"))
        .when(pl.col(audience.purpose).is_null())
        .then(pl.lit(f"never granted {audience.purpose}"))
        .when(pl.col(audience.purpose) != GRANTED)
        .then(pl.lit(f"withdrew {audience.purpose}"))
        .when(pl.col("scoring") == WITHDRAWN)
        .then(pl.lit("withdrew scoring"))
    )
    reasons = judged.drop_nulls("left_out").group_by("left_out").len().sort("left_out")
    keys = (
        listed.join(judged.filter(pl.col("left_out").is_null()).select("consumer_key"), on="consumer_key", how="semi")
    ).select("consumer_key")
    return People(keys, {"considered": listed.height, **dict(reasons.iter_rows())})


def named(people: People, references: pl.DataFrame, audience: Audience) -> tuple[pl.DataFrame, dict[str, int]]:
    """The list as it leaves, and its counts.

    Args:
        references: consumer_key, identity_key, kind, reference: the vault's entries of these people.

    Returns:
        One column, named as the identifier. References stand best first; hashes in an order of their own, so that
        they tell nothing of rank.
    """
    own = references.filter(pl.col("kind") == KINDS[audience.identifier])
    if audience.identifier == "email_sha256":
        own = own.with_columns(pl.col("reference").map_elements(normalised, pl.String)).filter(
            pl.col("reference").str.contains(PLAIN_EMAIL)
        )
    # Of several cards the one that gives the person its key; of several addresses always the same.
    own = own.sort(pl.col("identity_key") != pl.col("consumer_key"), "identity_key").unique(
        subset="consumer_key", keep="first", maintain_order=True
    )
    matched = people.keys.join(own, on="consumer_key", maintain_order="left")
    found = matched.get_column("reference").unique(maintain_order=True)
    sent = found if audience.most is None else found.head(audience.most)
    column = sent.alias(audience.identifier)
    if audience.identifier == "email_sha256":
        column = sent.map_elements(hashed, pl.String).sort().alias(audience.identifier)
    counts = {
        **people.counts,
        "no usable name": people.keys.height - found.len(),
        "above most": found.len() - sent.len(),
        "delivered": sent.len(),
    }
    always = ("considered", "delivered")
    return column.to_frame(), {reason: count for reason, count in counts.items() if count or reason in always}


def normalised(email: str) -> str:
    """An e-mail address as platforms that match audiences hash it: no blanks around it, in lower case."""
    return unicodedata.normalize("NFC", email).strip().lower()


def hashed(text: str) -> str:
    """Hex SHA-256 of a text's UTF-8."""
    return hashlib.sha256(text.encode()).hexdigest()


def as_csv(people: pl.DataFrame) -> bytes:
    """A list as CSV with its one heading; texts that a spreadsheet would run are defused as in exports."""
    return people.with_columns(harmless(pl.col(pl.String))).write_csv(quote_style="non_numeric").encode()


def as_parquet(people: pl.DataFrame) -> bytes:
    """A list as Parquet, for a database."""
    buffer = io.BytesIO()
    people.write_parquet(buffer)
    return buffer.getvalue()
