"""The forced failures of reliability_secrets.py: a workspace full of secrets and people, and what goes wrong in it.

Belongs here: the workspace, the list. Does not: running a night into each and searching what it left.

Every value that must never be told is one of SECRETS or PEOPLE; people stand in files that nights read, secrets in the
environment, and both in what services answer (reliability_echo.py sends back all that it was told).
"""

from __future__ import annotations

import gzip
import json
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

SECRETS = {
    name: f"canary-{name.lower().replace('_', '-')}-7c1f0b9e4d2a8653"
    for name in (
        *("NANOLIFT_PSEUDONYM_KEY", "DB_PASSWORD", "API_TOKEN", "CLIENT_SECRET", "HOOK_KEY", "S3_KEY", "S3_SECRET"),
        *("SFTP_PASSWORD", "SMTP_PASSWORD"),
    )
}
MAIL, HANDLE, NAME, CARD = "zebulon@quixworth.example", "@zeb_quixworth", "Zebulon Quixworth", "C-QUIX-7741-8802"
TEXT = "marmalade zeppelins whisper quixotically"
PEOPLE = (MAIL, HANDLE, NAME, CARD, TEXT)
HEADER = "shop,receipt,line,sku,card,amount,sold\n"
LINES = f"north,R-1,1,oat,{CARD},5.80,2025-06-03 09:14\nnorth,R-2,1,oat,{MAIL},3.20,2025-06-03 09:15\n"
REVIEW = {"id": "r1", "who": MAIL, "at": "2025-06-03T10:00:00", "stars": 4, "body": f"Ask {MAIL} or {HANDLE}"}
_CONFIGURATION = """
brand = {name = "b", timezone = "UTC", currency = "EUR", as_of = 2025-06-30}
[alerts]
timeout_seconds = 2
webhook = {url = "http://127.0.0.1:PORT/500/hook", secret_env = "HOOK_KEY"}
[alerts.email]
host = "127.0.0.1"
port = 9
security = "none"
sender = "a@example.org"
to = ["b@example.org"]
user = "svc"
password_env = "SMTP_PASSWORD"
[[sources]]
name = "tills"
kind = "csv"
[[sources.streams]]
stream = "pos_lines"
path = "in/tills.csv"
[sources.streams.columns]
store_id = "shop"
transaction_id = "receipt"
line_no = "line"
product_id = "sku"
consumer_ref = "card"
quantity = {constant = 1}
quantity_unit = {constant = "each"}
net_amount_minor = {column = "amount", decimal = true}
currency = {constant = "EUR"}
sold_at = {column = "sold", zone = "UTC"}
channel = {constant = "store"}
is_return = {constant = false}
[[sources]]
name = "reviews"
kind = "jsonl"
[[sources.streams]]
stream = "reviews"
path = "in/reviews.jsonl"
[sources.streams.columns]
site = {constant = "own"}
review_id = "id"
author_ref = "who"
submitted_at = {column = "at", zone = "UTC"}
rating = "stars"
rating_max = {constant = 5}
body = "body"
incentive = {constant = "none"}
"""
_ORDERS = """
[[sources.streams]]
stream = "products"
WHERE
columns = {product_id = "id", name = "name"}
"""


def workspace(root: Path, port: int) -> Path:
    """A brand whose files name people and whose configuration names secrets."""
    (root / "in").mkdir(parents=True)
    (root / "nanolift.toml").write_text(_CONFIGURATION.replace("PORT", str(port)), encoding="utf-8")
    (root / "in" / "tills.csv").write_text(HEADER + LINES, encoding="utf-8")
    (root / "in" / "reviews.jsonl").write_text(json.dumps(REVIEW) + "\n", encoding="utf-8")
    return root


@dataclass(frozen=True)
class Failure:
    """What is done to a workspace before a night, and inside the night's process.

    Attributes:
        change: (root, port of the echoing service) → None.
        inside: called in the child.
        layers: the night's layers that run; every other is left out.
        environment: variables that are set otherwise, "" for none.
    """

    change: Callable[[Path, int], None] = lambda root, port: None
    inside: Callable[[], None] = lambda: None
    layers: tuple[str, ...] = ("landing",)
    environment: tuple[tuple[str, str], ...] = ()


