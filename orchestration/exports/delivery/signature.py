"""The signature of a webhook: HMAC-SHA256 over time and body, and how a receiver checks it.

Belongs here: pure functions for both ends. Does not: sending (webhook.py).

Nanolift-Signature is "v1=" and the hex digest of HMAC-SHA256(secret, "<timestamp>.<body>"), where timestamp is the text
of the header Nanolift-Timestamp (seconds since 1970, UTC) and body the bytes as sent. A receiver that refuses old
timestamps cannot be sent a recorded message again.
"""

from __future__ import annotations

import hmac

TIMESTAMP, SIGNATURE, IDEMPOTENCY = "Nanolift-Timestamp", "Nanolift-Signature", "Idempotency-Key"
VERSION = "v1="
# Older messages are refused: long enough for clocks that differ, too short for a message found in a log.
OLDEST_SECONDS = 300


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """What Nanolift-Signature says."""
    return VERSION + hmac.digest(secret.encode(), timestamp.encode() + b"." + body, "sha256").hex()


def is_genuine(secret: str, timestamp: str, told: str, body: bytes, now: float) -> bool:
    """Whether a message comes from whoever knows the secret, and is of this hour; for receivers.

    Args:
        timestamp: the header Nanolift-Timestamp.
        told: the header Nanolift-Signature.
        now: seconds since 1970 by the receiver's clock.
    """
    if not timestamp.isascii() or not timestamp.isdigit() or abs(now - int(timestamp)) > OLDEST_SECONDS:
        return False
    return hmac.compare_digest(signature(secret, timestamp, body).encode(), told.encode())


def idempotency_key(target: str, generation: str) -> str:
    """The same for every try of one delivery, and of no other."""
    return f"{target}/{generation}"
