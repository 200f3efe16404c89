"""The exports about what people say: moments, store_alerts, ugc_kinds; and who told of what last.

Belongs here: counting pieces by subject, kind and period. Does not: reading texts (ml/text), testing for jumps
(ml/text/alerts.py), the check against labels (text_check.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import polars as pl

from ml.text.moment_rates import rates
from orchestration.exports.context import ExportContext
from orchestration.exports.contract_groups import people_of
from orchestration.exports.contract_texts import EVER, MOMENT_WORDS, MOMENTS, RECENT, STORE_ALERTS, UGC_KINDS
from orchestration.exports.inputs import take
from orchestration.exports.language import ENGLISH, Language, mark
from orchestration.exports.pieces import beside, pieces_and_people
from orchestration.exports.retelling import label

Frames = Mapping[str, pl.DataFrame]
PERIOD = timedelta(days=90)
OCCASIONS = {"transactions": "sales", "page views": "page views"}
_SUBJECT = ["subject_kind", "subject_id"]


def counted_moments(frames: Frames) -> pl.DataFrame:
    """Moments of pieces that stand and count."""
    return take(frames, "fct_moments").filter(pl.col("is_counted") & pl.col("deleted_at").is_null())


def last_moments(frames: Frames, as_of: date) -> pl.DataFrame:
    """consumer_key, last_moment in words: of a person's latest dated piece that tells of one, the surest."""
    told = counted_moments(frames).filter(~pl.col("is_unsure") & (pl.col("published_on") <= as_of))
    told = told.drop_nulls("consumer_key").sort(
        ["published_on", "confidence", "ugc_key", "moment"], descending=[True, True, False, False]
    )
    last = told.unique("consumer_key", keep="first", maintain_order=True)
    return last.select("consumer_key", last_moment=in_words(pl.col("moment")))


def in_words(moment: pl.Expr) -> pl.Expr:
    """A moment as a marketer calls it."""
    return moment.replace_strict(MOMENT_WORDS, return_dtype=pl.String)


def moments(frames: Frames, context: ExportContext) -> pl.DataFrame:
    """Each subject's moments in the last 90 days, with rates, and of all time."""
    told = counted_moments(frames)
    subjects = pl.concat(
        [
            told.with_columns(subject_kind=pl.lit("brand"), subject_id=pl.lit("all")),
            told.with_columns(subject_kind=pl.lit("store"), subject_id="store_id"),
            told.with_columns(subject_kind=pl.lit("product"), subject_id="product_id"),
        ]
    ).drop_nulls("subject_id")
    start = context.as_of - PERIOD
    day = pl.col("published_on")
    recent = _counted(subjects.filter((day > start) & (day <= context.as_of)), RECENT)
    before = subjects.filter((day > start - PERIOD) & (day <= start) & ~pl.col("is_unsure"))
    before = before.group_by(*_SUBJECT, "moment").agg(**pieces_and_people(before_count=pl.lit(True)))
    recent = recent.join(before, on=[*_SUBJECT, "moment"], how="left").with_columns(
        pl.col("before_count", people_of("before_count")).fill_null(0)  # no row in the days before: a true 0
    )
    recent = recent.join(_occasions(frames, start, context.as_of), on=_SUBJECT, how="left")
    ever = _counted(subjects, EVER)
    table = pl.concat([_with_rates(recent), ever], how="diagonal")
    table = table.with_columns(
        moment=in_words(pl.col("moment")), as_of=pl.lit(context.as_of), basis=pl.lit(context.bases())
    )
    return MOMENTS.conform(table, beside("moments"))


def _counted(subjects: pl.DataFrame, period: str) -> pl.DataFrame:
    sure = ~pl.col("is_unsure")
    counts = pieces_and_people(
        pieces_count=sure,
        positive_count=sure & (pl.col("polarity") == "positive"),
        negative_count=sure & (pl.col("polarity") == "negative"),
        after_campaign_count=sure & pl.col("exposed_campaign_ids").is_not_null(),
        unsure_count=~sure,
    )
    return subjects.group_by(*_SUBJECT, "moment").agg(period=pl.lit(period), **counts)


def _occasions(frames: Frames, start: date, as_of: date) -> pl.DataFrame:
    """Known sales and page views of each subject in the period; NULL where no day's are known."""
    day = pl.col("activity_on")
    days = take(frames, "fct_moment_opportunities").filter((day > start) & (day <= as_of))
    names = ("transactions_count", "views_count")
    return days.group_by(_SUBJECT).agg(
        pl.when(pl.col(name).count() > 0).then(pl.col(name).sum()).alias(name) for name in names
    )


def _with_rates(rows: pl.DataFrame) -> pl.DataFrame:
    for per in ("transactions", "views"):
        found = rates(rows.select(moments_count="pieces_count", opportunities_count=f"{per}_count"))
        rows = rows.with_columns(
            found["rate"].alias(f"per_1000_{per}"),
            found["rate_low"].alias(f"per_1000_{per}_low"),
            found["rate_high"].alias(f"per_1000_{per}_high"),
        )
    return rows


