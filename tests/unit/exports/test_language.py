"""The catalogue is whole, and a language says what it is given: values in, data untouched, plurals right."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog

from orchestration.errors import ConfigurationError
from orchestration.exports import catalogue
from orchestration.exports.language import ENGLISH, Language, languages, translation

FRENCH = Language.of("fr")


def test_each_language_says_every_message_of_the_code() -> None:
    wanted = catalogue.messages()
    assert len(wanted) > 0
    for tag in languages()[1:]:
        assert catalogue.problems(translation(tag), wanted) == []


def test_no_translation_is_of_a_message_that_the_code_no_longer_has() -> None:
    wanted = catalogue.messages()
    kept = [message for message in translation("fr") if message.id]
    assert [message.id for message in kept if wanted.get(message.id, message.context) is None] == []


@pytest.mark.parametrize(
    ("french", "fuzzy", "problem"),
    [
        ("%(count)s personnes", False, None),
        ("", False, "not translated"),
        ("%(count)s personnes", True, "fuzzy"),
        ("%(number)s personnes", False, "other placeholders"),
        ("personnes", False, "other placeholders"),
        ("%(count)s personnes, 15 %", False, "a percent sign that stands alone"),
        ("<b>%(count)s</b> personnes", False, "other mark-up"),
    ],
)
def test_a_translation_that_would_say_something_else_is_told(french: str, fuzzy: bool, problem: str | None) -> None:
    wanted, own = Catalog(), Catalog(locale="fr")
    wanted.add("%(count)s people")
    own.add("%(count)s people", french, flags=["fuzzy"] if fuzzy else [])
    found = catalogue.problems(own, wanted)
    assert found == [] if problem is None else found[0].startswith(f"{problem}:")


def test_a_message_that_is_not_in_the_catalogue_is_told() -> None:
    wanted = Catalog()
    wanted.add("new")
    assert catalogue.problems(Catalog(locale="fr"), wanted) == ["not in the catalogue: 'new'"]


def test_a_language_without_a_catalogue_is_refused_by_name() -> None:
    with pytest.raises(ConfigurationError, match="no texts in language 'xx'; there are en, fr"):
        Language.of("xx")


def test_values_are_put_in_and_never_looked_up() -> None:
    assert FRENCH.campaign("not reported", "c1") == "not reported"
    assert FRENCH.campaign(None, "c1") == "Campagne c1"
    assert ENGLISH.campaign("", "100%") == "Campaign 100%"


def test_an_empty_text_stays_empty() -> None:
    assert FRENCH.gettext("") == "" == FRENCH.pgettext("note", "")


def test_the_catalogue_is_kept_where_the_package_is(tmp_path: Path) -> None:
    data = (catalogue.ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert "exports/locale/*/LC_MESSAGES/*.po" in data


def test_no_message_stands_where_the_catalogue_cannot_see_it() -> None:
    """Inside an f-string a message is not found by the extraction, and would stay English."""
    hidden = re.compile(r"\{[^{}]*\.say(_many|_in)?\('[^']*[a-z]")
    found = [
        path.name for path in catalogue.ROOT.glob("orchestration/exports/**/*.py") if hidden.search(path.read_text())
    ]
    assert found == []
