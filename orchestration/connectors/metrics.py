"""Which platform reports which metric, under which field, from when to when; and what happens when one is not there.

Belongs here: the registry (metrics.toml) and its two rules: never one metric in another's place, and a metric that
vanishes is NULL with a notice. Does not: fields that are no metrics, whose absence is an error (readers.py).
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from orchestration.connectors.rest_template import ABSENT, look

if TYPE_CHECKING:
    from orchestration.connectors.mapping_spec import StreamMapping

REGISTRY = Path(__file__).with_name("metrics.toml")
# Columns that are metrics: a platform may stop reporting one, and the row is still a row.
METRICS: dict[str, tuple[str, ...]] = {
    "social_post_metrics": tuple(
        f"{name}_count" for name in ("likes", "comments", "shares", "saves", "views", "reach", "impressions")
    ),
    "social_profiles": ("followers_count", "following_count", "posts_count"),
    "product_page_daily": (
        "displayed_reviews_count",
        "displayed_rating",
        "views_count",
        "add_to_cart_count",
        "orders_count",
        "units_count",
    ),
    "reviews": ("helpful_count", "media_count"),
}
_PLATFORM_COLUMN = {"reviews": "site", "product_page_daily": "site"}
# What a field's own name says it counts, whatever the platform.
_WORDS: dict[str, str] = {
    word: column
    for column, words in {
        "likes_count": "like likes liked favourites favorites favourite favorite",
        "comments_count": "comment comments reply replies",
        "shares_count": "share shares repost reposts retweet retweets",
        "saves_count": "save saves saved bookmark bookmarks",
        "views_count": "view views viewed play plays pageviews",
        "reach_count": "reach reached",
        "impressions_count": "impression impressions",
        "followers_count": "follower followers subscriber subscribers",
        "following_count": "following follows",
        "add_to_cart_count": "cart carts",
    }.items()
    for word in words.split()
}
_PARTS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")


@dataclass(frozen=True)
class Metric:
    """One metric that a platform reports: `column` of `stream` comes from `field`; since and until are days or None."""

    platform: str
    stream: str
    column: str
    field: str
    source: str
    meaning: str = ""
    since: str | None = None
    until: str | None = None


@dataclass(frozen=True)
class Lack:
    """Metrics that a platform does not report to this interface."""

    platform: str
    stream: str
    columns: tuple[str, ...]
    why: str
    source: str


@cache
def registry() -> tuple[tuple[Metric, ...], tuple[Lack, ...]]:
    """The registry as it stands in metrics.toml."""
    table = tomllib.loads(REGISTRY.read_text(encoding="utf-8"))
    metrics = tuple(Metric(**entry) for entry in table["metrics"])
    lacks = tuple(Lack(**{**entry, "columns": tuple(entry["columns"])}) for entry in table["lacks"])
    return metrics, lacks


def misplaced(mapping: StreamMapping) -> list[str]:
    """Why a mapping puts one metric in another's place; nothing where it does not."""
    return [why for column, path in _sources(mapping) if (why := _wrong(mapping, column, path)) is not None]


def _wrong(mapping: StreamMapping, column: str, path: str) -> str | None:
    platform, (metrics, lacks) = _platform(mapping), registry()
    for lack in lacks:
        if (lack.platform, lack.stream) == (platform, mapping.stream) and column in lack.columns:
            return f"{column}: {platform} does not report it ({lack.why}); leave it out, which is NULL"
    fields = [
        one for one in metrics if (one.platform, one.stream) == (platform, mapping.stream) and _is(path, one.field)
    ]
    if any(one.column == column for one in fields):
        return None
    if fields:
        return (
            f"{column}: {platform} reports {fields[0].column} in {path!r}, and one metric never stands in for another"
        )
    meant = {_WORDS[part.lower()] for part in _PARTS.findall(path.rsplit(".", 1)[-1]) if part.lower() in _WORDS}
    others = meant & set(METRICS[mapping.stream]) - {column}
    if others and column not in meant:
        return f"{column}: {path!r} is {sorted(others)[0]} by its name, and one metric never stands in for another"
    return None


class Presence:
    """Which metrics of a mapping an answer held.

    Args:
        mapping: the stream's.
        optional: other paths that a service leaves out where there is nothing: nothing is said of them.
    """

    def __init__(self, mapping: StreamMapping, optional: tuple[str, ...] = ()) -> None:
        self._mapping = mapping
        self._missing: dict[str, str | None] = dict.fromkeys(set(optional) & set(mapping.source_columns))
        self._missing |= {path: column for column, path in _sources(mapping)}
        self._records = 0

    def see(self, record: dict[str, Any]) -> None:
        """One record."""
        self._records += 1
        if self._missing:
            # A number derived of fields that are gone is there, and NULL.
            for path in [path for path in self._missing if look(record, path) not in (ABSENT, None)]:
                del self._missing[path]

    def notes(self) -> Iterator[str]:
        """A sentence for each metric that no record held."""
        if not self._records:
            return
        missing = ((path, column) for path, column in sorted(self._missing.items()) if column is not None)
        for path, column in missing:
            yield f"{column} is NULL: no record has {path!r} any more{self._known(column)}"

    def fill_in(self, file: Path) -> None:
        """Write what no record held into the first line, as null: the column is there, and empty.

        A name with dots in it is found before the path it could mean (readers_jsonl.py).
        """
        if not self._missing or not self._records:
            return
        filled = file.with_suffix(".filled")
        with file.open(encoding="utf-8") as lines, filled.open("x", encoding="utf-8") as out:
            filled.chmod(0o600)
            first = json.loads(next(lines))
            out.write(json.dumps(first | dict.fromkeys(self._missing)) + "\n")
            out.writelines(lines)
        filled.replace(file)

    def _known(self, column: str) -> str:
        for one in registry()[0]:
            if (one.platform, one.stream, one.column) == (_platform(self._mapping), self._mapping.stream, column):
                return f" ({one.platform} reported it until {one.until}: {one.source})" if one.until else ""
        return ""


def _sources(mapping: StreamMapping) -> Iterator[tuple[str, str]]:
    """Metric column and the path it is read from."""
    for column in METRICS.get(mapping.stream, ()):
        if column in mapping.columns:
            yield from ((column, path) for path in mapping.columns[column].source_columns)


def _platform(mapping: StreamMapping) -> str | None:
    spec = mapping.columns.get(_PLATFORM_COLUMN.get(mapping.stream, "platform"))
    return None if spec is None or spec.constant is None else str(spec.constant)


def _is(path: str, field: str) -> bool:
    return path == field or path.endswith("." + field)
