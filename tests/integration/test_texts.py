"""What people say, the whole way: from landed texts to exports; and a model of the brand's own."""

from __future__ import annotations

from pathlib import Path

import duckdb
import polars as pl

from orchestration.text_training import TrainingRequest, train_text
from orchestration.workspace import Build
from tests.integration.conftest import Market

# French texts of the tiny market's own kind, labelled by hand.
FRENCH = {
    "negative": "le {} ne m'a rien fait du tout, je suis très déçue de cet achat et je ne le rachète pas",
    "neutral": "aujourd'hui j'ai acheté le {} au magasin, je l'essaie ce soir et je vous en reparle",
    "positive": "j'adore le {}, c'est une merveille, ma peau dit merci et j'en parle à tout le monde",
}


def counts(market: Market, query: str) -> dict[object, int]:
    warehouse = Build(market.published().path).warehouse
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        return {key: int(count) for key, count in connection.execute(query).fetchall()}


BY_LANGUAGE = "select language, count(sentiment) from marts.fct_ugc where text_length > 0 group by language"


def test_texts_are_read_in_english_alone_and_moments_reach_the_exports(first_night: Market) -> None:
    read = counts(first_night, BY_LANGUAGE)
    assert read["en"] > 100
    assert sum(count for language, count in read.items() if language != "en") == 0
    exports = first_night.published().path / "exports"
    moments = pl.read_parquet(exports / "moments.parquet")
    brand = moments.filter((pl.col("subject_kind") == "brand") & (pl.col("period") == "last 90 days"))
    assert brand["pieces_count"].sum() > 0
    shown = brand.filter(pl.col("pieces_count").is_not_null())  # the others are of fewer than ten people
    assert shown.height > 0
    assert shown["per_1000_transactions"].null_count() == 0
    kinds = pl.read_parquet(exports / "ugc_kinds.parquet")
    assert kinds["copies_left_out_count"].sum() > 0
    assert pl.read_parquet(exports / "ambassador_candidates.parquet")["last_moment"].drop_nulls().len() > 0
    assert first_night.published().manifest["text_models"].keys() == {"en"}


def test_a_text_never_enters_the_warehouse(first_night: Market) -> None:
    texts = pl.concat(
        pl.read_parquet(file, columns=["text"])
        for file in first_night.workspace.landing.glob("*/social_posts/*/data.parquet")
    )["text"].drop_nulls()
    words = {text for text in texts.to_list() if len(text) > 20}
    warehouse = Build(first_night.published().path).warehouse
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        columns = connection.execute(
            "select table_schema, table_name, column_name from information_schema.columns where data_type = 'VARCHAR'"
        ).fetchall()
        for schema, table, column in columns:
            found = connection.execute(f'select distinct "{column}" from "{schema}"."{table}"').fetchall()
            assert not words & {value for (value,) in found}, (schema, table, column)


def test_own_labels_in_french_are_used_by_the_next_run(market: Market, tmp_path: Path) -> None:
    things = ("savon", "sérum", "baume", "gel", "parfum", "thé", "miel", "shampoing")
    rows = [
        {"text": f"{words.format(things[n % 8])} {'abcdefghij'[n % 10] * (2 + n % 3)} {n}", "sentiment": name}
        for n in range(60)
        for name, words in FRENCH.items()
    ]
    labels = tmp_path / "labels.csv"
    pl.DataFrame(rows).write_csv(labels)
    assert "kept" in train_text(TrainingRequest(market.workspace.root, labels, "fr"))

    outcome = market.run()

    assert outcome.succeeded, outcome.message
    assert market.published().manifest["text_models"].keys() == {"en", "fr"}
    assert counts(market, BY_LANGUAGE)["fr"] > 100
