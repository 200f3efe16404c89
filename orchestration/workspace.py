"""Where everything of a workspace lies. Paths only: what is written there is others' business."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from orchestration.errors import ConfigurationError

# What DuckDB, dbt and SQLite read as a pattern, a template or another folder: below a folder called "brand *" a run
# would read the files of "brand 2" as well.
_READ_AS_SOMETHING_ELSE = re.compile(r"[*?#\[\]{}\\\x00-\x1f\x7f]")


@dataclass(frozen=True)
class Workspace:
    """The folder of one brand. All paths are absolute."""

    root: Path

    @classmethod
    def at(cls, path: Path) -> Workspace:
        """The workspace in a folder, links followed.

        Raises:
            ConfigurationError: its path holds a character that a database would read as something else.
        """
        root = path if "\0" in str(path) else path.resolve()
        if found := sorted(set(_READ_AS_SOMETHING_ELSE.findall(str(root)))):
            raise ConfigurationError(
                f"{str(root)!r} cannot be a workspace: databases read {', '.join(map(repr, found))} in a path as a "
                "pattern or as another folder; rename the folder, or one above it"
            )
        return cls(root)

    @property
    def configuration(self) -> Path:
        return self.root / "nanolift.toml"

    @property
    def landing(self) -> Path:
        """<source>/<stream>/<load_id>/{data.parquet, signals.parquet, moments.parquet, _load.json}"""
        return self.root / "landing"

    @property
    def quarantine(self) -> Path:
        """<source>/<stream>/<load_id>.enc: raw rows that could not be typed, encrypted like the vault."""
        return self.root / "quarantine"

    @property
    def vault(self) -> Path:
        """Encrypted file: key version, identity key → raw reference."""
        return self.root / "vault"

    @property
    def state(self) -> Path:
        """<kind>/<as_of>.json: champions, past scores, gate figures, each written by the run of that date."""
        return self.root / "state"

    @property
    def deliveries(self) -> Path:
        """<target>/<generation>.json: what became of each generation at each target."""
        return self.state / "deliveries"

    @property
    def text_models(self) -> Path:
        """<language>/{<language>.npz, <language>.card.json}: learned from the brand's own labels."""
        return self.root / "text_models"

    @property
    def generations(self) -> Path:
        return self.root / "generations"

    @property
    def current(self) -> Path:
        """Symbolic link to the published generation."""
        return self.root / "current"

    @property
    def plans(self) -> Path:
        """<name>/: whom to invite next, written by `nanolift plan` from the published generation."""
        return self.root / "plans"

    @property
    def receipts(self) -> Path:
        """<instant>_<what>.json: what was erased, expired or rotated, with counts, signed."""
        return self.root / "receipts"

    @property
    def suppression(self) -> Path:
        """Encrypted file: keyed hashes of people who must not be landed again."""
        return self.root / "suppression"

    @property
    def erasure(self) -> Path:
        """Encrypted file: an erasure that has begun and is not finished; gone when it is."""
        return self.root / "erasure"

    @property
    def rotation(self) -> Path:
        """A change of the pseudonym key that has begun and is not finished; gone when it is."""
        return self.root / "rotation"

    @property
    def key_record(self) -> Path:
        """Which pseudonym key the workspace lies under: its id and version, never the key."""
        return self.state / "pseudonym_key.json"

    @property
    def lots(self) -> Path:
        """Encrypted file: lots that were drawn before the pseudonym key changed, by identity key."""
        return self.root / "lots"

    @property
    def builds(self) -> Path:
        """Scratch of running runs, one folder a run; swept at the next start."""
        return self.root / "builds"

    @property
    def logs(self) -> Path:
        """nanolift.jsonl, last_run.json, alerts.json, metrics.prom: what runs tell of themselves; none relies on it."""
        return self.root / "logs"

    @property
    def log(self) -> Path:
        """A JSON object a line; older lines in nanolift.jsonl.1 and so on."""
        return self.logs / "nanolift.jsonl"

    @property
    def lock(self) -> Path:
        return self.root / ".lock"

    @property
    def dagster_home(self) -> Path:
        return self.root / ".dagster"

    @property
    def demo_world(self) -> Path:
        """Files of the simulated brand's systems, where a source is of kind demo."""
        return self.root / "demo_world"

    @property
    def demo_truth(self) -> Path:
        """The simulated truth: read by benchmarks and trials, never by the pipeline."""
        return self.root / "demo_truth"


@dataclass(frozen=True)
class Build:
    """One run's own folder; becomes a generation when it is published."""

    root: Path

    @property
    def warehouse(self) -> Path:
        return self.root / "warehouse.duckdb"

    @property
    def features(self) -> Path:
        return self.root / "features"

    @property
    def models(self) -> Path:
        return self.root / "models"

    @property
    def scores(self) -> Path:
        return self.root / "scores"

    @property
    def exports(self) -> Path:
        return self.root / "exports"

    @property
    def report(self) -> Path:
        return self.root / "report"

    @property
    def gates(self) -> Path:
        """One <gate>.json per gate, in summary form: counts, never values."""
        return self.root / "gates"

    @property
    def manifest(self) -> Path:
        return self.root / "manifest.json"
