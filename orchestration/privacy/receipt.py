"""Receipts: what was done with people's data, when, with counts, signed; never whom it was done to.

Belongs here: the form, the signature, reading one. Does not: doing anything (erase*.py, retention*.py, rotation*.py).

<workspace>/receipts/<instant>_<what>.json. The signature is HMAC-SHA256 under a key derived from the pseudonym key, so
whoever holds the key can tell that no count was changed since. Whoever changes the key signs the receipts anew.
"""

from __future__ import annotations

import hmac
import json
import re
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from pydantic import SecretStr

from orchestration.durable import write_json
from orchestration.errors import IntegrityError
from orchestration.workspace import Workspace

SIGNATURE = "signature"
# An identity key as pseudonyms.py writes it: a receipt must outlive whom it is about.
_IDENTITY_KEY = re.compile(r"\bk\d+_[0-9a-f]{32}\b")


def signed(content: Mapping[str, Any], key: SecretStr) -> dict[str, Any]:
    """The content with its signature over everything else in it.

    Raises:
        ValueError: an identity key stands in it.
    """
    plain = {name: value for name, value in content.items() if name != SIGNATURE}
    if _IDENTITY_KEY.search(json.dumps(plain)):
        raise ValueError("a receipt holds no identity key")
    return {**plain, SIGNATURE: _signature(plain, key)}


def write_receipt(
    workspace: Workspace, key: SecretStr, what: str, at: datetime, content: Mapping[str, Any], name: str = ""
) -> Path:
    """Keep a receipt durably; where it lies.

    Args:
        what: erasure, retention, rotation …
        at: naive UTC instant.
        content: counts and names of sources, streams, generations, targets; no value of a person.
        name: tells receipts of one instant apart; writing the same name again writes the same file.
    """
    stem = f"{at:%Y%m%dT%H%M%S}_{what}{'_' if name else ''}{name}"
    path = workspace.receipts / f"{stem}.json"
    write_json(path, signed({"what": what, "at": at.isoformat(timespec="seconds") + "Z", **content}, key))
    return path


def read_receipt(path: Path, key: SecretStr) -> dict[str, Any]:
    """A receipt's content, without the signature.

    Raises:
        IntegrityError: it is not what was signed, or was signed under another key.
    """
    try:
        content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        signature = content.pop(SIGNATURE)
        is_right = hmac.compare_digest(str(signature), _signature(content, key))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        is_right = False
    if not is_right:
        raise IntegrityError(f"{path} is not what was signed: it was changed, or signed under another pseudonym key")
    return content


def _signature(content: Mapping[str, Any], key: SecretStr) -> str:
    derived = HKDF(SHA256(), 32, salt=None, info=b"nanolift receipt").derive(key.get_secret_value().encode())
    text = json.dumps(dict(content), sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hmac.digest(derived, text.encode(), "sha256").hex()
