"""The ledger: every sale counted once, sums that agree with what was published, money per money."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from ml.measurement.campaign_rows import rows_of
from ml.measurement.estimators import adjusted_difference, residuals
from ml.measurement.ledger.build import ledger
from ml.measurement.ledger.parts import Evidence, Part, counted_once, total
from ml.measurement.ledger.sources import in_stores, own_purchases, through_others
from tests.unit.ml.worlds import training_world

STORES = Part("store", "everybody", "randomised store test", 1000.0, 700.0, 1400.0)
OWN_STORE = Part("store", "members", "randomised people test", 300.0, 200.0, 400.0)
OWN_ONLINE = Part("online", "members", "randomised people test", 100.0, 50.0, 150.0)
OTHERS = Part("all", "others", "sales beyond the usual", 800.0, 500.0, 1100.0)
CLAIM = Part("all", "others", "codes and links", 4000.0)


def _counted(*parts: Part) -> list[bool]:
    return [part.is_counted for part in counted_once(parts)]


def test_a_store_test_takes_the_stores_and_leaves_the_members_their_online_purchases() -> None:
    # What others bought may have been bought in those stores; claims are never counted.
    assert _counted(OWN_STORE, OWN_ONLINE, STORES, OTHERS, CLAIM) == [False, True, True, False, False]
    notes = [part.note for part in counted_once([OWN_STORE, STORES])]
    assert notes == ["not counted: the randomised store test may hold the same sales", None]


def test_without_a_store_test_members_and_others_are_counted_side_by_side() -> None:
    assert _counted(OWN_STORE, OWN_ONLINE, OTHERS, CLAIM) == [True, True, True, False]


@pytest.mark.parametrize("evidence", ["matched stores", "chosen stores"])
def test_a_draw_of_people_goes_before_stores_that_were_not_drawn(evidence: Evidence) -> None:
    stores = Part("store", "everybody", evidence, 1000.0, 700.0, 1400.0)
    assert _counted(stores, OWN_STORE, OWN_ONLINE) == [False, True, True]


def test_ranges_are_put_together_side_by_side() -> None:
    # Below: sqrt(300² + 50²); above: sqrt(400² + 50²).
    found = total(counted_once([OWN_ONLINE, STORES]))
    assert found is not None
    assert found.extra == 1100.0
    assert found.low == pytest.approx(1100 - np.hypot(300, 50)) and found.high == pytest.approx(
        1100 + np.hypot(400, 50)
    )


def test_a_correlation_widens_the_sum_of_what_rises_together() -> None:
    parts = counted_once([OWN_STORE, OWN_ONLINE])
    found = total(parts, {(0, 1): 0.5})
    assert found is not None and found.high - found.extra == pytest.approx(np.sqrt(100**2 + 50**2 + 2 * 0.5 * 100 * 50))


def test_nothing_counted_has_no_total() -> None:
    assert total(counted_once([CLAIM])) is None


def _people() -> pl.DataFrame:
    frame = training_world(3000, 3, spread=0.2)
    online = (pl.col("net_spend_after_minor") * 0.3 * (pl.int_range(pl.len()) % 3)).cast(pl.Int64)
    return frame.with_columns(net_spend_after_online_minor=online)


def _effect(people: pl.DataFrame) -> dict[str, object]:
    rows = rows_of(people, pl.col("net_spend_after_minor").cast(pl.Float64), is_randomised=True)
    residual, _ = residuals(rows.X, rows.y, rows.treatment, rows.propensity, rows.cluster, 7)
    found = adjusted_difference(residual, rows.y, rows.treatment, rows.propensity, rows.cluster)
    low, high = found.interval(0.9)
    return {
        "treated_count": int(rows.treatment.sum()),
        "effect": found.effect,
        "effect_low": low,
        "effect_high": high,
        "design": "randomised",
    }


def test_store_and_online_purchases_add_up_to_the_published_effect_and_its_range() -> None:
    people = _people()
    effect = _effect(people)
    own = own_purchases(people, effect, seed=7)
    assert [part.channel for part in own.parts] == ["store", "online"]
    found = total(counted_once(own.parts), {(0, 1): own.correlation})
    treated = effect["treated_count"]
    assert isinstance(treated, int) and found is not None
    for name, value in (("effect", found.extra), ("effect_low", found.low), ("effect_high", found.high)):
        published = effect[name]
        assert isinstance(published, float) and value == pytest.approx(treated * published, rel=1e-9)


def test_the_online_part_is_the_effect_on_online_purchases() -> None:
    people = _people()
    online = own_purchases(people, _effect(people), seed=7).parts[1]
    direct = _effect(people.with_columns(net_spend_after_minor=pl.col("net_spend_after_online_minor")))
    treated, low = direct["treated_count"], direct["effect_low"]
    assert isinstance(treated, int) and isinstance(low, float) and online.low is not None
    assert online.low == pytest.approx(treated * low, rel=1e-3)


def test_others_pay_the_codes_price_as_far_as_codes_go() -> None:
    # 100 tracked purchases paid 90,000; 150 ± 20 were made beyond the usual, of 1,000 each: 90,000 + 50 · 1,000.
    people = pl.DataFrame(
        {
            "caused_purchases_count": [150.0],
            "caused_purchases_error_count": [20.0],
            "purchase_value_minor": [1000.0],
            "tracked_purchases_count": [100],
            "tracked_net_minor": [90_000],
        }
    )
    part = through_others(people)
    assert part is not None and part.low is not None
    assert part.extra == 140_000 and part.extra - part.low == pytest.approx(1.644854 * 20_000)
    assert through_others(people.with_columns(caused_purchases_count=pl.lit(None, pl.Float64))) is None


def test_a_store_test_that_its_placebos_do_not_bear_out_holds_no_effect() -> None:
    lift: dict[str, object] = {"extra": 90.0, "extra_low": 20.0, "extra_high": 160.0, "design": "matched"}
    clear, doubtful = in_stores(lift | {"is_clear": True}), in_stores(lift | {"is_clear": False})
    assert (clear.low, clear.evidence) == (20.0, "matched stores")
    assert (doubtful.low, doubtful.high) == (0.0, 160.0) and doubtful.note is not None


def _tables(cost: list[tuple[int, str]]) -> dict[str, pl.DataFrame]:
    people = _people().with_columns(campaign_id=pl.lit("a"))
    blank = {name: pl.lit(None, pl.Float64) for name in ("caused_purchases_count", "caused_purchases_error_count")}
    people = people.with_columns(**blank)
    effect = {"campaign_id": "a", "status": "measured", "currency": "EUR", "note": None} | _effect(people)
    rows = [effect | {"outcome": "net_spend"}]
    rows.append(effect | {"outcome": "first_purchase", "effect": 0.02, "effect_low": -0.01, "effect_high": 0.05})
    rows.append(
        dict.fromkeys(effect) | {"campaign_id": "b", "outcome": "net_spend", "status": "refused", "note": "why"}
    )
    lifts = pl.DataFrame(schema=dict.fromkeys(("campaign_id", "outcome", "status", "currency", "note"), pl.String))
    return ledger(
        pl.DataFrame({"campaign_id": ["a", "b"]}),
        pl.DataFrame({"campaign_id": ["a"], "arm": ["treatment"], "referred_net_minor": [500]}),
        people,
        pl.DataFrame(rows),
        lifts,
        pl.DataFrame(
            [("a", amount, currency) for amount, currency in cost],
            schema={"campaign_id": pl.String, "amount_minor": pl.Int64, "currency": pl.String},
            orient="row",
        ),
        currency="EUR",
        seed=7,
    )


def test_money_per_money_and_buyers_without_an_upper_price_where_there_may_be_none() -> None:
    value = _tables([(10_000, "EUR"), (30_000, "EUR")])["campaign_value"]
    a, b, whole = value.rows(named=True)
    assert a["cost_minor"] == 40_000 and a["iroas"] == pytest.approx(a["extra_minor"] / 40_000)
    assert a["claimed_minor"] == 500 and a["design"] == "randomised"
    assert a["cost_per_new_buyer_low_minor"] == pytest.approx(40_000 / a["new_buyers_high"])
    assert a["new_buyers_low"] < 0 and a["cost_per_new_buyer_high_minor"] is None
    assert (b["status"], b["note"], b["extra_minor"]) == ("refused", "why", None)
    assert whole["campaign_id"] is None and whole["extra_minor"] == a["extra_minor"]
    assert whole["note"] == "1 campaigns could not be measured and are not in it"


def test_costs_in_two_currencies_are_not_added() -> None:
    a = _tables([(10_000, "EUR"), (30_000, "USD")])["campaign_value"].row(0, named=True)
    assert a["cost_minor"] is None and a["iroas"] is None and "costs are in other money" in a["note"]
