"""nanolift.toml as types.

Belongs here: every key of a workspace's configuration, its check and its default. Does not: what a source's
mapping does to rows (connectors/mapping.py), paths inside a workspace (workspace.py), secrets (environment.py).
"""

from __future__ import annotations

import re
import tomllib
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from ml.features.dictionary import FEATURE_NAMES
from orchestration.connectors.files_spec import FileServer
from orchestration.connectors.mapping_spec import StreamMapping
from orchestration.connectors.presets import with_preset
from orchestration.connectors.rest_spec import RestConnection
from orchestration.connectors.sql_spec import SqlConnection
from orchestration.errors import ConfigurationError
from orchestration.exports.delivery.spec import Delivery
from orchestration.exports.language import languages
from orchestration.observe.spec import Alerts, Metrics

_MAY_HOLD_SECRETS = re.compile(
    r"(?i)pass|secret|token|key|auth|header|url|_env|option|param|body|value|query|user|path"
)


def _zone(name: str) -> str:
    if name not in available_timezones():
        raise ValueError(f"{name!r} is no IANA time zone; write for instance 'Europe/Paris'")
    return name


Zone = Annotated[str, AfterValidator(_zone)]
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,40}$")]


class Strict(BaseModel):
    """A table of nanolift.toml: frozen, unknown keys refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Brand(Strict):
    name: str
    timezone: Zone
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
    as_of: date | None = None
    notes: tuple[str, ...] = ()  # sentences a reader of the exports must know, for instance an assumed time zone


class Tiers(Strict):
    """Audience tiers: nano < nano_below <= micro <= micro_up_to < macro; unknown audience is a tier of its own."""

    preset: str = "nano below 1,000, micro to 100,000"
    nano_below: Annotated[int, Field(gt=0)] = 1_000
    micro_up_to: Annotated[int, Field(gt=0)] = 100_000

    @model_validator(mode="after")
    def _ordered(self) -> Tiers:
        if self.nano_below > self.micro_up_to:
            raise ValueError("nano_below must not be above micro_up_to")
        return self


class Schedule(Strict):
    enabled: bool = False
    timezone: Zone | None = None
    hour: Annotated[int, Field(ge=0, le=23)] = 3


# Streams whose rows lose their worth with age; of the others (people, consents, campaigns …) the newest row counts.
Perishable = Literal[
    "pos_lines", "product_page_daily", "social_posts", "social_post_metrics", "social_profiles", "social_edges",
    "reviews", "ugc_labels", "campaign_events", "wom_surveys", "brand_surveys",
]  # fmt: skip


class Retention(Strict):
    """How long what is kept; None or not named: for ever (privacy/retention.py).

    landing_days: stream → days after which a landed row goes, with what its text said.
    quarantine_days: rows and values set aside, by when they were landed.
    unused_references: "remove": the vault forgets whom no landed row names any more.
    """

    generations_days: Annotated[int, Field(ge=1)] = 14
    generations_month_ends: Annotated[int, Field(ge=0)] = 12
    landing_days: dict[Perishable, Annotated[int, Field(ge=90)]] = {}
    quarantine_days: Annotated[int, Field(ge=7)] | None = None
    plans_days: Annotated[int, Field(ge=1)] | None = None
    receipts_days: Annotated[int, Field(ge=365)] | None = None
    history_days: Annotated[int, Field(ge=30)] | None = None
    vault_log_days: Annotated[int, Field(ge=30)] | None = None
    unused_references: Literal["keep", "remove"] = "keep"


class Campaigns(Strict):
    """How campaign facts are built.

    comparison: "none", or "all_other_consumers": everybody who is no member becomes arm `comparison` (not randomised).
    outcome_days / before_days: length of the outcome window after, and of the window before, a member's start.
    """

    comparison: Literal["none", "all_other_consumers"] = "none"
    outcome_days: Annotated[int, Field(ge=7, le=365)] = 90
    before_days: Annotated[int, Field(ge=7, le=365)] = 90
    attribution_days: Annotated[int, Field(ge=0, le=365)] = 60


class Holdout(Strict):
    """The standing holdout: the share of people kept out of every contact by lot, so that its worth can be told."""

    share: Annotated[float, Field(ge=0, le=0.5)] = 0.05


class Reach(Strict):
    """How many people could be reached at all: users of social platforms where the brand sells.

    population: over all platforms; not stated: everybody in the areas of the stores. by_platform: of one platform.
    """

    population: Annotated[int, Field(gt=0)] | None = None
    by_platform: dict[str, Annotated[int, Field(gt=0)]] = {}


def _known_feature(name: str) -> str:
    if name not in FEATURE_NAMES:
        raise ValueError(f"{name!r} is no feature; ml/features/dictionary.py lists them")
    return name


def _known_language(tag: str) -> str:
    if tag not in languages():
        raise ValueError(f"no texts in language {tag!r}; there are {', '.join(languages())}")
    return tag


class Report(Strict):
    """The report. languages: it is written in each; the first is the one it opens in."""

    languages: Annotated[tuple[Annotated[str, AfterValidator(_known_language)], ...], Field(min_length=1)] = ("en",)

    @model_validator(mode="after")
    def _languages_differ(self) -> Report:
        if len(set(self.languages)) < len(self.languages):
            raise ValueError(f"a language stands twice: {', '.join(self.languages)}")
        return self


class Models(Strict):
    """What models may learn from, besides what they never do (ml/features/dictionary.py, FORBIDDEN_COLUMNS).

    never_use: features that stand in for a protected trait in this brand's market.
    """

    never_use: tuple[Annotated[str, AfterValidator(_known_feature)], ...] = ()


class Source(Strict):
    """A system that data comes from.

    basis: why people's data of this source may be scored: `consent` (of each person) or `research_dataset`.
    preset: name of a file in connectors/presets/ that gives what is not said here.
    required: a source that is down stops the run; an optional one leaves its last good load for max_age_days.
    """

    name: Name
    kind: Literal["csv", "jsonl", "parquet", "sql", "rest", "demo"]
    preset: str | None = None
    server: FileServer | None = None  # csv, jsonl, parquet of another machine
    sql: SqlConnection | None = None
    rest: RestConnection | None = None
    basis: Literal["consent", "research_dataset"] = "consent"
    required: bool = True
    max_age_days: Annotated[int, Field(ge=0)] | None = None
    parameters: Path | None = None  # kind = "demo": another world's parameter file
    size: Literal["tiny", "default"] | int | None = None  # kind = "demo"
    seed: int | None = None  # kind = "demo"
    faults: tuple[str, ...] = ()  # kind = "demo": faults to inject by name
    streams: tuple[StreamMapping, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _preset_first(cls, value: Any) -> Any:
        return with_preset(value) if isinstance(value, dict) and value.get("preset") is not None else value

    @model_validator(mode="after")
    def _fits_its_kind(self) -> Source:
        demo_only = {"parameters", "size", "seed", "faults"} & self.model_fields_set
        if self.kind != "demo" and demo_only:
            raise ValueError(f"{sorted(demo_only)} belong to kind = 'demo', not to {self.kind!r}")
        if self.kind != "demo" and not self.streams:
            raise ValueError("needs at least one [[sources.streams]]")
        origin = self.kind if self.kind in ("sql", "rest") else "path"
        if wrong := [each.stream for each in self.streams if getattr(each, origin) is None]:
            raise ValueError(f"kind = {self.kind!r} reads streams by `{origin}`, which {wrong} do not give")
        if self.server is not None and origin != "path":
            raise ValueError("[sources.server] belongs to files")
        for table in ("sql", "rest"):
            if (getattr(self, table) is not None) != (self.kind == table):
                raise ValueError(f"[sources.{table}] and kind = {table!r} belong together")
        return self


class Settings(Strict):
    """A workspace's nanolift.toml."""

    brand: Brand
    sources: tuple[Source, ...] = Field(min_length=1)
    tiers: Tiers = Tiers()
    schedule: Schedule = Schedule()
    retention: Retention = Retention()
    campaigns: Campaigns = Campaigns()
    holdout: Holdout = Holdout()
    reach: Reach = Reach()
    report: Report = Report()
    models: Models = Models()
    delivery: tuple[Delivery, ...] = ()
    alerts: Alerts = Alerts()
    metrics: Metrics = Metrics()
    example: Literal["demo", "journey", "voices"] | None = None
    seed: int = 20260101

    @model_validator(mode="after")
    def _names_differ(self) -> Settings:
        names = [source.name for source in self.sources]
        if len(set(names)) < len(names):
            raise ValueError(f"two sources share a name: {sorted(names)}")
        targets = [each.name for each in self.delivery]
        if len(set(targets)) < len(targets):
            raise ValueError(f"two deliveries share a name: {sorted(targets)}")
        return self

    @property
    def scoring_basis(self) -> Literal["consent", "research_dataset"]:
        """`research_dataset` only where every source declares it; else only a person's own consent counts."""
        return "research_dataset" if all(source.basis == "research_dataset" for source in self.sources) else "consent"

    def last_closed_day(self, now: datetime) -> date:
        """The day before `now` (an aware instant) in the brand's time zone."""
        return now.astimezone(ZoneInfo(self.brand.timezone)).date() - timedelta(days=1)


def _may_be_shown(place: tuple[int | str, ...], kind: str, value: object) -> bool:
    """False where a secret may stand that somebody wrote into the file, at its own place or under a name of his."""
    is_table = isinstance(value, dict | list)
    return not is_table and kind != "extra_forbidden" and _MAY_HOLD_SECRETS.search(" ".join(map(str, place))) is None


def load_settings(path: Path) -> Settings:
    """Read and check a nanolift.toml.

    Raises:
        ConfigurationError: every problem with its field, the value found and what would be right.
    """
    try:
        table: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ConfigurationError(f"{path} does not exist: run `nanolift init {path.parent}` first") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path} is not readable TOML: {error}") from error
    try:
        return Settings.model_validate(table)
    except ValidationError as error:
        lines = [
            f"  {'.'.join(str(part) for part in problem['loc']) or 'file'}: {problem['msg']}"
            + (
                f" (found {problem['input']!r})"
                if _may_be_shown(problem["loc"], problem["type"], problem["input"])
                else ""
            )
            for problem in error.errors()
        ]
        raise ConfigurationError(f"{path} is not right:\n" + "\n".join(lines)) from None
