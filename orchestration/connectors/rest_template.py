"""{NAME} in addresses, parameters and bodies: filled in, or refused.

Belongs here: placeholders, and paths into JSON ("a.b", "lines[*].amount"). Does not: which values there are (rest.py).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from orchestration.errors import ConfigurationError

_PLACEHOLDER = re.compile(r"\{([a-z][a-z0-9_]*)\}")
_CHOICE = re.compile(r"([^\[\]]*)\[([\w-]+)=([^\[\]=]*)\]")
# A GraphQL document is full of braces of its own; its values come in through variables.
_VERBATIM = "query"
# Says that a value is not known yet: what holds it is left out of the request.
LEFT_OUT: str | None = None
ABSENT = object()

Values = Mapping[str, str | Sequence[str] | None]


def fill_text(text: str, values: Values, where: str) -> str | None:
    """A text with its placeholders replaced; None where one of them has no value yet.

    Raises:
        ConfigurationError: a placeholder that nothing is known for.
    """
    for name in _PLACEHOLDER.findall(text):
        if name not in values:
            raise ConfigurationError(
                f"{where}: nothing is known for {{{name}}}; give it in [sources.rest.values] "
                f"(known here: {', '.join(sorted(values))})"
            )
        if values[name] is LEFT_OUT:
            return None
    return _PLACEHOLDER.sub(lambda match: _joined(values[match.group(1)]), text)


def fill(template: Any, values: Values, where: str) -> Any:
    """The same for all texts in a JSON value; members whose value is not known yet are left out.

    A list whose only element is "{each}" becomes the list of values asked for at once.
    """
    if isinstance(template, str):
        return fill_text(template, values, where)
    if isinstance(template, Mapping):
        filled = {
            key: value if key == _VERBATIM and isinstance(value, str) else fill(value, values, where)
            for key, value in template.items()
        }
        known = {key: value for key, value in filled.items() if value is not None or template[key] is None}
        return known if known or not template else LEFT_OUT
    if isinstance(template, list | tuple):
        if len(template) == 1 and template[0] == "{each}" and not isinstance(values.get("each"), str | None):
            return list(values["each"] or ())
        return [fill(value, values, where) for value in template]
    return template


def _joined(value: str | Sequence[str] | None) -> str:
    return value if isinstance(value, str) else ",".join(value or ())


def look(document: Any, path: str) -> Any:
    """What stands at a dotted path ("$" or "": the whole); ABSENT where nothing does. A member may hold dots itself.

    A number is an element of a list. `data[name=reach]` is the first element of a list whose member `name` is that
    word; `[deleted=true]` is the object itself where it is so, else ABSENT.
    """
    path = path.removeprefix("$").removeprefix(".")
    if not path:
        return document
    if isinstance(document, dict) and path in document:
        return document[path]
    value = document
    for part in path.split("."):
        chosen = _CHOICE.fullmatch(part)
        name = part if chosen is None else chosen.group(1)
        if isinstance(value, list) and name.isdigit() and int(name) < len(value):
            value = value[int(name)]
        elif isinstance(value, dict) and name in value:
            value = value[name]
        elif name or chosen is None:
            return ABSENT
        if chosen is not None:
            value = _chosen(value, chosen.group(2), chosen.group(3))
    return value


def _chosen(value: Any, member: str, word: str) -> Any:
    for one in value if isinstance(value, list) else [value]:
        found = one.get(member) if isinstance(one, dict) else None
        if (str(found).lower() if isinstance(found, bool) else str(found)) == word:
            return one
    return ABSENT


def look_all(document: Any, path: str) -> list[Any]:
    """All values at a path that may hold [*]; a list that is absent or null has none."""
    head, star, rest = path.partition("[*]")
    found = look(document, head)
    if not star:
        return [found]
    if found is ABSENT or not isinstance(found, list):
        return []
    return [value for element in found for value in look_all(element, rest.removeprefix("."))]
