"""Reading a REST service: everything once, or a named error and nothing."""

from __future__ import annotations

import gzip
import json
import logging
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar

import pytest
from pydantic import SecretStr

from orchestration.connectors.base import SourceUnavailableError
from orchestration.connectors.files import SourceFile
from orchestration.connectors.mapping_spec import StreamMapping
from orchestration.connectors.parse_run import parse_files
from orchestration.connectors.rest import Read, read_stream
from orchestration.connectors.rest_http import Clock
from orchestration.connectors.rest_spec import RestConnection
from orchestration.errors import ConfigurationError, IntegrityError, SourceError
from tests.unit.connectors.rest_server import Asked, Reply, Service, serving

LOADED_AT = datetime(2026, 10, 5, 1)
SECRETS = {"TOKEN": "s3cret-token", "PASSWORD": "s3cret-password", "REFRESH": "s3cret-refresh"}
COLUMNS = {
    "site": {"constant": "shop"},
    "review_id": "id",
    "incentive": {"constant": "none"},
}
CURSOR = {"kind": "cursor", "at": "next", "param": "cursor"}


class Time:
    """A clock that jumps where it is told to sleep."""

    def __init__(self) -> None:
        self.at, self.slept = 0.0, list[float]()

    def sleep(self, seconds: float) -> None:
        self.at += seconds
        self.slept.append(seconds)

    def clock(self) -> Clock:
        return Clock(now=lambda: self.at, sleep=self.sleep, random=random.Random(1))


class Reader:
    """Reads `path` of a scripted service."""

    def __init__(self, folder: Path, service: Service) -> None:
        self.folder, self.service, self.time = folder, service, Time()

    def read(
        self,
        rest: dict[str, Any] | None = None,
        connection: dict[str, Any] | None = None,
        columns: dict[str, Any] | None = None,
        stream: str = "reviews",
        **read: Any,
    ) -> SourceFile:
        mapping = StreamMapping.model_validate(
            {
                "stream": stream,
                "rest": {"path": "items", "records": "items", "key": ["id"]} | (rest or {}),
                "columns": columns or COLUMNS,
            }
        )
        spec = RestConnection.model_validate({"base_url": self.service.url, "timeout_seconds": 5} | (connection or {}))
        told = Read(self.folder, LOADED_AT, "Europe/Paris", **read)
        return read_stream(spec, mapping, told, lambda name: SecretStr(SECRETS[name]), self.time.clock())

    def records(self, *args: Any, **named: Any) -> list[dict[str, Any]]:
        file = self.read(*args, **named)
        return [json.loads(line) for line in file.local.read_text(encoding="utf-8").splitlines()]

    def ids(self, *args: Any, **named: Any) -> list[str]:
        return [record["id"] for record in self.records(*args, **named)]


@pytest.fixture
def reading(tmp_path: Path) -> Callable[..., Any]:
    @contextmanager
    def opened(answering: Callable[[Asked], Any]) -> Iterator[Reader]:
        with serving(answering) as service:
            yield Reader(tmp_path, service)

    return opened


def items(*ids: str, **more: Any) -> dict[str, Any]:
    return {"items": [{"id": one} for one in ids]} | more


def in_turn(*replies: Any) -> Callable[[Asked], Any]:
    waiting = list(replies)
    return lambda asked: waiting.pop(0) if len(waiting) > 1 else waiting[0]


def test_a_cursor_leads_through_all_pages(reading: Any) -> None:
    pages = {None: items("a", "b", next="2"), "2": items("c", next="3"), "3": items("d", next=None)}
    with reading(lambda asked: pages[asked.params.get("cursor")]) as reader:
        assert reader.ids({"pages": CURSOR}) == ["a", "b", "c", "d"]
        assert len(reader.service.asked) == 3


def test_a_cursor_goes_into_the_variables_of_a_graphql_query(reading: Any) -> None:
    def answer(asked: Asked) -> Any:
        after = asked.body["variables"].get("after")
        info = {"hasNextPage": after is None, "endCursor": "e1" if after is None else "e2"}
        return {"data": {"orders": {"nodes": [{"id": str(after)}], "pageInfo": info}}}

    pages = {
        "kind": "cursor",
        "at": "data.orders.pageInfo.endCursor",
        "more": "data.orders.pageInfo.hasNextPage",
        "body_path": "variables.after",
    }
    body = {"query": "query($n: Int) { orders { id } }", "variables": {"n": 2, "shop": "{shop}"}}
    rest = {"method": "POST", "body": body, "records": "data.orders.nodes", "pages": pages}
    with reading(answer) as reader:
        assert reader.ids(rest, {"values": {"shop": "north"}}) == ["None", "e1"]
        assert reader.service.asked[1].body == {
            "query": body["query"],
            "variables": {"n": 2, "shop": "north", "after": "e1"},
        }


