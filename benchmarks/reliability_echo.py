"""A service that fails in the worst way: it answers every request with all that the request said.

Run: python -m benchmarks.reliability_echo PORT
The first part of the path is the status: /500/orders. /plain/… answers 200 with text, /page/… 200 with JSON without
records, /away/… sends elsewhere, headers and all.
"""

from __future__ import annotations

import json
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Echo(BaseHTTPRequestHandler):
    """Every method, one answer."""

    def _answer(self) -> None:
        sent = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode("utf-8", "replace")
        said = {"error": f"{self.command} {self.path} {dict(self.headers)} {sent}", "code": "AccessDenied"}
        kind = self.path.split("/")[1].split("?")[0]
        status = int(kind) if kind.isdigit() else {"plain": 200, "page": 200, "away": 302}.get(kind, 403)
        document = {"told": said} if kind == "page" else said
        body = (said["error"] if kind == "plain" else json.dumps(document)).encode()
        self.send_response(status)
        if kind == "away":
            self.send_header("Location", f"http://evil.invalid/{self.headers.get('Authorization')}")
        self.send_header("Content-Type", "application/json")
        self.send_header("X-Told", said["error"].replace("\r", " ").replace("\n", " "))
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    do_GET = do_POST = do_PUT = do_HEAD = do_DELETE = _answer

    def log_message(self, *_: object) -> None:
        """Nothing."""


if __name__ == "__main__":
    ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Echo).serve_forever()