def _file(name: str, content: str | bytes) -> Failure:
    def change(root: Path, port: int) -> None:
        (root / "in" / name).write_bytes(content.encode() if isinstance(content, str) else content)

    return Failure(change)


def _more(text: str, **how: Any) -> Failure:
    def change(root: Path, port: int) -> None:
        path = root / "nanolift.toml"
        path.write_text(path.read_text(encoding="utf-8") + text.replace("PORT", str(port)), encoding="utf-8")

    return Failure(change, **how)


def _edit(before: str, after: str) -> Failure:
    def change(root: Path, port: int) -> None:
        path = root / "nanolift.toml"
        text = path.read_text(encoding="utf-8")
        assert before in text
        path.write_text(text.replace(before, after, 1), encoding="utf-8")

    return Failure(change)


def _sql(url: str, where: str = 'sql = {table = "products"}', more: str = "") -> Failure:
    connection = f'[[sources]]\nname = "shop"\nkind = "sql"\n[sources.sql]\nurl = "{url}"\nuser = "svc"\n'
    return _more(f'{connection}password_env = "DB_PASSWORD"\n{more}{_ORDERS.replace("WHERE", where)}')


def _rest(path: str, auth: str = 'kind = "bearer", token_env = "API_TOKEN"', port: str = "PORT") -> Failure:
    connection = f'[[sources]]\nname = "api"\nkind = "rest"\n[sources.rest]\nbase_url = "http://127.0.0.1:{port}"\n'
    stream = _ORDERS.replace("WHERE", f'rest = {{path = "{path}", records = "items", key = ["id"]}}')
    return _more(f"{connection}retry_seconds = 0\ntimeout_seconds = 3\nauth = {{{auth}}}\n{stream}")


def _server(path: str, server: str) -> Failure:
    stream = _ORDERS.replace("WHERE", f'path = "{path}"')
    return _more(f'[[sources]]\nname = "files"\nkind = "csv"\n[sources.server]\n{server}\n{stream}')


_S3 = 'secrets = {key = "S3_KEY", secret = "S3_SECRET"}\noptions = {endpoint_url = "http://127.0.0.1:PORT"}'
_GRANT = (
    'kind = "client_credentials", token_url = "http://127.0.0.1:PORT/STATUS/token", client_id = "svc", '
    'client_secret_env = "CLIENT_SECRET"'
)


def _parser(program: str) -> Callable[[], None]:
    def inside() -> None:
        from orchestration.connectors import landing

        child = (sys.executable, "-c", program)
        landing.start_parsing = partial(landing.start_parsing, child=child)  # type: ignore[assignment]

    return inside


def _echo_job(end: str) -> str:
    return (
        f"import sys, os; t = open(sys.argv[-1]).read(); print(t, {TEXT!r}); print(t, {MAIL!r}, file=sys.stderr); {end}"
    )


def _full_disk() -> None:
    import resource

    resource.setrlimit(resource.RLIMIT_FSIZE, (2_000, 2_000))


def _damaged_vault(root: Path, port: int) -> None:
    (root / "vault").write_bytes(f"{MAIL} {SECRETS['DB_PASSWORD']}".encode() * 20)


def _foreign() -> Exception:
    """What a library raises: with the value that did not fit, in a chain."""
    import duckdb

    try:
        duckdb.sql(f"select cast('{MAIL} {TEXT} {NAME}' as int)").fetchall()
    except duckdb.Error as error:
        error.add_note(HANDLE)
        return error
    raise AssertionError


def _ours() -> Exception:
    from orchestration.errors import SourceError

    foreign = _foreign()
    ours = SourceError(f"the step does not fit ({foreign})")
    ours.__cause__ = foreign
    return ours


def _raising(module: str, make: Callable[[], Exception]) -> Callable[[], None]:
    """The first announced step of a module fails inside, as it would by a library's hand."""

    def inside() -> None:
        import importlib

        place = importlib.import_module(f"orchestration.{module}")
        real = place.announce

        @contextmanager
        def announce(*said: Any, **how: Any) -> Iterator[Any]:
            with real(*said, **how):
                raise make()
            yield  # pragma: no cover

        place.announce = announce

    return inside


