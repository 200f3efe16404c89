"""S3 and SFTP servers as targets, entered as sources are (connectors/remote_files.py).

Belongs here: how a file gets there and is given its name. Does not: the order of steps (tree.py).

S3 has no rename and needs none: delivery.json is put last, each put is whole or not there. SFTP writes under .incoming
and renames as POSIX does (posix-rename@openssh.com), which fsspec does not offer: its paramiko client does.
"""

from __future__ import annotations

import io
import stat
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from orchestration.connectors.base import SourceUnavailableError
from orchestration.connectors.files_spec import FileServer
from orchestration.connectors.remote_files import is_of_its_library, open_server
from orchestration.errors import SourceError
from orchestration.exports.delivery.errors import DeliveryError, DeliveryUnavailableError
from orchestration.exports.delivery.package import Item, Package
from orchestration.exports.delivery.spec import Delivery
from orchestration.exports.delivery.target import Arrived, Step
from orchestration.exports.delivery.tree import Store, deliver_tree

# A link slower than this is taken for a silence: ten seconds a megabyte are allowed beside the time of an answer.
SLOWEST_BYTES_A_SECOND = 100_000


@dataclass(frozen=True)
class Server:
    """A server of files, entered anew for every attempt."""

    spec: Delivery
    workspace_root: Path

    def deliver(self, package: Package, step: Step) -> Arrived:
        """See Target.deliver."""
        step("enter")
        store, leave = self._entered()
        try:
            return deliver_tree(store, package, step)
        except (PermissionError, FileNotFoundError) as error:
            raise DeliveryError(
                f"{self.spec.shown} refuses ({type(error).__name__}): look whether the place exists and may be written"
            ) from error
        except (OSError, EOFError) as error:
            raise DeliveryUnavailableError(f"{self.spec.shown} broke off ({type(error).__name__})") from error
        except Exception as error:
            if is_of_its_library(error):
                raise DeliveryUnavailableError(f"{self.spec.shown} broke off ({type(error).__name__})") from error
            raise
        finally:
            leave()

    def _entered(self) -> tuple[Store, Callable[[], None]]:
        path = self.spec.path or ""
        try:
            system = open_server(path, timed(self.spec), self.workspace_root)
        except SourceUnavailableError as error:
            if type(error.__cause__).__name__ == "AuthenticationException":
                # Not tried again: a server may lock an account that fails too often.
                raise DeliveryError(f"{self.spec.shown} does not let us in: look at user and key") from error
            raise DeliveryUnavailableError(str(error)) from error
        except SourceError as error:
            raise DeliveryError(str(error)) from error
        if self.spec.kind == "s3":
            system.retries = 1
            return S3Store(
                system, path.removeprefix("s3://").rstrip("/"), self.spec.shown, self.spec.timeout_seconds
            ), lambda: None
        system.ftp.get_channel().settimeout(self.spec.timeout_seconds)
        return SftpStore(system.ftp, urlsplit(path).path.rstrip("/"), self.spec.shown), system.client.close


def timed(spec: Delivery) -> FileServer:
    """The server's table with the time one answer may take, in the words of its library; what the table says holds."""
    server = spec.server or FileServer()
    seconds = spec.timeout_seconds
    options: dict[str, Any] = {"timeout": seconds, "banner_timeout": seconds, "auth_timeout": seconds}
    if spec.kind == "s3":
        # Our own patience tries again, in sight of the record; the library's would stretch one silence to 25.
        limits = {"connect_timeout": seconds, "read_timeout": seconds, "retries": {"max_attempts": 0}}
        options = {"use_listings_cache": False, "config_kwargs": limits}
    return server.model_copy(update={"options": options | server.options})


