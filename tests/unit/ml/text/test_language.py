"""Languages are told as py3langid tells them, and not at all where a text says too little."""

from __future__ import annotations

import polars as pl
import pytest
from py3langid.langid import MODEL_FILE, LanguageIdentifier

from ml.text.language import identify, supported_languages

SENTENCES = {
    "en": "The parcel arrived two days later than promised and the box was open.",
    "de": "Das Paket kam zwei Tage später als versprochen und die Schachtel war offen.",
    "fr": "Le colis est arrivé deux jours plus tard que prévu et la boîte était ouverte.",
    "es": "El paquete llegó dos días más tarde de lo prometido y la caja estaba abierta.",
    "zu": "Bonke abantu bazalwa bekhululekile belingana ngesithunzi nangamalungelo abo.",
    "xh": "Wonke umntu unelungelo lobomi, lenkululeko nelokhuseleko lwesiqu sakhe.",
    "af": "Alle menslike wesens word vry, met gelyke waardigheid en regte, gebore.",
}


@pytest.mark.parametrize(("code", "text"), SENTENCES.items())
def test_a_sentence_is_told(code: str, text: str) -> None:
    assert identify(pl.Series([text]))["language"].to_list() == [code]
    assert code in supported_languages()


def test_walking_a_chunk_gives_the_same_answers_as_one_text_at_a_time() -> None:
    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    texts = [*SENTENCES.values(), *(text[:40] for text in SENTENCES.values()), SENTENCES["de"].upper()]
    mine = identify(pl.Series(texts), least_confidence=0.0)
    theirs = [identifier.classify(text) for text in texts]
    assert mine["language"].to_list() == [code for code, _ in theirs]
    assert mine["language_confidence"].to_list() == pytest.approx([belief for _, belief in theirs], abs=1e-4)


def test_short_and_empty_texts_are_undetermined_and_no_text_has_no_language() -> None:
    found = identify(pl.Series(["ok thx", "", "123 456 !!", "[handle] https://example.com/a #tag", None]))
    assert found["language"].to_list() == ["und", "und", "und", "und", None]
    assert found["language_confidence"].null_count() == 5
