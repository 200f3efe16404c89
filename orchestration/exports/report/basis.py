"""The legal basis of the run's sources in the reader's words.

Belongs here: that line. Does not: which basis a source has (orchestration/settings.py).
"""

from __future__ import annotations

from orchestration.exports.context import ExportContext
from orchestration.exports.language import Language
from orchestration.exports.retelling import label


def basis_line(context: ExportContext, language: Language) -> str:
    """The basis of each source, in words."""
    if len(set(context.source_basis.values())) == 1:
        return language.say("%(basis)s, declared for every source", basis=label(context.bases(), language))
    parts = sorted(context.source_basis.items())
    return ", ".join(
        language.say("%(source)s: %(basis)s", source=name, basis=label(basis, language)) for name, basis in parts
    )
