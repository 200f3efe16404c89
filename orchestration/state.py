"""What a run hands to runs of later days: champions, past scores, figures of gates. Landed like data, by as_of.

A run for a date reads only entries of earlier dates, so a rerun of a date sees what the first run saw.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from orchestration.durable import write_json


@dataclass(frozen=True)
class State:
    """The state as a run for `as_of` sees it.

    Attributes:
        root: <root>/<kind>/<as_of>.json.
        as_of: entries of this day and later do not exist for the run.
    """

    root: Path
    as_of: date

    def entries(self, kind: str) -> list[tuple[date, Any]]:
        """All earlier entries of a kind, oldest first."""
        found = [(date.fromisoformat(path.stem), path) for path in (self.root / kind).glob("*.json")]
        return [(day, json.loads(path.read_text(encoding="utf-8"))) for day, path in sorted(found) if day < self.as_of]

    def latest(self, kind: str) -> Any | None:
        """The newest earlier entry of a kind; None: there is none."""
        entries = self.entries(kind)
        return entries[-1][1] if entries else None

    def record(self, kind: str, content: Any) -> None:
        """Write this day's entry, in place of an earlier run's for the same day. Only a published run records."""
        write_json(self.root / kind / f"{self.as_of.isoformat()}.json", content)
