"""A signed message to a web service: what was published, which generation is the latest, and people where asked for.

Belongs here: the message and one try to send it. Does not: the signature (signature.py), trying again (run.py).

A receiver may get a message twice (its answer was lost, or we were killed before we wrote it down) and tells by the
Idempotency-Key that it has it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import requests

from orchestration.exports.delivery.errors import DeliveryError, DeliveryUnavailableError
from orchestration.exports.delivery.package import Package, moves_latest
from orchestration.exports.delivery.signature import IDEMPOTENCY, SIGNATURE, TIMESTAMP, idempotency_key, signature
from orchestration.exports.delivery.spec import LOOPBACK, Delivery
from orchestration.exports.delivery.target import Arrived, Step
from orchestration.exports.delivery.watch import watched
from orchestration.settings import secret

# Answers that say "not now" (RFC 9110, 6585); every other refusal is final.
_NOT_NOW = frozenset({408, 409, 421, 423, 425, 429})
_MOST_WAIT = 3_600.0


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
        timestamp = str(int(self.clock().replace(tzinfo=UTC).timestamp()))
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "nanolift",
            IDEMPOTENCY: idempotency_key(package.target, package.generation),
            TIMESTAMP: timestamp,
            SIGNATURE: signature(secret(hook.secret_env).get_secret_value(), timestamp, body),
        }
        step("post")
        with requests.Session() as session:
            session.trust_env = urlsplit(hook.url).hostname not in LOOPBACK
            try:
                with session.post(
                    hook.url,
                    data=body,
                    headers=headers,
                    timeout=self.spec.timeout_seconds,
                    allow_redirects=False,
                    stream=True,
                ) as answer:
                    judge(self.spec.shown, answer.status_code, answer.headers.get("Retry-After"))
            except requests.RequestException as error:  # its message holds the address, which may hold a token
                raise DeliveryUnavailableError(f"{self.spec.shown} did not answer ({type(error).__name__})") from None
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


def judge(shown: str, status: int, retry_after: str | None) -> None:
    """Nothing for an answer that says it arrived.

    Raises:
        DeliveryUnavailableError: not now.
        DeliveryError: never.
    """
    if 200 <= status < 300:
        return
    if status in _NOT_NOW or status >= 500:
        asked = (
            float(retry_after) if retry_after is not None and retry_after.isascii() and retry_after.isdigit() else None
        )
        wait = None if asked is None else min(asked, _MOST_WAIT)
        raise DeliveryUnavailableError(f"{shown} answers {status}", wait)
    where = ": it must answer itself, messages follow no redirect" if 300 <= status < 400 else ""
    raise DeliveryError(f"{shown} refuses with {status}{where}")
