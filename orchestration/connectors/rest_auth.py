"""Who asks: puts a token into requests, fetches it where it must be fetched, renews it once when it is refused.

Belongs here: the kinds of RestAuth as `requests` authenticators (dlt's where they fit). Does not: reading the
environment (environment.secret is handed in), retries (rest_http.py).
"""

from __future__ import annotations

from abc import ABC
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from pydantic import SecretStr
from requests import PreparedRequest
from requests.auth import AuthBase

from orchestration.connectors.rest_connection_spec import RestAuth
from orchestration.connectors.rest_template import fill, look
from orchestration.errors import SourceError

ReadSecret = Callable[[str], SecretStr]
# Posts a form (data) or JSON to an address and gives the document and the headers of the answer.
Post = Callable[[str, dict[str, str] | None, dict[str, Any] | None], tuple[Any, dict[str, str]]]


class Authenticator(AuthBase, ABC):
    """A `requests` authenticator; called again with a request that was sent before, it replaces the token there."""

    def renew(self) -> bool:
        """Forget the token, so that the next request fetches a new one; False where there is none to fetch."""
        return False


class FixedToken(Authenticator):
    """A token or key that does not change while a stream is read."""

    def __init__(self, spec: RestAuth, token: SecretStr) -> None:
        self._spec, self._token = spec, token

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        return _placed(request, self._spec, self._token)


class FetchedToken(Authenticator):
    """A token that the service gives for our credentials, fetched at the first request."""

    def __init__(self, spec: RestAuth, fetch: Callable[[], SecretStr]) -> None:
        self._spec, self._fetch = spec, fetch
        self._token: SecretStr | None = None

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        if self._token is None:
            self._token = self._fetch()
        return _placed(request, self._spec, self._token)

    def renew(self) -> bool:
        """See Authenticator."""
        self._token = None
        return True


class BasicOrNobody(Authenticator):
    """User name and password, or nobody: a .netrc of this machine's user is never asked."""

    def __init__(self, inner: AuthBase | None = None) -> None:
        self._inner = inner

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        return request if self._inner is None else self._inner(request)


def authenticator(spec: RestAuth, secret: ReadSecret, post: Post) -> Authenticator:
    """The authenticator of a connection.

    Args:
        secret: gives the secret of an environment variable's name.
        post: fetches tokens (with the same patience as everything else).

    Raises:
        ConfigurationError: a variable is not set.
    """
    from dlt.sources.helpers.rest_client.auth import HttpBasicAuth  # a second to import: only REST sources pay it

    if spec.kind == "none":
        return BasicOrNobody()
    if spec.kind in ("bearer", "api_key"):
        return FixedToken(spec, secret(_given(spec.token_env)))
    if spec.kind == "basic":
        password = secret(_given(spec.password_env)).get_secret_value()
        return BasicOrNobody(HttpBasicAuth(_plain(spec.username, spec.username_env, secret), password))
    if spec.kind == "session_login":
        return FetchedToken(spec, lambda: _log_in(spec, secret, post))
    return FetchedToken(spec, lambda: _grant(spec, secret, post))


def _grant(spec: RestAuth, secret: ReadSecret, post: Post) -> SecretStr:
    form = {
        "grant_type": spec.kind,
        "client_id": _plain(spec.client_id, spec.client_id_env, secret),
        "client_secret": secret(_given(spec.client_secret_env)).get_secret_value(),
    }
    if spec.refresh_token_env is not None:
        form["refresh_token"] = secret(spec.refresh_token_env).get_secret_value()
    if spec.scope is not None:
        form["scope"] = spec.scope
    if spec.as_json:
        return _token(spec, *post(_given(spec.token_url), None, form))
    return _token(spec, *post(_given(spec.token_url), form, None))


def _log_in(spec: RestAuth, secret: ReadSecret, post: Post) -> SecretStr:
    values = {
        "username": _plain(spec.username, spec.username_env, secret),
        "password": secret(_given(spec.password_env)).get_secret_value(),
    }
    return _token(spec, *post(_given(spec.url), None, fill(spec.body, values, "auth.body")))


def _token(spec: RestAuth, document: Any, headers: dict[str, str]) -> SecretStr:
    found = headers.get(spec.token_header.lower()) if spec.token_header else look(document, spec.token)
    if not isinstance(found, str) or not found:
        where = f"header {spec.token_header}" if spec.token_header else f"field {spec.token!r}"
        raise SourceError(f"the login answered without a token in {where}: check the credentials and auth.token")
    return SecretStr(found)


def _placed(request: PreparedRequest, spec: RestAuth, token: SecretStr) -> PreparedRequest:
    prefix = spec.prefix
    if prefix is None:
        prefix = "Bearer " if spec.where == "header" and spec.name == "Authorization" else ""
    value = prefix + token.get_secret_value()
    if spec.where == "header":
        request.headers[spec.name] = value
        return request
    parts = urlsplit(request.url or "")
    query = [(name, text) for name, text in parse_qsl(str(parts.query), keep_blank_values=True) if name != spec.name]
    request.url = urlunsplit(parts._replace(query=urlencode([*query, (spec.name, value)])))
    return request


def _plain(value: str | None, variable: str | None, secret: ReadSecret) -> str:
    return value if value is not None else secret(_given(variable)).get_secret_value()


def _given(value: str | None) -> str:
    assert value is not None  # RestAuth checks that its kind has what it needs
    return value