def _spoilt_layout() -> None:
    """dbt reads a store whose latitude is a person."""
    from orchestration.assets import landing

    real = landing.lay_out

    def lay_out(loads: Any, landed_root: Path, checked: Any = ()) -> None:
        import polars as pl

        real(loads, landed_root, checked)
        landed = {"store_id": [CARD], "latitude": [f"{MAIL} {NAME}"], "source": ["tills"]}
        pl.DataFrame(landed).write_parquet(landed_root / "stores" / "9999_spoilt.parquet")

    landing.lay_out = lay_out


def _without(name: str) -> Failure:
    return Failure(lambda root, port: (root / "in" / name).unlink())


_QUERY = f"select '{MAIL}' from {TEXT}"  # noqa: S608 - what is searched for afterwards

FAILURES: dict[str, Failure] = {
    "a header that names people": _file("tills.csv", f"{MAIL},{NAME}\n1,2\n"),
    "a header twice": _file("tills.csv", HEADER.replace("sku", "shop") + LINES),
    "an empty file": _file("tills.csv", ""),
    "broken quotes": _file("tills.csv", HEADER + f'north,"{MAIL},{TEXT}\n' + LINES),
    "another encoding": _file("tills.csv", (HEADER + LINES + f"{NAME}é").encode("utf-16")),
    "a zip that was cut off": _file("tills.csv", gzip.compress((HEADER + LINES * 99).encode())[:60]),
    "amounts that are people": _file("tills.csv", HEADER + LINES.replace("5.80", MAIL).replace("3.20", NAME)),
    "times that are people": _file("tills.csv", HEADER + LINES.replace("2025-06-03 09:14", f"{TEXT} {HANDLE}")),
    "a huge field": _file("tills.csv", HEADER + f"{MAIL * 900_000}\n"),
    "lines of another length": _file("tills.csv", HEADER + f"{MAIL},{NAME}\n" + LINES),
    "JSON that breaks off": _file("reviews.jsonl", json.dumps(REVIEW)[:-9]),
    "JSON of another form": _file("reviews.jsonl", json.dumps([REVIEW, MAIL, {"id": {"who": MAIL}}])),
    "stars that are a person": _file("reviews.jsonl", json.dumps(REVIEW | {"stars": MAIL, "at": NAME})),
    "Parquet that is none": _edit('kind = "jsonl"', 'kind = "parquet"'),
    "a missing file": _without("tills.csv"),
    "a value that is not mapped": _edit(
        'store_id = "shop"', f'store_id = {{column = "card", values = {{"{NAME}" = "x"}}}}'
    ),
    "a column that is not there": _edit('transaction_id = "receipt"', 'transaction_id = "ticket"'),
    "a parser that crashes": Failure(inside=_parser(_echo_job("os.abort()"))),
    "a parser that says nothing": Failure(inside=_parser(_echo_job("sys.exit(0)"))),
    "a database that is down": _sql("postgresql://127.0.0.1:9/shop", more='sslmode = "disable"\n'),
    "a database of another kind": _sql("mysql+pymysql://127.0.0.1:9/shop"),
    "a table that is not there": _sql("sqlite:///shop.db"),
    "a query that quotes a person": _sql("sqlite:///shop.db", f'sql = {{query = "{_QUERY}"}}'),
    "a password in the address": _sql(f"postgresql://svc:{SECRETS['DB_PASSWORD']}@127.0.0.1:9/shop"),
    "a password as a variable's name": _edit('"SMTP_PASSWORD"', f'"{SECRETS["SMTP_PASSWORD"].replace("-", "_")}"'),
    "a password under an unknown key": _edit("[alerts]", f'[holdout]\npassword = "{SECRETS["DB_PASSWORD"]}"\n[alerts]'),
    "a token among the headers": _edit("[alerts]", f'[metrics]\nheaders = "Bearer {SECRETS["API_TOKEN"]}"\n[alerts]'),
    **{
        f"a service that answers {status}": _rest(f"/{status}/orders") for status in (400, 401, 403, 404, 422, 429, 500)
    },
    "a service that answers text": _rest("/plain/orders"),
    "a service without records": _rest("/page/orders"),
    "a service that sends elsewhere": _rest("/away/orders"),
    "a service that is down": _rest("/500/orders", port="9"),
    "a service that refuses a password": _rest(
        "/401/x", 'kind = "basic", username = "svc", password_env = "DB_PASSWORD"'
    ),
    "a service with its key in the address": _rest(
        "/500/x", 'kind = "api_key", token_env = "API_TOKEN", where = "query", name = "key"'
    ),
    "a token that is refused": _rest("/500/x", _GRANT.replace("STATUS", "400")),
    "a token in another form": _rest("/500/x", _GRANT.replace("STATUS", "page")),
    "SFTP that is down": _server(
        "sftp://svc@127.0.0.1:9/in/*.csv", 'secrets = {password = "SFTP_PASSWORD"}\nknown_hosts = "in/tills.csv"'
    ),
    "SFTP without host keys": _server("sftp://svc@127.0.0.1:9/in/*.csv", 'secrets = {password = "SFTP_PASSWORD"}'),
    "S3 that refuses": _server("s3://bucket/in/*.csv", _S3),
    "a key that is too short": Failure(environment=(("NANOLIFT_PSEUDONYM_KEY", "canary-short-key"),)),
    "a secret that is not set": _rest("/500/x", 'kind = "bearer", token_env = "NOT_SET"'),
    "a damaged vault": Failure(_damaged_vault),
    "a disk that is full": Failure(inside=_full_disk),
    "dbt fails on a row": Failure(inside=_spoilt_layout, layers=("landing", "signals", "warehouse")),
    **{
        f"{module} fails in {'our' if make is _ours else 'foreign'} words": Failure(
            inside=_raising(f"assets.{module}", make), layers=(layer,)
        )
        for make in (_foreign, _ours)
        for module, layer in (
            *(("signals", "signals"), ("features", "features"), ("table_step", "store_lift"), ("scores", "scores")),
            *(("exports", "exports"), ("publish", "publish"), ("landing", "landing"), ("warehouse", "warehouse")),
        )
    },
    "a gate fails in foreign words": Failure(inside=_raising("gates", _foreign)),
}
_WEBHOOK = '{url = "http://127.0.0.1:PORT/500/hook", secret_env = "HOOK_KEY"}'
# Targets of deliveries that fail, by name: what follows [[delivery]].
DELIVERIES = {
    "a folder that is gone": 'kind = "folder"\npath = "gone"',
    "a webhook that answers 500": f'kind = "webhook"\nwebhook = {_WEBHOOK}',
    "a webhook that is down": f'kind = "webhook"\nwebhook = {_WEBHOOK.replace("PORT/500", "9")}',
    "S3 that refuses": f'kind = "s3"\npath = "s3://bucket/x"\n[delivery.server]\n{_S3}',
    "SFTP that is down": 'kind = "sftp"\npath = "sftp://svc@127.0.0.1:9/x"\n[delivery.server]\n'
    'known_hosts = "in/tills.csv"\nsecrets = {password = "SFTP_PASSWORD"}',
    "a database that is down": 'kind = "postgres"\n[delivery.sql]\nurl = "postgresql://127.0.0.1:9/x"\nuser = "svc"\n'
    'password_env = "DB_PASSWORD"\nsslmode = "disable"',
}


def configured_delivery(root: Path, port: int, target: str) -> None:
    """A published generation of one file, and a target that will fail to get it."""
    from orchestration.publishing import next_sequence, publish, write_manifest
    from orchestration.settings import Retention
    from orchestration.workspace import Build, Workspace

    brand = Workspace.at(root)
    build = Build(brand.builds / "20250630" / "generation")
    build.exports.mkdir(parents=True)
    for name in ("moments.csv", "moments.parquet", "data_dictionary.csv"):
        (build.exports / name).write_text("x", encoding="utf-8")
    write_manifest(
        build, {"as_of": "2025-06-30", "published_sequence": next_sequence(brand), "parent": None, "loads": []}
    )
    publish(brand, build, "20250630", Retention())
    shutil.rmtree(brand.builds)
    text = f'[[delivery]]\nname = "target"\nretry_seconds = 0\ntimeout_seconds = 2\n{target}\n'.replace(
        "PORT", str(port)
    )
    path = root / "nanolift.toml"
    path.write_text(path.read_text(encoding="utf-8") + text, encoding="utf-8")
