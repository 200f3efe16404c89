"""What one target gets of one generation: named items with their hashes, and the two small files that speak of them.

Belongs here: choosing files, the manifest at the target, the pointer to the latest. Does not: bringing them there.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from orchestration.exports.delivery.errors import DeliveryError
from orchestration.exports.delivery.spec import Delivery
from orchestration.generations import Generation

MANIFEST = "delivery.json"
LATEST = "latest.json"
DICTIONARY = "data_dictionary"


@dataclass(frozen=True)
class Item:
    """One file. Either `path` (it lies in the generation) or `content` (made at delivery, never written here)."""

    name: str
    size: int
    sha256: str
    path: Path | None = None
    content: bytes | None = field(default=None, repr=False)

    @classmethod
    def of(cls, name: str, content: bytes) -> Item:
        return cls(name, len(content), hashlib.sha256(content).hexdigest(), content=content)

    def read(self) -> bytes:
        """All bytes of it."""
        if self.content is not None:
            return self.content
        assert self.path is not None
        return self.path.read_bytes()


@dataclass(frozen=True)
class Package:
    """All that a target gets of a generation. people: counts of an audience; None: it holds no people by name."""

    target: str
    brand: str
    generation: str
    as_of: str
    published_sequence: int
    items: tuple[Item, ...]
    people: Mapping[str, int] | None = None

    @property
    def size(self) -> int:
        """Bytes of all items."""
        return sum(item.size for item in self.items)

    @property
    def place(self) -> tuple[str, int]:
        """Of two generations, the one with the higher place is the later: of a later day, or its later run."""
        return self.as_of, self.published_sequence

    def files(self) -> dict[str, dict[str, Any]]:
        """Name → sha256 and bytes."""
        return {item.name: {"sha256": item.sha256, "bytes": item.size} for item in self.items}

    def manifest(self) -> dict[str, Any]:
        """What delivery.json says at the target. No time stands in it: the same package has the same bytes."""
        said: dict[str, Any] = {
            "target": self.target,
            "brand": self.brand,
            "generation": self.generation,
            "as_of": self.as_of,
            "published_sequence": self.published_sequence,
            "files": self.files(),
        }
        return said if self.people is None else {**said, "people": dict(self.people)}

    def pointer(self) -> dict[str, Any]:
        """What latest.json says at the target."""
        return {
            "target": self.target,
            "brand": self.brand,
            "generation": self.generation,
            "as_of": self.as_of,
            "published_sequence": self.published_sequence,
            "manifest": f"generations/{self.generation}/{MANIFEST}",
        }


def package_of(spec: Delivery, brand: str, generation: Generation) -> Package:
    """The exports of a generation that a target asks for.

    Raises:
        DeliveryError: none of the outputs it names is in the generation.
        IntegrityError: a file is no longer what was published.
    """
    files: Mapping[str, Mapping[str, Any]] = generation.manifest["files"]
    items = [
        Item(name, int(said["bytes"]), str(said["sha256"]), path=generation.path / name)
        for name, said in sorted(files.items())
        if is_wanted(spec, name)
    ]
    if not any(DICTIONARY not in item.name for item in items):
        raise DeliveryError(
            f"{generation.name} has none of the files that [[delivery]] {spec.name} asks for: look at include, outputs "
            "and formats"
        )
    for item in items:
        checked(generation, item.name)
    return packed(spec, brand, generation, tuple(items))


def checked(generation: Generation, name: str) -> Path:
    """The path of a published file whose bytes are what was published.

    Raises:
        DeliveryError: the generation has no such file.
        IntegrityError: its bytes changed.
    """
    if name not in generation.manifest["files"]:
        raise DeliveryError(f"{generation.name} has no {name}")
    return generation.sound(name)


def packed(
    spec: Delivery, brand: str, generation: Generation, items: tuple[Item, ...], people: Mapping[str, int] | None = None
) -> Package:
    """A package of given items."""
    return Package(
        target=spec.name,
        brand=brand,
        generation=generation.name,
        as_of=generation.manifest["as_of"],
        published_sequence=int(generation.manifest["published_sequence"]),
        items=items,
        people=people,
    )


def is_wanted(spec: Delivery, name: str) -> bool:
    """Whether a target asks for a file of a generation. The data dictionary goes with any export."""
    path = PurePosixPath(name)
    if spec.kind == "postgres":
        return (
            path.parts[0] == "exports" and path.suffix == ".parquet" and (not spec.outputs or path.stem in spec.outputs)
        )
    if path.parts[0] not in spec.include:
        return False
    if path.parts[0] == "report" or path.stem == DICTIONARY:
        return True
    return path.suffix.removeprefix(".") in spec.formats and (not spec.outputs or path.stem in spec.outputs)


def moves_latest(package: Package, pointer: Mapping[str, Any] | None) -> bool:
    """Whether the target's latest becomes this generation: never back to an older day, or an older run of the day."""
    return pointer is None or package.place > (str(pointer["as_of"]), int(pointer["published_sequence"]))


def is_the_same(package: Package, found: Mapping[str, Any]) -> bool:
    """Whether what a target holds under this generation's name is this package.

    An audience is made anew for every attempt, from the consents of the moment: the one that arrived is the one.
    """
    mine = package.manifest()
    keys = ("target", "brand", "generation", "as_of", "published_sequence")
    if any(found.get(key) != mine[key] for key in keys):
        return False
    return package.people is not None or found.get("files") == mine["files"]


def as_json(content: Mapping[str, Any]) -> bytes:
    """The one form of the small files."""
    return (json.dumps(content, indent=2, sort_keys=True, ensure_ascii=False) + "\n").encode()