def test_next_addresses_come_from_a_link_header_or_from_the_body(reading: Any) -> None:
    def answer(asked: Asked) -> Any:
        at = asked.params.get("at", "1")
        following = f"{asked.headers['host']}/items?at=2"
        link = {"Link": f'<http://{following}>; rel="next"'} if at == "1" else {}
        body = items(at) | ({"next": f"/items?at={2}"} if at == "1" else {})
        return Reply(body, headers=link)

    with reading(answer) as reader:
        assert reader.ids({"pages": {"kind": "header_link"}}) == ["1", "2"]
        assert reader.ids({"pages": {"kind": "next_url", "at": "next"}}) == ["1", "2"]


def test_the_next_address_may_stand_in_a_member_with_dots(reading: Any) -> None:
    first = items("a") | {"@odata.nextLink": "/items?at=2"}
    with reading(lambda asked: items("b") if "at" in asked.params else first) as reader:
        assert reader.ids({"pages": {"kind": "next_url", "at": "@odata.nextLink"}}) == ["a", "b"]
    with (
        reading(lambda asked: items("a", next={"page": 2})) as reader,
        pytest.raises(SourceError, match="is no cursor"),
    ):
        reader.read({"pages": CURSOR})


def test_a_page_elsewhere_is_refused_before_anything_is_sent_there(reading: Any) -> None:
    with serving(lambda asked: items("x")) as elsewhere:
        with reading(lambda asked: items("a", next=f"{elsewhere.url}/items")) as reader:
            auth = {"auth": {"kind": "bearer", "token_env": "TOKEN"}}
            with pytest.raises(SourceError, match="another host or scheme") as caught:
                reader.read({"pages": {"kind": "next_url", "at": "next"}}, auth)
        with (
            reading(lambda asked: Reply({}, 302, {"Location": f"{elsewhere.url}/items"})) as reader,
            pytest.raises(SourceError, match="a redirect, which is not followed"),
        ):
            reader.read({}, auth)
        assert elsewhere.asked == []
    assert "s3cret" not in str(caught.value)


def test_a_repeated_cursor_and_a_repeated_page_end_in_an_error_each(reading: Any) -> None:
    count = iter(range(100))
    with (
        reading(lambda asked: items(str(next(count)), next="same")) as reader,
        pytest.raises(SourceError, match="the same cursor or next page twice"),
    ):
        reader.read({"pages": CURSOR})
    with (
        reading(lambda asked: items("a", next=str(next(count)))) as reader,
        pytest.raises(SourceError, match="the same page twice"),
    ):
        reader.read({"pages": CURSOR})
    with (
        reading(lambda asked: items("a", "b")) as reader,
        pytest.raises(SourceError, match="the same page twice"),
    ):
        reader.read({"pages": {"kind": "page", "param": "page"}})
    with (
        reading(lambda asked: items("a", "b")) as reader,
        pytest.raises(SourceError, match="ignores the offset"),
    ):
        reader.read({"pages": {"kind": "offset", "param": "skip", "limit": 2, "limit_param": "take"}})


def test_pages_that_never_end_are_stopped(reading: Any) -> None:
    count = iter(range(100))
    with (
        reading(lambda asked: {"items": [], "next": str(next(count))}) as reader,
        pytest.raises(SourceError, match="more than max_pages = 7"),
    ):
        reader.read({"pages": CURSOR | {"max_pages": 7}})


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ({"message": "try again"}, r"answered without 'items'; it has \['message'\]"),
        ({"items": {"id": "a"}}, "of another type"),
        ({"items": ["a"]}, "of another type"),
        ({"items": [{"id": "a"}, {"name": "b"}]}, "1 of 2 records without 'id'"),
        (b'{"items": [{"id": "a"}', "no JSON, or was cut off"),
        (b'{"items": [{"id": NaN}]}', "no JSON"),
        ([], "answered without 'items'"),
    ],
)
def test_what_is_no_page_is_tried_again_and_then_named_and_never_no_rows(reading: Any, body: Any, why: str) -> None:
    with reading(lambda asked: Reply(body)) as reader:
        with pytest.raises(SourceError, match=why) as caught:
            reader.read()
        assert not isinstance(caught.value, SourceUnavailableError)
        assert len(reader.service.asked) == 5
    with reading(in_turn(Reply(body), Reply(body), items("a"))) as reader:
        assert reader.ids() == ["a"]


