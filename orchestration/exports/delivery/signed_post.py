"""One signed POST of JSON to a web service, and what its answer means: for deliveries and for alerts.

Belongs here: headers, one try, judging the answer. Does not: the signature (signature.py), messages (webhook.py,
orchestration/observe/channels.py), trying again (run.py).
"""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import urlsplit

import requests

from orchestration.environment import secret
from orchestration.exports.delivery.errors import DeliveryError, DeliveryUnavailableError
from orchestration.exports.delivery.signature import IDEMPOTENCY, SIGNATURE, TIMESTAMP, signature
from orchestration.exports.delivery.spec import LOOPBACK, Webhook

# Answers that say "not now" (RFC 9110, 6585); every other refusal is final.
_NOT_NOW = frozenset({408, 409, 421, 423, 425, 429})
_MOST_WAIT = 3_600.0


def post_signed(hook: Webhook, body: bytes, *, key: str, at: datetime, timeout: float, shown: str) -> None:
    """Send once.

    Args:
        key: the same for every try of one message, and of no other.
        at: naive UTC instant that is signed with the body.
        timeout: seconds of silence.
        shown: the address for people, without a query.

    Raises:
        ConfigurationError: the secret's variable is not set.
        DeliveryUnavailableError: not now.
        DeliveryError: never.
    """
    timestamp = str(int(at.replace(tzinfo=UTC).timestamp()))
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "nanolift",
        IDEMPOTENCY: key,
        TIMESTAMP: timestamp,
        SIGNATURE: signature(secret(hook.secret_env).get_secret_value(), timestamp, body),
    }
    with requests.Session() as session:
        session.trust_env = urlsplit(hook.url).hostname not in LOOPBACK
        try:
            with session.post(
                hook.url, data=body, headers=headers, timeout=timeout, allow_redirects=False, stream=True
            ) as answer:
                judge(shown, answer.status_code, answer.headers.get("Retry-After"))
        except requests.RequestException as error:  # its message holds the address, which may hold a token
            raise DeliveryUnavailableError(f"{shown} did not answer ({type(error).__name__})") from None


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
