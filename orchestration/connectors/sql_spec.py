"""What nanolift.toml may say of a database and of the tables read from it.

Belongs here: the vocabulary of [sources.sql] and [sources.streams.sql]. Does not: reading (sql.py).
"""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

POSTGRES_SCHEMES = ("postgresql", "postgres")
SslMode = Literal["disable", "prefer", "require", "verify-ca", "verify-full"]


class SqlConnection(BaseModel):
    """Where a database is and how it is entered.

    url: "postgresql://host:5432/database" for PostgreSQL; any other is SQLAlchemy's ("mysql+pymysql://host/database",
        "sqlite:///folder/file.db"), whose driver must be installed. Never with a password.
    user: who reads; a role that may only SELECT is enough, and better.
    password_env: name of the environment variable that holds the password.
    sslmode, sslrootcert: PostgreSQL: as libpq knows them. The default refuses a connection that is not encrypted.
    statement_timeout_seconds: PostgreSQL: the server ends a statement that takes longer.
    connect_timeout_seconds: PostgreSQL: how long to wait for the server to answer at all.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    url: str
    user: str | None = None
    password_env: Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")] | None = None
    sslmode: SslMode = "require"
    sslrootcert: str | None = None
    statement_timeout_seconds: int = Field(default=3_600, gt=0)
    connect_timeout_seconds: int = Field(default=30, gt=0)

    @field_validator("url")
    @classmethod
    def _without_password(cls, url: str) -> str:
        try:
            parts = urlsplit(url)
            has_password = parts.password is not None
        except ValueError:
            raise ValueError("not an address such as postgresql://host:5432/database") from None
        if has_password or re.search(r"(?i)\b(password|passwd|pwd)=", parts.query):
            # The address itself must not be repeated: it holds the password.
            raise ValueError("holds a password: put that into an environment variable and name it in password_env")
        if not parts.scheme:
            raise ValueError("not an address such as postgresql://host:5432/database")
        return url

    @model_validator(mode="after")
    def _fits_together(self) -> SqlConnection:
        if not self.is_postgres:
            own = {"sslmode", "sslrootcert", "statement_timeout_seconds", "connect_timeout_seconds"}
            if wrong := sorted(own & self.model_fields_set):
                raise ValueError(f"{wrong} are PostgreSQL's; give the driver's own words in the url")
        return self

    @property
    def is_postgres(self) -> bool:
        """Read through ADBC; all others through SQLAlchemy."""
        return urlsplit(self.url).scheme in POSTGRES_SCHEMES

    @property
    def shown(self) -> str:
        """The address for people: without user and query."""
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"


class SqlStream(BaseModel):
    """Which rows of a database a stream is made of: exactly one of `table`, `query`.

    table: "table" or "schema.table", as the database spells it.
    query: one SELECT; nanolift reads it as a table.
    cursor: column that grows when a row changes (a time, or a number); without it every run reads everything.
    lag_minutes: how far behind the cursor a run reads again, so that rows committed late are found.
    lag_rows: the same for a cursor that is a number.
    full_compare_days: every so many days everything is read, which finds rows that came even later, or were deleted:
        they are removed. 0: never; for a table from which the source itself drops old rows.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    table: str | None = Field(default=None, min_length=1)
    query: str | None = Field(default=None, min_length=1)
    cursor: str | None = Field(default=None, min_length=1)
    lag_minutes: int = Field(default=60, ge=0)
    lag_rows: int = Field(default=10_000, ge=0)
    full_compare_days: int = Field(default=7, ge=0)

    @model_validator(mode="after")
    def _fits_together(self) -> SqlStream:
        if (self.table is None) == (self.query is None):
            raise ValueError("give exactly one of table, query")
        if self.query is not None and not re.match(r"(?is)^\s*(select|with)\b", self.query):
            raise ValueError("query must be one SELECT")
        if self.query is not None and self.query.rstrip().endswith(";"):
            raise ValueError("query must not end with a semicolon: it is read as a table")
        return self

    @property
    def shown(self) -> str:
        """What it reads, for people."""
        return self.table or "query"

    def said(self) -> dict[str, Any]:
        """What decides which rows come: a change of it reads everything again."""
        return {"table": self.table, "query": self.query}
