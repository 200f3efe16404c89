"""Sends requests: only to the service itself, with patience that ends, and never an answer without a bound.

Belongs here: the `requests` session given to dlt's REST client: hosts, size, time, trying again, the token. Does not:
what an answer means (rest_answers.py), which page is next (rest_pages.py).
"""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import requests
from requests import PreparedRequest, Response
from requests import exceptions as failures
from urllib3 import exceptions as wire

from orchestration.connectors.base import SourceUnavailableError
from orchestration.connectors.rest_answers import Again, Answer, Expired, Fine, Gone, Judge, Verdict, Wrong
from orchestration.connectors.rest_auth import Authenticator
from orchestration.connectors.rest_connection_spec import LOOPBACK, RestConnection
from orchestration.errors import SourceError

logger = logging.getLogger(__name__)

# Full jitter (Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog 2015): uniform between nothing and
# min(longest, first x 2^n), so that clients that failed together do not come back together.
FIRST_WAIT, LONGEST_WAIT = 0.5, 60.0
# An answer that is wrong in itself (no JSON, another type, a field gone) five times over will stay wrong.
GARBLED_TRIES = 5
_CHUNK = 65_536


@dataclass
class Clock:
    """Time and chance, replaceable: trials neither sleep nor differ from run to run."""

    now: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    random: random.Random = field(default_factory=random.Random)


class PageResponse(Response):
    """A response that was read and judged: `document` is its JSON, `records` what stands at the selector."""

    document: Any = None
    records: list[dict[str, Any]]
    is_gone: bool = False

    def json(self, **_: Any) -> Any:
        """The document; dlt's paginators ask for it by this name."""
        return self.document


class ServiceSession(requests.Session):
    """A session that gives judged pages, or a named error.

    Args:
        connection: limits and patience.
        origins: the only scheme, host and port that are ever asked.
        clock: see Clock.
    """

    def __init__(self, connection: RestConnection, origins: frozenset[str], clock: Clock) -> None:
        super().__init__()
        # It writes whole addresses at DEBUG, and a key may stand in one.
        logging.getLogger("urllib3").setLevel(logging.WARNING)
        self.trust_env = not any(urlsplit(origin).hostname in LOOPBACK for origin in origins)
        self.headers.update({"User-Agent": "nanolift", "Accept": "application/json"})
        self._connection, self._origins, self._clock = connection, origins, clock
        self._deadline = clock.now() + connection.deadline_seconds
        self._next_at = 0.0
        self.judge: Judge = lambda answer: Fine(None)
        self.what = ""
        self.authenticator: Authenticator | None = None

    def send(self, request: PreparedRequest, **_: Any) -> PageResponse:
        """Send until it is answered well.

        Raises:
            SourceUnavailableError: no good answer in time.
            SourceError: an answer that no patience makes right.
        """
        started, tries, garbled, renewed = self._clock.now(), 0, 0, False
        while True:
            verdict, response = self._ask(request)
            if isinstance(verdict, Fine | Gone):
                return _page(response, verdict)
            if isinstance(verdict, Expired):
                if renewed or self.authenticator is None or not self.authenticator.renew():
                    raise SourceError(f"{self.what} {verdict.why}: check the credentials and what they may read")
                logger.info("%s %s: fetching a new token, once", self.what, verdict.why)
                renewed, request = True, self.authenticator(request)
                continue
            if isinstance(verdict, Wrong):
                raise (SourceUnavailableError if verdict.unavailable else SourceError)(f"{self.what} {verdict.why}")
            tries, garbled = tries + 1, garbled + verdict.garbled
            if garbled >= GARBLED_TRIES:
                raise SourceError(f"{self.what} {verdict.why} ({garbled} times)")
            self._wait(verdict, tries, started)

    def _ask(self, request: PreparedRequest) -> tuple[Verdict, Response | None]:
        self._check_address(request.url or "")
        self._keep_pace()
        settings = self.merge_environment_settings(request.url or "", {}, True, None, None)
        try:
            response = super().send(
                request, allow_redirects=False, timeout=self._connection.timeout_seconds, **settings
            )
            with response:
                body = self._body(response)
        except failures.SSLError as error:
            raise SourceUnavailableError(f"{self.what}: no safe connection ({type(error).__name__})") from None
        except (failures.InvalidURL, failures.InvalidSchema, failures.InvalidHeader, failures.MissingSchema) as error:
            raise SourceError(f"{self.what}: the request cannot be sent ({type(error).__name__})") from None
        except (failures.RequestException, wire.HTTPError) as error:  # their messages hold the address, with its key
            return Again(f"did not answer ({type(error).__name__})"), None
        headers = {name.lower(): value for name, value in response.headers.items()}
        return self.judge(Answer(response.status_code, headers, body)), response

    def _body(self, response: Response) -> bytes:
        limit = self._connection.max_response_mb * 1_000_000
        chunks, size = [], 0
        # What has arrived, not a whole chunk: a service that sends a byte a minute must not outlast the deadline.
        while chunk := response.raw.read1(_CHUNK, decode_content=True):
            size += len(chunk)
            if size > limit:
                raise SourceError(
                    f"{self.what} answered more than {self._connection.max_response_mb:g} MB: ask for smaller pages, "
                    "or raise max_response_mb"
                )
            if self._clock.now() > self._deadline:
                raise SourceUnavailableError(f"{self.what} was still answering at the end of deadline_seconds")
            chunks.append(chunk)
        return b"".join(chunks)

    def _check_address(self, address: str) -> None:
        if origin(address) not in self._origins:
            raise SourceError(
                f"{self.what}: the next page lies on another host or scheme than base_url, where credentials do not go"
            )

    def _keep_pace(self) -> None:
        if self._connection.requests_per_second is None:
            return
        now = self._clock.now()
        if now < self._next_at:
            self._clock.sleep(self._next_at - now)
        self._next_at = max(now, self._next_at) + 1 / self._connection.requests_per_second

    def _wait(self, verdict: Again, tries: int, started: float) -> None:
        jitter = self._clock.random.uniform(0, min(LONGEST_WAIT, FIRST_WAIT * 2 ** (tries - 1)))
        wait = jitter if verdict.wait is None else verdict.wait + min(jitter, 1.0)
        end = min(started + self._connection.retry_seconds, self._deadline)
        if self._clock.now() + wait > end:
            asked = "" if verdict.wait is None else f" and asks to wait {verdict.wait:.0f} s"
            kind = SourceError if verdict.garbled else SourceUnavailableError
            raise kind(f"{self.what} {verdict.why}{asked}; given up after {tries} tries")
        logger.info("%s %s; trying again in %.1f s", self.what, verdict.why, wait)
        self._clock.sleep(wait)


def origin(address: str) -> str:
    """Scheme, host and port of an address."""
    parts = urlsplit(address)
    try:
        port = parts.port or {"https": 443, "http": 80}.get(parts.scheme, 0)
    except ValueError:
        port = -1
    return f"{parts.scheme}://{parts.hostname}:{port}"


def _page(response: Response | None, verdict: Fine | Gone) -> PageResponse:
    page = PageResponse()
    page.__dict__.update({} if response is None else response.__dict__)
    page.document = verdict.document if isinstance(verdict, Fine) else None
    page.records = verdict.records if isinstance(verdict, Fine) else []
    page.is_gone = isinstance(verdict, Gone)
    return page
