"""The wrapper around Dagster's web application: every request is held against the guard, every answer gets headers.

Belongs here: ASGI, nothing else. Does not: what is refused and why (guard.py).
"""

from __future__ import annotations

import logging
from collections.abc import Iterable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from orchestration.web.guard import LARGEST_BODY, TOO_LARGE, Asked, Place, Refusal, refusal_for_viewers, refusal_of

logger = logging.getLogger(__name__)

# Beside Dagster's own policy for scripts (a nonce a page), which stands in a header of its own: both must allow.
POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self' {sockets}; worker-src 'self' blob:; "
    "object-src 'none'; base-uri 'none'; form-action 'self'; frame-src 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "x-frame-options": "DENY",
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
}
# Names of assets, runs and logs are not to be found in a browser's cache; the UI's own scripts may be.
CACHED = ("/_next/", "/vendor/", "/favicon")


class Door:
    """An ASGI application that lets through to another one what the guard does not refuse."""

    def __init__(self, inside: ASGIApp, place: Place, *, read_only: bool = False) -> None:
        self.inside, self.place, self.read_only = inside, place, read_only
        sockets = " ".join(origin.replace("http", "ws", 1) for origin in place.origins.values())
        self.headers = HEADERS | {"content-security-policy": POLICY.format(sockets=sockets)}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One connection; those of the server itself (lifespan) pass."""
        if scope["type"] not in ("http", "websocket"):
            return await self.inside(scope, receive, send)
        asked = _head(scope)
        refusal, body = refusal_of(asked, self.place), b""
        if refusal is None and asked.method == "POST":
            whole = await _body(receive)
            refusal = TOO_LARGE if whole is None else refusal_for_viewers(whole) if self.read_only else None
            body = whole or b""
        if refusal is not None:
            # The word only: what stands in a foreign request is not for the log.
            logger.warning("refused a request to the UI: %s", refusal.reason)
            return await self._refuse(asked, refusal, receive, send)
        if asked.websocket:
            return await self.inside(scope, receive, send)
        again = _again(body, receive) if asked.method == "POST" else receive
        return await self.inside(scope, again, self._dressed(asked, send))

    def _dressed(self, asked: Asked, send: Send) -> Send:
        async def dressed(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": list(self._with_ours(asked, message.get("headers", ())))}
            await send(message)

        return dressed

    def _with_ours(self, asked: Asked, headers: Iterable[tuple[bytes, bytes]]) -> Iterable[tuple[bytes, bytes]]:
        ours = dict(self.headers)
        if not asked.path.startswith(CACHED):
            ours["cache-control"] = "no-store"
        for name, value in headers:
            known = name.decode("latin-1").lower()
            # Policies add up, so Dagster's stays; everything else of ours replaces what it would have said.
            if (known not in ours or known == "content-security-policy") and not known.startswith("access-control-"):
                yield name, value
        yield from ((name.encode(), value.encode()) for name, value in ours.items())

    async def _refuse(self, asked: Asked, refusal: Refusal, receive: Receive, send: Send) -> None:
        if asked.websocket:
            await receive()
            await send({"type": "websocket.close", "code": 1008, "reason": refusal.reason})
            return
        text = f"nanolift: refused ({refusal.reason}): {refusal.advice}\n".encode()
        kept = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", str(len(text)).encode())]
        # What was posted is not read on: the next request on this connection would begin amid it.
        kept += [(b"connection", b"close")] if asked.method not in ("GET", "HEAD") else []
        headers = list(self._with_ours(asked, kept))
        await send({"type": "http.response.start", "status": refusal.status, "headers": headers})
        await send({"type": "http.response.body", "body": b"" if asked.method == "HEAD" else text})


def _head(scope: Scope) -> Asked:
    headers = tuple((name.decode("latin-1").lower(), value.decode("latin-1")) for name, value in scope["headers"])
    target = scope.get("raw_path", scope["path"].encode()).decode("latin-1")
    websocket = scope["type"] == "websocket"
    return Asked("GET" if websocket else scope["method"], target, scope["path"], headers, websocket)


async def _body(receive: Receive) -> bytes | None:
    """All that was posted; None: more than is taken, whatever length was declared."""
    parts, size = list[bytes](), 0
    while True:
        message = await receive()
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > LARGEST_BODY:
            return None
        if not message.get("more_body", False):
            return b"".join(parts)


def _again(body: bytes, receive: Receive) -> Receive:
    given = False

    async def again() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return again
