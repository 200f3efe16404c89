"""Exports in another language: sentences made again from the export's own cells, notes recognised, data left alone."""

from __future__ import annotations

import pytest

from orchestration.exports.facade import build_exports
from orchestration.exports.language import ENGLISH, Language
from orchestration.exports.report.retold import SENTENCES, retold, sentences_of
from orchestration.exports.retelling import label, note

FRENCH = Language.of("fr")


def test_an_export_holds_all_its_sentence_is_made_of(frames, context) -> None:
    """Made again in English from the export's cells alone, each sentence is the one the export holds."""
    for name, table in build_exports(frames, context).items():
        if name in SENTENCES:
            column, _ = SENTENCES[name]
            assert sentences_of(name, table, ENGLISH)[column].to_list() == table[column].to_list()


def test_sentences_are_said_in_french_with_french_figures(frames, context) -> None:
    results = retold(build_exports(frames, context), FRENCH)["campaign_results"]
    said = " ".join(results["headline"])
    assert "ne peut pas être mesurée" in said
    assert "cannot be measured" not in said


def test_in_english_exports_are_left_as_they_are(frames, context) -> None:
    exports = build_exports(frames, context)
    assert all(table is exports[name] for name, table in retold(exports, ENGLISH).items())


@pytest.mark.parametrize(
    ("text", "french"),
    [
        ("no comparison: nobody was treated", "pas de comparaison possible : personne n’a été exposé"),
        (
            "the campaign is not over: it ends on 2025-08-06",
            "la campagne n’est pas finie : elle se termine le 6 août 2025",
        ),
        (
            "1234 stores to compare with: at least 5 are needed",
            "1 234 magasins de comparaison : il en faut au moins 5",
        ),
        (
            "left out, not open through the whole time: a013, a021; no comparison: nobody was treated",
            "exclus, car non ouverts sur toute la période : a013, a021 ; pas de comparaison possible : personne n’a "
            "été "
            "exposé",
        ),
        ("a note that nobody wrote", "a note that nobody wrote"),
    ],
)
def test_a_note_is_recognised_and_its_figures_written_as_the_language_does(text: str, french: str) -> None:
    def plain(said: str) -> str:
        return said.replace("\u202f", " ").replace("\u00a0", " ")

    assert plain(note(text, FRENCH)) == french
    assert note(text, ENGLISH) == text


def test_no_note_and_no_label_are_empty() -> None:
    assert note(None, FRENCH) == "" == label(None, FRENCH)


def test_a_value_of_a_closed_set_is_translated_and_another_is_not() -> None:
    assert label("clear gain", FRENCH) == "gain avéré"
    assert label("Lumen 100 %", FRENCH) == "Lumen 100 %"
