"""The report in several languages: where its pages stand, that they find each other and the exports."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from orchestration.errors import ConfigurationError
from orchestration.exports.facade import write_exports, write_report
from orchestration.exports.report.pages import Translation, translations
from orchestration.settings import load_settings

BRAND = '[brand]\nname = "B"\ntimezone = "Europe/Paris"\ncurrency = "EUR"\n[[sources]]\nname = "demo"\nkind = "demo"\n'


def test_pages_of_the_first_language_stand_on_top_and_the_others_in_folders() -> None:
    assert translations("en", ("en", "fr")) == (Translation("fr", "Français", "fr/index.html"),)
    assert translations("fr", ("en", "fr")) == (Translation("en", "English", "../index.html"),)
    assert translations("en", ("en",)) == ()


def test_deeper_pages_find_their_translation() -> None:
    assert translations("en", ("en", "fr"), "campaigns/c1.html")[0].href == "../fr/campaigns/c1.html"
    assert translations("fr", ("en", "fr"), "campaigns/c1.html")[0].href == "../../campaigns/c1.html"


def test_each_language_gets_a_page_whose_links_lead_somewhere(frames, context, tmp_path) -> None:
    write_exports(frames, context, tmp_path / "exports")
    first = write_report(tmp_path / "exports", replace(context, languages=("fr", "en")), tmp_path / "report")
    assert first == tmp_path / "report" / "index.html"
    for page, tag, other in ((first, "fr", "en"), (tmp_path / "report" / "en" / "index.html", "en", "fr")):
        html = page.read_text(encoding="utf-8")
        assert f'<html lang="{tag}">' in html
        assert f'hreflang="{other}"' in html
        links = [link for link in re.findall(r'href="([^"]*)"', html) if not link.startswith("#")]
        assert links
        assert [link for link in links if not (page.parent / link).is_file()] == []


@pytest.mark.parametrize(
    ("languages", "problem"),
    [('["en", "xx"]', "no texts in language 'xx'; there are en, fr"), ('["fr", "fr"]', "twice"), ("[]", "at least 1")],
)
def test_a_language_that_cannot_be_written_is_refused(languages: str, problem: str, tmp_path) -> None:
    path = tmp_path / "nanolift.toml"
    path.write_text(f"{BRAND}[report]\nlanguages = {languages}\n")
    with pytest.raises(ConfigurationError, match=problem):
        load_settings(path)


def test_english_is_the_language_where_none_is_named(tmp_path) -> None:
    path = tmp_path / "nanolift.toml"
    path.write_text(BRAND)
    assert load_settings(path).report.languages == ("en",)
