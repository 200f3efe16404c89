"""Doors to try: Dagster's web application behind nanolift's guard, and behind Debian's nginx and Caddy.

One process has one Dagster application; doors are wrapped around it as `nanolift ui` does, on loopback and on socket
files. nginx and Caddy run with the files of deploy/, in which only names, ports and paths are replaced.

Belongs here: starting and stopping. Does not: what is asked (door_probes.py).
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import threading
import time
from base64 import b64encode
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import uvicorn
from starlette.types import ASGIApp

from benchmarks.door_requests import Door
from orchestration.web.server import listening_on_file, listening_on_loopback

DEPLOY = Path(__file__).resolve().parents[1] / "deploy"
PUBLIC_NAME = "nanolift.example.org"
# People of a trial; a password that protects nothing.
ENGINEER, VIEWER, PASSWORD = "engineer", "viewer", "trial"
COOKIE = "__Host-nanolift_passed=trial"
START_SECONDS = 60


def free_port() -> int:
    """A port of loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def login_of(person: str, password: str = PASSWORD) -> tuple[tuple[str, str], ...]:
    """The headers that a browser sends for them: to nginx with the cookie of those who have logged in before."""
    known = b64encode(f"{person}:{password}".encode()).decode()
    return ("Authorization", f"Basic {known}"), ("Cookie", COOKIE)


def program(name: str) -> str | None:
    """Path of a server; Debian keeps nginx out of people's PATH."""
    return shutil.which(name) or shutil.which(name, path="/usr/sbin:/usr/local/sbin")


@contextmanager
def served(app: ASGIApp, bound: socket.socket) -> Iterator[None]:
    """An application on a bound socket, in a thread."""
    server = uvicorn.Server(uvicorn.Config(app, log_level="critical", proxy_headers=False, server_header=False))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [bound]}, daemon=True)
    thread.start()
    try:
        _await(lambda: server.started, "uvicorn")
        yield
    finally:
        server.should_exit = True
        thread.join(START_SECONDS)


@contextmanager
def on_loopback(name: str, app: ASGIApp, port: int) -> Iterator[Door]:
    """An application on a port of loopback."""
    with served(app, listening_on_loopback(port)):
        yield Door(name, port, f"127.0.0.1:{port}")


@contextmanager
def on_files(folder: Path, apps: Mapping[str, ASGIApp]) -> Iterator[dict[str, Path]]:
    """Applications on socket files, one each."""
    with ExitStack() as stack:
        files = {}
        for name, app in apps.items():
            files[name] = folder / f"{name}.sock"
            stack.enter_context(served(app, listening_on_file(files[name])))
        yield files


def certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate for the public name that nobody signed, and its key."""
    chain, key = folder / "fullchain.pem", folder / "privkey.pem"
    subject = ["-subj", f"/CN={PUBLIC_NAME}", "-addext", f"subjectAltName=DNS:{PUBLIC_NAME}"]
    fresh = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
    subprocess.run([*fresh, *subject, "-keyout", str(key), "-out", str(chain)], check=True, capture_output=True)
    return chain, key


@contextmanager
def nginx(folder: Path, engineers: Path, viewers: Path, port: int) -> Iterator[Door]:
    """nginx with deploy/nginx/nanolift.conf in front of two socket files; the engineer's door."""
    folder.mkdir(parents=True)
    chain, key = certificate(folder)
    hashed = _output("openssl", "passwd", "-6", PASSWORD)
    (folder / "users").write_text("".join(f"{person}:{hashed}\n" for person in (ENGINEER, VIEWER)))
    (folder / "engineers").write_text(f"{ENGINEER} nanolift_engineers;\n")
    (folder / "passed").write_text(rf'"~(^|;\s*){COOKIE}(;|$)" "";' + "\n")
    (folder / "passing").write_text(f'default "{COOKIE}; Path=/; Secure; HttpOnly; SameSite=Strict";\n')
    site = _replaced(
        (DEPLOY / "nginx" / "nanolift.conf").read_text(encoding="utf-8"),
        {
            "[::]:443": f"127.0.0.2:{port}",
            "[::]:80": f"127.0.0.2:{port + 1}",
            "listen 443": f"listen 127.0.0.1:{port}",
            "listen 80": f"listen 127.0.0.1:{port + 1}",
            PUBLIC_NAME + '"': f'{PUBLIC_NAME}:{port}"',
            "/etc/ssl/nanolift/fullchain.pem": str(chain),
            "/etc/ssl/nanolift/privkey.pem": str(key),
            "/run/nanolift-engineers/web.sock": str(engineers),
            "/run/nanolift-viewers/web.sock": str(viewers),
            "/etc/nginx/nanolift/": f"{folder}/",
        },
    )
    (folder / "site.conf").write_text(site)
    main = folder / "nginx.conf"
    main.write_text(
        # In service its workers are of the group that owns the sockets; here they are who runs the trial.
        f"{'user root;' if os.geteuid() == 0 else ''} daemon off; worker_processes 1;\n"
        f"pid {folder}/pid; error_log {folder}/error.log;\n"
        f"events {{ worker_connections 256; }}\nhttp {{ access_log off; client_body_temp_path {folder}/body;\n"
        f"proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u;\n"
        f"scgi_temp_path {folder}/s; include {folder}/site.conf; }}\n"
    )
    command = [str(program("nginx")), "-c", str(main), "-p", str(folder), "-e", str(folder / "error.log")]
    with _process(command, folder / "nginx.log", port):
        yield Door("nginx", port, f"{PUBLIC_NAME}:{port}", True, login_of(ENGINEER))