def test_a_service_that_leaves_an_empty_list_out_is_believed_only_where_it_says_nothing_else(reading: Any) -> None:
    with reading(lambda asked: {"next": None}) as reader:
        assert reader.ids({"empty_if_only": ["next"]}) == []
    with (
        reading(lambda asked: {"message": "down for repairs"}) as reader,
        pytest.raises(SourceError, match="without 'items'"),
    ):
        reader.read({"empty_if_only": ["next"]})


def test_errors_in_an_answer_of_status_200_are_errors_with_their_codes_and_without_their_text(reading: Any) -> None:
    said = {"data": None, "errors": [{"message": "ann@example.org", "extensions": {"code": "ACCESS_DENIED"}}]}
    with reading(lambda asked: said) as reader:
        with pytest.raises(SourceError, match=r"\(ACCESS_DENIED\) with errors instead of data") as caught:
            reader.read()
        assert "ann@" not in str(caught.value)
        assert len(reader.service.asked) == 1


def test_retry_after_is_honoured_and_else_the_waits_are_jittered_and_end(reading: Any) -> None:
    with reading(in_turn(Reply({}, 429, {"Retry-After": "17"}), Reply({}, 503), items("a"))) as reader:
        assert reader.ids() == ["a"]
        assert 17 <= reader.time.slept[0] <= 18 and 0 <= reader.time.slept[1] <= 1
    date = {"Retry-After": "Mon, 05 Oct 2026 01:00:30 GMT", "Date": "Mon, 05 Oct 2026 01:00:00 GMT"}
    with reading(in_turn(Reply({}, 503, date), items("a"))) as reader:
        reader.read()
        assert reader.time.slept[0] >= 1
    with reading(lambda asked: Reply({}, 500)) as reader:
        with pytest.raises(SourceUnavailableError, match="answered 500; given up after"):
            reader.read(connection={"retry_seconds": 60})
        assert sum(reader.time.slept) <= 60 and len(reader.time.slept) >= 4
    with (
        reading(lambda asked: Reply({}, 429, {"Retry-After": "3600"})) as reader,
        pytest.raises(SourceUnavailableError, match="asks to wait 3600 s"),
    ):
        reader.read()


def test_a_broken_line_and_silence_are_tried_again_and_then_mean_unavailable(reading: Any) -> None:
    with reading(in_turn(Reply(hang_up=True), Reply(items("a"), length=9_999), items("a"))) as reader:
        assert reader.ids() == ["a"]
        assert len(reader.service.asked) == 3
    reader.time = Time()
    with pytest.raises(SourceUnavailableError, match=r"did not answer \(ConnectionError\)"):
        reader.read(connection={"retry_seconds": 10})  # it has been shut down


def test_the_deadline_of_a_stream_ends_it(reading: Any) -> None:
    with (
        reading(lambda asked: Reply({}, 503)) as reader,
        pytest.raises(SourceUnavailableError, match="given up"),
    ):
        reader.read(connection={"retry_seconds": 10_000, "deadline_seconds": 30})
    assert reader.time.at <= 30


def test_an_answer_without_bound_is_refused(reading: Any) -> None:
    with (
        reading(lambda asked: items("a" * 30_000)) as reader,
        pytest.raises(SourceError, match=r"more than 0\.02 MB"),
    ):
        reader.read(connection={"max_response_mb": 0.02})


def test_answers_in_chunks_and_zipped_answers_are_read_whole(reading: Any) -> None:
    ids = [f"{number:05d}" for number in range(4_000)]
    plain = json.dumps(items(*ids)).encode()
    halves = ((0.0, plain[:100]), (0.0, plain[100:30_000]), (0.0, plain[30_000:]))
    with reading(lambda asked: Reply(pieces=halves)) as reader:
        assert reader.ids() == ids
    zipped = gzip.compress(plain)
    for reply in (
        Reply(zipped, headers={"Content-Encoding": "gzip"}),
        Reply(pieces=((0.0, zipped[:7]), (0.0, zipped[7:])), headers={"Content-Encoding": "gzip"}),
    ):
        with reading(lambda asked, reply=reply: reply) as reader:
            assert reader.ids() == ids
    with (
        reading(
            lambda asked: Reply(gzip.compress(b"[" + b"0," * 2_000_000), headers={"Content-Encoding": "gzip"})
        ) as reader,
        pytest.raises(SourceError, match="more than 1 MB"),
    ):
        reader.read(connection={"max_response_mb": 1})


