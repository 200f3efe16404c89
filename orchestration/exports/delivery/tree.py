"""The way of folders, S3 and SFTP: files first, then delivery.json, then their place, then latest.json.

Belongs here: the order of steps and what counts as complete. Does not: how a byte gets there (folder.py, servers.py).

Layout at the target: generations/<generation>/{exports/…, delivery.json} and latest.json. A generation is complete when
its delivery.json is there. Where a store can rename, files gather under .incoming and appear in one step.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Protocol

from orchestration.exports.delivery.errors import DeliveryError
from orchestration.exports.delivery.package import (
    LATEST,
    MANIFEST,
    Item,
    Package,
    as_json,
    is_the_same,
    moves_latest,
)
from orchestration.exports.delivery.target import Arrived, Step


class Store(Protocol):
    """A tree of files at a target; paths are relative to its root, with /."""

    @property
    def shown(self) -> str:
        """The place for people."""
        ...

    @property
    def renames(self) -> bool:
        """Whether a folder can be given its name in one step."""
        ...

    def read(self, path: str) -> bytes | None:
        """A small file; None: there is none."""
        ...

    def sizes(self, folder: str) -> dict[str, int]:
        """Every file below a folder, relative to it, with its bytes; none where there is no such folder."""
        ...

    def clear(self, folder: str) -> None:
        """Remove what a stopped delivery left there."""
        ...

    def put(self, path: str, item: Item) -> None:
        """Write a file, making its folders."""
        ...

    def settle(self, staged: str, final: str) -> None:
        """Make a complete folder durable and give it its name, in one step. Only where the store renames."""
        ...

    def replace(self, path: str, content: bytes) -> None:
        """Put a small file in the place of another in one step: readers see the old or the new."""
        ...


def deliver_tree(store: Store, package: Package, step: Step) -> Arrived:
    """Bring a package to a store, or find that it is there (Target.deliver)."""
    final = f"generations/{package.generation}"
    step("read latest")
    pointer = _json(store.read(LATEST), store, LATEST)
    if pointer is not None and (pointer["target"], pointer["brand"]) != (package.target, package.brand):
        raise DeliveryError(
            f"{store.shown} holds deliveries of {pointer['brand']} to {pointer['target']}: give each a place of its own"
        )
    step("look")
    found: Mapping[str, Any] | None = _json(store.read(f"{final}/{MANIFEST}"), store, f"{final}/{MANIFEST}")
    if found is None:
        found = _send(store, package, final, step)
    elif not is_the_same(package, found) or not _is_whole(store.sizes(final), found["files"]):
        raise DeliveryError(
            f"{store.shown}/{final} holds something else under this generation's name: move it away, or deliver to a "
            "place of its own"
        )
    if moves_latest(package, pointer):
        step("write latest")
        store.replace(LATEST, as_json(package.pointer()))
        pointer = package.pointer()
    step("delivered")
    return Arrived(found, pointer is not None and pointer["generation"] == package.generation)


def _send(store: Store, package: Package, final: str, step: Step) -> Mapping[str, Any]:
    staged = f".incoming/{package.generation}" if store.renames else final
    step("clear")
    store.clear(staged)
    if store.renames and store.sizes(final):
        raise DeliveryError(f"{store.shown}/{final} exists without a {MANIFEST}: it is not nanolift's, move it away")
    for item in package.items:
        step(f"put {item.name}")
        store.put(f"{staged}/{item.name}", item)
    step("check sizes")
    manifest = package.manifest()
    if not _is_whole(store.sizes(staged), manifest["files"]):
        raise DeliveryError(f"{store.shown}/{staged} does not hold what was sent: does somebody else write there?")
    step(f"put {MANIFEST}")
    marker = Item.of(MANIFEST, as_json(manifest))
    if store.renames:
        store.put(f"{staged}/{MANIFEST}", marker)
        step("rename")
        store.settle(staged, final)
    else:
        store.replace(f"{final}/{MANIFEST}", marker.read())
    return manifest


def _is_whole(sizes: Mapping[str, int], files: Mapping[str, Mapping[str, Any]]) -> bool:
    """Whether a folder holds every file of a manifest in its size, and no other."""
    return {name: size for name, size in sizes.items() if name != MANIFEST} == {
        name: int(said["bytes"]) for name, said in files.items()
    }


def _json(content: bytes | None, store: Store, path: str) -> dict[str, Any] | None:
    if content is None:
        return None
    try:
        said: dict[str, Any] = json.loads(content)
        said["target"], said["brand"], said["generation"], said["as_of"], said["published_sequence"]
    except (ValueError, KeyError, TypeError) as error:
        raise DeliveryError(f"{store.shown}/{path} is not what nanolift writes: move it away") from error
    return said
