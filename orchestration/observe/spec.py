"""What nanolift.toml may say of watching: the vocabulary of [alerts] and [metrics].

Belongs here: keys, their checks and defaults. Does not: when something is a cause (causes.py), sending (channels.py).
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, model_validator

from orchestration.exports.delivery.spec import LOOPBACK, Variable, Webhook

# No display name, no list, nothing that could end a header: an address and nothing else.
Address = Annotated[str, Field(pattern=r"^[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+$")]


class Email(BaseModel):
    """A mail server that takes alerts.

    security: starttls or tls; none only for a server on this machine.
    user, password_env: left out where the server asks for none; the password is in that environment variable.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    host: str
    port: Annotated[int, Field(gt=0, lt=65536)] = 587
    security: Literal["starttls", "tls", "none"] = "starttls"
    sender: Address
    to: Annotated[tuple[Address, ...], Field(min_length=1)]
    user: str | None = None
    password_env: Variable | None = None

    @model_validator(mode="after")
    def _safe(self) -> Email:
        if self.security == "none" and self.host not in LOOPBACK:
            raise ValueError("security = 'none' is for a mail server on this machine: use 'starttls' or 'tls'")
        if (self.user is None) != (self.password_env is None):
            raise ValueError("user and password_env belong together")
        return self


class Alerts(BaseModel):
    """When nanolift tells of itself, and where.

    no_publish_hours: `nanolift status` fails, and an alert is sent, when nothing was published for longer. A night
        comes every 24 hours; two more are for one that takes long. Not looked at where brand.as_of is fixed.
    drift_psi: from here on a feature or score list has drifted (population stability index); the report's own limit
        for "large" by default.
    runbook: where docs/operations.md lies for whoever reads an alert: a path or an address.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    no_publish_hours: Annotated[float, Field(gt=0)] = 26
    drift_psi: Annotated[float, Field(gt=0)] = 0.25
    runbook: str = "docs/operations.md"
    timeout_seconds: Annotated[float, Field(gt=0, le=60)] = 10
    webhook: Webhook | None = None
    email: Email | None = None

    @property
    def channels(self) -> tuple[str, ...]:
        """Where alerts go, for people."""
        return (
            *(() if self.webhook is None else (f"webhook {urlsplit(self.webhook.url).hostname}",)),
            *(() if self.email is None else (f"e-mail to {len(self.email.to)}",)),
        )

    @property
    def variables(self) -> tuple[str, ...]:
        """Names of the environment variables that hold its secrets."""
        named = (
            None if self.webhook is None else self.webhook.secret_env,
            None if self.email is None else self.email.password_env,
        )
        return tuple(name for name in named if name is not None)


class Metrics(BaseModel):
    """textfile: where node_exporter's textfile collector looks, besides logs/metrics.prom; absolute or from the
    workspace; the name must end in .prom."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    textfile: Path | None = None

    @model_validator(mode="after")
    def _is_collected(self) -> Metrics:
        if self.textfile is not None and self.textfile.suffix != ".prom":
            raise ValueError(f"{self.textfile} must end in .prom: the collector reads no other file")
        return self
