"""Who may ask Dagster's UI what: the guard's decisions, one by one, and the wrapper that keeps to them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from orchestration.errors import ConfigurationError
from orchestration.ui import Served
from orchestration.web.door import Door
from orchestration.web.guard import LARGEST_BODY, Asked, Place, refusal_for_viewers, refusal_of
from orchestration.web.server import listening_on_file

HERE = Place.loopback(3000)
HOST = ("host", "127.0.0.1:3000")
OWN = ("origin", "http://127.0.0.1:3000")
JSON = ("content-type", "application/json")
MUTATION = "mutation { wipeAssets(assetPartitionRanges: []) { __typename } }"


def _why(*headers: tuple[str, str], method: str = "GET", path: str = "/", websocket: bool = False) -> str | None:
    refusal = refusal_of(Asked(method, path, path, (HOST, *headers), websocket), HERE)
    return refusal and refusal.reason


def _posted(*headers: tuple[str, str]) -> str | None:
    return _why(*headers, method="POST", path="/graphql")


def test_the_uis_own_page_is_let_in() -> None:
    assert _why() is None
    assert _posted(JSON, OWN, ("sec-fetch-site", "same-origin")) is None
    assert _why(OWN, path="/graphql", websocket=True) is None


def test_a_name_that_dns_was_bent_to_is_refused() -> None:
    for host in ("evil.example:3000", "127.0.0.1", "127.0.0.1:3001", "127.0.0.1:3000.evil.example", ""):
        refusal = refusal_of(Asked("GET", "/", "/", (("host", host),)), HERE)
        assert refusal is not None and (refusal.status, refusal.reason) == (421, "foreign_host")


def test_localhost_is_the_same_place_and_another_origin() -> None:
    by_name = (("host", "localhost:3000"), JSON)
    own = Asked("POST", "/graphql", "/graphql", (*by_name, ("origin", "http://localhost:3000")))
    assert refusal_of(own, HERE) is None
    other = refusal_of(Asked("POST", "/graphql", "/graphql", (*by_name, OWN)), HERE)
    assert other is not None and other.reason == "foreign_origin"


@pytest.mark.parametrize("origin", ["null", "http://evil.example", "http://127.0.0.1:8080", "https://127.0.0.1:3000"])
def test_another_origin_is_refused_whatever_it_asks(origin: str) -> None:
    assert _posted(JSON, ("origin", origin)) == "foreign_origin"
    assert _why(("origin", origin)) == "foreign_origin"
    assert _why(("origin", origin), path="/graphql", websocket=True) == "foreign_origin"


def test_a_websocket_without_an_origin_is_refused() -> None:
    assert _why(path="/graphql", websocket=True) == "foreign_origin"


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_another_site_may_send_a_whole_window_and_nothing_else(site: str) -> None:
    said = ("sec-fetch-site", site)
    assert _why(said, ("sec-fetch-mode", "navigate"), ("sec-fetch-dest", "document"), path="/runs") is None
    assert _why(said, ("sec-fetch-mode", "navigate"), ("sec-fetch-dest", "iframe")) == "foreign_origin"
    assert _why(said, ("sec-fetch-mode", "no-cors"), ("sec-fetch-dest", "script")) == "foreign_origin"
    assert _posted(JSON, said) == "foreign_origin"


@pytest.mark.parametrize(
    "kind", ["text/plain", "text/plain; application/json", "application/json, text/plain", "application/jsonp", ""]
)
def test_graphql_is_json_by_its_exact_name(kind: str) -> None:
    assert _posted(OWN, ("content-type", kind)) == "not_json"
    assert _posted(OWN, ("content-type", "Application/JSON; charset=UTF-8")) is None
    assert _posted(OWN, ("content-type", "application/json; charset=utf-7")) == "not_json"


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/graphql"), ("POST", "/"), ("POST", "/report_asset_check/x"), ("PUT", "/graphql"), ("OPTIONS", "/")],
)
def test_only_graphql_is_posted_to_and_it_only_by_post(method: str, path: str) -> None:
    assert _why(JSON, OWN, method=method, path=path) == "method"


@pytest.mark.parametrize("path", ["//graphql", "/x/../graphql", "/x/%2e%2e/y", "/a%2Fb", "/a\\b", "/a/.", "http://x/"])
def test_a_path_that_can_be_read_in_two_ways_is_refused(path: str) -> None:
    assert _why(path=path) == "crooked_path"


def test_a_slash_that_is_hidden_until_it_is_decoded_is_refused() -> None:
    refusal = refusal_of(Asked("GET", "/a%2Fgraphql", "/a/graphql", (HOST,)), HERE)
    assert refusal is not None and refusal.reason == "crooked_path"


@pytest.mark.parametrize("path", ["/assets/a/.b", "/assets/with%20space", "/runs/1.2.3", "/assets/%C3%A9t%C3%A9"])
def test_a_plain_path_passes(path: str) -> None:
    assert _why(path=path) is None


@pytest.mark.parametrize("name", ["host", "origin", "content-type", "content-length", "sec-fetch-site"])
def test_a_header_given_twice_is_refused(name: str) -> None:
    given = {"host": HOST, "origin": OWN, "content-type": JSON}.get(name, (name, "1"))
    twice = (given,) if name == "host" else (given, given)
    assert _posted(*twice) == "doubled_header"


def test_a_method_in_a_header_is_refused() -> None:
    assert _why(("x-http-method-override", "POST")) == "method_override"


@pytest.mark.parametrize("length", [str(LARGEST_BODY + 1), "-1", "1e3", "²"])
def test_a_body_of_a_megabyte_or_of_no_true_length_is_refused(length: str) -> None:
    assert _posted(JSON, OWN, ("content-length", length)) == "too_large"
    assert _posted(JSON, OWN, ("content-length", str(LARGEST_BODY))) is None


def test_behind_a_proxy_only_its_public_name_counts() -> None:
    place = Place.public("https://nanolift.example.org")
    own = (("host", "nanolift.example.org"), JSON, ("origin", "https://nanolift.example.org"))
    assert refusal_of(Asked("POST", "/graphql", "/graphql", own), place) is None
    refusal = refusal_of(Asked("GET", "/", "/", (HOST,)), place)
    assert refusal is not None and refusal.reason == "foreign_host"


@pytest.mark.parametrize("origin", ["http://a.example", "https://a.example/", "https://A.example", "a.example", ""])
def test_a_public_origin_is_https_and_nothing_more(origin: str) -> None:
    with pytest.raises(ValueError, match="write https://HOST"):
        Place.public(origin)


@pytest.mark.parametrize(
    "body",
    [
        {"query": MUTATION},
        {"query": "query A { version } " + MUTATION.replace("mutation", "mutation B"), "operationName": "A"},
        {"query": "subscription { __typename }"},
    ],
)
def test_viewers_only_read(body: dict[str, str]) -> None:
    refusal = refusal_for_viewers(json.dumps(body).encode())
    assert refusal is not None and refusal.reason == "read_only"
    assert refusal_for_viewers(b'{"query": "query A { mutation: version }"}') is None


@pytest.mark.parametrize("body", [b"", b"[]", b"null", b'{"query": null}', b'{"query": "{"}', b"[" * 100_000])
def test_what_is_no_graphql_is_refused_to_viewers(body: bytes) -> None:
    refusal = refusal_for_viewers(body)
    assert refusal is not None and refusal.reason == "not_graphql"


class Inside:
    """A web application that says how often it was reached, and what was posted to it."""

    def __init__(self) -> None:
        self.reached, self.posted = 0, b""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.reached += 1
        self.posted = (await receive()).get("body", b"")
        headers = [(b"access-control-allow-origin", b"*"), (b"content-security-policy", b"script-src 'none'")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"shown"})


def _through(
    door: Door, *headers: tuple[str, str], body: Iterable[bytes] = (), websocket: bool = False
) -> list[dict[str, Any]]:
    """Everything a request to GraphQL is answered with."""
    parts, said = list(body) or [b""], list[dict[str, Any]]()
    scope: dict[str, Any] = {
        "type": "websocket" if websocket else "http",
        "method": "POST",
        "path": "/graphql",
        "raw_path": b"/graphql",
        "headers": [(name.encode(), value.encode()) for name, value in (HOST, *headers)],
    }

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": parts.pop(0), "more_body": bool(parts)}

    async def send(message: Any) -> None:
        said.append(message)

    asyncio.run(door(scope, receive, send))
    return said


def test_what_is_let_in_arrives_whole_and_goes_out_with_headers_against_framing() -> None:
    inside = Inside()
    start, shown = _through(Door(inside, HERE), JSON, OWN, body=[b'{"query": ', b'"{ version }"}'])
    headers = [(name.decode(), value.decode()) for name, value in start["headers"]]
    assert (inside.posted, shown["body"]) == (b'{"query": "{ version }"}', b"shown")
    assert ("x-frame-options", "DENY") in headers
    policies = [value for name, value in headers if name == "content-security-policy"]
    assert policies[0] == "script-src 'none'" and "frame-ancestors 'none'" in policies[1]
    assert "access-control-allow-origin" not in dict(headers)


def test_what_is_refused_never_reaches_dagster(caplog: pytest.LogCaptureFixture) -> None:
    inside = Inside()
    start, said = _through(Door(inside, HERE), JSON, ("origin", "http://evil.example"))
    assert (start["status"], inside.reached) == (403, 0)
    assert b"foreign_origin" in said["body"]
    assert "evil.example" not in caplog.text
    (closed,) = _through(Door(inside, HERE), ("origin", "http://evil.example"), websocket=True)
    assert (closed["type"], inside.reached) == ("websocket.close", 0)


def test_a_body_that_grows_past_a_megabyte_is_cut_off_whatever_was_declared() -> None:
    inside = Inside()
    start, _ = _through(Door(inside, HERE), JSON, OWN, body=[b" " * LARGEST_BODY, b" "])
    assert (start["status"], inside.reached) == (413, 0)


def test_the_viewers_door_lets_queries_in_and_no_mutation() -> None:
    inside = Inside()
    door = Door(inside, HERE, read_only=True)
    assert _through(door, JSON, OWN, body=[b'{"query": "{ version }"}'])[0]["status"] == 200
    assert _through(door, JSON, OWN, body=[json.dumps({"query": MUTATION}).encode()])[0]["status"] == 403
    assert inside.reached == 1


def test_a_proxys_socket_needs_the_origin_people_type() -> None:
    with pytest.raises(ConfigurationError, match="--socket and --origin go together"):
        Served(socket=Path("web.sock")).arguments()
    arguments = Served(socket=Path("web.sock"), origin="https://nanolift.example.org", read_only=True).arguments()
    assert arguments[0] == "--socket" and arguments[-1] == "--read-only"


def test_a_socket_file_is_for_owner_and_group_and_replaces_only_a_socket(tmp_path: Path) -> None:
    path = tmp_path / "web.sock"
    listening_on_file(path).close()
    with listening_on_file(path):
        assert path.stat().st_mode & 0o777 == 0o660
    kept = tmp_path / "kept"
    kept.write_text("not a socket")
    with pytest.raises(FileExistsError, match="no socket"):
        listening_on_file(kept)
    assert kept.read_text() == "not a socket"
