"""What nanolift.toml may say of a resource of a REST service: its address, its pages, its records.

Belongs here: the vocabulary of [sources.streams.rest], and what in it can never be right. Does not: the service as a
whole (rest_connection_spec.py), reading it (rest.py). docs/connectors/rest.md explains every key.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, field_validator, model_validator

from orchestration.connectors.rest_connection_spec import RestConnection as RestConnection
from orchestration.connectors.rest_connection_spec import Table
from orchestration.connectors.rest_reshape import RESHAPES


class RestPages(Table):
    """How one page leads to the next.

    kind: none: one answer is all. cursor: the answer holds the next cursor. header_link: its Link header holds the next
        address. next_url: its JSON does. page: a page number. offset: a number of records to skip.
    at: path of the next cursor or address in the answer.
    param, body_path: where cursor, page or offset stand in the request: a query parameter, or a path into its JSON.
    more: path of what tells that there are more pages; missing, null or false: this was the last.
    limit, limit_param, limit_body_path: records a page, and where to say so (offset: required).
    first: number of the first page.
    total: path of the number of all records, for stable = "total".
    stable: what is done against rows that slip between pages when rows come and go meanwhile (page and offset).
        overlap: each page begins with the last record of the one before, else it steps back (offset; needs `key`).
        passes: read until two passes found the same records. total: the number of records told on every page must be
        the same, and the number read. trusted: the service pages a frozen list.
    """

    kind: Literal["none", "cursor", "header_link", "next_url", "page", "offset"] = "none"
    at: str | None = None
    param: str | None = None
    body_path: str | None = None
    more: str | None = None
    limit: Annotated[int, Field(ge=1)] | None = None
    limit_param: str | None = None
    limit_body_path: str | None = None
    first: Annotated[int, Field(ge=0)] = 1
    total: str | None = None
    stable: Literal["overlap", "passes", "total", "trusted"] | None = None
    max_pages: Annotated[int, Field(ge=1)] = 100_000
    max_passes: Annotated[int, Field(ge=2)] = 5

    @model_validator(mode="after")
    def _fits_together(self) -> RestPages:
        if self.kind in ("cursor", "next_url") and not self.at:
            raise ValueError(f"pages of kind {self.kind!r} need `at`: the path of the next one in the answer")
        if self.kind in ("cursor", "page", "offset") and bool(self.param) == bool(self.body_path):
            raise ValueError(f"pages of kind {self.kind!r} need exactly one of param, body_path")
        said = bool(self.limit_param) != bool(self.limit_body_path)
        if self.kind == "offset" and not (said and self.limit is not None and self.limit >= 2):
            raise ValueError("pages of kind 'offset' need a limit of 2 or more, and limit_param or limit_body_path")
        if self.stable is not None and self.kind not in ("page", "offset"):
            raise ValueError("stable is for pages of kind 'page' and 'offset'")
        if self.stable == "overlap" and self.kind != "offset":
            raise ValueError("stable = 'overlap' needs pages of kind 'offset'")
        if self.stable == "total" and not self.total:
            raise ValueError("stable = 'total' needs `total`: the path of the number of records")
        return self


class RestResource(Table):
    """One address and the records it gives.

    records: path of the list of records in the answer; "$" where the answer is the list.
    single: what stands at `records` is one record, no list.
    empty_if_only: the service leaves `records` out when there are none: an answer without it, and with no other
        fields than these, is an empty page. Any other answer without it is an error.
    key: paths of the fields that identify a record.
    expect: paths that every record has; a record without one is an error.
    uncut: paths that say whether a nested list goes on (pageInfo.hasNextPage); one that does is an error.
    for_each: asks once for every value of a list.
    """

    path: str
    method: Literal["GET", "POST"] = "GET"
    params: dict[str, str | int | bool] = Field(default_factory=dict)
    body: dict[str, Any] | None = None
    headers: dict[str, str] = Field(default_factory=dict)
    records: str = "$"
    single: bool = False
    empty_if_only: tuple[str, ...] | None = None
    key: tuple[str, ...] = ()
    expect: tuple[str, ...] = ()
    uncut: tuple[str, ...] = ()
    pages: RestPages = RestPages()
    for_each: ForEach | None = None

    @model_validator(mode="after")
    def _can_be_read(self) -> RestResource:
        if self.body is not None and self.method != "POST":
            raise ValueError("a body needs method = 'POST'")
        if self.pages.stable == "overlap" and not self.key:
            raise ValueError("stable = 'overlap' needs `key`: the fields that identify a record")
        if self.pages.body_path and self.body is None:
            raise ValueError("pages.body_path needs a body")
        return self

    def said(self) -> dict[str, Any]:
        """What decides which records come and what is in them; not paging, lag or retries."""
        said = {name: getattr(self, name) for name in ("path", "method", "params", "body", "records")}
        return said | {"for_each": None if self.for_each is None else self.for_each.said()}


class ForEach(Table):
    """The values that a resource is asked for, one after the other: exactly one of values, list, source.

    values: written here. list: a name of [sources.rest.lists]. source: `field` of each record of another resource.
    batch: values asked for at once, joined with `join` ("{each}" as the only element of a JSON list becomes them all).
    skip_status, skip_codes: answers that mean "this one is gone" (404), counted and passed over; all of them gone is
        an error.
    """

    values: tuple[str, ...] = ()
    list: str | None = None
    source: RestResource | None = None
    field: str | None = None
    batch: Annotated[int, Field(ge=1)] = 1
    join: str = ","
    skip_status: tuple[int, ...] = ()
    skip_codes: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _fits_together(self) -> ForEach:
        if sum((bool(self.values), self.list is not None, self.source is not None)) != 1:
            raise ValueError("for_each needs exactly one of values, list, source")
        if (self.source is None) != (self.field is None):
            raise ValueError("for_each: source and field belong together")
        return self

    def said(self) -> dict[str, Any]:
        """See RestResource.said."""
        source = None if self.source is None else self.source.said()
        return {"values": self.values, "list": self.list, "source": source, "field": self.field}


class Explode(Table):
    """A record becomes one record for each element of a list in it; `path` leads inward, a list a step."""

    path: tuple[str, ...] = Field(min_length=1)
    optional: bool = False


class Derived(Table):
    """An exact number made of a record's own: (sum of add - sum of subtract) x times. NULL where a path is NULL.

    A path may hold [*], a list of values: all are added; an empty list is 0.
    """

    add: tuple[str, ...] = ()
    subtract: tuple[str, ...] = ()
    times: tuple[str | int, ...] = ()

    @model_validator(mode="after")
    def _says_something(self) -> Derived:
        if not self.add and not self.subtract:
            raise ValueError("derive needs add or subtract")
        return self


class Incremental(Table):
    """Only what changed since the last load is asked for, through {since} in path, params or body.

    field: path of the cursor value in a record, or several: the first that is there. format: how the service writes it.
    ask: how it wants to be asked, where that differs from how it writes.
    newest_first: the service takes no {since}, but lists the newest first: a list is left after the first page whose
        records all lie before it.
    reread_days: how far before the last value it is read again: rows committed late, counts that moved.
    start: the first load reads from here; without it, everything ({since} is then left out of the request).
    full_compare_days: so often everything is read, and what is gone from the service is landed as removed.
    """

    field: tuple[str, ...] = Field(min_length=1)
    newest_first: bool = False
    format: Literal["iso", "date", "epoch_seconds", "epoch_milliseconds", "integer"] = "iso"
    ask: Literal["iso", "date", "epoch_seconds", "epoch_milliseconds"] | None = None
    reread_days: Annotated[float, Field(ge=0)] = 1
    start: str | None = None
    full_compare_days: Annotated[int, Field(ge=1)] | None = None

    @field_validator("field", mode="before")
    @classmethod
    def _short_form(cls, value: Any) -> Any:
        """`field = "at"` is short for `field = ["at"]`."""
        return (value,) if isinstance(value, str) else value


class RestStream(RestResource):
    """The records a stream is made of.

    reshape: name of a function that takes apart what paths cannot (rest_reshape.py), before all else.
    explode: nested lists whose elements become the records; the record around stands in `parent`.
    derive: numbers made of a record's numbers, reached as `derived.NAME`.
    first: the first of several paths that holds something, reached as `derived.NAME`; "=word" is the word itself.
    hashtags: paths of texts whose #words are reached as `derived.hashtags`, a list, each once and in lower case.
    optional: paths that the service leaves out where there is nothing; all records may lack them.
    complete: every load reads all records there are: what is gone from them is landed as removed.
    """

    reshape: str | None = None
    explode: Explode | None = None
    derive: dict[str, Derived] = Field(default_factory=dict)
    first: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    hashtags: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    incremental: Incremental | None = None
    complete: bool = False

    @field_validator("explode", mode="before")
    @classmethod
    def _short_form(cls, value: Any) -> Any:
        """`explode = "line_items"` is short for `explode = { path = ["line_items"] }`."""
        return {"path": [value]} if isinstance(value, str) else value

    @model_validator(mode="after")
    def _fits_together(self) -> RestStream:
        if self.complete and self.incremental is not None:
            raise ValueError("complete and incremental exclude each other; see incremental.full_compare_days")
        if twice := sorted(set(self.derive) & set(self.first)):
            raise ValueError(f"derive and first share the names {twice}")
        if self.reshape is not None and self.reshape not in RESHAPES:
            raise ValueError(f"no reshape {self.reshape!r}; there are {sorted(RESHAPES)}")
        newest_first = self.incremental is not None and self.incremental.newest_first
        if newest_first and self.pages.kind in ("page", "offset"):
            raise ValueError("newest_first needs pages that follow one another (cursor, next_url, header_link)")
        return self

    def said(self) -> dict[str, Any]:
        """What decides which records come and what is in them: a change of it reads everything again."""
        start = None if self.incremental is None else self.incremental.start
        dumped = self.model_dump(mode="json", include={"reshape", "explode", "derive", "first", "hashtags"})
        return super().said() | dumped | {"start": start}


RestResource.model_rebuild()
ForEach.model_rebuild()
RestStream.model_rebuild()
