"""All records of a resource, page after page, through dlt's REST client.

Belongs here: the client, the values a resource is asked for, passes over lists that move. Does not: one request
(rest_http.py), the next page (rest_paginators.py), the shape of a record (rest_records.py).
"""

from __future__ import annotations

import copy
import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any
from urllib.parse import urljoin

import requests

from orchestration.connectors.rest_answers import Answer, Fine, Verdict, judge
from orchestration.connectors.rest_auth import ReadSecret, authenticator
from orchestration.connectors.rest_connection_spec import RestConnection
from orchestration.connectors.rest_http import Clock, PageResponse, ServiceSession, origin
from orchestration.connectors.rest_records import Record, identity
from orchestration.connectors.rest_spec import ForEach, RestResource
from orchestration.connectors.rest_template import ABSENT, LEFT_OUT, Values, fill, fill_text, look
from orchestration.errors import ConfigurationError, SourceError

logger = logging.getLogger(__name__)


# Tells a record that lies before the window of a load.
IsPast = Callable[[Record], bool]


@dataclass(frozen=True)
class Asked:
    """A record and the value it was asked for with ("" where there is none)."""

    record: Record
    each: str


@dataclass
class Tally:
    """Counts of one reading."""

    requests: int = 0
    gone: int = 0
    asked: int = 0
    passes: list[int] = field(default_factory=list)
    inside: list[Tally] = field(default_factory=list)

    def notes(self) -> Iterator[str]:
        """A sentence for each list, this one and those it was asked for by, of which something was gone."""
        if self.gone:
            yield f"{self.gone} of {self.asked} things asked for were gone"
        for one in self.inside:
            yield from one.notes()


