"""Exports about what people say, worked out by hand. as_of is 2026-06-30; the last 90 days begin on 2 April."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import polars as pl
import pytest

from orchestration.exports.context import ExportContext
from orchestration.exports.contract_texts import EVER, MOMENT_WORDS, RECENT
from orchestration.exports.facade import build_exports
from orchestration.exports.moments_by_month import moments_by_month
from orchestration.exports.pieces import beside
from orchestration.exports.text_check import text_check
from orchestration.exports.texts import last_moments, moments, store_alerts, ugc_kinds
from tests.unit.exports.conftest import AS_OF, frame

pytestmark = pytest.mark.usefixtures("every_group_is_shown")

Row = dict[str, Any]


def piece(key: str, **columns: Any) -> Row:
    stands = {"platform_or_site": "shop", "ugc_kind": "review", "source": "site", "is_counted": True, "text_length": 9}
    return {"ugc_key": key, "published_on": AS_OF} | stands | columns


def told(key: str, moment: str, **columns: Any) -> Row:
    sure = {"polarity": "negative", "confidence": 0.9, "is_unsure": False, "is_counted": True, "published_on": AS_OF}
    return {"ugc_key": key, "moment": moment} | sure | columns


def test_moments_of_a_store_and_of_the_brand_with_their_rates(context: ExportContext) -> None:
    frames = {
        "fct_moments": frame(
            "fct_moments",
            [
                told("a", "wait", store_id="north", exposed_campaign_ids=["spring"]),
                told("b", "wait", store_id="north", polarity="positive", published_on=date(2026, 4, 2)),
                told("c", "wait", store_id="north", is_unsure=True),
                told("d", "wait", store_id="north", published_on=date(2026, 4, 1)),
                told("undated", "wait", store_id="north", published_on=None),
                told("copy", "wait", store_id="north", is_counted=False),
                told("gone", "wait", store_id="north", deleted_at=datetime(2026, 6, 30)),
            ],
        ),
        "fct_moment_opportunities": frame(
            "fct_moment_opportunities",
            [
                {"subject_kind": "store", "subject_id": "north", "activity_on": AS_OF, "transactions_count": 400},
                {"subject_kind": "store", "subject_id": "north", "activity_on": date(2026, 4, 1)}
                | {"transactions_count": 1_000_000},
            ],
        ),
    }
    rows = {(row["subject_kind"], row["period"]): row for row in moments(frames, context).iter_rows(named=True)}
    north = rows["store", RECENT]
    assert north["moment"] == "waiting"
    counts = ("pieces_count", "positive_count", "negative_count", "after_campaign_count", "unsure_count")
    assert [north[name] for name in counts] == [2, 1, 1, 1, 1]
    assert north["before_count"] == 1
    assert (north["transactions_count"], north["per_1000_transactions"]) == (400, 5.0)
    assert north["per_1000_transactions_low"] == pytest.approx(0.888, abs=1e-3)  # Garwood: .355 of 2, 90 %
    assert (north["views_count"], north["per_1000_views"]) == (None, None)
    ever = rows["store", EVER]
    assert (ever["pieces_count"], ever["before_count"], ever["per_1000_transactions"]) == (4, None, None)
    assert rows["brand", EVER]["pieces_count"] == 4


def test_moments_by_month_count_dated_sure_pieces_up_to_the_day_of_the_run(context: ExportContext) -> None:
    rows = [
        told("a", "wait", published_on=date(2026, 5, 1)),
        told("b", "wait", published_on=date(2026, 5, 31), polarity="positive"),
        told("c", "wait", published_on=date(2026, 6, 1)),
        told("unsure", "wait", published_on=date(2026, 5, 2), is_unsure=True),
        told("undated", "wait", published_on=None),
        told("later", "wait", published_on=date(2026, 7, 1)),
    ]
    found = moments_by_month({"fct_moments": frame("fct_moments", rows)}, context)
    names = ("month_starts_on", "is_whole", "pieces_count", "positive_count", "negative_count")
    assert found.select(names).rows() == [
        (date(2026, 5, 1), True, 2, 1, 1),
        (date(2026, 6, 1), True, 1, 0, 1),  # as_of is the 30th: June is over
    ]


def test_the_last_moment_of_a_person_is_of_their_latest_piece(context: ExportContext) -> None:
    rows = [
        told("old", "price", consumer_key="p", published_on=date(2026, 6, 1)),
        told("new", "staff", consumer_key="p", confidence=0.6),
        told("new", "wait", consumer_key="p", confidence=0.8),
        told("newer", "delight", consumer_key="p", is_unsure=True),
        told("later", "delight", consumer_key="p", published_on=date(2026, 7, 1)),
    ]
    assert last_moments({"fct_moments": frame("fct_moments", rows)}, AS_OF).rows() == [("p", "waiting")]


def test_an_alert_is_told_in_a_sentence(context: ExportContext) -> None:
    alert = {
        "subject_kind": "store",
        "subject_id": "north",
        "moment": "wait",
        "opportunity": "transactions",
        "recent_starts_on": date(2026, 6, 17),
        "recent_count": 9,
        "recent_opportunities": 1_000,
        "earlier_count": 12,
        "earlier_opportunities": 6_000,
        "rate_ratio": 4.5,
        "is_alert": True,
    }
    rows = [
        alert,
        alert | {"subject_id": "south", "is_alert": False},
        alert | {"subject_id": "west", "rate_ratio": None},
    ]
    found = store_alerts({"store_alerts": frame("store_alerts", rows)}, context)
    assert found["subject_id"].to_list() == ["north", "west"]
    assert found["headline"][0] == (
        "Store north: 9 bad pieces about waiting in the last 14 days, 4.50 times as often as before, counted per sale."
    )
    assert "never before" in found["headline"][1]
    assert found.row(0, named=True)["earlier_per_1000"] == 2.0


def test_kinds_count_standing_originals_and_say_how_much_was_read(context: ExportContext) -> None:
    rows = [
        piece("a", is_organic=True, language="en", sentiment="positive"),
        piece("b", is_organic=False, is_undisclosed_incentive=True, language="de"),
        piece("c", text_length=None, published_on=date(2026, 4, 1)),
        piece("d", language="und", sentiment=None),
        piece("copy", is_counted=False, language="en", sentiment="negative"),
        piece("gone", deleted_at=datetime(2026, 6, 30)),
    ]
    frames = {
        "fct_ugc": frame("fct_ugc", rows),
        "ugc_hints": frame("ugc_hints", [{"ugc_key": "b"}, {"ugc_key": "copy"}]),
    }
    found = ugc_kinds(frames, context).row(0, named=True)
    counts = {name: value for name, value in found.items() if name.endswith("_count")}
    assert counts == {
        "pieces_count": 4,
        "last_90_days_count": 3,
        "unpaid_count": 1,
        "incentive_count": 1,
        "undisclosed_count": 1,
        "copies_left_out_count": 1,
        "look_twice_count": 1,
        "texts_count": 3,
    }
    assert found["language_told_share"] == pytest.approx(2 / 3)
    assert found["read_share"] == pytest.approx(1 / 3)
    assert (found["positive_share"], found["negative_share"]) == (1.0, 0.0)


def test_reasons_given_stand_against_moments_told(context: ExportContext) -> None:
    late = {"label_set": "moment", "label": "wait", "given_words": "Late Flight"}
    frames = {
        "fct_ugc": frame(
            "fct_ugc",
            [
                *(piece(key, language="en", sentiment="negative") for key in "abc"),
                piece("d", language="de"),
                piece("e", language="en", sentiment="negative"),
            ],
        ),
        "fct_ugc_labels": frame(
            "fct_ugc_labels",
            [
                *({"ugc_key": key} | late for key in "abcd"),
                {"ugc_key": "e", "label_set": "moment", "label": "other", "given_words": "Can't Tell"},
            ],
        ),
        "fct_moments": frame(
            "fct_moments",
            [told("a", "wait"), told("a", "staff"), told("b", "wait"), told("c", "wait", is_unsure=True)],
        ),
    }
    found = text_check(frames, context)
    cells = {(row["given"], row["told"]): row for row in found.iter_rows(named=True)}
    assert {key: row["pieces_count"] for key, row in cells.items()} == {
        ("Late Flight", "waiting"): 2,
        ("Late Flight", "staff"): 1,
        ("Late Flight", "nothing told"): 1,
        ("Late Flight", "not read"): 1,
        ("Can't Tell", "nothing told"): 1,
    }
    waiting = cells["Late Flight", "waiting"]
    assert (waiting["given_count"], waiting["share"], waiting["is_right"]) == (4, 0.5, True)
    assert cells["Late Flight", "staff"]["is_right"] is False
    assert cells["Can't Tell", "nothing told"]["is_right"] is None


def test_stars_stand_against_the_feeling_read(context: ExportContext) -> None:
    stars = [(2, "negative"), (3, "positive"), (4, "positive"), (4, None)]
    rows = [
        piece(str(n), rating=float(n_stars), rating_max=5.0, rating_share=n_stars / 5, sentiment=feeling)
        for n, (n_stars, feeling) in enumerate(stars)
    ]
    rows.append(piece("stars alone", rating=1.0, rating_max=5.0, rating_share=0.2, text_length=None))
    found = text_check({"fct_ugc": frame("fct_ugc", rows)}, context)
    assert found.select("given", "expected", "told", "pieces_count", "is_right").rows() == [
        ("2 of 5", "negative", "negative", 1, True),
        ("3 of 5", "neutral", "positive", 1, False),
        ("4 of 5", "positive", "not read", 1, False),
        ("4 of 5", "positive", "positive", 1, True),
    ]


def test_every_moment_and_kind_is_the_same_word_in_every_layer() -> None:
    from expectations.suites.marts_tables import MOMENTS as GATED
    from expectations.suites.marts_tables import UGC_KINDS
    from ml.text.kinds import KINDS
    from ml.text.rules import MOMENTS
    from orchestration.connectors.streams.labels import MOMENTS as LABELS

    assert tuple(MOMENT_WORDS) == tuple(MOMENTS) == LABELS == GATED
    assert set(KINDS) == set(UGC_KINDS)


def test_a_person_who_may_not_be_listed_is_in_no_export_about_texts(
    frames: dict[str, pl.DataFrame], context: ExportContext
) -> None:
    names = ("moments", "store_alerts", "ugc_kinds", "text_check")
    exports = build_exports(frames, context)
    assert not [name for name in names if "consumer_key" in exports[name].columns]


def test_the_page_shows_moments_alerts_and_the_check_against_labels(context: ExportContext) -> None:
    from orchestration.exports.report.build import build_report
    from orchestration.exports.report.render import render

    label = {"ugc_key": "a", "label_set": "moment", "label": "wait", "given_words": "<b>Late</b> Flight"}
    frames = {
        "fct_ugc": frame("fct_ugc", [piece("a", language="en", sentiment="negative")]),
        "fct_ugc_labels": frame("fct_ugc_labels", [label]),
        "fct_moments": frame("fct_moments", [told("a", "wait")]),
    }
    report = build_report(build_exports(frames, context), context, "../exports")
    (row,) = report.texts.moments
    assert (row.moment, row.pieces, row.recent, row.per_sales) == ("waiting", "1", "1", "not reported")
    (check,) = report.texts.checks
    assert [(cell.text, cell.is_right) for cell in check.rows[0].cells] == [("1", True)]
    page = render(report)
    assert "&lt;b&gt;Late&lt;/b&gt; Flight" in page
    assert "Moments read, against the reasons given: site" in page


def test_a_brand_without_texts_is_told_what_is_needed(context: ExportContext) -> None:
    from orchestration.exports.report.build import build_report
    from orchestration.exports.report.render import render

    page = render(build_report(build_exports({}, context), context, "../exports"))
    assert "No moment could be read yet. Needed: posts or reviews" in page


def test_an_alerts_pieces_are_counted_by_person_too(context: ExportContext) -> None:
    alert = {"subject_kind": "store", "subject_id": "north", "moment": "wait", "opportunity": "transactions"}
    alert |= {"recent_starts_on": date(2026, 6, 17), "earlier_starts_on": date(2026, 3, 25), "is_alert": True}
    alert |= {"recent_count": 3, "recent_opportunities": 10, "earlier_count": 1, "earlier_opportunities": 9}
    bad = {"is_bad": True, "store_id": "north"}
    pieces = [
        told("a", "wait", consumer_key="anna", **bad),
        told("b", "wait", consumer_key="anna", **bad),
        told("c", "wait", **bad),
        told("earlier", "wait", consumer_key="ben", published_on=date(2026, 6, 16), **bad),
        told("long ago", "wait", consumer_key="eva", published_on=date(2026, 3, 24), **bad),
        told("later", "wait", consumer_key="hans", published_on=date(2026, 7, 1), **bad),
        told("good", "wait", consumer_key="carl", store_id="north", is_bad=False),
        told("unsure", "wait", consumer_key="dora", is_unsure=True, **bad),
        told("elsewhere", "wait", consumer_key="fred", store_id="south", is_bad=True),
        told("other", "staff", consumer_key="gina", **bad),
    ]
    frames = {"store_alerts": frame("store_alerts", [alert]), "fct_moments": frame("fct_moments", pieces)}
    found = store_alerts(frames, context).select(beside("store_alerts"))
    assert found.rows(named=True) == [{"recent_count__people": 2, "earlier_count__people": 1}]