def test_an_answer_that_trickles_ends_at_the_deadline(reading: Any) -> None:
    drops = tuple((0.02, b" ") for _ in range(500))
    with reading(lambda asked: Reply(pieces=drops)) as reader:
        reader.time.clock = Clock
        with pytest.raises(SourceUnavailableError, match="still answering at the end of deadline_seconds"):
            reader.read(connection={"deadline_seconds": 0.2})


def test_a_key_in_the_query_stands_there_once_even_where_the_next_page_repeats_it(reading: Any) -> None:
    auth = {"auth": {"kind": "api_key", "token_env": "TOKEN", "name": "key", "where": "query"}}
    first = items("a", next="/items?at=2&key=s3cret-token")
    with reading(lambda asked: items("b") if "at" in asked.params else first) as reader:
        assert reader.ids({"pages": {"kind": "next_url", "at": "next"}}, auth) == ["a", "b"]
        assert reader.service.asked[1].target == "/items?at=2&key=s3cret-token"


def test_the_pace_is_kept(reading: Any) -> None:
    pages = {None: items("a", next="2"), "2": items("b", next="3"), "3": items("c")}
    with reading(lambda asked: pages[asked.params.get("cursor")]) as reader:
        reader.read({"pages": CURSOR}, {"requests_per_second": 4})
        assert reader.time.slept == [0.25, 0.25]


def test_quotas_and_busy_words_of_a_service_are_known_by_configuration(reading: Any) -> None:
    over = Reply({"error": {"code": 403, "errors": [{"reason": "quotaExceeded"}]}}, 403)
    with (
        reading(lambda asked: over) as reader,
        pytest.raises(SourceUnavailableError, match="quota is used up"),
    ):
        reader.read(connection={"quota_codes": ["quotaExceeded"]})
    busy = Reply({"error": {"code": 4, "message": "Application request limit reached"}}, 400)
    with reading(in_turn(busy, items("a"))) as reader:
        assert reader.ids(connection={"busy_codes": ["4"]}) == ["a"]
    with reading(lambda asked: busy) as reader, pytest.raises(SourceError, match=r"answered 400 \(4\)"):
        reader.read()


