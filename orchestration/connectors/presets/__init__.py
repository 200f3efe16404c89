"""Presets: what a well-known service needs, as a TOML file each, beneath what a brand's nanolift.toml says.

Belongs here: finding a preset and laying it under a source's table. Does not: reading one (../rest.py).
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent


def preset_names() -> list[str]:
    """Names that `preset = ` knows, sorted."""
    return sorted(path.stem for path in FOLDER.glob("*.toml"))


def with_preset(source: dict[str, Any]) -> dict[str, Any]:
    """A source's table over its preset's: tables are merged key by key, anything else said by the source wins.

    `streams = [...]` of a source replaces the preset's; a list of names (`streams = ["social_posts"]`) picks from them.

    Raises:
        ValueError: no such preset, or a stream that it does not have.
    """
    path = FOLDER / f"{source['preset']}.toml"
    if path.stem not in preset_names():
        raise ValueError(f"no preset {source['preset']!r}; there are {preset_names()}")
    preset = tomllib.loads(path.read_text(encoding="utf-8"))
    wanted = source.get("streams")
    if isinstance(wanted, list | tuple) and wanted and all(isinstance(each, str) for each in wanted):
        offered = {each["stream"] for each in preset["streams"]}
        if unknown := sorted(set(wanted) - offered):
            raise ValueError(f"preset {source['preset']!r} has no stream {unknown}; it has {sorted(offered)}")
        source = source | {"streams": [each for each in preset["streams"] if each["stream"] in wanted]}
    return _over(preset, source)


def _over(below: dict[str, Any], above: dict[str, Any]) -> dict[str, Any]:
    merged = dict(below)
    for key, value in above.items():
        under = merged.get(key)
        merged[key] = _over(under, value) if isinstance(under, dict) and isinstance(value, dict) else value
    return merged
