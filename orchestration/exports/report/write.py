"""The report's files: every page in every language.

Belongs here: which pages there are, and their paths. Does not: content (build.py), HTML (render.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import polars as pl

from orchestration.exports.context import ExportContext
from orchestration.exports.language import Language
from orchestration.exports.report.build import build_report
from orchestration.exports.report.pages import folder
from orchestration.exports.report.render import render


def write_pages(exports: Mapping[str, pl.DataFrame], context: ExportContext, out_dir: Path, beside: str) -> Path:
    """Write all pages into `out_dir`; the first of the context's languages in it, the others in folders below.

    Args:
        beside: name of the exports' folder, next to `out_dir`.

    Returns:
        Path of the front page in the first language.
    """
    pages = []
    for tag in context.languages:
        language, below = Language.of(tag), folder(tag, context.languages)
        link = Path(*[".."] * (1 + len(below.parts)), beside)
        page = out_dir / below / "index.html"
        page.parent.mkdir(parents=True, exist_ok=True)
        report = build_report(exports, context, link.as_posix(), language)
        page.write_text(render(report, language), encoding="utf-8")
        pages.append(page)
    return pages[0]