def store_alerts(frames: Frames, context: ExportContext) -> pl.DataFrame:
    """The jumps of bad moments, in words."""
    rows = take(frames, "store_alerts").filter("is_alert")
    rows = rows.join(_people_of_alerts(frames, rows, context.as_of), on=[*_SUBJECT, "moment"], how="left")
    table = rows.select(
        *_SUBJECT,
        *beside("store_alerts"),
        moment=in_words(pl.col("moment")),
        recent_count="recent_count",
        recent_from="recent_starts_on",
        earlier_count="earlier_count",
        opportunity=pl.col("opportunity").replace_strict(OCCASIONS, return_dtype=pl.String),
        recent_per_1000=1000 * pl.col("recent_count") / pl.col("recent_opportunities"),
        earlier_per_1000=1000 * pl.col("earlier_count") / pl.col("earlier_opportunities"),
        times_as_often="rate_ratio",
        as_of=pl.lit(context.as_of),
        basis=pl.lit(context.bases()),
    )
    sentences = [alert_in_words(row) for row in table.iter_rows(named=True)]
    table = table.with_columns(headline=pl.Series(sentences, dtype=pl.String))
    return STORE_ALERTS.conform(table, beside("store_alerts"))


def _people_of_alerts(frames: Frames, alerts: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """How many people told of the bad moments that an alert counts, by its subject and moment."""
    bad = counted_moments(frames).filter(~pl.col("is_unsure") & pl.col("is_bad"))
    told = pl.concat(
        [bad.with_columns(subject_kind=pl.lit(kind), subject_id=f"{kind}_id") for kind in ("store", "product")]
    )
    keys = [*_SUBJECT, "moment"]
    told = told.join(alerts.select(*keys, "recent_starts_on", "earlier_starts_on"), on=keys)
    day = pl.col("published_on")
    counts = pieces_and_people(
        recent_count=(day >= pl.col("recent_starts_on")) & (day <= as_of),
        earlier_count=(day >= pl.col("earlier_starts_on")) & (day < pl.col("recent_starts_on")),
    )
    return told.group_by(keys).agg(**{name: count for name, count in counts.items() if name in beside("store_alerts")})


def alert_in_words(row: Mapping[str, Any], language: Language = ENGLISH) -> str:
    """The alert in words: which subject, how many pieces about what, how much more often than before."""
    times = row["times_as_often"]
    subject = label(str(row["subject_kind"]).capitalize(), language)
    said = {
        "subject": f"{subject} {row['subject_id']}",
        "pieces": "" if row["recent_count"] is None else language.number(row["recent_count"]),
        "moment": label(row["moment"], language),
        "sale": label(str(row["opportunity"]).removesuffix("s"), language),
    }
    if row["recent_count"] is None:
        return language.say(
            "%(subject)s: more bad pieces about %(moment)s in the last 14 days than before, by fewer than 10 people.",
            **said,
        )
    if row["earlier_count"] is None:
        return language.say(
            "%(subject)s: %(pieces)s bad pieces about %(moment)s in the last 14 days, more often than before.", **said
        )
    if times is None:
        return language.say(
            "%(subject)s: %(pieces)s bad pieces about %(moment)s in the last 14 days, never before, counted per "
            "%(sale)s.",
            **said,
        )
    return language.say(
        "%(subject)s: %(pieces)s bad pieces about %(moment)s in the last 14 days, %(times)s times as often as before, "
        "counted per %(sale)s.",
        times=language.short(times),
        **said,
    )


_ALERT_WORDS = (mark("Store"), mark("Product"), mark("sale"), mark("page view"))


def ugc_kinds(frames: Frames, context: ExportContext) -> pl.DataFrame:
    """Pieces by place and kind."""
    ugc = take(frames, "fct_ugc").filter(pl.col("deleted_at").is_null())
    hinted = pl.col("ugc_key").is_in(take(frames, "ugc_hints")["ugc_key"].implode())
    day = pl.col("published_on")
    counts = pl.col("is_counted")
    has_text = counts & (pl.col("text_length") > 0)
    is_read = has_text & pl.col("sentiment").is_not_null()

    def pieces(condition: pl.Expr) -> pl.Expr:
        return condition.fill_null(False).sum()

    def share(part: pl.Expr, whole: pl.Expr) -> pl.Expr:
        return pl.when(pieces(whole) > 0).then(pieces(whole & part) / pieces(whole))

    table = ugc.group_by(place="platform_or_site", kind="ugc_kind").agg(
        **pieces_and_people(
            pieces_count=counts,
            last_90_days_count=counts & (day > context.as_of - PERIOD) & (day <= context.as_of),
            unpaid_count=counts & pl.col("is_organic"),
            incentive_count=counts & ~pl.col("is_organic"),
            undisclosed_count=counts & pl.col("is_undisclosed_incentive"),
            copies_left_out_count=~counts,
            look_twice_count=counts & hinted,
            texts_count=has_text,
        ),
        language_told_share=share(pl.col("language") != "und", has_text),
        read_share=share(is_read, has_text),
        **{f"{name}_share": share(pl.col("sentiment") == name, is_read) for name in _FEELINGS},
    )
    table = table.with_columns(as_of=pl.lit(context.as_of), basis=pl.lit(context.bases()))
    return UGC_KINDS.conform(table, beside("ugc_kinds"))


_FEELINGS = ("positive", "neutral", "negative", "unsure")
