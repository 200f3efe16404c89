"""What the UI's own pages ask and must get, and what viewers ask and must not.

Belongs here: the lists and how each answer must look. Does not: ways in from another origin (door_probes.py).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

from benchmarks.door_requests import JSON, Answer, Door, Sent, Trace, Variants, fetched, graphql, upgrade


def viewers(trace: Trace) -> Variants:
    """Mutations asked of the viewers' door by its own page, in every spelling that a parser takes."""
    plain, reads = trace.mutation("viewer"), "query A { version }"
    named = plain.replace("mutation", "mutation B", 1)
    spelt = {
        "plain": json.dumps({"query": plain}).encode(),
        "second operation": json.dumps({"query": f"{reads} {named}", "operationName": "B"}).encode(),
        "first operation": json.dumps({"query": f"{named} {reads}", "operationName": "A"}).encode(),
        "after a comment": json.dumps({"query": f"# query\n,,{plain}"}).encode(),
        "after a byte order mark": json.dumps({"query": f"\ufeff{plain}"}).encode(),
        "utf-16": json.dumps({"query": plain}).encode("utf-16"),
        "said twice": b'{"query": "{ version }", ' + json.dumps({"query": plain}).encode()[1:],
        "a list": json.dumps([{"query": plain}]).encode(),
        "escaped": json.dumps({"query": plain}).replace("mutation", "\\u006dutation").encode(),
        "subscription": json.dumps({"query": "subscription { __typename }"}).encode(),
        "nothing": b"",
        "no document": b'{"query": null}',
    }  # fmt: skip
    for name, body in spelt.items():
        yield name, Sent("POST", "/graphql", (JSON,), body)
    yield "event", Sent("POST", trace.event("viewer"), (JSON,), b"{}")


def allowed(door: Door, trace: Trace) -> Iterator[tuple[str, Sent, Callable[[Answer], bool]]]:
    """What the UI's own pages and their reader do, and how each must be answered."""
    own = ("Origin", door.origin), *fetched("same-origin", "cors", "empty")
    went = fetched("none", "navigate", "document")
    shown: Callable[[Answer], bool] = lambda answer: answer.status == 200 and b"<html" in answer.body  # noqa: E731
    done: Callable[[Answer], bool] = lambda answer: answer.status == 200 and b'"data"' in answer.body  # noqa: E731
    version = graphql("{ version }")
    yield "the page", Sent("GET", "/", went), shown
    yield "a page inside", Sent("GET", "/assets/landing/demo%20posts?view=checks&x=a%2Fb//c", went), shown
    yield "a link in a mail", Sent("GET", "/runs", fetched("cross-site", "navigate", "document")), shown
    yield "the head of a page", Sent("HEAD", "/", went), lambda answer: answer.status == 200 and not answer.body
    yield (
        "a picture of its own",
        Sent("GET", "/favicon.svg", fetched("same-origin", "no-cors", "image")),
        lambda answer: answer.status == 200,
    )
    yield (
        "which version",
        Sent("GET", "/server_info", fetched("same-origin", "cors", "empty")),
        lambda answer: answer.status == 200,
    )
    yield "a query", Sent("POST", "/graphql?op=Version", (JSON, *own), version), done
    yield (
        "a query with a charset",
        Sent("POST", "/graphql", (("Content-Type", "application/json; charset=UTF-8"), *own), version),
        done,
    )
    yield "a query of an older browser", Sent("POST", "/graphql", (JSON, own[0]), version), done
    yield "a query of a program", Sent("POST", "/graphql", (JSON,), version), done
    yield "a long body", Sent("POST", "/graphql", (JSON, *own), graphql("{ version }", long="x" * 500_000)), done
    yield (
        "a mutation",
        Sent("POST", "/graphql", (JSON, *own), trace.body(f"allowed {door.name}")),
        lambda answer: b"Success" in answer.body,
    )
    yield "a websocket", upgrade(("Origin", door.origin)), lambda answer: answer.status == 101
    yield (
        "a websocket of today's browser",
        upgrade(("Origin", door.origin), ("Sec-Fetch-Site", "same-origin")),
        lambda answer: answer.status == 101,
    )


def keeps_out_of_frames(answer: Answer) -> bool:
    """Whether a page, even when asked by an older browser, says that nobody may frame it."""
    return answer.every("x-frame-options") == "DENY" and "frame-ancestors 'none'" in answer.every(
        "content-security-policy"
    )
