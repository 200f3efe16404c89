"""The scores gate on the ledger: each rule fails on a sum that breaks it and on no other."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from expectations.summaries.ledger import COLUMNS, ledger_sums

ONLINE: dict[str, Any] = {
    "campaign_id": "c1", "channel": "online", "buyers": "members", "evidence": "randomised people test",
    "extra_minor": 100.0, "is_counted": True,
}  # fmt: skip
STORE = ONLINE | {"channel": "store", "extra_minor": 50.0}
CLAIM = ONLINE | {"channel": "all", "buyers": "others", "evidence": "codes and links", "is_counted": False}
SUM: dict[str, Any] = {
    "campaign_id": "c1", "extra_minor": 150.0, "extra_low_minor": 90.0, "extra_high_minor": 210.0,
    "status": "measured", "note": None,
}  # fmt: skip
REFUSED = dict.fromkeys(SUM) | {"campaign_id": "c2", "status": "refused", "note": "no test"}


def broken(parts: list[dict[str, Any]], *sums: dict[str, Any]) -> set[str]:
    found = ledger_sums(pd.DataFrame(parts), pd.DataFrame(list(sums)))
    return {rule for rule in COLUMNS[1:] if found[rule].any()}


def test_a_sound_ledger_with_a_refusal_and_the_sum_of_all_breaks_nothing() -> None:
    assert broken([ONLINE, STORE, CLAIM], SUM, REFUSED, SUM | {"campaign_id": None}) == set()


@pytest.mark.parametrize(
    ("parts", "change", "rule"),
    [
        ([ONLINE, STORE], {"extra_low_minor": 160.0}, "is_outside_its_range"),
        ([ONLINE, STORE], {"extra_high_minor": None}, "is_outside_its_range"),
        ([ONLINE], {}, "is_not_its_parts"),
        ([ONLINE, STORE | {"channel": "online"}], {}, "is_counted_twice"),
        ([ONLINE, STORE | {"channel": "all"}], {}, "is_counted_twice"),
        ([ONLINE, STORE | {"channel": "online", "buyers": "everybody"}], {}, "is_counted_twice"),
        ([ONLINE, CLAIM | {"extra_minor": 50.0, "is_counted": True}], {}, "is_a_claim"),
    ],
)
def test_each_fault_breaks_its_rule(parts: list[dict[str, Any]], change: dict[str, Any], rule: str) -> None:
    assert broken(parts, SUM | change) == {rule}


def test_a_refusal_without_a_reason_and_no_campaigns() -> None:
    assert broken([ONLINE, STORE], SUM, REFUSED | {"note": None}) == {"is_unexplained"}
    assert ledger_sums(None, None).empty