@contextmanager
def caddy(folder: Path, engineers: Path, viewers: Path, port: int) -> Iterator[Door]:
    """Caddy with deploy/caddy/Caddyfile in front of two socket files; the engineer's door."""
    folder.mkdir(parents=True)
    chain, key = certificate(folder)
    hashed = _output(str(program("caddy")), "hash-password", "--plaintext", PASSWORD)
    (folder / "users").write_text("".join(f"{person} {hashed}\n" for person in (ENGINEER, VIEWER)))
    (folder / "engineers").write_text(f"vars_regexp {{http.auth.user.id}} ^({ENGINEER})$\n")
    site = _replaced(
        (DEPLOY / "caddy" / "Caddyfile").read_text(encoding="utf-8"),
        {
            f'{PUBLIC_NAME}"': f'{PUBLIC_NAME}:{port}"',
            f"\n{PUBLIC_NAME} {{": f"\n{PUBLIC_NAME}:{port} {{",
            "tls internal": f"tls {chain} {key}",
            "https:// {": f"https://:{port} {{",
            "http:// {": f"http://:{port + 1} {{",
            "/run/nanolift-engineers/web.sock": str(engineers),
            "/run/nanolift-viewers/web.sock": str(viewers),
            "/etc/caddy/nanolift/": f"{folder}/",
            "/var/log/caddy/": f"{folder}/",
        },
    )
    (folder / "Caddyfile").write_text(f"{{\n\tadmin off\n\tauto_https off\n\tdefault_bind 127.0.0.1\n}}\n{site}")
    command = [str(program("caddy")), "run", "--config", str(folder / "Caddyfile"), "--adapter", "caddyfile"]
    home = {"HOME": str(folder), "XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}
    with _process(command, folder / "caddy.log", port, home):
        yield Door("caddy", port, f"{PUBLIC_NAME}:{port}", True, login_of(ENGINEER))


def _replaced(text: str, by: Mapping[str, str]) -> str:
    for old, new in by.items():
        if old not in text:
            raise ValueError(f"{old!r} does not stand in the file of deploy/ any more: change the trial with it")
        text = text.replace(old, new)
    return text


def _output(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


@contextmanager
def _process(command: list[str], log: Path, port: int, environment: Mapping[str, str] | None = None) -> Iterator[None]:
    with log.open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=output, env=environment and dict(environment))

    def up() -> bool:
        if process.poll() is not None:
            raise RuntimeError(f"{command[0]} ended: {log.read_text(encoding='utf-8', errors='replace')[-2000:]}")
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return True
        return False

    try:
        _await(up, command[0])
        yield
    finally:
        process.terminate()
        process.wait(START_SECONDS)


def _await(condition: object, what: str) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not condition():  # type: ignore[operator]
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what} did not start in {START_SECONDS} s")
        time.sleep(0.05)