class TestAuth:
    """Who asks."""

    def test_a_bearer_token_a_key_and_a_password_go_where_they_belong(self, reading: Any) -> None:
        with reading(lambda asked: items("a")) as reader:
            reader.read(connection={"auth": {"kind": "bearer", "token_env": "TOKEN"}})
            header = {"kind": "api_key", "token_env": "TOKEN", "name": "X-Key"}
            reader.read(connection={"auth": header})
            reader.read({"params": {"a": "1"}}, {"auth": header | {"name": "key", "where": "query"}})
            reader.read(connection={"auth": {"kind": "basic", "username": "ann", "password_env": "PASSWORD"}})
            asked = reader.service.asked
        assert asked[0].headers["authorization"] == "Bearer s3cret-token"
        assert asked[1].headers["x-key"] == "s3cret-token" and "authorization" not in asked[1].headers
        assert asked[2].params == {"a": "1", "key": "s3cret-token"}
        assert asked[3].headers["authorization"] == "Basic YW5uOnMzY3JldC1wYXNzd29yZA=="

    @pytest.mark.parametrize("kind", ["client_credentials", "refresh_token", "session_login"])
    def test_a_fetched_token_is_renewed_once_when_it_is_refused(self, reading: Any, kind: str) -> None:
        given = iter(("old", "new"))

        def answer(asked: Asked) -> Any:
            if asked.path == "/login":
                return Reply({"access_token": next(given)})
            return items("a") if asked.headers["authorization"] == "Bearer new" else Reply({}, 401)

        client = {"token_url": "login", "client_id": "me", "client_secret_env": "PASSWORD"}
        auth = {
            "client_credentials": client,
            "refresh_token": client | {"refresh_token_env": "REFRESH"},
            "session_login": {
                "url": "login",
                "username": "me",
                "password_env": "PASSWORD",
                "body": {"who": "{username}", "word": "{password}"},
            },
        }[kind]
        with reading(answer) as reader:
            assert reader.ids(connection={"auth": {"kind": kind} | auth}) == ["a"]
            login = reader.service.asked[0]
        if kind == "session_login":
            assert login.body == {"who": "me", "word": "s3cret-password"}
        else:
            assert (login.form["grant_type"], login.form["client_secret"]) == (kind, "s3cret-password")
            assert login.form.get("refresh_token") == ("s3cret-refresh" if kind == "refresh_token" else None)
        assert [asked.path for asked in reader.service.asked] == ["/login", "/items", "/login", "/items"]

    def test_a_token_that_is_refused_twice_is_an_error_without_the_token(self, reading: Any) -> None:
        auth = {
            "kind": "session_login",
            "url": "login",
            "username": "me",
            "password_env": "PASSWORD",
            "body": {"p": "{password}"},
            "token": "jwt",
        }

        def answer(asked: Asked) -> Any:
            return {"jwt": "t"} if asked.path == "/login" else Reply({"error": "ExpiredToken"}, 400)

        with reading(answer) as reader:
            with pytest.raises(SourceError, match=r"answered 400 \(ExpiredToken\): check the credentials"):
                reader.read(connection={"auth": auth, "expired_codes": ["ExpiredToken"]})
            assert [asked.path for asked in reader.service.asked] == ["/login", "/items", "/login", "/items"]
        with reading(lambda asked: {"error": ""}) as reader, pytest.raises(SourceError, match="without a token"):
            reader.read(connection={"auth": auth})

    def test_a_token_may_stand_in_a_header_of_the_answer(self, reading: Any) -> None:
        def answer(asked: Asked) -> Any:
            return Reply({}, headers={"vendure-auth-token": "t"}) if asked.path == "/login" else items("a")

        auth = {"kind": "session_login", "url": "login", "username": "me", "password_env": "PASSWORD", "body": {"a": 1}}
        with reading(answer) as reader:
            reader.read(connection={"auth": auth | {"token_header": "vendure-auth-token"}})
            assert reader.service.asked[1].headers["authorization"] == "Bearer t"

    def test_no_secret_reaches_a_log_or_an_error(self, reading: Any, caplog: pytest.LogCaptureFixture) -> None:
        caplog.set_level(logging.DEBUG)
        auth = {"auth": {"kind": "api_key", "token_env": "TOKEN", "name": "key", "where": "query"}, "retry_seconds": 1}
        with reading(in_turn(Reply({}, 500), items("a"))) as reader:
            file = reader.read(connection=auth | {"retry_seconds": 60})
        with pytest.raises(SourceUnavailableError) as caught:
            reader.read(connection=auth)
        error = caught.value
        assert "s3cret" not in caplog.text + str(error) + repr(error.__cause__) + repr(file)
        assert error.__suppress_context__ or error.__context__ is None


def test_dlt_reports_to_nobody(reading: Any) -> None:
    with reading(lambda asked: items("a")) as reader:
        reader.read()
    from dlt.common.runtime import anon_tracker, telemetry

    assert not telemetry.is_telemetry_started()
    assert anon_tracker._THREAD_POOL is None


class TestLists:
    """Asked for each of a list."""

    def test_each_account_is_asked_for_and_known_in_its_records(self, reading: Any) -> None:
        with reading(lambda asked: items(asked.path.rsplit("/", 1)[1])) as reader:
            rest = {"path": "accounts/{each}", "for_each": {"list": "accounts"}}
            columns = COLUMNS | {"author_ref": "nanolift.each"}
            records = reader.records(rest, {"lists": {"accounts": ["7", "8"]}}, columns)
            assert [record["nanolift"]["each"] for record in records] == ["7", "8"]
            with pytest.raises(ConfigurationError, match=r"give \[sources.rest.lists\] accounts"):
                reader.read(rest)

    def test_ids_of_another_resource_are_asked_for_in_batches(self, reading: Any) -> None:
        def answer(asked: Asked) -> Any:
            if asked.path == "/ids":
                start = int(asked.params.get("cursor", "0"))
                return items(*(str(one) for one in range(start, start + 2)), next=None if start else "2")
            if asked.method == "POST":
                return items(*asked.body["ids"])
            return items(*asked.params["id"].split("|"))

        source = {"path": "ids", "records": "items", "key": ["id"], "pages": CURSOR}
        each = {"source": source, "field": "id", "batch": 3, "join": "|"}
        with reading(answer) as reader:
            body = {"method": "POST", "body": {"ids": ["{each}"]}, "for_each": each}
            assert reader.ids(body) == ["0", "1", "2", "3"]
            assert [asked.body["ids"] for asked in reader.service.asked if asked.method == "POST"] == [
                ["0", "1", "2"],
                ["3"],
            ]

    def test_things_that_are_gone_are_counted_and_all_of_them_gone_is_an_error(self, reading: Any) -> None:
        rest = {"path": "posts/{each}", "for_each": {"values": ["1", "2"], "skip_status": [404]}}
        with reading(lambda asked: Reply({}, 404) if asked.path.endswith("1") else items("b")) as reader:
            file = reader.read(rest)
            assert file.notes == ("1 of 2 things asked for were gone",)
        with (
            reading(lambda asked: Reply({}, 404)) as reader,
            pytest.raises(SourceError, match="none of the 2 things asked for is there"),
        ):
            reader.read(rest)


