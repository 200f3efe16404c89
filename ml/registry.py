"""Model folders: LightGBM text, a card, and hashes that are checked before anything is loaded. Never pickle.

A folder holds model.<role>.txt for every booster, card.json and SHA256SUMS. LightGBM ends the whole process on a
damaged text, so no byte reaches it before its hash was right.
Does not belong here: what a card says (train.py) or where folders lie (the workspace).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import lightgbm as lgb

from ml.errors import ModelFileError

CARD, SUMS = "card.json", "SHA256SUMS"


@dataclass(frozen=True)
class StoredModel:
    """What a model folder holds.

    Attributes:
        model_id: first 16 hex digits of the hash of all files' hashes: same model, same id.
        boosters: by role.
        card: what the model is: kind, outcome, features, parameters, rows, seeds, evaluation, as_of, design.
    """

    model_id: str
    boosters: Mapping[str, lgb.Booster]
    card: Mapping[str, Any]


def write_model(folder: Path, boosters: Mapping[str, lgb.Booster], card: Mapping[str, Any]) -> str:
    """Write a model folder and return its model_id; the same model gives the same bytes.

    Raises:
        ModelFileError: the folder is not empty, or there is nothing to write.
    """
    if not boosters:
        raise ModelFileError(f"{folder}: a model without a booster cannot be written")
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise ModelFileError(f"{folder} is not empty: models are written once and never changed")
    texts = {f"model.{role}.txt": boosters[role].model_to_string() for role in sorted(boosters)}
    texts[CARD] = json.dumps(dict(card), indent=2, sort_keys=True, ensure_ascii=False, allow_nan=False) + "\n"
    sums = ""
    for name, text in texts.items():
        (folder / name).write_bytes(text.encode())
        sums += f"{hashlib.sha256(text.encode()).hexdigest()}  {name}\n"
    (folder / SUMS).write_bytes(sums.encode())
    return _model_id(sums)


def read_model(folder: Path) -> StoredModel:
    """Read a model folder after checking every byte of it.

    Raises:
        ModelFileError: a file is missing, not listed, or not what its hash says.
    """
    if not (folder / SUMS).is_file():
        raise ModelFileError(f"{folder} is no model folder: {SUMS} is missing")
    try:
        sums = (folder / SUMS).read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise ModelFileError(f"{folder / SUMS} is damaged: it is no text") from error
    listed = {name: digest for digest, _, name in (line.partition("  ") for line in sums.splitlines())}
    present = {path.name for path in folder.iterdir()} - {SUMS}
    if present != set(listed) or CARD not in listed:
        raise ModelFileError(
            f"{folder} holds {sorted(present)}, {SUMS} lists {sorted(listed)}: restore the folder or train again"
        )
    texts = {}
    for name, digest in listed.items():
        content = (folder / name).read_bytes()
        if hashlib.sha256(content).hexdigest() != digest:
            raise ModelFileError(f"{folder / name} is damaged: its bytes are not what {SUMS} says; train again")
        texts[name] = content.decode()
    boosters = {
        name.removeprefix("model.").removesuffix(".txt"): lgb.Booster(model_str=text)
        for name, text in texts.items()
        if name != CARD
    }
    return StoredModel(_model_id(sums), boosters, json.loads(texts[CARD]))


def _model_id(sums: str) -> str:
    return hashlib.sha256(sums.encode()).hexdigest()[:16]
