"""A page per campaign: linked both ways, named safely, holding the campaign's own figures and no other's."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path

import polars as pl
import pytest

from orchestration.exports.context import ExportContext
from orchestration.exports.facade import write_exports, write_report
from orchestration.exports.report.slugs import slugs

HOSTILE = (
    "../../etc/passwd",
    "..",
    ".",
    "",
    "a/b",
    "a\\b",
    "CON",
    "nul",
    "Spring",
    "spring",
    "SPRING",
    "été & fils",
    "<script>alert(1)</script>",
    "\x00",
    "x" * 300,
    "x" * 299 + "y",
    "-rf",
    "名前",
)


def test_names_of_pages_are_safe_and_differ_where_ids_do() -> None:
    found = slugs(HOSTILE)
    assert set(found) == set(HOSTILE)
    assert len({name.casefold() for name in found.values()}) == len(HOSTILE)
    for name in found.values():
        assert name.isascii() and len(name) <= 48
        assert all(letter.isalnum() or letter in "-_" for letter in name) and name[0].isalnum()
        assert name not in ("con", "nul")
    assert found["spring"] == "spring"
    assert found == slugs(reversed(HOSTILE))


def test_an_id_that_is_the_name_of_another_does_not_take_its_page() -> None:
    of_capitals = slugs(["Spring"])["Spring"]
    found = slugs(["Spring", of_capitals])
    assert found[of_capitals] == of_capitals
    assert found["Spring"] != of_capitals


class Links(HTMLParser):
    """Links and visible text of a page."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.links: list[str] = []
        self.text = ""
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.links += [value for name, value in attrs if name == "href" and value]

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.fixture
def front(frames: dict[str, pl.DataFrame], context: ExportContext, tmp_path: Path) -> Path:
    write_exports(frames, context, tmp_path / "exports")
    return write_report(tmp_path / "exports", context, tmp_path / "report")


def test_every_campaign_has_a_page_that_leads_back(front: Path) -> None:
    own = {link for link in Links(front).links if link.startswith("campaigns/")}
    assert own == {f"campaigns/{name}.html" for name in ("spring", "lone", "empty")}
    for link in own:
        back = Links(front.parent / link).links
        assert "../index.html" in back
        assert all(one.startswith("#") or (front.parent / "campaigns" / one).resolve().is_file() for one in back)


def test_a_page_tells_its_own_campaign_alone_and_why_nothing_is_measured(front: Path) -> None:
    spring = Links(front.parent / "campaigns" / "spring.html").text.replace("\u202f", " ")
    assert "Spring tasting caused 10 extra first-time buyers (90 % range 4 to 16)." in spring
    assert "Nobody came" not in spring
    lone = Links(front.parent / "campaigns" / "lone.html").text
    assert "Campaign lone" in lone and "cannot be measured" in lone and "Spring tasting" not in lone


def test_pages_of_campaigns_that_are_gone_are_removed(front: Path, context: ExportContext) -> None:
    left = front.parent / "campaigns" / "gone.html"
    left.write_text("old")
    write_report(front.parents[1] / "exports", context, front.parent)
    assert not left.exists()


def test_hostile_ids_stay_within_the_folder(
    frames: dict[str, pl.DataFrame], context: ExportContext, tmp_path: Path
) -> None:
    frames["dim_campaigns"] = pl.concat(
        [
            frames["dim_campaigns"],
            frames["dim_campaigns"].head(1).with_columns(campaign_id=pl.lit("../../outside")),
        ]
    )
    write_exports(frames, context, tmp_path / "exports")
    write_report(tmp_path / "exports", context, tmp_path / "report")
    pages = sorted(path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.html"))
    assert len(pages) == 5
    assert all(page.startswith("report/") for page in pages)