class TestShape:
    """From records to lines."""

    ORDERS: ClassVar[dict[str, Any]] = {
        "items": [
            {"id": "1", "lines": [{"sku": "a", "paid": "3.10"}, {"sku": "b", "paid": 2}], "taxes": [{"n": "0.1"}]},
            {"id": "2", "lines": []},
        ]
    }

    def test_nested_lists_become_records_with_their_parent(self, reading: Any) -> None:
        with reading(lambda asked: self.ORDERS) as reader:
            columns = COLUMNS | {"product_id": "sku", "review_id": "parent.id", "store_id": "nanolift.index"}
            records = reader.records({"explode": "lines"}, columns=columns)
        assert [(record["parent"]["id"], record["sku"], record["nanolift"]["index"]) for record in records] == [
            ("1", "a", 1),
            ("1", "b", 2),
        ]
        assert "lines" not in records[0]["parent"]

    def test_a_list_that_must_be_there_is_missed_and_an_optional_one_is_not(self, reading: Any) -> None:
        with reading(lambda asked: items("1")) as reader:
            with pytest.raises(SourceError, match="no list at 'lines'"):
                reader.read({"explode": "lines"})
            assert reader.records({"explode": {"path": ["lines"], "optional": True}}) == []

    def test_derived_numbers_are_exact(self, reading: Any) -> None:
        record = {
            "id": "1",
            "a": "0.1",
            "b": 0.2,
            "off": [{"x": "0.05"}, {"x": "0.05"}],
            "none": [],
            "q": 3,
            "w": "n/a",
        }
        derive = {
            "sum": {"add": ["a", "b"]},
            "net": {"add": ["a"], "subtract": ["off[*].x"]},
            "back": {"add": ["a"], "times": ["q", -1]},
            "zero": {"add": ["none[*].x"]},
            "absent": {"add": ["a", "nothing"]},
            "wrong": {"add": ["w"]},
        }
        with reading(lambda asked: {"items": [record]}) as reader:
            (found,) = reader.records({"derive": derive})
        assert found["derived"] == {
            "sum": "0.3",
            "net": "0",
            "back": "-0.3",
            "zero": "0",
            "absent": None,
            "wrong": "not a number",
        }


