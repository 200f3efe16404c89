"""While a campaign runs: what is due, and the pace beside earlier campaigns."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
import pytest

from orchestration.exports.context import ExportContext
from orchestration.exports.facade import build_exports
from tests.unit.exports.conftest import frame

pytestmark = pytest.mark.usefixtures("every_group_is_shown")

Frames = dict[str, pl.DataFrame]
JUNE = {"campaign_id": "june", "kind": "seeding", "starts_on": date(2026, 6, 1), "ends_on": date(2026, 7, 31)}
PAST = {"campaign_id": "past", "kind": "seeding", "starts_on": date(2026, 1, 1), "ends_on": date(2026, 2, 1)}


def member(consumer_key: str, campaign_id: str = "june", **steps: date) -> dict[str, Any]:
    return {"campaign_id": campaign_id, "consumer_key": consumer_key, "arm": "treatment", "window_status": "ok"} | steps


@pytest.fixture
def running(frames: Frames) -> Frames:
    frames["dim_campaigns"] = frame("dim_campaigns", [JUNE, PAST])
    return frames


def due(frames: Frames, context: ExportContext, *members: dict[str, Any]) -> list[tuple[str, str, int]]:
    frames["fct_campaign_members"] = frame("fct_campaign_members", list(members))
    rows = build_exports(frames, context)["campaign_follow_up"]
    return rows.select("consumer_key", "due", "waiting_days").rows()


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        ({"invited_on": date(2026, 6, 23)}, [("p1", "invited, no answer", 7)]),
        ({"invited_on": date(2026, 6, 24)}, []),
        ({"accepted_on": date(2026, 6, 20)}, [("p1", "accepted, nothing delivered", 10)]),
        ({"accepted_on": date(2026, 6, 1), "delivered_on": date(2026, 6, 16)}, [("p1", "delivered and silent", 14)]),
        ({"delivered_on": date(2026, 6, 2), "published_on": date(2026, 6, 3)}, []),
        ({"delivered_on": date(2026, 6, 2), "active_on": date(2026, 6, 3)}, []),
    ],
)
def test_what_is_due_is_the_next_step_after_some_patience(
    running: Frames, context: ExportContext, steps: dict[str, date], expected: list[tuple[str, str, int]]
) -> None:
    assert due(running, context, member("p1", **steps)) == expected


def test_nobody_is_followed_up_after_a_campaign_or_outside_its_treated_arm(
    running: Frames, context: ExportContext
) -> None:
    long_ago = {"invited_on": date(2026, 1, 2)}
    assert due(running, context, member("p1", "past", **long_ago), member("p1", **long_ago) | {"arm": "control"}) == []


def test_a_piece_that_hides_what_was_given_is_followed_up(running: Frames, context: ExportContext) -> None:
    piece = {"consumer_key": "p1", "is_counted": True, "platform_or_site": "clipcast", "ugc_kind": "post"}
    hidden = piece | {"is_undisclosed_incentive": True, "published_on": date(2026, 6, 10)}
    running["fct_ugc"] = frame("fct_ugc", [hidden | {"ugc_key": "u1"}, piece | {"ugc_key": "u2"}])
    running["bridge_campaign_ugc"] = frame(
        "bridge_campaign_ugc", [{"campaign_id": "june", "ugc_key": key} for key in ("u1", "u2")]
    )
    published = member("p1", published_on=date(2026, 6, 10))
    assert due(running, context, published) == [("p1", "disclosure missing", 20)]


def test_the_pace_is_held_against_finished_campaigns_on_the_same_day(running: Frames, context: ExportContext) -> None:
    past = [member(f"q{n}", "past", published_on=date(2026, 1, 10 if n < 6 else 31)) for n in range(10)]
    now = [member("p1", published_on=date(2026, 6, 10)), *(member(f"r{n}") for n in range(9))]
    running["fct_campaign_members"] = frame("fct_campaign_members", [*past, *now])
    running["fct_campaigns"] = frame(
        "fct_campaigns",
        [
            {"campaign_id": "june", "budget_minor": 1_000, "cost_minor": 250, "budget_currency": "EUR"}
            | {"cost_currency": "EUR"}
        ],
    )
    rows = build_exports(running, context)["campaign_pacing"].filter(step="published")
    (row,) = rows.iter_rows(named=True)
    assert (row["day_number"], row["members_count"], row["reached_count"]) == (29, 10, 1)
    assert (row["reached_share"], row["usual_share"], row["pace"]) == (0.1, 0.6, "behind")
    assert row["budget_spent_share"] == 0.25


def test_a_step_no_finished_campaign_took_has_no_usual_pace(running: Frames, context: ExportContext) -> None:
    running["fct_campaign_members"] = frame("fct_campaign_members", [member("p1", invited_on=date(2026, 6, 2))])
    (row,) = build_exports(running, context)["campaign_pacing"].filter(step="invited").iter_rows(named=True)
    assert (row["usual_share"], row["pace"], row["budget_spent_share"]) == (None, "no campaign to compare with", None)
