"""What nanolift.toml may say of a target: the vocabulary of [[delivery]].

Belongs here: keys, their checks and defaults. Does not: bringing anything anywhere (run.py and the targets).
"""

from __future__ import annotations

from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from orchestration.connectors.files_spec import FileServer
from orchestration.connectors.sql_spec import SqlConnection

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,40}$")]
Variable = Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")]
LOOPBACK = ("127.0.0.1", "localhost", "::1")
# The part of a server's table that says how it is entered; the rest is about files that arrive.
_ENTERING = {"options", "secrets", "known_hosts"}


class Webhook(BaseModel):
    """Where a signed message goes.

    url: https://…; plain http only on this machine.
    secret_env: name of the environment variable with the secret that signs, known to both ends.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    url: str
    secret_env: Variable

    @field_validator("url")
    @classmethod
    def _safe(cls, url: str) -> str:
        parts = urlsplit(url)
        if parts.password is not None or parts.username is not None:
            raise ValueError("holds a user or password: the signature tells who sends, leave them out")
        if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in LOOPBACK):
            raise ValueError("must begin with https://: a message is signed, not encrypted")
        return url


class Audience(BaseModel):
    """People to be contacted, under the name another system knows them by.

    choose_from: the output whose people are taken, best first.
    purpose: the consent a person must have granted, and still grant when the list goes out.
    identifier: consumer_ref, the brand's own reference; or email_sha256, for platforms that match audiences.
    most: no more people than this; None: all who may be contacted.
    campaign_id, outcome, groups: uplift_scores: which list, and which of its groups.
    actions: who_next: people with one of these things to do.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    choose_from: Literal["who_next", "ambassador_scores", "uplift_scores"]
    purpose: Literal["contact", "ugc_reuse"]
    identifier: Literal["consumer_ref", "email_sha256"]
    most: int | None = Field(default=None, gt=0)
    campaign_id: str | None = None
    outcome: str | None = None
    groups: tuple[Literal["contact helps", "buys anyway", "no effect", "unknown"], ...] = ("contact helps",)
    actions: tuple[Literal["fix", "recruit", "sample", "thank"], ...] = ()

    @model_validator(mode="after")
    def _fits_its_list(self) -> Audience:
        for others, of in ({"campaign_id", "outcome", "groups"}, "uplift_scores"), ({"actions"}, "who_next"):
            if self.choose_from != of and (own := others & self.model_fields_set):
                raise ValueError(f"{sorted(own)} belong to choose_from = {of!r}")
        if self.choose_from == "who_next" and not self.actions:
            raise ValueError("choose_from = 'who_next' needs actions: a list of people is for one thing to do")
        if self.choose_from == "uplift_scores" and (self.campaign_id is None or self.outcome is None):
            raise ValueError("choose_from = 'uplift_scores' needs campaign_id and outcome: each has a list of its own")
        return self


class Delivery(BaseModel):
    """A target of published generations.

    path: kind = "folder": a folder, relative to the workspace or absolute; "s3": s3://bucket/prefix; "sftp":
        sftp://user@host:port/folder.
    server: kind = "s3", "sftp": how it is entered, as for sources; SFTP only with known_hosts.
    sql, sql_schema: kind = "postgres": the database, and the schema that is nanolift's own in it.
    webhook: kind = "webhook".
    include, outputs, formats: which files; no outputs named: all. A webhook lists them.
    audience: a list of people instead of exports: who gets names gets no pseudonyms.
    timeout_seconds: how long one answer of the target may take.
    retry_seconds: how long a target that does not answer is tried again, within one run.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    name: Name
    kind: Literal["folder", "s3", "sftp", "postgres", "webhook"]
    path: str | None = None
    server: FileServer | None = None
    sql: SqlConnection | None = None
    sql_schema: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,40}$")] = "nanolift"
    webhook: Webhook | None = None
    include: tuple[Literal["exports", "report"], ...] = ("exports",)
    outputs: tuple[Name, ...] = ()
    formats: tuple[Literal["parquet", "csv", "xlsx"], ...] = ("parquet", "csv", "xlsx")
    audience: Audience | None = None
    timeout_seconds: float = Field(default=30, gt=0)
    retry_seconds: float = Field(default=300, ge=0)

    @model_validator(mode="after")
    def _fits_its_kind(self) -> Delivery:
        needed = {"postgres": "sql", "webhook": "webhook"}.get(self.kind, "path")
        for key in ("path", "sql", "webhook"):
            if (getattr(self, key) is not None) != (key == needed):
                raise ValueError(f"kind = {self.kind!r} needs `{needed}`, and no other of path, sql, webhook")
        if self.server is not None and self.kind not in ("s3", "sftp"):
            raise ValueError("[delivery.server] belongs to kind = 's3' and 'sftp'")
        if self.server is not None and (other := self.server.model_fields_set - _ENTERING):
            raise ValueError(f"{sorted(other)} are about files that arrive, not about files that are delivered")
        if self.kind in ("s3", "sftp") and urlsplit(self.path or "").scheme != self.kind:
            raise ValueError(f"path must begin with {self.kind}://")
        if self.sql is not None and not self.sql.is_postgres:
            raise ValueError("kind = 'postgres' delivers to PostgreSQL only")
        if self.kind == "postgres" and (files := {"include", "formats"} & self.model_fields_set):
            raise ValueError(f"{sorted(files)} are about files; `outputs` says which tables")
        if self.audience is not None and (own := {"include", "outputs", "formats"} & self.model_fields_set):
            raise ValueError(f"{sorted(own)} say which exports are sent; a delivery with an audience sends none")
        return self

    @property
    def variables(self) -> tuple[str, ...]:
        """Names of the environment variables that hold its secrets."""
        named = [] if self.server is None else list(self.server.secrets.values())
        named += [] if self.sql is None or self.sql.password_env is None else [self.sql.password_env]
        return (*named, *(() if self.webhook is None else (self.webhook.secret_env,)))

    @property
    def shown(self) -> str:
        """Where it goes, for people; without user and query."""
        if self.sql is not None:
            return f"{self.sql.shown}, schema {self.sql_schema}"
        parts = urlsplit(self.webhook.url if self.webhook is not None else self.path or "")
        return parts._replace(netloc=parts.netloc.rpartition("@")[2], query="").geturl()
