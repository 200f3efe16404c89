"""The page as one string: template, style sheet, content-security policy.

Belongs here: the template engine and its safety: every value is escaped, an unknown name raises, no script may run and
nothing may be fetched. Does not: content (build.py), looks (*.html, style.css).
"""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from orchestration.exports.language import ENGLISH, Language
from orchestration.exports.report.charts.svg import Drawer
from orchestration.exports.report.view import ReportContext
from orchestration.exports.report.view_campaign import CampaignPage

_HERE = Path(__file__).parent


def render(context: ReportContext | CampaignPage, language: Language = ENGLISH, drawer: Drawer | None = None) -> str:
    """A page as HTML in a language; the same context gives the same text.

    Args:
        drawer: of the same language; it remembers charts that several pages show.
    """
    environment = _environment(language)
    style = "\n" + (_HERE / "style.css").read_text(encoding="utf-8")
    policy = f"default-src 'none'; style-src 'sha256-{_sha256(style)}'; base-uri 'none'; form-action 'none'"
    # The style sheet is the only markup that is not escaped; it is ours and holds no data.
    template = environment.get_template("campaign.html" if isinstance(context, CampaignPage) else "index.html")
    charts = (drawer or Drawer(language)).page(context.charts)
    return template.render(report=context, charts=charts, style=Markup(style), policy=policy, language=language) + "\n"


@cache
def _environment(language: Language) -> Environment:
    """The engine of a language; templates are read once a process, which takes longer than a page."""
    environment = Environment(
        loader=FileSystemLoader(_HERE),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    environment.policies["ext.i18n.trimmed"] = True
    environment.install_gettext_callables(  # type: ignore[attr-defined]
        language.gettext, language.ngettext, newstyle=True, pgettext=language.pgettext, npgettext=language.npgettext
    )
    return environment


def _sha256(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode("ascii")