class TestWindow:
    """Only what changed since, and a little before."""

    INCREMENTAL: ClassVar[dict[str, Any]] = {
        "params": {"since": "{since}", "to": "{as_of}"},
        "incremental": {"field": "at", "reread_days": 2, "full_compare_days": 7},
    }

    def test_the_cursor_is_the_last_change_and_the_next_load_reads_from_before_it(self, reading: Any) -> None:
        pages = {"items": [{"id": "1", "at": "2026-10-01T10:00:00Z"}, {"id": "2", "at": "2026-10-03T12:30:01+02:00"}]}
        with reading(lambda asked: pages) as reader:
            first = reader.read(self.INCREMENTAL)
            assert reader.service.asked[0].params == {"to": "2026-10-05T01:00:00Z"}
            assert first.cursor is not None and first.cursor["value"] == "2026-10-03 10:30:01"
            assert first.is_complete
            again = reader.read(self.INCREMENTAL, cursor=first.cursor, last_complete_at=LOADED_AT)
            assert reader.service.asked[1].params["since"] == "2026-10-01T10:30:01Z"
            assert not again.is_complete
            old = datetime(2026, 9, 28, 1)
            whole = reader.read(self.INCREMENTAL, cursor=first.cursor, last_complete_at=old)
            assert "since" not in reader.service.asked[2].params and whole.is_complete

    def test_a_date_in_the_future_does_not_move_the_cursor_past_the_load(self, reading: Any) -> None:
        with reading(lambda asked: {"items": [{"id": "1", "at": "2031-01-01T00:00:00Z"}]}) as reader:
            file = reader.read(self.INCREMENTAL)
        assert file.cursor is not None and file.cursor["value"] == str(LOADED_AT)

    def test_a_load_without_records_keeps_the_cursor(self, reading: Any) -> None:
        replies = in_turn({"items": [{"id": "1", "at": "2026-10-03T10:30:01Z"}]}, items())
        with reading(replies) as reader:
            first = reader.read(self.INCREMENTAL).cursor
            assert first is not None
            assert reader.read(self.INCREMENTAL, cursor=first, last_complete_at=LOADED_AT).cursor == first

    def test_a_new_account_in_the_list_reads_its_whole_past(self, reading: Any) -> None:
        rest = self.INCREMENTAL | {"for_each": {"list": "accounts"}}
        with reading(lambda asked: {"items": [{"id": "1", "at": "2026-10-01T10:00:00Z"}]}) as reader:
            file = reader.read(rest, {"lists": {"accounts": ["1"]}})
            known = {"cursor": file.cursor, "last_complete_at": LOADED_AT}
            reader.read(rest, {"lists": {"accounts": ["1"]}}, **known)
            assert "since" in reader.service.asked[1].params
            reader.read(rest, {"lists": {"accounts": ["1", "2"]}}, **known)
            assert "since" not in reader.service.asked[2].params

    def test_another_shop_at_the_same_service_has_a_past_of_its_own(self, reading: Any) -> None:
        with reading(lambda asked: {"items": [{"id": "1", "at": "2026-10-01T10:00:00Z"}]}) as reader:
            file = reader.read(self.INCREMENTAL, {"values": {"shop": "north"}})
            known = {"cursor": file.cursor, "last_complete_at": LOADED_AT}
            reader.read(self.INCREMENTAL, {"values": {"shop": "south"}}, **known)
            assert "since" not in reader.service.asked[1].params

    def test_a_record_without_the_cursor_value_is_an_error(self, reading: Any) -> None:
        with (
            reading(lambda asked: {"items": [{"id": "1", "at": "yesterday"}]}) as reader,
            pytest.raises(SourceError, match="1 of 1 records have no cursor value at 'at' in format 'iso'"),
        ):
            reader.read(self.INCREMENTAL)

    def test_epochs_are_read_and_asked_in_their_own_unit(self, reading: Any) -> None:
        rest = self.INCREMENTAL | {"incremental": {"field": "at", "format": "epoch_seconds", "start": "1700000000"}}
        with reading(lambda asked: {"items": [{"id": "1", "at": 1_780_000_000}]}) as reader:
            file = reader.read(rest)
            assert reader.service.asked[0].params["since"] == "1700000000"
            reader.read(rest, cursor=file.cursor)
            assert reader.service.asked[1].params["since"] == str(1_780_000_000 - 86_400)

    def test_snapshots_are_of_the_day_of_the_load_in_the_brands_zone(self, reading: Any) -> None:
        with reading(lambda asked: items("a")) as reader:
            columns = COLUMNS | {"submitted_at": "nanolift.observed_at"}
            (record,) = reader.records({}, columns=columns)
        assert record["nanolift"]["observed_at"] == "2026-10-04T22:00:00Z"


class Shelf:
    """A list that is served by offset or by page, and changes after some requests."""

    def __init__(self, size: int, changes: dict[int, Callable[[list[str]], None]], most: int = 1_000) -> None:
        self.rows, self.changes, self.requests, self.most = [f"{n:04d}" for n in range(size)], changes, 0, most

    def __call__(self, asked: Asked) -> Any:
        limit = min(self.most, int(asked.params["take"]))
        start = int(asked.params.get("skip", (int(asked.params.get("page", 1)) - 1) * limit))
        answer = items(*self.rows[start : start + limit], total=len(self.rows))
        self.requests += 1
        self.changes.get(self.requests, lambda rows: None)(self.rows)
        return answer


