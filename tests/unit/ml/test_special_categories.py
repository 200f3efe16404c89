"""Health, faith, politics, sexuality, origin and union membership of people never become what a model knows."""

from __future__ import annotations

from dataclasses import replace

import polars as pl
import pytest

from ml.errors import InputError
from ml.features.dictionary import BY_NAME, check_allowed
from ml.special_categories import refuse_special, topic_of, without_special
from ml.text.heads import LinearHead
from ml.text.rules import MOMENTS
from ml.text.signals import read_texts, texts_frame
from ml.text.weights import load
from orchestration.connectors.streams.labels import MOMENTS as LABELLED
from orchestration.connectors.streams.labels import SENTIMENTS


@pytest.mark.parametrize(
    ("name", "topic"),
    [
        ("religion", "religion"),
        ("posts_about_politics_365d_count", "politics"),
        ("trade union talk", "union"),
        ("Santé", "health"),
        ("gender identity", "sexuality"),
        ("skin_colour_share", "ethnicity"),
        ("reunion", None),
        ("product_fault", None),
        ("campaign_category_spend_90d_share", None),
    ],
)
def test_a_name_is_known_by_its_words(name: str, topic: str | None) -> None:
    assert topic_of(name) == topic


def test_nothing_that_nanolift_knows_is_about_a_special_category() -> None:
    refuse_special((*BY_NAME, *MOMENTS, *LABELLED, *SENTIMENTS), "what nanolift knows")


def test_a_feature_about_a_special_category_is_refused_before_it_is_described() -> None:
    with pytest.raises(InputError, match=r"faith_posts_90d_count \(religion\)"):
        check_allowed(["purchases_30d_count", "faith_posts_90d_count"])


def test_a_text_model_that_tells_of_a_special_category_reads_nothing() -> None:
    model = load("en")
    head = LinearHead(**{**vars(model.sentiment), "classes": ("illness", *model.sentiment.classes[1:])})
    with pytest.raises(InputError, match=r"moments of .* illness \(health\)"):
        read_texts(texts_frame(["fine"]), {"en": replace(model, moments=head)})
    assert read_texts(texts_frame(["fine"]), {"en": model}).height == 1


def test_products_that_tell_of_somebodys_health_or_faith_are_not_looked_at() -> None:
    products = pl.DataFrame(
        {
            "product_id": ["oat", "test", "meat", "shampoo", "bare"],
            "category": ["DAIRY ALTERNATIVES", "PREGNANCY TESTS", "MEAT", "HEALTH AND BEAUTY", None],
            "name": ["Oat drink", "Test", "Halal lamb", "Shampoo", None],
        }
    )
    assert without_special(products)["product_id"].to_list() == ["oat", "shampoo", "bare"]
