"""A brand that gives nothing, or little, gets empty marts and unknown figures: no failure and no zero."""

from __future__ import annotations

from pathlib import Path

from tests.dbt.landed import LandedRoot, Project, at, day, rows


def test_with_every_stream_absent_all_is_built_tested_and_empty(
    project: Project, landed: LandedRoot, warehouse: Path
) -> None:
    project.build(warehouse, day("2024-03-31"), tests=True)
    tables = rows(warehouse, "select table_name from duckdb_tables() where schema_name = 'marts'")
    filled = [name for (name,) in tables if rows(warehouse, f"select count(*) from marts.{name}") != [(0,)]]
    assert sorted(filled) == ["dim_dates", "dim_trust_weights"]
    assert rows(warehouse, "select date_on from marts.dim_dates") == [(day("2024-03-31"),)]


def test_a_campaign_alone_has_unknown_figures(project: Project, landed: LandedRoot, warehouse: Path) -> None:
    landed.load(
        "campaigns",
        [{"campaign_id": "c1", "kind": "seeding", "starts_on": day("2024-03-01"), "ends_on": day("2024-03-31")}],
    )
    landed.load("campaign_products", [{"campaign_id": "c1", "product_id": "p1"}])
    project.build(warehouse, day("2024-03-02"))
    figures = "exposures_count, invitations_count, ugc_count, ugc_organic_count, engagements_count, sales_net_minor"
    assert rows(warehouse, f"select activity_on, {figures} from marts.fct_campaign_daily order by 1") == [
        (day("2024-03-01"), None, None, None, None, None, None),
        (day("2024-03-02"), None, None, None, None, None, None),
    ]
    assert rows(
        warehouse, f"select members_count, cost_minor, is_sales_additive, {figures} from marts.fct_campaigns"
    ) == [(None,) * 9]


def test_without_metrics_engagements_are_unknown_while_ugc_is_counted(
    project: Project, landed: LandedRoot, warehouse: Path
) -> None:
    landed.load(
        "campaigns",
        [
            {
                "campaign_id": "c1",
                "kind": "seeding",
                "starts_on": day("2024-03-01"),
                "ends_on": day("2024-03-02"),
                "hashtags": ["taste"],
            }
        ],
    )
    landed.load(
        "campaign_members", [{"campaign_id": "c1", "unit": "consumer", "unit_identity_key": "k1", "arm": "treatment"}]
    )
    landed.load(
        "consumer_links",
        [{"identity_key": "k1", "kind": "social_account", "scope": "p", "external_identity_key": "a1"}],
    )
    post = {"platform": "p", "account_identity_key": "a1", "incentive": "free_product", "hashtags": ["taste"]}
    landed.load(
        "social_posts",
        [
            {**post, "post_id": "1", "published_at": at("2024-03-02 10:00"), "is_disclosed": False},
            {**post, "post_id": "2", "published_at": None},
        ],
    )
    project.build(warehouse, day("2024-03-03"))
    counts = "ugc_count, ugc_organic_count, ugc_undisclosed_count, engagements_count, gross_reach_count"
    assert rows(warehouse, f"select {counts} from marts.fct_campaigns") == [(1, 0, 1, None, None)]
    assert rows(warehouse, "select count(*) from marts.fct_ugc") == [(2,)]