@dataclass(frozen=True)
class S3Store:
    """A prefix of a bucket; `system` is s3fs.

    Every call is cancelled after its time: the library's own read_timeout does not count while a server that stopped
    reading holds up an upload.
    """

    system: Any
    root: str
    shown: str
    seconds: float
    renames: bool = False

    def read(self, path: str) -> bytes | None:
        try:
            return bytes(self.system.cat_file(f"{self.root}/{path}", timeout=self._time(0)))
        except FileNotFoundError:
            return None

    def sizes(self, folder: str) -> dict[str, int]:
        self.system.invalidate_cache()
        found = self.system.find(f"{self.root}/{folder}", detail=True, timeout=self._time(0))
        start = len(f"{self.root}/{folder}/")
        return {name[start:]: int(info["size"]) for name, info in found.items() if info["type"] == "file"}

    def clear(self, folder: str) -> None:
        """Nothing: what a stopped delivery put there has the names that are put again."""

    def put(self, path: str, item: Item) -> None:
        if item.path is not None:
            self.system.put_file(str(item.path), f"{self.root}/{path}", timeout=self._time(item.size))
        else:
            self.system.pipe_file(f"{self.root}/{path}", item.read(), timeout=self._time(item.size))

    def settle(self, staged: str, final: str) -> None:
        raise NotImplementedError("S3 has no rename")

    def replace(self, path: str, content: bytes) -> None:
        self.system.pipe_file(f"{self.root}/{path}", content, timeout=self._time(len(content)))

    def _time(self, size: int) -> float:
        return self.seconds + size / SLOWEST_BYTES_A_SECOND


@dataclass(frozen=True)
class SftpStore:
    """A folder of an SFTP server; `ftp` is paramiko's client."""

    ftp: Any
    root: str
    shown: str
    renames: bool = True

    def read(self, path: str) -> bytes | None:
        try:
            with self.ftp.open(f"{self.root}/{path}", "rb") as file:
                return bytes(file.read())
        except FileNotFoundError:
            return None

    def sizes(self, folder: str) -> dict[str, int]:
        found = self._below(f"{self.root}/{folder}")
        start = len(f"{self.root}/{folder}/")
        return {path[start:]: size for path, size in found.items() if size is not None}

    def clear(self, folder: str) -> None:
        top = f"{self.root}/{folder}"
        for path, size in reversed(self._below(top).items()):
            if size is None:
                self.ftp.rmdir(path)
            else:
                self.ftp.remove(path)

    def put(self, path: str, item: Item) -> None:
        self._make_folders(path.rpartition("/")[0])
        if item.path is not None:
            self.ftp.put(str(item.path), f"{self.root}/{path}")
        else:
            self.ftp.putfo(io.BytesIO(item.read()), f"{self.root}/{path}", item.size)

    def settle(self, staged: str, final: str) -> None:
        self._make_folders(final.rpartition("/")[0])
        self.ftp.posix_rename(f"{self.root}/{staged}", f"{self.root}/{final}")

    def replace(self, path: str, content: bytes) -> None:
        temporary = f"{self.root}/.{path}.tmp"
        self.ftp.putfo(io.BytesIO(content), temporary, len(content))
        self.ftp.posix_rename(temporary, f"{self.root}/{path}")

    def _below(self, top: str) -> dict[str, int | None]:
        """Every path below a folder, parents first, and the folder itself; size None: a folder."""
        try:
            entries = self.ftp.listdir_attr(top)
        except FileNotFoundError:
            return {}
        found: dict[str, int | None] = {top: None}
        for entry in sorted(entries, key=lambda each: str(each.filename)):
            path = f"{top}/{entry.filename}"
            if stat.S_ISDIR(entry.st_mode):
                found |= self._below(path)
            else:
                found[path] = int(entry.st_size)
        return found

    def _make_folders(self, folder: str) -> None:
        """Folders below the root; the root itself must be there."""
        path = self.root
        for part in folder.split("/"):
            path = f"{path}/{part}"
            try:
                self.ftp.stat(path)
            except FileNotFoundError:
                self.ftp.mkdir(path)
