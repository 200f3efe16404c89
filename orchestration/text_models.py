"""The models that read a workspace's texts: the shipped ones, and in their place those learned from its own labels.

Belongs here: which model reads which language. Does not: training (text_training.py, ml/text), reading texts
(connectors/signals.py).
"""

from __future__ import annotations

from ml.errors import ModelFileError
from ml.text.weights import TextModel, load, read
from orchestration.errors import IntegrityError
from orchestration.workspace import Workspace

SHIPPED_LANGUAGES = ("en",)


def text_models(workspace: Workspace) -> dict[str, TextModel]:
    """Models by language, the brand's own before the shipped.

    Raises:
        IntegrityError: a file of the brand's own model is missing, or its bytes are not what its card says.
    """
    models = {language: load(language) for language in SHIPPED_LANGUAGES}
    for folder in sorted(workspace.text_models.glob("[!.]*/")):
        try:
            models[folder.name] = read(folder.name, folder)
        except ModelFileError as error:
            raise IntegrityError(f"{error}; or remove {folder}, and the shipped model is used again") from error
    return models