def test_records_that_are_not_found_again_in_their_file_are_an_error(reading: Any, tmp_path: Path) -> None:
    with reading(lambda asked: items("a", "b")) as reader:
        file = reader.read()
    assert file.records == 2
    mapping = StreamMapping.model_validate({"stream": "reviews", "path": "x", "columns": COLUMNS})
    (parsed,) = parse_files([(file, mapping)], tmp_path)
    assert parsed.rows == 2
    with pytest.raises(IntegrityError, match="3 records were extracted, 2 were read from their file"):
        parse_files([(replace(file, records=3), mapping)], tmp_path)


class TestSlippingRows:
    """Rows come and go while a list is paged."""

    OFFSET: ClassVar[dict[str, Any]] = {
        "pages": {"kind": "offset", "param": "skip", "limit": 10, "limit_param": "take"}
    }
    PAGE: ClassVar[dict[str, Any]] = {"pages": {"kind": "page", "param": "page", "limit": 10, "limit_param": "take"}}

    @pytest.mark.parametrize("most", [1_000, 7])
    @pytest.mark.parametrize("size", [0, 1, 2, 10, 11, 19, 20, 57])
    def test_a_quiet_list_is_read_once_whatever_its_size_and_pages(self, reading: Any, size: int, most: int) -> None:
        for rest in (self.OFFSET, self.PAGE) if most > 10 else (self.OFFSET,):
            with reading(Shelf(size, {}, most)) as reader:
                assert reader.ids(rest) == [f"{n:04d}" for n in range(size)]

    def test_overlapping_pages_find_what_slipped_when_rows_before_them_went_away(self, reading: Any) -> None:
        def drop(count: int) -> Callable[[list[str]], None]:
            return lambda rows: rows.__delitem__(slice(0, count))

        for changes in ({2: drop(1)}, {2: drop(1), 3: drop(1), 5: drop(4)}, {4: drop(25)}, {6: drop(53)}):
            with reading(Shelf(57, changes)) as reader:
                ids = reader.ids(self.OFFSET)
            assert sorted(ids) == [f"{n:04d}" for n in range(57)], changes

    def test_rows_that_come_in_before_a_page_are_not_read_twice(self, reading: Any) -> None:
        with reading(
            Shelf(57, {2: lambda rows: rows.insert(0, "new"), 3: lambda rows: rows.insert(0, "er")})
        ) as reader:
            ids = reader.ids(self.OFFSET)
        assert ids == [f"{n:04d}" for n in range(57)]

    def test_passes_are_made_until_two_agree(self, reading: Any) -> None:
        with reading(Shelf(30, {2: lambda rows: rows.remove("0003")})) as reader:
            ids = reader.ids(self.PAGE)
        assert ids == [f"{n:04d}" for n in range(30) if n != 3]

    def test_a_list_that_never_stands_still_is_a_named_failure(self, reading: Any) -> None:
        changes = {n: lambda rows: rows.pop(0) and None for n in range(100)}
        with reading(Shelf(90, changes)) as reader, pytest.raises(SourceError, match="changed during each of 5 passes"):
            reader.read(self.PAGE)

    def test_the_total_of_every_page_is_held_against_what_was_read(self, reading: Any) -> None:
        pages = self.PAGE["pages"] | {"stable": "total", "total": "total"}
        with reading(Shelf(30, {2: lambda rows: rows.remove("0003")})) as reader:
            ids = reader.ids({"pages": pages})
        assert ids == [f"{n:04d}" for n in range(30) if n != 3]


@pytest.mark.parametrize(
    ("table", "why"),
    [
        ({"base_url": "ftp://example.org"}, "https"),
        ({"base_url": "http://example.org"}, "http only for this machine"),
        ({"base_url": "https://me:pw@example.org"}, "no credentials"),
        ({"base_url": "https://example.org", "auth": {"kind": "bearer"}}, "needs token_env"),
        ({"base_url": "https://example.org", "auth": {"kind": "bearer", "token_env": "abc-def"}}, "pattern"),
    ],
)
def test_a_connection_that_cannot_be_right_is_refused(table: dict[str, Any], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        RestConnection.model_validate(table)


def test_an_unknown_placeholder_is_refused_by_name(reading: Any) -> None:
    with (
        reading(lambda asked: items("a")) as reader,
        pytest.raises(ConfigurationError, match=r"nothing is known for \{shop\}"),
    ):
        reader.read({"path": "{shop}/items"})
