"""The pass as a whole: what comes out, what stays empty, and that hostile text breaks nothing."""

from __future__ import annotations

import polars as pl
import pytest

from benchmarks.trial_hostile_texts import hostile, wrong_signals
from ml.errors import InputError
from ml.text import signals
from ml.text.signals import SIGNALS, near_duplicates, read_texts, texts_frame

GOOD = "I absolutely love this jacket, it is beautiful and the quality is great, thank you so much"
BAD = "Terrible service, I have been waiting on hold for two hours and nobody answered, worst company ever"
GERMAN = "Das Paket kam zwei Tage später als versprochen und die Schachtel war leider offen"


def test_praise_blame_and_other_languages() -> None:
    read = read_texts(texts_frame([GOOD, BAD, GERMAN, None, ""]))
    assert list(read.schema.items()) == list(SIGNALS.items())
    assert read["language"].to_list() == ["en", "en", "de", None, "und"]
    assert read["sentiment_positive"][0] > 0.7
    assert read["sentiment_negative"][1] > 0.7
    assert read["sentiment_positive"].to_list()[2:] == [None, None, None]
    assert read["moments"].is_null().to_list() == [False, False, True, True, True]
    total = read.select(pl.sum_horizontal("sentiment_negative", "sentiment_neutral", "sentiment_positive")).head(2)
    assert total.to_series().to_list() == pytest.approx([1, 1], abs=3e-4)


def test_moments_carry_polarity_confidence_and_words() -> None:
    read = read_texts(texts_frame([GOOD, BAD]))
    good = {one["moment"]: one for one in read["moments"][0].to_list()}
    bad = {one["moment"]: one for one in read["moments"][1].to_list()}
    assert good["delight"]["polarity"] == "positive"
    assert not good["delight"]["is_unsure"]
    assert bad["wait"]["polarity"] == "negative"
    assert "on_hold" in bad["support"]["cues"]
    assert "delight" not in bad


def test_looking_forward_is_no_queue() -> None:
    read = read_texts(texts_frame(["I really can't wait to wear this lovely dress on holiday"]))
    assert "wait" not in [one["moment"] for one in read["moments"][0].to_list()]


def test_a_hint_counts_only_where_the_text_says_too_little() -> None:
    frame = texts_frame(["Great!", GERMAN]).with_columns(language_hint=pl.lit("en"))
    read = read_texts(frame)
    assert read["language"].to_list() == ["en", "de"]
    assert read["sentiment_positive"][0] > 0.5


def test_chunking_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    frame = texts_frame([GOOD, BAD, GERMAN, None, "", "ok", "🙂🙂", "[handle]"])
    whole = read_texts(frame)
    monkeypatch.setattr(signals, "CHUNK_TEXTS", 3)
    assert read_texts(frame).equals(whole)


def test_signals_hold_no_word_of_the_text() -> None:
    read = read_texts(texts_frame(["Zanzibarically yours, mail zanzibar@example.com, +49 170 1234567"]))
    assert "anzibar" not in str(read.drop("signature").to_dicts())


def test_a_frame_without_text_is_refused() -> None:
    with pytest.raises(InputError, match="text"):
        read_texts(pl.DataFrame({"body": ["a"]}))


def test_hostile_texts_break_nothing() -> None:
    texts = [*hostile(700, seed=1, longest=100_000), "!" * 10_000, ""]
    read = read_texts(texts_frame(texts))
    assert read.height == near_duplicates(read).height == len(texts)
    assert wrong_signals(read) == 0


def test_copies_and_near_copies_fall_into_one_cluster() -> None:
    text = "The zip of this jacket broke after two days and the shop did not answer my three mails"
    near = text.replace("three", "four") + " https://example.com/1"
    read = read_texts(texts_frame([text, "Something else entirely was said by another person here", near, text, None]))
    found = near_duplicates(read)
    assert found["duplicates_count"].to_list() == [3, 1, 3, 3, None]
    assert set(found["duplicate_cluster_id"][0, 2, 3]) == {min(read["text_hash"][0], read["text_hash"][2])}


def test_short_praise_in_other_words_is_no_copy() -> None:
    found = near_duplicates(read_texts(texts_frame(["love it so much", "love it very much", "love it so much!"])))
    assert found["duplicates_count"].to_list() == [2, 1, 2]


def test_the_order_in_which_texts_come_changes_no_cluster() -> None:
    words = [f"the {thing} arrived {how}, I will buy it again soon" for thing in THINGS for how in HOWS]
    texts = [f"{line} {number % 3}" for number, line in enumerate(words)]
    read = read_texts(texts_frame(texts))
    found = near_duplicates(read).with_columns(read["text_hash"]).sort("text_hash")
    for seed in range(5):
        shuffled = read.sample(fraction=1, shuffle=True, seed=seed)
        again = near_duplicates(shuffled).with_columns(shuffled["text_hash"]).sort("text_hash")
        assert again.equals(found)
    assert found["duplicates_count"].max() > 1


THINGS = ("jacket", "parcel", "coffee machine", "blue lamp", "pair of shoes", "garden chair")
HOWS = ("late", "broken", "in time", "two days later than promised", "without its box")
