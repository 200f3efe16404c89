"""A folder of this machine (a mounted share, a synchronised folder) as a target.

Belongs here: writing durably and in one step. Does not: the order of steps (tree.py).
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from orchestration.durable import replacing, sync, sync_tree
from orchestration.exports.delivery.errors import DeliveryUnavailableError
from orchestration.exports.delivery.package import Item, Package
from orchestration.exports.delivery.target import Arrived, Step
from orchestration.exports.delivery.tree import deliver_tree


@dataclass(frozen=True)
class Folder:
    """A target folder; `owner_only` where what is delivered names people."""

    root: Path
    owner_only: bool = False
    renames: bool = True

    @property
    def shown(self) -> str:
        return str(self.root)

    def deliver(self, package: Package, step: Step) -> Arrived:
        """See Target.deliver."""
        if not self.root.is_dir():
            raise DeliveryUnavailableError(f"{self.shown} is not there: make the folder, or mount it")
        try:
            return deliver_tree(self, package, step)
        except OSError as error:
            raise DeliveryUnavailableError(f"{self.shown} cannot be written ({error.strerror or error})") from error

    def read(self, path: str) -> bytes | None:
        try:
            return (self.root / path).read_bytes()
        except FileNotFoundError:
            return None

    def sizes(self, folder: str) -> dict[str, int]:
        top = self.root / folder
        return {
            path.relative_to(top).as_posix(): path.stat().st_size for path in sorted(top.rglob("*")) if path.is_file()
        }

    def clear(self, folder: str) -> None:
        if (self.root / folder).exists():
            shutil.rmtree(self.root / folder)

    def put(self, path: str, item: Item) -> None:
        place = self.root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.touch(mode=0o600 if self.owner_only else 0o644)
        if item.path is not None:
            shutil.copyfile(item.path, place)
        else:
            place.write_bytes(item.read())

    def settle(self, staged: str, final: str) -> None:
        sync_tree(self.root / staged)
        place = self.root / final
        place.parent.mkdir(exist_ok=True)
        (self.root / staged).rename(place)
        sync(place.parent)
        sync((self.root / staged).parent)
        sync(self.root)

    def replace(self, path: str, content: bytes) -> None:
        with replacing(self.root / path) as temporary:
            temporary.write_bytes(content)
