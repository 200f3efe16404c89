"""The UI's door as a real browser, Debian's nginx and Caddy meet it: another site's page gets nothing, its own works.

The twelve ways in and what must pass stand in benchmarks/door_probes.py and door_pages.py; here they are tried at
`nanolift ui` itself, and a page of another site tries them in Chromium.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from benchmarks import door_servers
from benchmarks.door_requests import Door, Sent, Trace, ask, fetched, own_query
from benchmarks.door_servers import ENGINEER, PASSWORD, PUBLIC_NAME, VIEWER, free_port, login_of
from benchmarks.reliability_door import kept, marked, probed, viewing
from tests.live.conftest import launched, running_ui

PATIENCE_MS = 60_000
EVIL, REBOUND = "evil.example", "rebound.example"
ASSET = ["publish", "generation"]
# What a foreign page can do to another origin; each resolves with what the page could see of it.
ATTACK = """async ({target, sockets, plain, form, link}) => {
  const late = () => new Promise(r => setTimeout(r, 8000, 'time'))
  const quiet = promise => Promise.race([promise.catch(error => String(error)), late()])
  const seen = {}
  seen.disguised = await quiet(fetch(target + '/graphql', {method: 'POST', mode: 'no-cors', credentials: 'include',
    headers: {'Content-Type': 'text/plain; application/json'}, body: plain}).then(r => r.type))
  seen.json = await quiet(fetch(target + '/graphql', {method: 'POST', credentials: 'include',
    headers: {'Content-Type': 'application/json'}, body: plain}).then(r => r.text()))
  seen.read = await quiet(fetch(target + '/server_info', {credentials: 'include'}).then(r => r.text()))
  seen.image = await quiet(new Promise(done => { const image = new Image(); image.onload = () => done('shown')
    image.onerror = () => done('refused'); image.src = target + link }))
  seen.script = await quiet(new Promise(done => { const script = document.createElement('script')
    script.onload = () => done('loaded'); script.onerror = () => done('refused'); script.src = target + '/favicon.svg'
    document.head.append(script) }))
  seen.socket = await quiet(new Promise(done => { const socket = new WebSocket(sockets + '/graphql', 'graphql-ws')
    socket.onopen = () => done('open'); socket.onerror = () => done('refused') }))
  const frame = (name, attributes) => { const made = document.createElement('iframe'); made.name = name
    Object.assign(made, attributes); document.body.append(made)
    return quiet(new Promise(done => { made.onload = () => done('loaded') })) }
  await frame('framed', {src: target + '/'})
  await frame('posted', {srcdoc: ''})
  const sent = document.createElement('form'); sent.method = 'POST'; sent.action = target + form; sent.target = 'posted'
  document.body.append(sent); sent.submit()
  await new Promise(r => setTimeout(r, 1500))
  await frame('sandboxed', {sandbox: 'allow-scripts', srcdoc: `<script>fetch('${target}/graphql', {method: 'POST',
    mode: 'no-cors', headers: {'Content-Type': 'text/plain'}, body: ${JSON.stringify(plain)}})</script>`})
  await new Promise(r => setTimeout(r, 1500))
  return seen
}"""
OWN = """async ({body, sockets}) => {
  const posted = await fetch('/graphql', {method: 'POST', headers: {'Content-Type': 'application/json'}, body})
  const socket = await new Promise(done => { const opened = new WebSocket(sockets + '/graphql', 'graphql-ws')
    opened.onopen = () => { opened.send(JSON.stringify({type: 'connection_init'})) }
    opened.onmessage = event => done(JSON.parse(event.data).type); opened.onerror = () => done('refused') })
  return {status: posted.status, said: await posted.text(), socket}
}"""


class Evil(BaseHTTPRequestHandler):
    """The attacker's own server: an empty page."""

    def do_GET(self) -> None:
        """Any address."""
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"<!doctype html><title>evil</title><body></body>")

    def log_message(self, *_: Any) -> None:
        """Nothing."""


@pytest.fixture(scope="module")
def evil() -> Iterator[str]:
    """Address of the attacker's page, another site for the browser."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Evil)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://{EVIL}:{server.server_port}/"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def guard(unrun_ui: Any) -> Door:
    """`nanolift ui` on loopback."""
    return Door("nanolift ui", unrun_ui.port, f"127.0.0.1:{unrun_ui.port}")


@dataclass(frozen=True)
class Sockets:
    """`nanolift ui` for engineers and for viewers behind a proxy's public port."""

    port: int
    engineers: Path
    viewers: Path


