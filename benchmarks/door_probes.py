"""Twelve ways in from another origin, written down before the first was tried.

Each probe is a handful of variants; it counts as refused when every variant was answered by a refusal and none left a
trace. The trace: each variant tries to have Dagster record a materialisation with the variant's name as description.
Variants that a browser sends come with what today's browsers add (Sec-Fetch-*) and as an older one sends them.

Belongs here: the list. Does not: what must pass (door_pages.py), sending (door_requests.py), counting
(reliability_door.py).
"""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

from benchmarks.door_requests import JSON, Door, Sent, Trace, Variants, fetched, upgrade

FOREIGN = "https://evil.example"
CROSS = fetched("cross-site", "no-cors", "empty")


def _both(name: str, sent: Sent, fetch: tuple[tuple[str, str], ...] = CROSS) -> Variants:
    """As today's browser sends it, and as one without Sec-Fetch-*."""
    yield name, Sent(sent.method, sent.target, (*sent.headers, *fetch), sent.body, sent.hosts)
    yield f"{name}, older browser", sent


def plain_text(door: Door, trace: Trace) -> Variants:
    """JSON under a content type that a page may post without asking first."""
    for kind in ("text/plain", "text/plain; application/json", "multipart/form-data; application/json; boundary=b"):
        sent = Sent("POST", "/graphql", (("Origin", FOREIGN), ("Content-Type", kind)), trace.body(f"plain {kind}"))
        yield from _both(kind, sent)
    yield (
        "disguised, no origin",
        Sent("POST", "/graphql", (("Content-Type", "text/plain; application/json"),), trace.body("bare")),
    )
    yield (
        "graphql",
        Sent(
            "POST",
            "/graphql",
            (("Origin", FOREIGN), ("Content-Type", "application/graphql")),
            trace.mutation("gql").encode(),
        ),
    )


def form_post(door: Door, trace: Trace) -> Variants:
    """A form of another site that posts itself."""
    submitted = fetched("cross-site", "navigate", "document")
    form = (("Origin", FOREIGN), ("Content-Type", "application/x-www-form-urlencoded"))
    yield from _both("form", Sent("POST", trace.target("form"), form, b"a=b"), submitted)
    yield from _both("form without type", Sent("POST", trace.target("no type"), form[:1], b""), submitted)
    yield from _both("event", Sent("POST", trace.event("event"), form[:1], b""), submitted)
    yield "event, no origin", Sent("POST", trace.event("event bare"), (), b"")


def get_query(door: Door, trace: Trace) -> Variants:
    """A mutation in an address: a picture, a script, a link."""
    for kind, fetch in (
        ("image", fetched("cross-site", "no-cors", "image")),
        ("script", fetched("cross-site", "no-cors", "script")),
        ("link", fetched("cross-site", "navigate", "document")),
    ):
        yield from _both(kind, Sent("GET", trace.target(f"get {kind}"), (("Accept", "*/*"),)), fetch)
    yield "own page", Sent("GET", trace.target("get own"), fetched("same-origin", "cors", "empty"))


def foreign_json(door: Door, trace: Trace) -> Variants:
    """As if a preflight had been passed; origins that look like the UI's own."""
    name, _, port = door.host.partition(":")
    own = urlsplit(door.origin)
    other_scheme = "http" if own.scheme == "https" else "https"
    alike = (
        FOREIGN,
        f"{door.origin}.evil.example",
        f"https://evil.example/{door.host}",
        f"{other_scheme}://{door.host}",
        f"{own.scheme}://{name}.:{port}",
        f"{own.scheme}://user@{door.host}",
        f"{door.origin}/",
        f"{own.scheme}://x{door.host}",
    )
    for origin in alike:
        yield from _both(origin, Sent("POST", "/graphql", (JSON, ("Origin", origin)), trace.body(f"from {origin}")))
    yield (
        "own origin, cross-site",
        Sent("POST", "/graphql", (JSON, ("Origin", door.origin), *CROSS), trace.body("lied")),
    )


def rebound_name(door: Door, trace: Trace) -> Variants:
    """DNS rebinding: the attacker's own name now leads to this address; for the browser all is one origin."""
    same = fetched("same-origin", "cors", "empty")
    name, _, port = door.host.partition(":")
    for host in (
        f"evil.example:{port}",
        "evil.example",
        f"{name}.evil.example:{port}",
        f"{name}.:{port}",
        f"0.0.0.0:{port}",
        f"[::ffff:127.0.0.1]:{port}",
        "",
        f"{name}:1",
    ):
        origin = f"{urlsplit(door.origin).scheme}://{host}"
        yield from _both(
            f"post to {host!r}",
            Sent("POST", "/graphql", (JSON, ("Origin", origin)), trace.body(f"as {host}"), (host,)),
            same,
        )
        yield f"page of {host!r}", Sent("GET", "/", fetched("none", "navigate", "document"), hosts=(host,))
        yield f"websocket to {host!r}", upgrade(("Origin", origin), hosts=(host,))


def null_origin(door: Door, trace: Trace) -> Variants:
    """A page in a sandbox, from a file, or behind a redirect: its origin is `null`."""
    for kind in ("application/json", "text/plain"):
        sent = Sent("POST", "/graphql", (("Origin", "null"), ("Content-Type", kind)), trace.body(f"null {kind}"))
        yield from _both(kind, sent)
    yield from _both("get", Sent("GET", "/server_info", (("Origin", "null"),)), fetched("cross-site", "cors", "empty"))


