"""`nanolift plan` from a small published generation: files, refusals, the same bytes again."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path

import duckdb
import polars as pl
import pytest
from click.testing import CliRunner

from orchestration.cli import cli
from orchestration.connectors.loads import iso
from orchestration.durable import sha256_of
from orchestration.errors import ConfigurationError, IntegrityError, NanoliftError, SourceError
from orchestration.exports.cells import plain
from orchestration.exports.contract import OUTPUTS
from orchestration.exports.contract_plan import PLAN_LIMITS, RECRUITMENT_PLAN
from orchestration.plan_words import Asked
from orchestration.publishing import write_manifest
from orchestration.recruitment import plan_recruitment
from orchestration.sealed import sealed
from orchestration.workspace import Build

DAY = date(2025, 6, 30)
CONFIGURATION = """
[brand]
name = "Bakery"
timezone = "Europe/Paris"
currency = "EUR"

[[sources]]
name = "people"
kind = "csv"
basis = "consent"

[[sources.streams]]
stream = "campaign_members"
path = "incoming/members*.csv"

[sources.streams.columns]
campaign_id = "campaign_id"
unit = "unit"
unit_ref = "unit_ref"
arm = "arm"
"""
# A person whose pseudonym would be a live formula, and ten usual ones; a10 has no score, a11 got p1, a12 withdrew.
KEYS = ["=cmd()", *(f"a{number:02d}" for number in range(2, 13))]
TABLES = """
    create schema marts;
    create schema intermediate;
    create table intermediate.int_identities_resolved(identity_key varchar, consumer_key varchar);
    create table marts.dim_products as select * from (values ('p1'), ('p2')) as t(product_id);
    create table marts.dim_stores as select * from (values ('s1', 'north', 900), ('s2', 'south', 700))
        as t(store_id, area_id, area_population);
    create table marts.fct_campaign_members as select * from (values
        ('c1', 'consumer', 'a11', 'treatment', date '2025-01-02', date '2025-01-03', date '2025-01-09', 'complete'),
        ('c2', 'consumer', 'a02', 'holdout', null, null, null, 'immature')
    ) as t(campaign_id, unit, consumer_key, arm, invited_on, accepted_on, delivered_on, window_status);
    create table marts.bridge_campaign_products as select * from (values ('c1', 'p1')) as t(campaign_id, product_id);
    create table marts.dim_campaigns as select 'c1' as campaign_id, date '2025-01-01' as starts_on;
    create table marts.fct_campaign_costs as select * from (values
        ('c1', 'product', 300, 'EUR'), ('c1', 'shipping', 200, 'EUR'), ('c1', 'fee', 90000, 'EUR')
    ) as t(campaign_id, kind, amount_minor, currency);
    create table marts.fct_followers(account_key varchar, follower_key varchar);
    create table marts.fct_follower_lists(account_key varchar, listed_count bigint, is_complete boolean);
    create table marts.dim_accounts(account_key varchar, consumer_key varchar);
    create table marts.fct_sales_lines as select * from (values
        ('till', 's1', 't1', 'p1', 1000, 'EUR', date '2025-05-01', false),
        ('till', 's1', 't2', 'p2', 2000, 'EUR', date '2025-05-01', false)
    ) as t(source, store_id, transaction_id, product_id, net_amount_minor, currency, business_on, is_return);
