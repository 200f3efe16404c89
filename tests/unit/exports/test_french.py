"""No English is left on the French pages but names, file names and texts that are data."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

from orchestration.exports.facade import write_exports, write_report

# Words that French does not have; names of outputs and streams are words joined by underscores.
ENGLISH = frozenset(
    "the of and are was were with from that this which for by people their has have had been who whom what where they "
    "than more not measured known cannot sales needed needs".split()
)


class Visible(HTMLParser):
    """Texts that a reader sees or hears."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._is_style = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._is_style = tag == "style"
        self.texts += [value for name, value in attrs if name in ("title", "aria-label") and value]

    def handle_data(self, data: str) -> None:
        if not self._is_style:
            self.texts.append(" ".join(data.split()))


def english_in(html: str, data: tuple[str, ...]) -> list[str]:
    """Texts of a page with an English function word, after what is data is taken out."""
    found = []
    for text in Visible(html).texts:
        left = text
        for words in data:
            left = left.replace(words, "")
        if ENGLISH & set(re.findall(r"(?<![\w@])[a-z]+(?![\w])", left.lower())):
            found.append(text)
    return found


def test_a_french_page_holds_no_english_but_data(frames, context, tmp_path: Path) -> None:
    write_exports(frames, context, tmp_path / "exports")
    write_report(tmp_path / "exports", replace(context, languages=("en", "fr")), tmp_path / "report")
    data = (*context.design_notes, context.tier_preset, "Kept out by lot", *(model.reason for model in context.models))
    data += tuple(gate.message for gate in context.gates if gate.message)
    pages = sorted((tmp_path / "report" / "fr").rglob("*.html"))
    assert len(pages) > 1
    assert {page.name: left for page in pages if (left := english_in(page.read_text("utf-8"), data))} == {}


def test_english_left_on_a_page_is_found() -> None:
    assert english_in("<p>Aucun effet of contact</p><p>campaign_members of</p>", ("campaign_members of",)) == [
        "Aucun effet of contact"
    ]
