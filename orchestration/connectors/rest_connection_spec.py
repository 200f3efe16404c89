"""What nanolift.toml may say of a REST service as a whole: where it is, how it is entered, how patiently it is asked.

Belongs here: the vocabulary of [sources.rest] but for its streams (rest_spec.py). Does not: sending requests
(rest_http.py, rest_auth.py).
"""

from __future__ import annotations

from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

VariableName = Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9_]*$")]
LOOPBACK = ("127.0.0.1", "localhost", "::1")


class Table(BaseModel):
    """A table of nanolift.toml: frozen, unknown keys refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class RestAuth(Table):
    """How the service is told who asks. Secrets stand in environment variables; here stand the variables' names.

    kind: none; bearer (token_env); api_key (token_env); basic (username, password_env); client_credentials (token_url,
        client_id, client_secret_env); refresh_token (the same and refresh_token_env); session_login (url, body).
    name, where, prefix: where the token stands in a request.
    body: what a session login posts; "{username}" and "{password}" are replaced.
    token, token_header: where the answer of token_url or url holds the token: a path into its JSON, or a header.
    """

    kind: Literal["none", "bearer", "api_key", "basic", "client_credentials", "refresh_token", "session_login"] = "none"
    token_env: VariableName | None = None
    username: str | None = None
    username_env: VariableName | None = None
    password_env: VariableName | None = None
    token_url: str | None = None
    client_id: str | None = None
    client_id_env: VariableName | None = None
    client_secret_env: VariableName | None = None
    refresh_token_env: VariableName | None = None
    scope: str | None = None
    as_json: bool = False
    url: str | None = None
    body: dict[str, Any] = Field(default_factory=dict)
    token: str = "access_token"  # noqa: S105 - a path into an answer, no secret
    token_header: str | None = None
    name: str = "Authorization"
    where: Literal["header", "query"] = "header"
    prefix: str | None = None

    @model_validator(mode="after")
    def _has_what_its_kind_needs(self) -> RestAuth:
        client = ("token_url", ("client_id", "client_id_env"), "client_secret_env")
        needs: dict[str, tuple[str | tuple[str, ...], ...]] = {
            "none": (),
            "bearer": ("token_env",),
            "api_key": ("token_env",),
            "basic": (("username", "username_env"), "password_env"),
            "client_credentials": client,
            "refresh_token": (*client, "refresh_token_env"),
            "session_login": ("url", "body", ("username", "username_env"), "password_env"),
        }
        for need in needs[self.kind]:
            names = (need,) if isinstance(need, str) else need
            if not any(getattr(self, name) for name in names):
                raise ValueError(f"auth of kind {self.kind!r} needs {' or '.join(names)}")
        return self


class RestConnection(Table):
    """Where a service is, how it is entered and how patiently it is asked.

    values, lists: what {NAME} in base_url, paths, params and bodies stands for; what for_each.list names.
    errors: paths that hold errors in an answer, whatever its status.
    busy_codes, quota_codes, expired_codes: words in them that mean: come back later; the day's quota is used up; the
        token is no longer valid.
    timeout_seconds: silence that counts as no answer. retry_seconds: how long one request is tried again.
    deadline_seconds: how long a stream may take in all.
    """

    base_url: str
    headers: dict[str, str] = Field(default_factory=dict)
    auth: RestAuth = RestAuth()
    values: dict[str, str] = Field(default_factory=dict)
    lists: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    errors: tuple[str, ...] = ("errors", "error")
    busy_codes: tuple[str, ...] = ()
    quota_codes: tuple[str, ...] = ()
    expired_codes: tuple[str, ...] = ()
    timeout_seconds: Annotated[float, Field(gt=0)] = 60
    retry_seconds: Annotated[float, Field(ge=0)] = 300
    deadline_seconds: Annotated[float, Field(gt=0)] = 7_200
    requests_per_second: Annotated[float, Field(gt=0)] | None = None
    max_response_mb: Annotated[float, Field(gt=0)] = 64

    @field_validator("base_url")
    @classmethod
    def _safe_address(cls, address: str) -> str:
        parts = urlsplit(address)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError("base_url must begin with https://")
        if parts.username or parts.password or parts.query or parts.fragment:
            raise ValueError("base_url must hold no credentials, query or fragment")
        if parts.scheme == "http" and parts.hostname not in LOOPBACK:
            raise ValueError("base_url must begin with https:// (http only for this machine itself)")
        return address
