"""The ways an alert goes: a signed webhook, an e-mail.

Belongs here: what a notice says there, one try to send it. Does not: what is due (alerts.py), signing and judging
answers (exports/delivery/signed_post.py).
"""

from __future__ import annotations

import json
import smtplib
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime
from urllib.parse import urlsplit

from orchestration.environment import secret
from orchestration.exports.delivery.errors import DeliveryError, DeliveryUnavailableError
from orchestration.exports.delivery.signed_post import post_signed
from orchestration.exports.delivery.spec import Webhook
from orchestration.observe.alerts import Channel, Notice
from orchestration.observe.spec import Alerts, Email
from orchestration.settings import Settings

LONGEST_SUBJECT = 150
_HEADS = {"opened": "is wrong", "resolved": "is over", "test": "this is a test"}


@dataclass(frozen=True)
class WebhookChannel:
    """A web service that takes signed JSON."""

    hook: Webhook
    brand: str
    runbook: str
    timeout: float
    name: str = "webhook"

    def send(self, notice: Notice, at: datetime) -> None:
        """See Channel.send."""
        shown = urlsplit(self.hook.url)._replace(query="", fragment="").geturl()
        body = json.dumps(message(notice, self.brand, self.runbook), sort_keys=True, ensure_ascii=False).encode()
        post_signed(self.hook, body, key=notice.key, at=at, timeout=self.timeout, shown=shown)


@dataclass(frozen=True)
class EmailChannel:
    """A mail server."""

    email: Email
    brand: str
    runbook: str
    timeout: float
    name: str = "email"

    def send(self, notice: Notice, at: datetime) -> None:
        """See Channel.send."""
        mail = as_mail(notice, self.email, self.brand, self.runbook)
        where = f"mail server {self.email.host}:{self.email.port}"
        try:
            with self._server() as server:
                if self.email.user is not None and self.email.password_env is not None:
                    server.login(self.email.user, secret(self.email.password_env).get_secret_value())
                refused = server.send_message(mail)
        except smtplib.SMTPResponseException as error:  # its text may repeat an address
            raise DeliveryError(f"{where} refuses with {error.smtp_code}") from None
        except (smtplib.SMTPException, OSError) as error:
            raise DeliveryUnavailableError(f"{where} did not take it ({type(error).__name__})") from None
        if refused:
            raise DeliveryError(f"{where} refuses {len(refused)} of {len(self.email.to)} addresses")

    def _server(self) -> smtplib.SMTP:
        host, port = self.email.host, self.email.port
        if self.email.security == "tls":
            return smtplib.SMTP_SSL(host, port, timeout=self.timeout, context=ssl.create_default_context())
        server = smtplib.SMTP(host, port, timeout=self.timeout)
        if self.email.security == "starttls":
            try:
                server.starttls(context=ssl.create_default_context())
            except BaseException:
                server.close()
                raise
        return server


def message(notice: Notice, brand: str, runbook: str) -> dict[str, str]:
    """What a webhook is told."""
    return {
        "event": f"alert.{notice.event}",
        "brand": brand,
        "alert": notice.cause.kind,
        "subject": notice.cause.subject,
        "instance": notice.cause.instance,
        "summary": notice.cause.summary,
        "runbook": runbook + notice.cause.anchor,
        "at": notice.at,
    }


def as_mail(notice: Notice, email: Email, brand: str, runbook: str) -> EmailMessage:
    """A notice as a mail of plain text; what could end a header is a blank."""
    mail = EmailMessage()
    title = f"[nanolift] {brand}: {notice.cause.key} {_HEADS[notice.event]}"
    mail["Subject"] = " ".join(title.split())[:LONGEST_SUBJECT]
    mail["From"] = email.sender
    mail["To"] = ", ".join(email.to)
    mail["Date"] = format_datetime(datetime.fromisoformat(notice.at.removesuffix("Z")).replace(tzinfo=UTC))
    mail["Message-ID"] = f"<{notice.key}@nanolift>"
    mail["Auto-Submitted"] = "auto-generated"
    over = "This is over. It was: " if notice.event == "resolved" else ""
    mail.set_content(f"{over}{notice.cause.summary}\n\nWhat to do: {runbook}{notice.cause.anchor}\n")
    return mail


def channels_of(settings: Settings) -> Sequence[Channel]:
    """Where this workspace's alerts go."""
    alerts: Alerts = settings.alerts
    common = (settings.brand.name, alerts.runbook, alerts.timeout_seconds)
    found: list[Channel] = []
    if alerts.webhook is not None:
        found.append(WebhookChannel(alerts.webhook, *common))
    if alerts.email is not None:
        found.append(EmailChannel(alerts.email, *common))
    return found
