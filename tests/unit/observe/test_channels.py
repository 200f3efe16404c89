"""A notice at a real receiver and at a real mail server of this machine: what arrives, and what a refusal says."""

from __future__ import annotations

import email
import json
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.policy import default
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from pydantic import ValidationError

from orchestration.exports.delivery.errors import DeliveryError, DeliveryUnavailableError
from orchestration.exports.delivery.signature import IDEMPOTENCY, SIGNATURE, TIMESTAMP, is_genuine
from orchestration.observe.alerts import Notice
from orchestration.observe.causes import Cause
from orchestration.observe.channels import channels_of
from orchestration.observe.spec import Email
from tests.unit.observe.conftest import Mailbox, Serve, settings_with

SECRET = "known-to-both-ends-0123456789"
NOTICE = Notice(
    "opened", Cause("source_stale", "reviews", "2026-10-30", "source reviews is down"), "2026-11-02T08:00:00Z"
)


def now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)


class Receiver(ThreadingHTTPServer):
    """Keeps what it gets, and answers with `status`."""

    def __init__(self) -> None:
        self.got: list[tuple[dict[str, str], bytes]] = []
        self.status = 204
        super().__init__(("127.0.0.1", 0), _Handler)


class _Handler(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.got.append((dict(self.headers), body))
        self.send_response(self.server.status)
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing."""


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    server = Receiver()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()


def hook(receiver: Receiver) -> dict[str, Any]:
    url = f"http://127.0.0.1:{receiver.server_address[1]}/alerts?token=t"
    return {"webhook": {"url": url, "secret_env": "OAT_ALERT_SECRET"}, "runbook": "https://ops.example/operations.md"}


def test_a_webhook_gets_a_signed_message_that_links_the_runbook(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OAT_ALERT_SECRET", SECRET)
    (channel,) = channels_of(settings_with(alerts=hook(receiver)))
    channel.send(NOTICE, now())
    ((headers, body),) = receiver.got
    assert is_genuine(SECRET, headers[TIMESTAMP], headers[SIGNATURE], body, time.time())
    assert not is_genuine("another", headers[TIMESTAMP], headers[SIGNATURE], body, time.time())
    assert headers[IDEMPOTENCY] == NOTICE.key
    said = json.loads(body)
    assert (said["event"], said["alert"], said["subject"]) == ("alert.opened", "source_stale", "reviews")
    assert said["runbook"] == "https://ops.example/operations.md#source_stale"
    assert SECRET not in body.decode()


def test_a_receiver_that_is_busy_or_refuses_is_told_apart_without_its_query(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OAT_ALERT_SECRET", SECRET)
    (channel,) = channels_of(settings_with(alerts=hook(receiver)))
    receiver.status = 503
    with pytest.raises(DeliveryUnavailableError, match=r"alerts answers 503"):
        channel.send(NOTICE, now())
    receiver.status = 401
    with pytest.raises(DeliveryError, match="refuses with 401") as raised:
        channel.send(NOTICE, now())
    assert "token" not in str(raised.value)


def mail_table(box: Mailbox, **more: Any) -> dict[str, Any]:
    usual = {
        "host": "127.0.0.1",
        "port": box.port,
        "security": "none",
        "sender": "a@oat.example",
        "to": ["b@oat.example"],
    }
    return {"email": {**usual, **more}}


def test_a_mail_says_what_is_wrong_and_links_the_runbook(serve_mail: Serve) -> None:
    box = serve_mail()
    (channel,) = channels_of(settings_with(alerts=mail_table(box, to=["b@oat.example", "c@oat.example"])))
    channel.send(NOTICE, now())
    mail = email.message_from_string(box.mails[0], policy=default)
    assert mail["Subject"] == "[nanolift] Oat: source_stale reviews is wrong"
    assert mail["Message-ID"] == f"<{NOTICE.key}@nanolift>"
    assert "source reviews is down" in mail.get_content()
    assert "docs/operations.md#source_stale" in mail.get_content()
    assert box.recipients == ["b@oat.example", "c@oat.example"]


def test_a_subject_cannot_add_a_header(serve_mail: Serve) -> None:
    box = serve_mail()
    settings = settings_with(alerts=mail_table(box))
    brand = settings.brand.model_copy(update={"name": "Oat\r\nBcc: d@elsewhere.example"})
    (channel,) = channels_of(settings.model_copy(update={"brand": brand}))
    channel.send(NOTICE, now())
    assert email.message_from_string(box.mails[0], policy=default)["Bcc"] is None


def test_a_mail_server_that_refuses_is_told_by_its_code_and_one_that_is_away_by_its_place(serve_mail: Serve) -> None:
    box = serve_mail()
    (channel,) = channels_of(settings_with(alerts=mail_table(box)))
    box.answer = "554 no mail to b@oat.example"
    with pytest.raises(DeliveryError, match=r"refuses with 554$"):
        channel.send(NOTICE, now())
    (channel,) = channels_of(settings_with(alerts=mail_table(Mailbox(port=9))))
    with pytest.raises(DeliveryUnavailableError, match=r"mail server 127\.0\.0\.1:9 did not take it"):
        channel.send(NOTICE, now())


def certificate(place: Path) -> Path:
    """A certificate for 127.0.0.1 that vouches for itself, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "test")])
    begins = datetime.now(UTC) - timedelta(days=1)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(begins + timedelta(days=3))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    encoding = serialization.Encoding.PEM
    private = key.private_bytes(encoding, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    file = place / "server.pem"
    file.write_bytes(private + made.public_bytes(encoding))
    return file


def test_a_password_goes_only_to_a_server_whose_certificate_is_trusted(
    serve_mail: Serve, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pem = certificate(tmp_path)
    box = serve_mail(pem)
    monkeypatch.setenv("OAT_MAIL_PASSWORD", SECRET)
    table = mail_table(box, security="starttls", user="alerts", password_env="OAT_MAIL_PASSWORD")
    (channel,) = channels_of(settings_with(alerts=table))
    with pytest.raises(DeliveryUnavailableError, match="SSLCertVerificationError"):
        channel.send(NOTICE, now())
    assert box.logins == []
    monkeypatch.setenv("SSL_CERT_FILE", str(pem))
    channel.send(NOTICE, now())
    assert box.logins == [f"alerts {SECRET}"]
    assert SECRET not in box.mails[0]


def test_a_server_that_offers_no_encryption_gets_nothing(serve_mail: Serve) -> None:
    box = serve_mail()
    (channel,) = channels_of(settings_with(alerts=mail_table(box, security="starttls")))
    with pytest.raises(DeliveryError, match="did not take it"):
        channel.send(NOTICE, now())
    assert box.mails == []


def test_mail_that_would_travel_in_clear_is_refused_in_the_configuration() -> None:
    with pytest.raises(ValidationError, match="use 'starttls' or 'tls'"):
        Email(host="mail.example", security="none", sender="a@b.example", to=("c@d.example",))
    with pytest.raises(ValidationError, match="belong together"):
        Email(host="mail.example", sender="a@b.example", to=("c@d.example",), user="x")
    with pytest.raises(ValidationError, match="should match pattern"):
        Email(host="mail.example", sender="a@b.example\nBcc: x@y.example", to=("c@d.example",))