def _listens(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as probe:
        return probe.connect_ex(str(path)) == 0


@pytest.fixture(scope="module")
def sockets(unrun: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sockets]:
    """As the units of deploy/systemd start them."""
    folder = tmp_path_factory.mktemp("run")
    served = Sockets(free_port(), folder / "engineers.sock", folder / "viewers.sock")
    public = ("--origin", f"https://{PUBLIC_NAME}:{served.port}")
    with ExitStack() as stack:
        for path, options in ((served.engineers, ("--no-daemon",)), (served.viewers, ("--read-only",))):
            log = folder / f"{path.stem}.log"
            up = partial(_listens, path)
            stack.enter_context(running_ui(unrun, log, up, "--socket", str(path), *public, *options))
        yield served


def _proxied(name: str, sockets: Sockets, folder: Path) -> Any:
    if door_servers.program(name) is None:
        pytest.skip(f"{name} is not there: install Debian's package {'nginx-light' if name == 'nginx' else name}")
    start = {"nginx": door_servers.nginx, "caddy": door_servers.caddy}[name]
    return start(folder / name, sockets.engineers, sockets.viewers, sockets.port)


@pytest.fixture
def nginx(sockets: Sockets, tmp_path: Path) -> Iterator[Door]:
    """Debian's nginx with deploy/nginx/nanolift.conf; the engineer's door."""
    with _proxied("nginx", sockets, tmp_path) as door:
        yield door


@pytest.fixture
def caddy(sockets: Sockets, tmp_path: Path) -> Iterator[Door]:
    """Debian's Caddy with deploy/caddy/Caddyfile; the engineer's door."""
    with _proxied("caddy", sockets, tmp_path) as door:
        yield door


def _browser(chromium: str, **options: Any) -> Any:
    names = ", ".join(f"MAP {name} 127.0.0.1" for name in (EVIL, REBOUND, PUBLIC_NAME))
    return launched(chromium, f"--host-resolver-rules={names}", **options)


def _sockets_of(door: Door) -> str:
    return door.origin.replace("http", "ws", 1)


def _attacked(context: BrowserContext, door: Door, evil: str, trace: Trace) -> tuple[dict[str, str], list[str]]:
    """What the foreign page saw, and the addresses its frames ended at."""
    page = context.new_page()
    page.goto(evil)
    told = {
        "target": door.origin,
        "sockets": _sockets_of(door),
        "plain": trace.body("a foreign page").decode(),
        "form": trace.target("a foreign form"),
        "link": trace.target("a foreign image"),
    }
    return page.evaluate(ATTACK, told), [frame.url for frame in page.frames if frame.name in ("framed", "posted")]


def _assert_nothing_was_had(seen: dict[str, str], frames: list[str]) -> None:
    assert "TypeError" in seen["json"] and "TypeError" in seen["read"]
    assert {seen["image"], seen["script"], seen["socket"]} == {"refused"}
    assert len(frames) == 2 and all(not url.startswith("http") for url in frames), frames


def _uses(page: Page, door: Door, trace: Trace, name: str) -> dict[str, Any]:
    told = {"body": trace.body(name).decode(), "sockets": _sockets_of(door)}
    answered: dict[str, Any] = page.evaluate(OWN, told)
    return answered


def _complaints(page: Page) -> list[str]:
    """Fills with what the browser says of blocked or failed parts of the page."""
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    return said


@pytest.mark.browser
def test_a_page_of_another_site_gets_nothing_from_the_ui(guard: Door, evil: str, chromium: str) -> None:
    trace = Trace(ASSET)
    before = marked(guard, ASSET)
    with _browser(chromium) as context:
        _assert_nothing_was_had(*_attacked(context, guard, evil, trace))
        refused = context.new_page().goto(f"http://{REBOUND}:{guard.port}/")
        assert refused is not None and refused.status == 421
        for name in (REBOUND, "localhost"):
            other = context.new_page().goto(f"http://{name}:{guard.port}{trace.target('rebound')}")
            assert other is not None and other.status in (405, 421)
    assert marked(guard, ASSET) == before


@pytest.mark.browser
def test_the_uis_own_page_works_and_its_policy_blocks_none_of_it(guard: Door, chromium: str) -> None:
    with _browser(chromium) as context:
        page = context.new_page()
        said = _complaints(page)
        for path, shown in (("/asset-groups", "landing"), ("/runs", "Runs"), ("/deployment/daemons", "Daemon")):
            page.goto(guard.origin + path)
            expect(page.get_by_text(shown).first).to_be_visible(timeout=PATIENCE_MS)
        answered = _uses(page, guard, Trace(ASSET), "its own page")
    assert (answered["status"], answered["socket"]) == (200, "connection_ack")
    assert "its own page" in marked(guard, ASSET)
    assert said == []


@pytest.mark.browser
def test_every_way_in_is_refused_by_nanolift_ui(guard: Door) -> None:
    assert {name: variants for name, variants in probed(guard, Trace(ASSET)).items() if variants} == {}
    assert kept(guard, Trace(ASSET))[1] == []


@pytest.mark.browser
def test_behind_nginx_an_engineer_works_and_another_site_gets_nothing(nginx: Door, evil: str, chromium: str) -> None:
    trace = Trace(ASSET)
    before = marked(nginx, ASSET)
    known = {"username": ENGINEER, "password": PASSWORD}
    with _browser(chromium, ignore_https_errors=True, http_credentials=known) as context:
        page = context.new_page()
        said = _complaints(page)
        page.goto(f"{nginx.origin}/asset-groups")
        expect(page.get_by_text("landing", exact=True).first).to_be_visible(timeout=PATIENCE_MS)
        answered = _uses(page, nginx, trace, "through nginx")
        assert (answered["status"], answered["socket"]) == (200, "connection_ack")
        assert [text for text in said if "401" not in text] == []
        (cookie,) = context.cookies()
        kept_safe = (cookie["name"], cookie["secure"], cookie["httpOnly"], cookie["sameSite"])
        assert kept_safe == ("__Host-nanolift_passed", True, True, "Strict")
        # The login is in the browser now, so a foreign page would ask with it.
        _assert_nothing_was_had(*_attacked(context, nginx, evil, trace))
    assert marked(nginx, ASSET) - before == {"through nginx"}


@pytest.mark.browser
def test_every_way_in_is_refused_by_nginx_before_nanolift_ui(nginx: Door) -> None:
    assert {name: variants for name, variants in probed(nginx, Trace(ASSET)).items() if variants} == {}
    assert kept(nginx, Trace(ASSET))[1] == []


@pytest.mark.browser
def test_a_viewer_behind_nginx_looks_and_changes_nothing(nginx: Door) -> None:
    viewer = replace(nginx, login=login_of(VIEWER))
    permissions = own_query(viewer, "{ permissions { permission value } }")["permissions"]
    assert permissions and not any(entry["value"] for entry in permissions)
    assert viewing(viewer, Trace(ASSET))[1] == []


@pytest.mark.browser
def test_nginx_shows_nothing_without_a_login_and_slows_down_whoever_guesses(nginx: Door) -> None:
    page = Sent("GET", "/", fetched("none", "navigate", "document"))
    stranger = replace(nginx, login=())
    first = ask(stranger, page)
    assert (first.status, first.every("www-authenticate")) == (401, 'Basic realm="nanolift"')
    assert first.every("set-cookie") == "" and "max-age=63072000" in first.every("strict-transport-security")
    guesses = [ask(replace(nginx, login=login_of(ENGINEER, f"guess{n}")[:1]), page).status for n in range(20)]
    assert guesses.count(429) >= 9 and set(guesses) == {401, 429}
    # From the same address: the right password is not heard either, whoever has been in before is.
    assert ask(replace(nginx, login=login_of(ENGINEER)[:1]), page).status == 429
    assert ask(nginx, page).status == 200


@pytest.mark.browser
def test_nginx_has_no_certificate_for_another_name(nginx: Door) -> None:
    with pytest.raises(OSError, match=r"(?i)unrecognized_name|handshake"):
        ask(replace(nginx, host=f"{REBOUND}:{nginx.port}"), Sent("GET", "/"))


def test_every_way_in_is_refused_by_caddy_before_nanolift_ui(caddy: Door) -> None:
    assert {name: variants for name, variants in probed(caddy, Trace(ASSET)).items() if variants} == {}
    assert kept(caddy, Trace(ASSET))[1] == []
    assert ask(replace(caddy, login=()), Sent("GET", "/")).status == 401
    assert viewing(replace(caddy, login=login_of(VIEWER)), Trace(ASSET))[1] == []
