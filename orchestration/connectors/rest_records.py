"""Records of a service as lines: nested lists exploded, exact numbers derived, what nanolift adds beside them.

Belongs here: from an answered record to the records that a mapping reads. Does not: fetching (rest_pages.py), what
values mean (mapping.py).
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from orchestration.connectors.rest_spec import Derived, RestStream
from orchestration.connectors.rest_template import ABSENT, look, look_all
from orchestration.errors import SourceError

Record = dict[str, Any]
# Members that nanolift adds to a record; a service's own members of these names would be hidden.
PARENT, DERIVED, ADDED = "parent", "derived", "nanolift"
NOT_A_NUMBER = "not a number"
# "#1" is a number and "C#" a language; "#2fast" is a hashtag.
_HASHTAG = re.compile(r"(?<![\w&/#])#(\w*[^\W\d_]\w*)")


def shape(record: Record, stream: RestStream, added: Mapping[str, Any], where: str) -> Iterator[Record]:
    """The records that one answered record becomes.

    Args:
        added: what stands in `nanolift` of each of them, beside `index` (its number in the answer's record).
        where: the stream's address, for messages.

    Raises:
        SourceError: a list that must be there is not, or a member hides one of ours.
    """
    steps = stream.explode.path if stream.explode is not None else ()
    optional = stream.explode is not None and stream.explode.optional
    for index, one in enumerate(_exploded(record, steps, optional, where), start=1):
        derived: dict[str, Any] = {name: _derive(one, spec) for name, spec in stream.derive.items()}
        firsts = ((name, _first(one, paths)) for name, paths in stream.first.items())
        derived |= {name: found for name, found in firsts if found is not ABSENT}
        if stream.hashtags:
            derived["hashtags"] = _hashtags(one, stream.hashtags)
        if hidden := sorted({DERIVED, ADDED} & set(one)):
            raise SourceError(f"{where}: its records have members {hidden}, which nanolift uses itself")
        yield one | ({DERIVED: derived} if derived else {}) | {ADDED: {**added, "index": index}}


def _exploded(record: Record, steps: tuple[str, ...], optional: bool, where: str) -> Iterator[Record]:
    if not steps:
        yield record
        return
    elements = look(record, steps[0])
    if (elements is ABSENT or elements is None) and optional:
        return
    if not isinstance(elements, list):
        raise SourceError(
            f"{where}: a record has no list at {steps[0]!r}; if the service leaves empty lists out, "
            "write explode = { path = […], optional = true }"
        )
    around = _without(record, steps[0].split("."))
    for element in elements:
        if not isinstance(element, dict):
            raise SourceError(f"{where}: the list at {steps[0]!r} holds something that is no object")
        if PARENT in element:
            raise SourceError(
                f"{where}: the elements at {steps[0]!r} have a member {PARENT!r}, which nanolift uses itself"
            )
        yield from _exploded({**element, PARENT: around}, steps[1:], optional, where)


def _without(record: Record, path: list[str]) -> Record:
    """The record less the exploded list, which would else stand in every one of its own elements."""
    rest = {key: value for key, value in record.items() if key != path[0]}
    if len(path) > 1 and isinstance(record.get(path[0]), dict):
        rest[path[0]] = _without(record[path[0]], path[1:])
    return rest


def _first(record: Record, paths: tuple[str, ...]) -> Any:
    for path in paths:
        found = path[1:] if path.startswith("=") else look(record, path)
        if found is not ABSENT and found is not None and found != "":
            return found
    return ABSENT


def _hashtags(record: Record, paths: tuple[str, ...]) -> list[str]:
    texts = (look(record, path) for path in paths)
    found = [tag.lower() for text in texts if isinstance(text, str) for tag in _HASHTAG.findall(text)]
    return list(dict.fromkeys(found))


def _derive(record: Record, spec: Derived) -> str | None:
    """The derived number as text, or the words "not a number", which the mapping sets aside with its row."""
    total = Decimal(0)
    factors = [Decimal(1)]
    try:
        for sign, paths in ((1, spec.add), (-1, spec.subtract)):
            for path in paths:
                for value in look_all(record, path):
                    if value is ABSENT or value is None:
                        return None
                    total += sign * _number(value)
        for factor in spec.times:
            value = factor if isinstance(factor, int) else look(record, factor)
            if value is ABSENT or value is None:
                return None
            factors.append(_number(value))
    except InvalidOperation:
        return NOT_A_NUMBER
    for number in factors:
        total *= number
    text = format(total, "f")
    return (text.rstrip("0").rstrip(".") or "0") if "." in text else text


def _number(value: Any) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise InvalidOperation
    number = Decimal(value)
    if not number.is_finite():
        raise InvalidOperation
    return number


def identity(record: Record, key: tuple[str, ...]) -> int:
    """A 64-bit number that tells records apart: of the key's values, or of the whole record where there is no key."""
    said: Any = [look(record, path) for path in key] if key else record
    text = json.dumps(said, sort_keys=True, default=repr)
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big")
