"""A signed message to a web service: what was published, which generation is the latest, and people where asked for.

Belongs here: the message. Does not: one try to send it (signed_post.py), trying again (run.py).

A receiver may get a message twice (its answer was lost, or we were killed before we wrote it down) and tells by the
Idempotency-Key that it has it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from orchestration.exports.delivery.package import Package, moves_latest
from orchestration.exports.delivery.signature import idempotency_key
from orchestration.exports.delivery.signed_post import post_signed
from orchestration.exports.delivery.spec import Delivery
from orchestration.exports.delivery.target import Arrived, Step
from orchestration.exports.delivery.watch import watched


@dataclass(frozen=True)
class Webhook:
    """latest: place of the newest generation that this target has; None: it has none. clock: naive UTC."""

    spec: Delivery
    latest: Mapping[str, Any] | None
    clock: Callable[[], datetime]

    def deliver(self, package: Package, step: Step) -> Arrived:
        """See Target.deliver."""
        # requests bounds every silence, not a body that comes a byte at a time.
        return watched(lambda noted: self._send(package, noted), step, 3 * self.spec.timeout_seconds, self.spec.shown)

    def _send(self, package: Package, step: Step) -> Arrived:
        hook = self.spec.webhook
        assert hook is not None
        is_latest = moves_latest(package, self.latest)
        body = message(package, None if is_latest else self.latest)
        step("post")
        key = idempotency_key(package.target, package.generation)
        post_signed(hook, body, key=key, at=self.clock(), timeout=self.spec.timeout_seconds, shown=self.spec.shown)
        step("delivered")
        return Arrived(package.manifest(), is_latest)


def message(package: Package, newer: Mapping[str, Any] | None) -> bytes:
    """The body: the manifest, what is the latest, and the content of an audience.

    Args:
        newer: the latest generation, where it is not this one.
    """
    latest = package.pointer() if newer is None else newer
    said = {
        "event": "generation.delivered",
        **package.manifest(),
        "is_latest": newer is None,
        "latest": {key: latest[key] for key in ("generation", "as_of", "published_sequence")},
    }
    if package.people is not None:
        said["audience"] = {item.name: item.read().decode() for item in package.items}
    return json.dumps(said, sort_keys=True, ensure_ascii=False).encode()
