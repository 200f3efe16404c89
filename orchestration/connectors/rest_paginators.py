"""dlt's paginators with what they do not ask: is it the same page or cursor again, did rows slip between two pages.

Belongs here: how one page leads to the next. Does not: sending (rest_http.py), the passes over a list
(rest_pages.py). dlt is imported here and in rest_auth.py only; both modules are imported late, for it takes a second.
"""

from __future__ import annotations

from typing import Any

from dlt.common.jsonpath import set_value_at_path
from dlt.sources.helpers.rest_client.paginators import (
    BasePaginator,
    HeaderLinkPaginator,
    JSONLinkPaginator,
    JSONResponseCursorPaginator,
    OffsetPaginator,
    PageNumberPaginator,
    SinglePagePaginator,
)
from requests import Request, Response

from orchestration.connectors.rest_http import PageResponse
from orchestration.connectors.rest_records import identity
from orchestration.connectors.rest_spec import RestPages, RestResource
from orchestration.connectors.rest_template import ABSENT, look
from orchestration.errors import SourceError

# An honest list gives the same page twice running only where as many rows came in meanwhile as a page holds.
SAME_PAGES = 3


class _Once:
    """Refuses a cursor, an address or a page that was there before: such a service would be read for ever."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._references: set[str] = set()
        self._pages: set[int] = set()

    def reference(self, reference: Any) -> None:
        if reference is None:
            return
        if str(reference) in self._references:
            raise SourceError(f"{self._what} gave the same cursor or next page twice: it would never end")
        self._references.add(str(reference))

    def page(self, records: list[dict[str, Any]]) -> None:
        if not records:
            return
        content = hash(tuple(identity(record, ()) for record in records))
        if content in self._pages:
            raise SourceError(f"{self._what} gave the same page twice: it ignores the cursor or page it is asked for")
        self._pages.add(content)


class Cursor(JSONResponseCursorPaginator):
    """A cursor in the answer."""

    def __init__(self, pages: RestPages, what: str) -> None:
        super().__init__(cursor_param=pages.param, cursor_body_path=pages.body_path)
        self._pages, self._once = pages, _Once(what)

    def update_state(self, response: Response, data: list[Any] | None = None) -> None:
        """See BasePaginator."""
        self._next_reference = _next(response, self._pages)
        self._once.reference(self._next_reference)
        self._once.page(_records(response))


class NextUrl(JSONLinkPaginator):
    """The next address in the answer."""

    def __init__(self, pages: RestPages, what: str) -> None:
        super().__init__()
        self._pages, self._once = pages, _Once(what)

    def update_state(self, response: Response, data: list[Any] | None = None) -> None:
        """See BasePaginator."""
        self._next_reference = _next(response, self._pages)
        self._once.reference(self._next_reference)
        self._once.page(_records(response))


class HeaderLink(HeaderLinkPaginator):
    """The next address in the Link header (RFC 8288)."""

    def __init__(self, what: str) -> None:
        super().__init__()
        self._once = _Once(what)

    def update_state(self, response: Response, data: list[Any] | None = None) -> None:
        """See BasePaginator."""
        super().update_state(response, data)
        self._once.reference(self._next_reference)
        self._once.page(_records(response))


class PageNumber(PageNumberPaginator):
    """Page after page until one is empty: a short page may only mean that the service gives fewer than asked."""

    def __init__(self, pages: RestPages, what: str) -> None:
        super().__init__(base_page=pages.first, page_param=pages.param, page_body_path=pages.body_path, total_path=None)
        self._pages, self._once = pages, _Once(what)

    def init_request(self, request: Request) -> None:
        """See BasePaginator."""
        super().init_request(request)
        _say_limit(request, self._pages)

    def update_state(self, response: Response, data: list[Any] | None = None) -> None:
        """See BasePaginator."""
        records = _records(response)
        super().update_state(response, records)
        if not _has_more(response, self._pages):
            self._has_next_page = False
        self._once.page(records)


class Offset(OffsetPaginator):
    """Steps of as many records as came, until none does."""

    def __init__(self, pages: RestPages, what: str) -> None:
        super().__init__(
            limit=pages.limit or 0,
            offset_param=pages.param,
            offset_body_path=pages.body_path,
            limit_param=pages.limit_param,
            limit_body_path=pages.limit_body_path,
            total_path=None,
        )
        self._once = _Once(what)

    def update_state(self, response: Response, data: list[Any] | None = None) -> None:
        """See BasePaginator."""
        records = _records(response)
        self._once.page(records)
        self.current_value += len(records)
        self._has_next_page = bool(records)


class OverlappingOffset(Offset):
    """Steps of one record less than came: every page begins with a record that was read already.

    Where one does not, rows before it went away and others slipped past: it steps back until a page begins with a
    known record (or at the first), and reads on from there. Nothing that was there all the time is passed over, as
    long as the service lists in a stable order; what comes into the part already read is found by the next load.
    Records read before are not given again (`fresh`).
    """

    def __init__(self, pages: RestPages, what: str, key: tuple[str, ...]) -> None:
        super().__init__(pages, what)
        self._key, self._what = key, what
        self._seen: set[int] = set()
        self._back = 0
        self._same: tuple[int, int] = (0, 0)

    def update_state(self, response: Response, data: list[Any] | None = None) -> None:
        """See BasePaginator."""
        assert isinstance(response, PageResponse)
        keys = [identity(record, self._key) for record in response.records]
        fresh = {key: record for key, record in zip(keys, response.records, strict=True) if key not in self._seen}
        slipped = self.current_value > 0 and (not keys or keys[0] not in self._seen)
        self._seen.update(keys)
        response.records = list(fresh.values())
        if slipped:
            self._back += 1
            self.current_value = max(0, self.current_value - self.value_step * 2 ** min(self._back - 1, 20))
            return
        self._back = 0
        self._check_progress(hash(tuple(keys)), bool(fresh))
        if len(keys) <= 1:
            self._has_next_page = False
        self.current_value += len(keys) - 1

    def _check_progress(self, page: int, is_fresh: bool) -> None:
        same, times = self._same
        self._same = (page, times + 1 if page == same and not is_fresh else 1)
        if self._same[1] >= SAME_PAGES:
            raise SourceError(f"{self._what} gave the same page again and again: it ignores the offset it is asked for")


def paginator(resource: RestResource, what: str) -> BasePaginator:
    """The paginator of a resource, for one reading of it."""
    pages = resource.pages
    if pages.kind == "cursor":
        return Cursor(pages, what)
    if pages.kind == "next_url":
        return NextUrl(pages, what)
    if pages.kind == "header_link":
        return HeaderLink(what)
    if pages.kind == "page":
        return PageNumber(pages, what)
    if pages.kind == "offset":
        return OverlappingOffset(pages, what, resource.key) if stability(resource) == "overlap" else Offset(pages, what)
    return SinglePagePaginator()


def stability(resource: RestResource) -> str:
    """What is done against slipping rows: as the resource says, else overlap or passes where pages are counted."""
    if resource.pages.kind not in ("page", "offset"):
        return "trusted"
    usual = "overlap" if resource.pages.kind == "offset" and resource.key else "passes"
    return resource.pages.stable or usual


def _records(response: Response) -> list[dict[str, Any]]:
    assert isinstance(response, PageResponse)
    return response.records


def _next(response: Response, pages: RestPages) -> str | None:
    """The next cursor or address. Found by our own paths: a member may be called "@odata.nextLink"."""
    found = look(response.json(), pages.at or "")
    if found is ABSENT or found in (None, "", False) or not _has_more(response, pages):
        return None
    if not isinstance(found, str | int):
        raise SourceError(f"what stands at {pages.at!r} is no cursor or address")
    return str(found)


def _has_more(response: Response, pages: RestPages) -> bool:
    if pages.more is None:
        return True
    found = look(response.json(), pages.more)
    return found is not ABSENT and found not in (None, False, "", "false", 0)


def _say_limit(request: Request, pages: RestPages) -> None:
    if pages.limit is not None and pages.limit_param:
        assert isinstance(request.params, dict)  # rest_pages.py makes both
        request.params[pages.limit_param] = pages.limit
    elif pages.limit is not None and pages.limit_body_path:
        assert isinstance(request.json, dict)
        set_value_at_path(request.json, pages.limit_body_path, pages.limit)