class Service:
    """A REST service ready to be read.

    Args:
        connection: as configured.
        secret: reads a secret by the name of its variable.
        values: what placeholders stand for, beside those of the connection.
        clock: see Clock.

    Raises:
        ConfigurationError: a placeholder or a variable without a value.
    """

    def __init__(self, connection: RestConnection, secret: ReadSecret, values: Values, clock: Clock) -> None:
        from dlt.common.configuration.specs import RuntimeConfiguration
        from dlt.sources.helpers.rest_client.client import RESTClient

        self._connection = connection
        self._values: dict[str, str | Sequence[str] | None] = {**connection.values, **values}
        base = _text(connection.base_url, self._values, "base_url")
        self._base = base if base.endswith("/") else base + "/"
        self._session = ServiceSession(connection, frozenset({origin(self._base)}), clock)
        self._secret, self._clock = secret, clock
        headers = {name: _text(text, self._values, f"headers.{name}") for name, text in connection.headers.items()}
        auth = connection.auth
        if auth.client_id is not None:
            auth = auth.model_copy(update={"client_id": _text(auth.client_id, self._values, "auth.client_id")})
        self._session.authenticator = authenticator(auth, secret, self._post)
        self._client = RESTClient(
            base_url=self._base,
            headers=headers,
            auth=self._session.authenticator,
            session=self._session,
            # Given, so that none is looked for in files and variables; nothing of dlt but this client is used.
            config=RuntimeConfiguration(dlthub_telemetry=False, http_show_error_body=False),
        )

    def read(self, resource: RestResource, tally: Tally, is_past: IsPast | None = None) -> Iterator[Asked]:
        """All records of a resource, for all the values it is asked for.

        Args:
            is_past: a list is left after the first page that holds only such records.

        Raises:
            SourceUnavailableError, SourceError: see ServiceSession.send; or the list moved too much to be read.
        """
        if resource.for_each is None:
            for record in self._stable(resource, {}, tally, is_past):
                yield Asked(record, "")
            return
        spec = resource.for_each
        every = iter(dict.fromkeys(self._each(spec, tally)))
        while batch := list(islice(every, spec.batch)):
            tally.asked += len(batch)
            values: dict[str, str | Sequence[str]] = {"each": batch if spec.batch > 1 else batch[0]}
            for record in self._stable(resource, values, tally, is_past):
                yield Asked(record, spec.join.join(batch))
        if tally.gone and tally.gone >= tally.asked:
            raise SourceError(
                f"{_shown(resource)}: none of the {tally.asked} things asked for is there: check the path"
            )

    def _each(self, spec: ForEach, tally: Tally) -> Iterator[str]:
        if spec.values:
            yield from spec.values
        elif spec.list is not None:
            if spec.list not in self._connection.lists:
                raise ConfigurationError(f"give [sources.rest.lists] {spec.list}: what is to be read")
            yield from self._connection.lists[spec.list]
        elif spec.source is not None and spec.field is not None:
            tally.inside.append(Tally())
            for asked in self.read(spec.source, tally.inside[-1]):
                found = look(asked.record, spec.field)
                if found is ABSENT or found is None or isinstance(found, dict | list):
                    raise SourceError(f"{_shown(spec.source)}: a record has no value at {spec.field!r}")
                yield str(found)

    def _stable(
        self, resource: RestResource, more: Mapping[str, Any], tally: Tally, is_past: IsPast | None
    ) -> Iterator[Record]:
        """The records of one list, read as often as it takes to know that none slipped between two pages."""
        from orchestration.connectors.rest_paginators import stability

        kind = stability(resource)
        if kind in ("trusted", "overlap"):
            for page in self._pages(resource, more, tally):
                yield from page.records
                if is_past is not None and page.records and all(map(is_past, page.records)):
                    return
            return
        before: set[int] | None = None
        for _ in range(resource.pages.max_passes):
            # One list at a time is held in memory: a pass that is thrown away must not have been given to anybody.
            pages = list(self._pages(resource, more, tally))
            records = [record for page in pages for record in page.records]
            keys = [identity(record, resource.key) for record in records]
            tally.passes.append(len(records))
            if kind == "total" and _is_whole(pages, set(keys), resource):
                yield from records
                return
            if kind == "passes" and before == set(keys):
                yield from records
                return
            before = set(keys)
        raise SourceError(
            f"{_shown(resource)}: its list changed during each of {resource.pages.max_passes} passes, so rows may have "
            "slipped between pages: read it when it is quiet, by a cursor, or by an offset in a stable order with a key"
        )

    def _pages(self, resource: RestResource, more: Mapping[str, Any], tally: Tally) -> Iterator[PageResponse]:
        from orchestration.connectors.rest_paginators import paginator

        where = _shown(resource)
        values = {**self._values, **more}
        self._session.what = where
        self._session.judge = lambda answer: judge(answer, resource, self._connection)
        pages = self._client.paginate(
            path=_text(resource.path, values, where),
            method=resource.method,
            params=fill(copy.deepcopy(resource.params), values, where) or {},
            json=None if resource.body is None else fill(copy.deepcopy(resource.body), values, where) or {},
            headers={name: _text(text, values, where) for name, text in resource.headers.items()},
            paginator=paginator(resource, where),
            data_selector="$",
            hooks={"response": []},
        )
        for number, page in enumerate(pages, start=1):
            tally.requests += 1
            assert isinstance(page.response, PageResponse)
            tally.gone += page.response.is_gone
            yield page.response
            if number >= resource.pages.max_pages and page.paginator.has_next_page:
                raise SourceError(f"{where}: more than max_pages = {resource.pages.max_pages} pages")
            self._session.what = where
            self._session.judge = lambda answer: judge(answer, resource, self._connection)

    def _post(self, url: str, form: dict[str, str] | None, body: dict[str, Any] | None) -> tuple[Any, dict[str, str]]:
        """Fetch a token: from the service, or from its own token address, in a session that knows no token."""
        address = urljoin(self._base, _text(url, self._values, "auth").removeprefix("/"))
        session = ServiceSession(self._connection, frozenset({origin(address)}), self._clock)
        session.what, session.judge = "the login", self._judge_login
        request = requests.Request("POST", address, data=form, json=body, auth=_nobody)
        response = session.send(session.prepare_request(request))
        return response.document, {name.lower(): value for name, value in response.headers.items()}

    def _judge_login(self, answer: Answer) -> Verdict:
        verdict = judge(answer, RestResource(path="", records="$", single=True), self._connection)
        return Fine(verdict.document) if isinstance(verdict, Fine) else verdict


def _nobody(request: requests.PreparedRequest) -> requests.PreparedRequest:
    return request


def _is_whole(pages: Sequence[PageResponse], keys: set[int], resource: RestResource) -> bool:
    totals = {str(look(page.document, resource.pages.total or "")) for page in pages}
    return totals == {str(len(keys))}


def _shown(resource: RestResource) -> str:
    """A resource in messages: its address as it is configured, for what is filled in may name a person."""
    return f"{resource.method} {resource.path}"


def _text(template: str, values: Values, where: str) -> str:
    filled = fill_text(template, values, where)
    if filled is LEFT_OUT:
        raise ConfigurationError(f"{where}: a placeholder has no value yet (give incremental.start)")
    assert filled is not None
    return filled
