"""A language's trained model as files: numpy arrays, and a card that says what they are and what their hash must be.

Belongs here: saving, loading, checking. Does not: fitting (train.py). No pickle: arrays only (allow_pickle=False), and
bytes that differ from the card's sha256 are refused before they are parsed.
"""

from __future__ import annotations

import functools
import hashlib
import io
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ml.errors import ModelFileError
from ml.text.heads import LinearHead

SHIPPED = Path(__file__).parent / "weights"
_BLOCKS = ("words", "letters", "dense", "bias")
_FORMAT = "nanolift text model 1"


@dataclass(frozen=True)
class TextModel:
    """All that is learned about one language.

    Attributes:
        language: ISO 639 code of the texts it may judge.
        lexicon: valence of words, emoticons and emoji, -4 to 4.
        sentiment: exclusive head over negative, neutral, positive.
        moments: sigmoid head over some moments; the others go by rules.
        thresholds: probability from which a learned moment counts, by moment.
        card: where it comes from and how it scored.
    """

    language: str
    lexicon: dict[str, float]
    sentiment: LinearHead
    moments: LinearHead | None
    thresholds: dict[str, float]
    card: dict[str, Any]

    @property
    def model_id(self) -> str:
        """Language and the first 12 hex digits of the arrays' hash."""
        return f"{self.language}-{self.card['sha256'][:12]}"


def save(folder: Path, model: TextModel) -> TextModel:
    """Write <language>.npz and <language>.card.json; returns the model with its completed card.

    The same model gives the same bytes: arrays in a fixed order, no time stamps.
    """
    arrays: dict[str, npt.NDArray[Any]] = {
        "lexicon_words": np.frombuffer("\n".join(model.lexicon).encode(), dtype=np.uint8),
        "lexicon_valence": np.array(list(model.lexicon.values()), dtype=np.float32),
    }
    heads = {"sentiment": model.sentiment, **({"moments": model.moments} if model.moments else {})}
    for name, head in heads.items():
        for block in _BLOCKS:
            arrays[f"{name}_{block}"] = getattr(head, block).astype(np.float16)
    buffer = io.BytesIO()
    np.savez_compressed(buffer, allow_pickle=False, **arrays)
    card = {
        **model.card,
        "format": _FORMAT,
        "language": model.language,
        "bytes": len(buffer.getvalue()),
        "sha256": hashlib.sha256(buffer.getvalue()).hexdigest(),
        "heads": {name: {"classes": list(h.classes), "exclusive": h.exclusive} for name, h in heads.items()},
        "thresholds": model.thresholds,
    }
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{model.language}.npz").write_bytes(buffer.getvalue())
    text = json.dumps(card, indent=2, ensure_ascii=False, sort_keys=True)
    (folder / f"{model.language}.card.json").write_text(text + "\n", encoding="utf-8")
    return TextModel(model.language, model.lexicon, model.sentiment, model.moments, model.thresholds, card)


@functools.lru_cache(maxsize=8)
def load(language: str = "en") -> TextModel:
    """The shipped model of a language, read once.

    Raises:
        ModelFileError: as `read`.
    """
    return read(language, SHIPPED)


def read(language: str, folder: Path) -> TextModel:
    """Read a model, its bytes checked against its card.

    Raises:
        ModelFileError: a file is missing, of another format, or its bytes are not what the card says.
    """
    card_file, array_file = folder / f"{language}.card.json", folder / f"{language}.npz"
    for file in (card_file, array_file):
        if not file.is_file():
            raise ModelFileError(f"{file.name} is missing in {folder}: train it with ml/text/train.py")
    try:
        card = json.loads(card_file.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ModelFileError(f"{card_file} is not JSON: {error}") from error
    if card.get("format") != _FORMAT:
        raise ModelFileError(f"{card_file} has format {card.get('format')!r}, this version reads {_FORMAT!r}")
    data = array_file.read_bytes()
    if hashlib.sha256(data).hexdigest() != card["sha256"]:
        raise ModelFileError(f"{array_file} is not what its card says (sha256 differs): restore it or train it again")
    with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
        words = arrays["lexicon_words"].tobytes().decode().split("\n") if len(arrays["lexicon_valence"]) else []
        lexicon = dict(zip(words, arrays["lexicon_valence"].astype(np.float64).tolist(), strict=True))
        heads = {name: _head(name, about, arrays) for name, about in card["heads"].items()}
    return TextModel(language, lexicon, heads["sentiment"], heads.get("moments"), card["thresholds"], card)


def _head(name: str, about: dict[str, Any], arrays: Any) -> LinearHead:
    return LinearHead(
        classes=tuple(about["classes"]),
        exclusive=bool(about["exclusive"]),
        words=arrays[f"{name}_words"].astype(np.float32),
        letters=arrays[f"{name}_letters"].astype(np.float32),
        dense=arrays[f"{name}_dense"].astype(np.float64),
        bias=arrays[f"{name}_bias"].astype(np.float64),
    )
