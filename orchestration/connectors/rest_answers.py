"""What an answer means: records, come back later, who are you, or an error with a name. Pure.

Belongs here: judging status, headers and JSON of one answer. Does not: sending and trying again (rest_http.py).
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import Any

from orchestration.connectors.rest_connection_spec import RestConnection
from orchestration.connectors.rest_spec import RestResource
from orchestration.connectors.rest_template import ABSENT, look, look_all

BUSY_STATUS = (408, 425, 429, 500, 502, 503, 504, 509, 520, 521, 522, 523, 524, 529)
# Words that services enumerate. Whatever else an error body says may quote a row.
_CODE = re.compile(r"^[A-Za-z][A-Za-z0-9_.\[\]-]{0,60}$|^\d{1,8}$")
_CODE_FIELDS = ("code", "category", "field", "reason", "status", "type", "error_code", "error_subcode", "error", "Code")
_PLAIN_KEY = re.compile(r"^[A-Za-z_$][\w$-]{0,40}$")


@dataclass(frozen=True)
class Answer:
    """status and headers (lower-case names) of an answer, and the bytes of its body."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class Fine:
    """A page: the JSON document and its records."""

    document: Any
    records: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True)
class Again:
    """Worth trying again. garbled: the answer itself was wrong, so trying for long is no use."""

    why: str
    wait: float | None = None
    garbled: bool = False


@dataclass(frozen=True)
class Expired:
    """The service does not know who asks (any more)."""

    why: str


@dataclass(frozen=True)
class Gone:
    """What was asked for is no longer there."""

    why: str


@dataclass(frozen=True)
class Wrong:
    """Trying again is of no use. unavailable: not our mistake, and it may be right tomorrow."""

    why: str
    unavailable: bool = False


Verdict = Fine | Again | Expired | Gone | Wrong
Judge = Callable[[Answer], Verdict]


def judge(answer: Answer, resource: RestResource, connection: RestConnection) -> Verdict:
    """What the answer to a request for a page means. Nothing that it says of rows enters a message."""
    document, readable = _document(answer.body)
    codes = list(_codes(document, connection.errors)) if readable else []
    said = f" ({', '.join(codes)})" if codes else ""
    what = f"answered {answer.status}{said}"
    if set(codes) & set(connection.quota_codes):
        return Wrong(f"{what}: its quota is used up", unavailable=True)
    if set(codes) & set(connection.busy_codes) or answer.status in BUSY_STATUS:
        return Again(what, _retry_after(answer.headers))
    if answer.status == 401 or set(codes) & set(connection.expired_codes):
        return Expired(what)
    each = resource.for_each
    if each is not None and (answer.status in each.skip_status or set(codes) & set(each.skip_codes)):
        return Gone(what)
    if 300 <= answer.status < 400:
        return Wrong(f"{what}: a redirect, which is not followed; write the final address")
    if answer.status >= 400:
        return Wrong(what)
    if not readable:
        return Again("answered something that is no JSON, or was cut off", garbled=True)
    if codes or _has_errors(document, connection.errors):
        return Wrong(f"{what} with errors instead of data" if codes else f"{what} with errors of no code")
    return _records(document, resource)


def _document(body: bytes) -> tuple[Any, bool]:
    """The JSON; numbers with a point stay the text they were written in, so that no float ever stands in between."""

    def no_constant(word: str) -> Any:
        raise ValueError(word)

    try:
        return json.loads(body, parse_float=str, parse_constant=no_constant), True
    except (ValueError, RecursionError):
        return None, False


def _records(document: Any, resource: RestResource) -> Verdict:
    found = look(document, resource.records)
    if found is ABSENT or found is None:
        allowed = resource.empty_if_only
        if allowed is not None and isinstance(document, dict) and set(document) <= {*allowed, resource.records}:
            return Fine(document)
        return Again(f"answered without {resource.records!r}{_members(document)}", garbled=True)
    records = [found] if resource.single else found
    if not isinstance(records, list) or not all(isinstance(record, dict) for record in records):
        return Again(f"answered {resource.records!r} of another type than expected", garbled=True)
    for path in (*resource.key, *resource.expect):
        lacking = sum(look(record, path) is ABSENT for record in records)
        if lacking:
            return Again(f"answered {lacking} of {len(records)} records without {path!r}", garbled=True)
    for path in resource.uncut:
        cut = sum(any(value is True for value in look_all(record, path)) for record in records)
        if cut:
            return Wrong(f"answered {cut} records whose nested list goes on ({path!r}): ask for more of it at once")
    return Fine(document, records)


def _members(document: Any) -> str:
    if not isinstance(document, dict):
        return ""
    names = [key for key in document if _PLAIN_KEY.match(key)][:10]
    return f"; it has {names}"


def _has_errors(document: Any, paths: tuple[str, ...]) -> bool:
    return any(look(document, path) not in (ABSENT, None, [], {}, "", False) for path in paths)


def _codes(document: Any, paths: tuple[str, ...]) -> Iterator[str]:
    """The enumerated words of an answer's errors, each once."""
    seen: set[str] = set()
    for path in paths:
        found = look(document, path)
        for word in _words(None if found is ABSENT else found, depth=0):
            if word not in seen and len(seen) < 8:
                seen.add(word)
                yield word


def _words(value: Any, depth: int) -> Iterator[str]:
    if isinstance(value, str | int) and not isinstance(value, bool) and _CODE.match(str(value)):
        yield str(value)
    elif isinstance(value, list) and depth < 4:
        for element in value[:5]:
            yield from _words(element, depth + 1)
    elif isinstance(value, dict) and depth < 4:
        for name in _CODE_FIELDS:
            if name in value:
                yield from _words(value[name], depth + 1)
        for name in ("errors", "extensions", "details"):
            if isinstance(value.get(name), list | dict):
                yield from _words(value[name], depth + 1)


def _retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds that the service asks us to wait; a date is taken against the answer's own Date, clocks differ."""
    text = headers.get("retry-after", "").strip()
    if text.isascii() and text.isdigit():
        return float(text[:9])
    try:
        until, now = parsedate_to_datetime(text), parsedate_to_datetime(headers.get("date", ""))
        return max(0.0, (until - now).total_seconds())
    except (TypeError, ValueError):
        return None
