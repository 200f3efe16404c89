"""`nanolift doctor`: what is configured, what each output needs, what is missing, whether there is room.

Belongs here: which streams an output needs. Does not: why a particular campaign could not be measured
(ml/measurement says that per campaign).
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from orchestration.environment import secret
from orchestration.errors import ConfigurationError
from orchestration.privacy.rotation_journal import check_keys
from orchestration.settings import Settings, load_settings
from orchestration.workspace import Workspace

# A generation holds warehouse, exports and models: three times the current one leaves room for the build beside it.
ROOM_FACTOR = 3
SMALLEST_ROOM_BYTES = 1_000_000_000


@dataclass(frozen=True)
class Need:
    """What an output needs: all of `streams`, and at least one of `any_of` where it is not empty."""

    output: str
    streams: tuple[str, ...]
    any_of: tuple[str, ...] = ()
    because: str = ""

    def missing(self, present: set[str]) -> tuple[str, ...]:
        """Streams that are absent, in words a person can act on."""
        absent = tuple(stream for stream in self.streams if stream not in present)
        if self.any_of and not present & set(self.any_of):
            absent = (*absent, "one of " + ", ".join(self.any_of))
        return absent


NEEDS = (
    Need("ambassador_candidates", (), ("consumers", "social_profiles", "reviews", "pos_lines"), "people to name"),
    Need("audience tiers", ("social_profiles",), because="followers decide the tier"),
    Need("uplift_scores", ("pos_lines", "campaigns", "campaign_members"), because="purchases with and without contact"),
    Need(
        "ambassador_scores",
        ("pos_lines", "campaigns", "campaign_members", "campaign_events"),
        because="sales tracked to the member who brought them",
    ),
    Need("campaign_results", ("campaigns", "campaign_members", "pos_lines"), because="members, and what people bought"),
    Need(
        "store_lift", ("campaigns", "pos_lines"), ("campaign_members", "campaign_areas"), "stores, and what they sold"
    ),
    Need("extra_sales", ("campaigns", "pos_lines"), ("campaign_members", "campaign_areas"), "who or what took part"),
    Need("review_effect", ("product_page_daily",), because="pages tell orders, views and the reviews displayed"),
    Need("reach", ("campaigns", "social_posts", "social_profiles"), because="posts, and who follows their authors"),
    Need("moments", (), ("social_posts", "reviews"), "texts to read"),
    Need("service_queue", (), ("social_posts", "reviews"), "people who tell of bad moments"),
    Need("who_next", (), ("campaign_members", "social_posts", "reviews"), "scores, or moments to answer"),
    Need(
        "store_alerts", ("reviews",), ("pos_lines", "product_page_daily"), "how often people had occasion to complain"
    ),
    Need("text_check", (), ("ugc_labels", "reviews"), "labels, or stars, to hold the reading against"),
    Need("brand_effect", ("campaigns", "campaign_members", "brand_surveys"), because="answers of both arms"),
    Need("trust_sensitivity", ("campaigns",), ("wom_surveys", "social_post_metrics"), "contacts to weigh"),
    Need("posts_sell", ("campaigns",), ("campaign_members", "wom_surveys"), "who was invited, or what people say"),
    Need("prosumer_lead", ("pos_lines",), ("social_posts", "reviews"), "48 months of buyers, and who publishes"),
    Need("synergy", ("campaigns", "campaign_members", "pos_lines"), ("influencer_bursts",), "where both met"),
    Need("wom_reach", ("campaigns", "campaign_members", "wom_surveys"), because="members, and whom they told"),
)


def streams_of(settings: Settings) -> set[str]:
    """Canonical streams the configured sources deliver."""
    if any(source.kind == "demo" for source in settings.sources):
        from orchestration.demo.delivery import SIMULATED

        return set(SIMULATED)
    return {mapping.stream for source in settings.sources for mapping in source.streams}


def room(workspace: Workspace) -> tuple[int, int]:
    """Free bytes where the workspace lies, and the bytes a run may need."""
    free = shutil.disk_usage(workspace.root).free
    current = sum(file.stat().st_size for file in workspace.current.rglob("*") if file.is_file())
    return free, max(SMALLEST_ROOM_BYTES, ROOM_FACTOR * current)


def check_room(workspace: Workspace) -> None:
    """Refuse to start a run that would fill the disk.

    Raises:
        ConfigurationError: how much is free and how much a run may need.
    """
    free, needed = room(workspace)
    if free < needed:
        raise ConfigurationError(
            f"{workspace.root} has {free / 1e9:.1f} GB free and a run may need {needed / 1e9:.1f} GB: "
            "free some space, or lower [retention] in nanolift.toml"
        )


def examine(directory: Path) -> tuple[str, bool]:
    """The doctor's report, and whether a run could start.

    Raises:
        ConfigurationError: nanolift.toml itself is not right.
    """
    workspace = Workspace.at(directory)
    settings = load_settings(workspace.configuration)
    lines = [
        f"workspace   {workspace.root}",
        f"brand       {settings.brand.name}, days end in {settings.brand.timezone}",
    ]
    healthy = True
    for source in settings.sources:
        streams = "the simulated market" if source.kind == "demo" else ", ".join(m.stream for m in source.streams)
        need = "required" if source.required else f"optional, at most {source.max_age_days} days old"
        lines.append(f"source      {source.name} ({source.kind}, {need}, basis {source.basis}): {streams}")
    present = streams_of(settings)
    for output in NEEDS:
        missing = output.missing(present)
        state = "possible" if not missing else f"not possible: needs {'; '.join(missing)}"
        lines.append(
            f"output      {output.output:<24}{state}" + (f" ({output.because})" if missing and output.because else "")
        )
    try:
        check_keys(workspace, settings)
        lines.append("secret      pseudonym key: " + ("the examples' published one" if settings.example else "set"))
    except ConfigurationError as error:
        healthy = False
        lines.append(f"secret      {error}")
    lines += [f"delivery    {target.name} ({target.kind}): {target.shown}" for target in settings.delivery]
    lines.append(
        f"alerts      {' and '.join(settings.alerts.channels) or 'nowhere: [alerts] names no webhook or e-mail'}"
    )
    for variable in (*(name for target in settings.delivery for name in target.variables), *settings.alerts.variables):
        try:
            secret(variable)
        except ConfigurationError as error:
            healthy = False
            lines.append(f"secret      {error}")
    free, needed = room(workspace)
    healthy = healthy and free >= needed
    lines.append(
        f"disk        {free / 1e9:.1f} GB free, a run may need {needed / 1e9:.1f} GB"
        + ("" if free >= needed else ": too little")
    )
    return "\n".join(lines), healthy
