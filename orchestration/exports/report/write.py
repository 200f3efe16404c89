"""The report's files: every page in every language.

Belongs here: which pages there are, and their paths. Does not: content (build.py), HTML (render.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import polars as pl
from altair.utils.schemapi import debug_mode

from orchestration.exports.context import ExportContext
from orchestration.exports.language import Language
from orchestration.exports.report.build import build_report
from orchestration.exports.report.campaign_page import FOLDER, campaign_page
from orchestration.exports.report.charts.engine import Engine
from orchestration.exports.report.charts.svg import Drawer
from orchestration.exports.report.pages import folder
from orchestration.exports.report.render import render
from orchestration.exports.report.retold import retold
from orchestration.exports.report.slugs import slugs


def write_pages(exports: Mapping[str, pl.DataFrame], context: ExportContext, out_dir: Path, beside: str) -> Path:
    """Write all pages into `out_dir`; the first of the context's languages in it, the others in folders below.

    Args:
        beside: name of the exports' folder, next to `out_dir`.

    Returns:
        Path of the front page in the first language.
    """
    # Altair holds every part of a chart against its schema, twice the time; the tests let it.
    with Engine() as engine, debug_mode(False):
        return _written(exports, context, out_dir, beside, engine)


def _written(
    exports: Mapping[str, pl.DataFrame], context: ExportContext, out_dir: Path, beside: str, engine: Engine
) -> Path:
    fronts = []
    names = slugs(exports["campaign_results"]["campaign_id"])
    for tag in context.languages:
        language, below = Language.of(tag), out_dir / folder(tag, context.languages)
        link = Path(*[".."] * (1 + len(below.relative_to(out_dir).parts)), beside).as_posix()
        own = below / FOLDER
        own.mkdir(parents=True, exist_ok=True)
        for left in own.glob("*.html"):
            left.unlink()
        told, drawer = retold(exports, language), Drawer(language, engine)
        front = below / "index.html"
        front.write_text(render(build_report(told, context, link, language), language, drawer), encoding="utf-8")
        for campaign_id, slug in names.items():
            page = campaign_page(told, context, campaign_id, slug, language)
            (own / f"{slug}.html").write_text(render(page, language, drawer), encoding="utf-8")
        fronts.append(front)
    return fronts[0]
