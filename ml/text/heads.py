"""Linear heads: weights over the feature blocks, what they answer, and how they are fitted.

Belongs here: fitting and scoring. Does not: which labels (train.py, sentiment.py, moments.py) or files (weights.py).
scikit-learn fits; what is kept are numpy arrays, so reading texts needs no scikit-learn.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse

from ml.errors import InputError, TooFewRowsError
from ml.text.features import DENSE_NAMES, LETTER_BITS, WORD_BITS, TextFeatures

FloatArray = npt.NDArray[np.float64]

# Buckets seen in fewer texts than this keep weight 0: they carry no evidence and would only fill the file.
LEAST_TEXTS = 3
# Each class needs this many texts, or its weights are noise.
LEAST_PER_CLASS = 20
_LETTER_SCALE = 0.7
_IDF_SCALE = 3.0
_DTYPE = np.float16


@dataclass(frozen=True)
class LinearHead:
    """Weights of k classes; `exclusive` heads answer with a softmax, others with a sigmoid a class.

    Attributes:
        classes: (k,) names.
        words: (2^WORD_BITS, k), letters: (2^LETTER_BITS, k) or (0, k) when unused, dense: (len(DENSE_NAMES), k).
        bias: (k,).
    """

    classes: tuple[str, ...]
    exclusive: bool
    words: npt.NDArray[np.float32]
    letters: npt.NDArray[np.float32]
    dense: FloatArray
    bias: FloatArray

    def probabilities(self, features: TextFeatures) -> FloatArray:
        """(n, k) in 0 to 1; rows of an exclusive head sum to 1."""
        scores = np.asarray(features.words @ self.words, dtype=np.float64) + features.dense @ self.dense + self.bias
        if len(self.letters):
            scores += features.occurrences @ np.asarray(features.letters @ self.letters, dtype=np.float64)
        if not self.exclusive:
            return np.asarray(1 / (1 + np.exp(-np.clip(scores, -50, 50))))
        scores -= scores.max(axis=1, keepdims=True)
        exponential = np.exp(scores)
        return np.asarray(exponential / exponential.sum(axis=1, keepdims=True))


def design(features: TextFeatures, letters: bool) -> sparse.csr_matrix:
    """(n, all buckets and dense columns) of the blocks side by side, for fitting."""
    blocks = [features.words, sparse.csr_matrix(features.dense)]
    if letters:
        blocks.insert(1, features.letter_block() * _LETTER_SCALE)
    return sparse.hstack(blocks).tocsr()


def fit_head(
    matrix: sparse.csr_matrix,
    labels: Sequence[str],
    weights: FloatArray | None = None,
    *,
    letters: bool,
    strength: float,
    inverse_frequency: bool = True,
    iterations: int = 60,
) -> LinearHead:
    """Fit an exclusive head, or a yes/no head where the labels are "yes" and "no".

    Args:
        matrix: of `design` with the same `letters`.
        labels: (n,) class names.
        weights: (n,) importance of the texts; None: classes balanced.
        strength: inverse regularisation (scikit-learn's C).
        inverse_frequency: scale buckets by the log of inverse document frequency; folded into the weights.

    Raises:
        TooFewRowsError: fewer than LEAST_PER_CLASS texts of a class, or one class only.
    """
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import LogisticRegression

    y = np.asarray(labels)
    names, counts = np.unique(y, return_counts=True)
    if len(names) < 2 or counts.min() < LEAST_PER_CLASS:
        raise TooFewRowsError(
            f"labels {dict(zip(names.tolist(), counts.tolist(), strict=True))}: at least two classes with "
            f"{LEAST_PER_CLASS} texts each are needed; label more texts or merge classes"
        )
    if matrix.shape[0] != len(y):
        raise InputError(f"{matrix.shape[0]} texts but {len(y)} labels")
    hashed = matrix.shape[1] - len(DENSE_NAMES)
    seen = np.bincount(matrix.indices, minlength=matrix.shape[1])
    kept = np.flatnonzero((seen >= LEAST_TEXTS) | (np.arange(matrix.shape[1]) >= hashed))
    scale = np.ones(len(kept))
    if inverse_frequency:
        is_hashed = kept < hashed
        scale[is_hashed] = np.log(matrix.shape[0] / seen[kept[is_hashed]]) / _IDF_SCALE
    compact = (matrix[:, kept] @ sparse.diags(scale)).tocsr()
    model = LogisticRegression(
        C=strength, max_iter=iterations, tol=1e-3, class_weight="balanced" if weights is None else None
    )
    with warnings.catch_warnings():
        # Stopping after `iterations` is part of the regularisation: the settings were validated with it.
        warnings.simplefilter("ignore", ConvergenceWarning)
        model.fit(compact, y, sample_weight=weights)
    coefficients = model.coef_ if len(names) > 2 else np.vstack([-model.coef_[0], model.coef_[0]]) / 2
    intercept = model.intercept_ if len(names) > 2 else np.array([-model.intercept_[0], model.intercept_[0]]) / 2
    full = np.zeros((matrix.shape[1], len(names)))
    full[kept] = (coefficients * scale).T
    return _head(tuple(names.tolist()), full, np.asarray(intercept, dtype=np.float64), letters)


def _head(classes: tuple[str, ...], full: FloatArray, bias: FloatArray, letters: bool) -> LinearHead:
    """Weights cut into blocks, rounded to what is shipped so that scores before and after saving are the same."""
    edge = 1 << WORD_BITS
    end = edge + (1 << LETTER_BITS if letters else 0)
    rounded = full.astype(_DTYPE)
    return LinearHead(
        classes=classes,
        exclusive=True,
        words=rounded[:edge].astype(np.float32),
        letters=(full[edge:end] * _LETTER_SCALE).astype(_DTYPE).astype(np.float32),
        dense=rounded[end:].astype(np.float64),
        bias=bias.astype(_DTYPE).astype(np.float64),
    )


def stacked(heads: dict[str, LinearHead]) -> LinearHead:
    """Yes/no heads side by side as one head with a sigmoid a class."""
    yes = [head.classes.index("yes") for head in heads.values()]
    no = [head.classes.index("no") for head in heads.values()]

    def gap(block: str) -> npt.NDArray[np.float64]:
        columns = [
            getattr(head, block)[..., y] - getattr(head, block)[..., n]
            for head, y, n in zip(heads.values(), yes, no, strict=True)
        ]
        return np.stack(columns, axis=-1)

    return LinearHead(
        classes=tuple(heads),
        exclusive=False,
        words=gap("words").astype(_DTYPE).astype(np.float32),
        letters=gap("letters").astype(_DTYPE).astype(np.float32),
        dense=gap("dense").astype(_DTYPE).astype(np.float64),
        bias=gap("bias").astype(_DTYPE).astype(np.float64),
    )


def joined(heads: Sequence[LinearHead]) -> LinearHead:
    """Heads with a sigmoid a class as one; of a class that several have, the last one's weights are taken."""
    owner = {name: (head, column) for head in heads for column, name in enumerate(head.classes)}
    blocks: dict[str, npt.NDArray[Any]] = {}
    for block in ("words", "letters", "dense", "bias"):
        rows = max(getattr(head, block).shape[0] for head in heads) if block != "bias" else 0
        columns = []
        for head, column in owner.values():
            weights = getattr(head, block)[..., column]
            columns.append(weights if block == "bias" or len(weights) else np.zeros(rows, dtype=weights.dtype))
        blocks[block] = np.stack(columns, axis=-1)
    return LinearHead(classes=tuple(owner), exclusive=False, **blocks)
