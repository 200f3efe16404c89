"""Staging reads what the source could have told by the run's date, in its last version."""

from __future__ import annotations

from pathlib import Path

from tests.dbt.landed import LandedRoot, Project, Row, at, day, rows


def line(number: str, sold_at: str, **columns: object) -> Row:
    """A till line of store a with everything required."""
    return {
        "store_id": "a",
        "transaction_id": f"t{number}",
        "line_no": "1",
        "product_id": "p1",
        "quantity": 1.0,
        "quantity_unit": "unit",
        "net_amount_minor": 100,
        "currency": "EUR",
        "channel": "store",
        "is_return": False,
        "sold_at": at(sold_at),
        **columns,
    }


def test_the_last_known_version_wins_and_tomorrow_is_not_known(
    project: Project, landed: LandedRoot, warehouse: Path
) -> None:
    landed.load(
        "pos_lines",
        [
            line("1", "2024-03-01 10:00"),
            line("2", "2024-03-30 22:30"),  # 23:30 in Paris on the day before the clocks go forward
            line("3", "2024-03-31 21:30"),  # 23:30 on the day itself
            line("4", "2024-03-31 22:30"),  # half an hour into the next day
        ],
    )
    # corrected on the 20th, and once more on the day after the run's date
    landed.load("pos_lines", [line("1", "2024-03-01 10:00", net_amount_minor=200, updated_at=at("2024-03-20 08:00"))])
    landed.load("pos_lines", [line("1", "2024-03-01 10:00", net_amount_minor=300, updated_at=at("2024-04-01 08:00"))])
    project.build(warehouse, day("2024-03-31"))
    found = "select transaction_id, business_on, net_amount_minor from marts.fct_sales_lines order by 1"
    assert rows(warehouse, found) == [
        ("t1", day("2024-03-01"), 200),
        ("t2", day("2024-03-30"), 100),
        ("t3", day("2024-03-31"), 100),
    ]


def test_of_equally_known_versions_the_last_loaded_wins(project: Project, landed: LandedRoot, warehouse: Path) -> None:
    landed.load("stores", [{"store_id": "a", "area_id": "north"}])
    landed.load("stores", [{"store_id": "a", "area_id": "south"}])
    project.build(warehouse, day("2024-03-31"), "--select", "+dim_stores")
    assert rows(warehouse, "select area_id from marts.dim_stores") == [("south",)]