"""


def land_consents(
    folder: Path, withdrawn: Sequence[str] = ("a12",), changed_at: datetime = datetime(2025, 1, 1)
) -> None:
    """Everybody's consent to be contacted as it was landed; those named have withdrawn it."""
    rows = pl.DataFrame(
        {"identity_key": KEYS, "status": ["withdrawn" if key in withdrawn else "granted" for key in KEYS]}
    ).with_columns(
        purpose=pl.lit("contact"),
        changed_at=pl.lit(changed_at),
        known_at=pl.lit(changed_at),
        loaded_at=pl.lit(changed_at),
        load_id=pl.lit(folder.name),
        row_no=pl.int_range(1, pl.len() + 1),
        is_removed=pl.lit(None, pl.Boolean),
    )
    folder.mkdir(parents=True)
    rows.write_parquet(folder / "data.parquet")
    counts = {"rows_read": 12, "rows_accepted": 12} | dict.fromkeys(
        ("rows_quarantined", "rows_duplicate", "conflicting_duplicates", "rows_skipped"), 0
    )
    record = {
        **{"source": "crm", "stream": "consents", "load_id": folder.name, "sequence": int(folder.name)},
        **{"mapping_slot": 0, "mapping_version": "1", "source_files": [{"sha256": folder.name}], **counts},
        **{"sha256": sha256_of(folder / "data.parquet"), "quarantine_reasons": {}, "columns_found": []},
        **{"min_occurred_at": None, "max_occurred_at": None, "columns_new": [], "key_version": "k1"},
        **{"loaded_at": iso(changed_at)},
    }
    (folder / "_load.json").write_text(json.dumps(sealed(record)), encoding="utf-8")


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """A workspace with one published generation: what `nanolift plan` reads of it, and nothing else."""
    (tmp_path / "nanolift.toml").write_text(CONFIGURATION, encoding="utf-8")
    generation = tmp_path / "generations" / "g1"
    (generation / "exports").mkdir(parents=True)
    (generation / "features").mkdir()
    (tmp_path / "current").symlink_to(Path("generations") / "g1")
    land_consents(tmp_path / "landing" / "crm" / "consents" / "000001")
    homes = pl.DataFrame({"consumer_key": KEYS, "home_area_id": ["north", "south"] * 6})
    with duckdb.connect(str(generation / "warehouse.duckdb")) as connection:
        connection.execute(TABLES)
        connection.register("homes", homes.to_arrow())
        connection.execute("create table marts.dim_consumers as select * from homes")
        connection.execute(
            "insert into intermediate.int_identities_resolved select consumer_key, consumer_key from homes"
        )
    facts = OUTPUTS["ambassador_candidates"]
    people = pl.DataFrame(
        {"consumer_key": KEYS, "consent_contact": ["granted"] * 11 + ["withdrawn"], "followers_count": [100] * 12}
    ).with_columns(
        label=pl.lit("not a prediction"),
        tier=pl.lit("nano"),
        tier_preset=pl.lit("usual"),
        state=pl.lit("candidate"),
        standing_holdout=pl.lit(False),
        as_of=pl.lit(DAY),
        basis=pl.lit("consent"),
    )
    empty = [
        pl.lit(None, dtype=dtype).alias(name)
        for name, dtype in facts.polars_schema().items()
        if name not in people.columns
    ]
    facts.conform(people.with_columns(empty)).write_parquet(generation / "exports" / "ambassador_candidates.parquet")
    scored = people.filter(pl.col("consumer_key") != "a10").with_columns(
        expected_value_minor=pl.int_range(2_000, 3_100, 100, dtype=pl.Int64),
        expected_value_low_minor=pl.lit(1_000, dtype=pl.Int64),
        expected_value_high_minor=pl.lit(4_000, dtype=pl.Int64),
        expected_through_others_minor=pl.lit(1_500, dtype=pl.Int64),
        model_id=pl.lit("m1"),
        model_as_of=pl.lit(DAY),
        **{f"reason_{number}": pl.lit("raises: what they publish") for number in (1, 2, 3)},
    )
    scored.write_parquet(generation / "exports" / "ambassador_scores.parquet")
    pl.DataFrame({"purchase_value_minor": [1_000.0]}).write_parquet(generation / "features" / "scoring.parquet")
    write_manifest(Build(generation), {"as_of": "2025-06-30", "published_sequence": 1})
    return tmp_path


def asked(workspace: Path, budget: str = "20", **other: object) -> Asked:
    return Asked(workspace, budget, **({"products": ("p1,p2=8",)} | other))  # type: ignore[arg-type]


@pytest.mark.parametrize("file", ["warehouse.duckdb", "exports/ambassador_scores.parquet", "features/scoring.parquet"])
def test_no_plan_is_made_of_bytes_that_were_not_published(workspace: Path, file: str) -> None:
    path = workspace / "generations" / "g1" / file
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    with pytest.raises(IntegrityError, match=f"g1/{file} is not what was published"):
        plan_recruitment(asked(workspace))
    assert not (workspace / "plans").exists()


def test_the_files_hold_the_plan_and_say_what_was_asked(workspace: Path) -> None:
    said = plan_recruitment(asked(workspace))
    folder = workspace / "plans" / "next"
    rows = pl.read_parquet(folder / "recruitment_plan.parquet")
    assert rows.schema == RECRUITMENT_PLAN.polars_schema()
    assert pl.read_parquet(folder / "plan_limits.parquet").schema == PLAN_LIMITS.polars_schema()
    assert rows["cost_minor"].sum() <= 2_000
    # p1 costs what a delivered sample of c1 cost, without the fee: 5.00; p2 sells for twice as much.
    assert set(rows.select("product_id", "cost_minor").rows()) <= {("p1", 500), ("p2", 800)}
    assert set(rows["product_id"]) == {"p2"}
    content = json.loads((folder / "plan.json").read_text(encoding="utf-8"))
    assert content["request"]["budget_minor"] == 2_000
    assert content["result"]["people"] == rows.height
    assert content["result"]["bound_minor"] >= content["result"]["value_minor"]
    assert {row["limit"] for row in content["limits"]} == {"budget"}
    assert content["generation"] == "g1"
    assert "people reached by several counted once" in said


