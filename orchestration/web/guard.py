"""Whether a request may reach Dagster's UI: a pure decision about its head, and about what a GraphQL body does.

Dagster's UI has no login and answers whoever reaches it, also a page of another site that is open in the same browser.
A browser says truly to which host it believes to speak (Host), which page asked (Origin) and how that page is related
to this one (Sec-Fetch-Site); a page cannot change them. So one rule holds for all: host and origin are the UI's own,
GraphQL is a POST of JSON and nothing else is posted.

Belongs here: the rules and why. Does not: reading and answering requests (door.py).
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from email.message import Message

from graphql import GraphQLError, OperationDefinitionNode, OperationType, parse

# The one path that is posted to. Dagster's endpoints for events of other systems are not opened: nanolift has none.
GRAPHQL = "/graphql"
# The largest body the UI posts is a run's configuration, some kilobytes; less than this would refuse a long one.
LARGEST_BODY = 1 << 20
# Twice given, each reader of a request could believe another one.
SINGLE = ("host", "origin", "content-type", "content-length", "sec-fetch-site", "sec-fetch-mode", "sec-fetch-dest")
OVERRIDES = frozenset({"x-http-method-override", "x-http-method", "x-method-override"})
# What makes two readers see two paths: empty and dotted segments, hidden slashes and dots, backslashes, controls.
CROOKED = re.compile(r"//|\\|%2f|%5c|%2e|[\x00-\x20\x7f]|/\.{1,2}(/|$)", re.IGNORECASE)


@dataclass(frozen=True)
class Asked:
    """A request's head. Header names are lower case; `target` is the path as it came, `path` as Dagster reads it."""

    method: str
    target: str
    path: str
    headers: tuple[tuple[str, str], ...]
    websocket: bool = False

    def every(self, name: str) -> list[str]:
        """All values of a header."""
        return [value for known, value in self.headers if known == name]

    def one(self, name: str) -> str | None:
        """The value of a header that is given at most once (`refusal_of` looks at that first)."""
        return next(iter(self.every(name)), None)


@dataclass(frozen=True)
class Refusal:
    """Why not: an HTTP status, a word for the log, a sentence for whoever reads the answer."""

    status: int
    reason: str
    advice: str


@dataclass(frozen=True)
class Place:
    """Where the UI is: its origins (scheme://host[:port]) by the Host header that belongs to each."""

    origins: Mapping[str, str]

    @classmethod
    def loopback(cls, port: int) -> Place:
        """On this machine, by number or by name."""
        after = "" if port == 80 else f":{port}"
        return cls({f"{name}{after}": f"http://{name}{after}" for name in ("127.0.0.1", "localhost")})

    @classmethod
    def public(cls, origin: str) -> Place:
        """Behind a proxy: the one origin that people type.

        Raises:
            ValueError: it is no https origin without a path.
        """
        found = re.fullmatch(r"https://([a-z0-9.-]+(:\d{1,5})?)", origin)
        if found is None:
            raise ValueError(f"{origin!r} is no origin: write https://HOST or https://HOST:PORT, lower case, no path")
        return cls({found[1]: origin})


def refusal_of(asked: Asked, place: Place) -> Refusal | None:
    """The first reason against a request, or None."""
    return (
        _ambiguous(asked)
        or _of_another_host(asked, place)
        or _of_another_origin(asked, place)
        or _of_a_method(asked)
        or _of_a_body(asked)
    )


def _ambiguous(asked: Asked) -> Refusal | None:
    twice = [name for name in SINGLE if len(asked.every(name)) > 1]
    if twice:
        return Refusal(400, "doubled_header", f"{twice[0]} was given more than once")
    if not asked.target.startswith("/") or CROOKED.search(asked.target) or CROOKED.search(asked.path.replace(" ", "")):
        return Refusal(400, "crooked_path", "ask for a plain path: no empty or dotted segments, no encoded slashes")
    if any(name in OVERRIDES for name, _ in asked.headers):
        return Refusal(400, "method_override", "a method cannot be overridden by a header")
    return None


def _of_another_host(asked: Asked, place: Place) -> Refusal | None:
    """Also what DNS rebinding looks like: the browser came to this address by a name that is not the UI's."""
    if (asked.one("host") or "").lower() in place.origins:
        return None
    return Refusal(421, "foreign_host", f"this UI is {' or '.join(place.origins.values())}, and no other name or port")


def _of_another_origin(asked: Asked, place: Place) -> Refusal | None:
    origin, site = asked.one("origin"), asked.one("sec-fetch-site")
    own = place.origins[(asked.one("host") or "").lower()]
    foreign = Refusal(403, "foreign_origin", f"only pages of {own} may ask this")
    if origin is not None and origin != own:
        return foreign
    if asked.websocket:
        # Every browser names the origin of a websocket, and nothing else keeps foreign pages from opening one.
        return foreign if origin is None or site not in (None, "same-origin") else None
    if asked.method == "POST":
        # Without an Origin it is a program of this machine or a browser that will not send JSON unasked (_of_a_body).
        return foreign if site not in (None, "same-origin") else None
    return foreign if site not in (None, "same-origin", "none") and not _followed_a_link(asked) else None


def _followed_a_link(asked: Asked) -> bool:
    """A link in a mail or an alert: the whole window goes to the UI, the page it came from sees nothing of it."""
    return (
        asked.method == "GET"
        and asked.one("sec-fetch-mode") == "navigate"
        and asked.one("sec-fetch-dest") == "document"
    )


def _of_a_method(asked: Asked) -> Refusal | None:
    if asked.websocket:
        return None if asked.path == GRAPHQL else Refusal(403, "no_websocket", f"websockets are at {GRAPHQL} only")
    if asked.method not in ("GET", "HEAD", "POST"):
        return Refusal(405, "method", "GET, HEAD and POST are what the UI needs")
    if (asked.path == GRAPHQL) != (asked.method == "POST"):
        return Refusal(405, "method", f"{GRAPHQL} is asked by POST, and nothing else is")
    return None


def _of_a_body(asked: Asked) -> Refusal | None:
    """JSON by its exact name: Dagster itself would take `text/plain; application/json`, which any page may send."""
    if asked.method != "POST":
        return None
    declared = Message()
    declared["content-type"] = asked.one("content-type") or "none"
    kind, charset = declared.get_content_type(), declared.get_param("charset", "utf-8")
    if kind != "application/json" or str(charset).lower() != "utf-8":
        return Refusal(415, "not_json", f"{GRAPHQL} takes application/json")
    length = asked.one("content-length")
    if length is not None and not (length.isdecimal() and int(length) <= LARGEST_BODY):
        return TOO_LARGE
    return None


TOO_LARGE = Refusal(413, "too_large", f"a body has at most {LARGEST_BODY} bytes")
VIEWERS_ONLY = Refusal(403, "read_only", "this UI is for viewers: it starts and changes nothing")
NOT_GRAPHQL = Refusal(400, "not_graphql", 'a body is a JSON object with a GraphQL document as its "query"')


def refusal_for_viewers(body: bytes) -> Refusal | None:
    """A GraphQL body may only read: any mutation in its document counts, whichever operation it names."""
    try:
        asked = json.loads(body)
        document = parse(asked["query"])
    except (ValueError, TypeError, KeyError, RecursionError, GraphQLError):
        return NOT_GRAPHQL
    operations = [node.operation for node in document.definitions if isinstance(node, OperationDefinitionNode)]
    return None if all(operation is OperationType.QUERY for operation in operations) else VIEWERS_ONLY
