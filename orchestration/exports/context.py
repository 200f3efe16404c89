"""What a run tells its exports beside the tables: dates, basis, tier preset, gates, models.

Belongs here: frozen values without behaviour. Does not: reading them from settings, manifests or gate files
(orchestration/assets/exports.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from ml.lots import NONE_KEPT, KeptLots

RESEARCH_BASIS = "research_dataset"
CONSENT_BASIS = "consent"


@dataclass(frozen=True)
class GateOutcome:
    """One gate of the run in summary form: counts, never values.

    Attributes:
        message: one line: what failed, on what, how many rows; "" where it passed.
    """

    name: str
    passed: bool
    expectations_count: int
    failed_count: int = 0
    message: str = ""


@dataclass(frozen=True)
class ModelOutcome:
    """What became of one model: promoted, refused by the promotion rule, or absent because an input is missing."""

    name: str
    status: Literal["promoted", "refused", "absent"]
    reason: str
    model_id: str | None = None
    model_as_of: date | None = None


@dataclass(frozen=True)
class ExportContext:
    """Everything an export says that is in no table.

    Attributes:
        as_of: last day that is known, in the brand's time zone.
        tier_preset, nano_below, micro_up_to: the tier boundaries in force.
        source_basis: source name → `consent` or `research_dataset`.
        simulated_sources: sources that are a simulated world: said on the report.
        stale_since: source → day of its last good load, where the source failed and an older load stands in.
        holdout_share, holdout_seed: of the people kept out by lot.
        kept_lots: lots drawn before keys changed.
        gates, models: outcomes of this run so far.
        languages: of the report, the first one where it opens.
        design_notes: sentences a reader of the effects must know (time zone assumed, windows, comparison).
    """

    brand_name: str
    as_of: date
    timezone: str
    currency: str
    tier_preset: str
    nano_below: int
    micro_up_to: int
    source_basis: Mapping[str, str]
    simulated_sources: frozenset[str] = frozenset()
    stale_since: Mapping[str, date] = field(default_factory=dict)
    holdout_share: float = 0.0
    holdout_seed: int = 0
    kept_lots: KeptLots = field(default_factory=lambda: NONE_KEPT)
    gates: tuple[GateOutcome, ...] = ()
    models: tuple[ModelOutcome, ...] = ()
    design_notes: tuple[str, ...] = ()
    languages: tuple[str, ...] = ("en",)

    def bases(self) -> str:
        """Every basis in force, joined by +; printed in every export's header."""
        return " + ".join(sorted(set(self.source_basis.values())))

    def basis_line(self) -> str:
        """The basis of each source, for headers."""
        if len(set(self.source_basis.values())) == 1:
            return f"{self.bases()}, declared for every source"
        return ", ".join(f"{name}: {basis}" for name, basis in sorted(self.source_basis.items()))

    def research_covers_everybody(self) -> bool:
        """Whether every source declares the research basis, so that a person needs no consent of their own.

        In a mixed workspace a person's row may rest on several sources: there only their own consent counts.
        """
        return set(self.source_basis.values()) == {RESEARCH_BASIS}
