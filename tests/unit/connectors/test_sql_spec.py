"""What nanolift.toml may say of a database."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from orchestration.connectors.sql_spec import SqlConnection, SqlStream


@pytest.mark.parametrize(
    "url", ["postgresql://reader:hunter22@db/shop", "mysql://db/shop?password=hunter22", "postgresql://:hunter22@db"]
)
def test_a_password_in_the_address_is_refused_and_not_repeated(url: str) -> None:
    with pytest.raises(ValidationError) as refused:
        SqlConnection(url=url)
    problem = refused.value.errors(include_input=False)[0]
    assert "password_env" in problem["msg"] and "hunter22" not in problem["msg"]


def test_postgresql_refuses_a_connection_without_encryption_unless_told() -> None:
    assert SqlConnection(url="postgresql://db/shop").sslmode == "require"


def test_what_is_shown_has_neither_user_nor_options() -> None:
    assert SqlConnection(url="postgresql://reader@db:5432/shop?target=x").shown == "postgresql://db:5432/shop"


@pytest.mark.parametrize(
    "wrong, why",
    [
        ({}, "exactly one of table, query"),
        ({"table": "t", "query": "select 1"}, "exactly one of table, query"),
        ({"query": "delete from t"}, "one SELECT"),
        ({"query": "select 1;"}, "semicolon"),
    ],
)
def test_a_stream_reads_one_table_or_one_select(wrong: dict[str, Any], why: str) -> None:
    with pytest.raises(ValidationError, match=why):
        SqlStream.model_validate(wrong)


def test_options_of_postgresql_belong_to_postgresql() -> None:
    with pytest.raises(ValidationError, match="PostgreSQL's"):
        SqlConnection(url="sqlite:///x.db", sslmode="require")


def test_how_it_is_read_does_not_decide_what_rows_become() -> None:
    assert SqlStream(table="t", cursor="a").said() == SqlStream(table="t", lag_minutes=5).said()
    assert SqlStream(table="t").said() != SqlStream(table="u").said()