def test_nobody_is_invited_who_withdrew_or_is_compared_with(workspace: Path) -> None:
    plan_recruitment(asked(workspace, "1000"))
    rows = pl.read_parquet(workspace / "plans" / "next" / "recruitment_plan.parquet")
    assert "a12" not in rows["consumer_key"]
    assert "a02" not in rows["consumer_key"]
    assert rows.filter(consumer_key="a11")["product_id"].to_list() == ["p2"]


def test_nobody_is_invited_who_withdrew_after_the_generation_was_published(workspace: Path) -> None:
    plan_recruitment(asked(workspace, "1000"))
    before = pl.read_parquet(workspace / "plans" / "next" / "recruitment_plan.parquet")["consumer_key"].to_list()
    landed = workspace / "landing" / "crm" / "consents" / "000002"
    land_consents(landed, withdrawn=before[:2], changed_at=datetime(2025, 7, 1))
    plan_recruitment(asked(workspace, "1000"))
    after = pl.read_parquet(workspace / "plans" / "next" / "recruitment_plan.parquet")["consumer_key"].to_list()
    assert len(before) > 2 and not set(before[:2]) & set(after)
    assert "a12" in after, "who gives consent again may be invited again"


def test_a_pseudonym_that_is_a_formula_is_none_in_the_csv(workspace: Path) -> None:
    plan_recruitment(asked(workspace, "1000", exploration=0.0))
    text = (workspace / "plans" / "next" / "recruitment_plan.csv").read_text(encoding="utf-8")
    assert '"\'=cmd()"' in text
    assert plain("'=cmd()") == "=cmd()"


def test_the_same_question_gives_the_same_bytes(workspace: Path) -> None:
    plan_recruitment(asked(workspace, keep=("area:north=0.3",)))
    folder = workspace / "plans" / "next"
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    plan_recruitment(asked(workspace, keep=("area:north=0.3",)))
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_stock_of_a_file_is_a_limit_of_its_area(workspace: Path) -> None:
    file = workspace / "stock.csv"
    file.write_text("product_id,area_id,stock\np1,north,2\np1,south,1\np2,north,0\n", encoding="utf-8")
    plan_recruitment(asked(workspace, "1000", stock=file))
    rows = pl.read_parquet(workspace / "plans" / "next" / "recruitment_plan.parquet")
    assert sorted(rows["area_id"]) == ["north", "north", "south"]


@pytest.mark.parametrize(
    ("other", "error", "message"),
    [
        ({"products": ("p3",)}, ConfigurationError, "no product 'p3' in the published data"),
        ({"products": ("p2",)}, ConfigurationError, "write p2=4.50"),
        ({"products": ("p1=4:x",)}, ConfigurationError, "whole number"),
        ({"areas": ("nort",)}, ConfigurationError, "did you mean north"),
        ({"products": ("p1=4:0",), "areas": ("north",)}, ConfigurationError, "no product has stock in north"),
        ({"budget": "4.99", "products": ("p1",)}, ConfigurationError, "4.99 EUR is below .* costs 5"),
        ({"products": ()}, SourceError, "at least one product"),
        ({"budget": "much"}, ConfigurationError, "no amount of EUR"),
        ({"keep": ("age_band:18_24=0.5",)}, NanoliftError, "never by protected traits"),
        ({"keep": ("area:north",)}, ConfigurationError, "write area:ID=SHARE"),
        ({"name": "../else"}, ConfigurationError, "name"),
    ],
)
def test_what_cannot_be_planned_is_refused_in_words(
    workspace: Path, other: dict[str, object], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        plan_recruitment(asked(workspace, **other))  # type: ignore[arg-type]
    assert not (workspace / "plans").exists()


def test_a_workspace_without_a_generation_is_told_to_run_first(tmp_path: Path) -> None:
    (tmp_path / "nanolift.toml").write_text(CONFIGURATION, encoding="utf-8")
    with pytest.raises(ConfigurationError, match="nothing published yet"):
        plan_recruitment(asked(tmp_path))


def test_the_command_says_where_the_plan_is(workspace: Path) -> None:
    words = ["plan", "--workspace", str(workspace), "--budget", "20", "--products", "p1", "--name", "july"]
    result = CliRunner().invoke(cli, words, catch_exceptions=False)
    assert result.exit_code == 0
    assert "july" in result.output
    assert (workspace / "plans" / "july" / "recruitment_plan.xlsx").exists()
