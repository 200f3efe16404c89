"""Whom to answer: pieces that tell of a bad moment, in an order that serves everyone; and whom the order favours.

Belongs here: service_queue, service_audit. Does not: reading moments (ml/text), jumps of a store (texts.store_alerts).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

import polars as pl
from scipy.stats import hypergeom

from orchestration.exports.context import ExportContext
from orchestration.exports.contract_service import (
    BY_URGENCY,
    BY_WAITING,
    GROUP_KINDS,
    SERVICE_AUDIT,
    SERVICE_QUEUE,
    URGENCY,
)
from orchestration.exports.inputs import take
from orchestration.exports.pieces import beside, pieces_and_people
from orchestration.exports.texts import counted_moments, in_words

Frames = Mapping[str, pl.DataFrame]

# An answer after a month reads as a reproach.
OPEN_DAYS = 30
# What harms or shames cannot wait; what only disappointed can be answered well in a few days; the rest within a week.
URGENT = ("product_fault", "staff", "support")
SOON = ("fulfilment", "disappointment", "wait", "mixed")
REPLY_DAYS = dict(zip(URGENCY, (1, 3, 7), strict=True))
# Every fifth answer goes to whoever waits longest: of a hundred answers a day, twenty go to those nobody follows.
FLOOR_EVERY = 5
FRONT_SHARE = 5
FEWEST_PIECES = 10
_HIDDEN = ("front_count", "front_ratio", "front_ratio_low", "front_ratio_high")


def service_queue(frames: Frames, listed: pl.DataFrame, context: ExportContext) -> pl.DataFrame:
    """The queue, in the order in which to answer.

    Args:
        listed: consumer_key of the people exports may name.
    """
    rows = ordered(_open_pieces(frames, context))
    named = pl.col("consumer_key").is_in(listed.get_column("consumer_key").to_list())
    return SERVICE_QUEUE.conform(
        rows.with_columns(
            consumer_key=pl.when(named).then("consumer_key"),
            is_overdue=pl.col("reply_by") < context.as_of,
            as_of=pl.lit(context.as_of),
            basis=pl.lit(context.bases()),
        )
    )


def _open_pieces(frames: Frames, context: ExportContext) -> pl.DataFrame:
    """One row per piece of the last 30 days that tells of a bad moment, with its gravest one."""
    day = pl.col("published_on")
    bad = counted_moments(frames).filter(
        (pl.col("polarity") == "negative")
        & ~pl.col("is_unsure")
        & (day > context.as_of - timedelta(days=OPEN_DAYS))
        & (day <= context.as_of)
    )
    level = pl.when(pl.col("moment").is_in(URGENT)).then(0).when(pl.col("moment").is_in(SOON)).then(1).otherwise(2)
    gravest = bad.with_columns(level=level).sort(
        ["level", "confidence", "moment"], descending=[False, True, False], nulls_last=True
    )
    gravest = gravest.unique("ugc_key", keep="first", maintain_order=True)
    pieces = take(frames, "fct_ugc").select("ugc_key", "platform_or_site", "language", hearers_count="followers_count")
    urgency = pl.col("level").replace_strict(dict(enumerate(URGENCY)), return_dtype=pl.String)
    reply_days = pl.col("urgency").replace_strict(REPLY_DAYS, return_dtype=pl.Int64)
    return (
        gravest.join(pieces, on="ugc_key", how="left")
        .with_columns(told_on=day, moment=in_words(pl.col("moment")), urgency=urgency)
        .with_columns(reply_by=pl.col("told_on") + pl.duration(days=reply_days))
    )


def ordered(pieces: pl.DataFrame) -> pl.DataFrame:
    """The pieces in the order in which to answer, with queue_place and place_reason.

    Args:
        pieces: level (0 urgent to 2), hearers_count (NULL: unknown, after those that are known), told_on, ugc_key.
    """
    by_urgency = pieces.sort(
        ["level", "hearers_count", "told_on", "ugc_key"], descending=[False, True, False, False], nulls_last=True
    ).get_column("ugc_key")
    by_waiting = iter(pieces.sort("told_on", "ugc_key").get_column("ugc_key").to_list())
    urgent = iter(by_urgency.to_list())
    taken: dict[str, str] = {}
    while len(taken) < pieces.height:
        waits = len(taken) % FLOOR_EVERY == FLOOR_EVERY - 1
        key = next(key for key in (by_waiting if waits else urgent) if key not in taken)
        taken[key] = BY_WAITING if waits else BY_URGENCY
    places = pl.DataFrame(
        {"ugc_key": list(taken), "place_reason": list(taken.values())},
        schema={"ugc_key": pl.String, "place_reason": pl.String},
    ).with_row_index("queue_place", offset=1)
    return places.with_columns(pl.col("queue_place").cast(pl.Int64)).join(
        pieces, on="ugc_key", how="left", maintain_order="left"
    )


def service_audit(frames: Frames, context: ExportContext) -> pl.DataFrame:
    """How often each group stands in the first fifth of the queue, against its share of the queue."""
    queue = ordered(_open_pieces(frames, context))
    tiers = take(frames, "dim_consumers").select("consumer_key", "tier")
    queue = queue.join(tiers, on="consumer_key", how="left").with_columns(
        pl.col("tier").fill_null("unknown"), pl.col("language").fill_null("und"), place=pl.col("platform_or_site")
    )
    front = -(-queue.height // FRONT_SHARE)
    rows = []
    for kind in GROUP_KINDS:
        counts = pieces_and_people(pieces_count=pl.lit(True), front_count=pl.col("queue_place") <= front)
        groups = queue.group_by(group=kind).agg(**counts).sort("group")
        for row in groups.iter_rows(named=True):
            favour = _favour(queue.height, front, row["pieces_count"], row["front_count"])
            rows.append({**row, "group_kind": kind, **favour})
    if not rows:
        return SERVICE_AUDIT.empty()
    table = pl.DataFrame(rows, infer_schema_length=None)
    table = table.with_columns(as_of=pl.lit(context.as_of), basis=pl.lit(context.bases()))
    return SERVICE_AUDIT.conform(table, beside("service_audit"))


def _favour(queue: int, front: int, pieces: int, in_front: int) -> Mapping[str, float | None]:
    """Ratio of shares, and the middle nine tenths of it where the front is drawn by lot (hypergeometric)."""
    if pieces < FEWEST_PIECES:
        return dict.fromkeys(_HIDDEN, None) | {"pieces_count": pieces}
    expected = front * pieces / queue
    low, high = hypergeom.ppf([0.05, 0.95], queue, pieces, front)
    return {
        "pieces_count": pieces,
        "front_count": in_front,
        "front_ratio": in_front / expected,
        "front_ratio_low": float(low) / expected,
        "front_ratio_high": float(high) / expected,
    }