def neighbour(door: Door, trace: Trace) -> Variants:
    """The same site, not the same origin: another port of this machine, another name below the same domain."""
    scheme, name = urlsplit(door.origin).scheme, door.host.partition(":")[0]
    for origin in (f"{scheme}://{name}:1", f"{scheme}://other.{door.host}", f"{scheme}://{name.partition('.')[2]}"):
        sent = Sent("POST", "/graphql", (JSON, ("Origin", origin)), trace.body(f"near {origin}"))
        yield from _both(origin, sent, fetched("same-site", "cors", "empty"))
    yield "script", Sent("GET", "/server_info", fetched("same-site", "no-cors", "script"))


def foreign_websocket(door: Door, trace: Trace) -> Variants:
    """No preflight keeps a page from opening a websocket."""
    for origin in (FOREIGN, "null", f"{door.origin}.evil.example", f"http://{door.host.partition(':')[0]}:1"):
        yield origin, upgrade(("Origin", origin))
    yield "without origin", upgrade()
    yield "cross-site", upgrade(("Origin", door.origin), ("Sec-Fetch-Site", "cross-site"))
    yield "elsewhere", upgrade(("Origin", door.origin), target="/elsewhere")
    yield "two origins", upgrade(("Origin", door.origin), ("Origin", FOREIGN))


def framed(door: Door, trace: Trace) -> Variants:
    """The UI under another page, to have its buttons clicked."""
    for kind in ("iframe", "frame", "embed", "object"):
        for site in ("cross-site", "same-site"):
            yield f"{kind}, {site}", Sent("GET", "/", fetched(site, "navigate", kind))


def preflight(door: Door, trace: Trace) -> Variants:
    """The question before a request that needs one: no answer allows it."""
    wanted = ("Access-Control-Request-Method", "POST"), ("Access-Control-Request-Headers", "content-type")
    for origin in (FOREIGN, "null", f"http://{door.host.partition(':')[0]}:1"):
        for path in ("/graphql", "/"):
            yield f"{origin} {path}", Sent("OPTIONS", path, (("Origin", origin), *wanted))
    yield (
        "private network",
        Sent("OPTIONS", "/graphql", (("Origin", FOREIGN), *wanted, ("Access-Control-Request-Private-Network", "true"))),
    )


def other_method(door: Door, trace: Trace) -> Variants:
    """Another method than it seems, or one nobody needs."""
    for header in ("X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"):
        yield header, Sent("GET", trace.target(header), ((header, "POST"), JSON))
        yield (
            f"{header} by post",
            Sent("POST", "/graphql", (JSON, ("Origin", FOREIGN), (header, "GET")), trace.body(f"{header} by post")),
        )
    for method in ("PUT", "PATCH", "DELETE", "TRACE", "QUERY"):
        yield method, Sent(method, trace.target(method), (JSON, ("Origin", door.origin)), trace.body(f"{method} body"))


def crooked(door: Door, trace: Trace) -> Variants:
    """Paths and headers that two readers read differently."""
    bent = (
        "//graphql",
        "/./graphql",
        "/x/../graphql",
        "/x/%2e%2e/graphql",
        "/graphql/.",
        "/%2fgraphql",
        "/x\\..\\graphql",
        "///127.0.0.1/graphql",
        "/_next/../graphql",
        "/graphql/../graphql",
        "/_next/%2e%2e/graphql",
    )
    for path in bent:
        yield f"get {path}", Sent("GET", trace.target(f"get {path}", path))
        yield (
            f"post {path}",
            Sent("POST", path, (("Origin", FOREIGN), ("Content-Type", "text/plain")), trace.body(f"post {path}")),
        )
    for path in ("/%67raphql", "/graphq%6c"):
        yield f"get {path}", Sent("GET", trace.target(f"get {path}", path))
    for path in ("/graphql/", "/GRAPHQL", "/graphql;x", "/graphql%00"):
        yield f"post {path}", Sent("POST", path, (JSON, ("Origin", FOREIGN)), trace.body(f"post {path}"))
    body = trace.body("doubled")
    yield "two hosts", Sent("POST", "/graphql", (JSON,), body, (door.host, "evil.example"))
    yield "two hosts, own last", Sent("POST", "/graphql", (JSON,), body, ("evil.example", door.host))
    yield "no host", Sent("POST", "/graphql", (JSON,), body, ())
    yield "user in host", Sent("POST", "/graphql", (JSON,), body, (f"{door.host}@evil.example",))
    yield "forwarded host", Sent("POST", "/graphql", (JSON, ("X-Forwarded-Host", door.host)), body, ("evil.example",))
    yield "whole address", Sent("POST", "http://evil.example/graphql", (JSON,), body, ("evil.example",))
    yield "two origins", Sent("POST", "/graphql", (JSON, ("Origin", door.origin), ("Origin", FOREIGN)), body)
    yield "two origins, own last", Sent("POST", "/graphql", (JSON, ("Origin", FOREIGN), ("Origin", door.origin)), body)
    yield "two types", Sent("POST", "/graphql", (("Content-Type", "text/plain"), JSON), body)
    yield "two lengths", Sent("POST", "/graphql", (JSON, ("Content-Length", "2")), body)
    yield "two megabytes", Sent("POST", "/graphql", (JSON,), b" " * (2 << 20) + body)


PROBES: tuple[Callable[[Door, Trace], Variants], ...] = (
    plain_text,
    form_post,
    get_query,
    foreign_json,
    rebound_name,
    null_origin,
    neighbour,
    foreign_websocket,
    framed,
    preflight,
    other_method,
    crooked,
)
