"""What nanolift.toml may say of a server that files arrive on.

Belongs here: the vocabulary of [sources.server]. Does not: fetching (remote_files.py).
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

Option = str | int | float | bool | dict[str, str | int | float | bool]


class FileServer(BaseModel):
    """How a server of files (sftp://, s3://, gs://, abfs://) is entered, and when one of its files is whole.

    options: passed to fsspec's implementation (`endpoint_url`, `key_filename`, `anon`); no secrets.
    secrets: fsspec option → name of the environment variable that holds it (`password`, `key`, `secret`).
    known_hosts: OpenSSH's file of host keys, relative to the workspace; SFTP is entered with it only.
    settle_seconds: a file changed more recently is left for the next run: it may still be being written.
    checksum: NAME.sha256 or NAME.md5 lies beside each file and is written after it: a file without one is left for the
        next run, one that differs from it is refused.
    final_newline: a text file that does not end its last line was cut off, and is refused.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    options: dict[str, Option] = Field(default_factory=dict)
    secrets: dict[str, str] = Field(default_factory=dict)
    known_hosts: Path | None = None
    settle_seconds: int = Field(default=60, ge=0)
    checksum: Literal["none", "sha256", "md5"] = "none"
    final_newline: bool = False

    @model_validator(mode="after")
    def _no_secret_in_the_open(self) -> FileServer:
        if open_secrets := sorted({"password", "secret", "key", "token", "passphrase"} & set(self.options)):
            raise ValueError(f"{open_secrets}: name an environment variable in [sources.server.secrets] instead")
        return self
