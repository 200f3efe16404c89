"""Files of other machines, brought here: each once, whole, and as its sender wrote it.

Belongs here: listing, telling a new file from one that was landed, fetching, checking. Does not: local files and hashes
(files.py), what a server's table may say (files_spec.py).

A file is known by its place and its stamp (size with ETag or time of change): while both are those of a landed file, it
is not fetched again. It is fetched under a temporary name, and counts only when its size is the listed one, the listing
still holds afterwards, and its checksum, where there is one, agrees.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from orchestration.connectors.base import SourceUnavailableError
from orchestration.connectors.files import SourceFile, source_file
from orchestration.connectors.files_spec import FileServer
from orchestration.environment import secret
from orchestration.errors import SourceError

logger = logging.getLogger(__name__)

SFTP = ("sftp", "ssh")
CHECKSUM_LINE = 4_096


@dataclass(frozen=True)
class Listed:
    """A file as its server lists it. shown: the URL a reader recognises; stamp: changes when the file does."""

    path: str
    shown: str
    size: int
    stamp: str
    changed_at: datetime | None


def remote_files(
    url: str,
    kind: str,
    server: FileServer,
    landed: Mapping[str, Mapping[str, Any]],
    folder: Path,
    workspace_root: Path,
    now: datetime,
    at_most: int | None = None,
) -> list[SourceFile]:
    """The whole files behind a URL, sorted by path; those that were landed before without being fetched.

    Args:
        url: protocol://host/path, may hold * patterns; no password.
        kind: csv, jsonl or parquet.
        server: how it is entered.
        landed: shown → source_files record of the last load of that place under the present mapping.
        folder: private folder for the fetched files.
        workspace_root: what server.known_hosts is relative to.
        now: naive UTC, for settle_seconds.
        at_most: so many files, the last ones; None: all.

    Raises:
        SourceUnavailableError: the server does not answer, refuses us, or has no such file.
        SourceError: a file is not what its checksum says, or its last line was cut off.
    """
    system = open_server(url, server, workspace_root)
    try:
        listed = _listed(system, url)[-at_most if at_most else 0 :]
        files = []
        for number, each in enumerate(listed):
            before = landed.get(each.shown)
            if before is not None and before.get("stamp") == each.stamp:
                files.append(_landed_before(each, kind, before))
                continue
            if _is_whole(system, each, server, now):
                # The sender's name may be longer than a name here, or none that this system takes.
                local = folder / f"{number:05d}_{hashlib.sha256(each.shown.encode()).hexdigest()[:16]}"
                files.append(_fetched(system, each, kind, server, local))
    except (OSError, EOFError) as error:
        raise SourceUnavailableError(f"{_shown(url)} cannot be read ({type(error).__name__})") from error
    except Exception as error:
        if is_of_its_library(error):
            raise SourceUnavailableError(f"{_shown(url)} cannot be read ({type(error).__name__})") from error
        raise
    if not listed:
        raise SourceUnavailableError(f"no file at {_shown(url)}")
    return files


def open_server(url: str, server: FileServer, workspace_root: Path) -> Any:
    """The fsspec file system behind a URL, entered; deliveries enter their servers by it too.

    Raises:
        SourceUnavailableError: it does not answer, or does not let us in.
        SourceError: a password in the URL, no known_hosts for SFTP, or no package for the protocol.
    """
    import fsspec  # only remote sources pay for its import

    parts = urlsplit(url)
    if parts.password is not None:
        raise SourceError(f"{_shown(url)}: no password in a path; name its variable among the server's secrets")
    options: dict[str, Any] = dict(server.options)
    options |= {name: secret(variable).get_secret_value() for name, variable in server.secrets.items()}
    if parts.scheme in SFTP:
        options |= {"host_key_policy": _known_hosts(url, server, workspace_root), "look_for_keys": False}
        options |= {"host": parts.hostname, "port": parts.port or 22, "allow_agent": False}
        options.setdefault("timeout", 30)
        options |= {"username": parts.username} if parts.username else {}
        if "key_filename" in options:
            options["key_filename"] = str(workspace_root / str(options["key_filename"]))
    try:
        return fsspec.filesystem(parts.scheme, skip_instance_cache=True, **options)
    except ImportError as error:
        raise SourceError(f"{_shown(url)}: install the package that reads {parts.scheme}:// ({error})") from error
    except (OSError, EOFError, ValueError) as error:
        raise SourceUnavailableError(f"{_shown(url)} cannot be entered ({type(error).__name__})") from error
    except Exception as error:
        if is_of_its_library(error):
            raise SourceUnavailableError(f"{_shown(url)} cannot be entered ({type(error).__name__})") from error
        raise


def is_of_its_library(error: Exception) -> bool:
    """True for what paramiko and botocore raise: their errors share no base with OSError."""
    return type(error).__module__.split(".")[0] in ("paramiko", "botocore", "aiobotocore", "aiohttp", "s3fs")


def _known_hosts(url: str, server: FileServer, workspace_root: Path) -> Any:
    """paramiko's policy that accepts the keys of a known_hosts file, and no other."""
    import paramiko

    if server.known_hosts is None:
        raise SourceError(
            f"{_shown(url)}: set known_hosts of its server to a file made with "
            "`ssh-keyscan -p PORT HOST`, its fingerprints compared with those the server's owner gave you"
        )
    path = workspace_root / server.known_hosts
    if not path.is_file():
        raise SourceError(f"{path} does not exist: known_hosts of its server must name a file")
    keys = paramiko.HostKeys(str(path))

    def judge(_policy: Any, _client: Any, hostname: str, key: Any) -> None:
        if not keys.check(hostname, key):
            raise paramiko.SSHException(f"{hostname} shows a key that {path} does not hold")

    return type("KnownHosts", (paramiko.MissingHostKeyPolicy,), {"missing_host_key": judge})()


def _listed(system: Any, url: str) -> list[Listed]:
    parts = urlsplit(url)
    protocol = parts.scheme
    path = url if protocol not in SFTP else parts.path
    found = system.glob(path, detail=True) if "*" in path else {path: system.info(path)}
    files = []
    for name, info in sorted(found.items()):
        if info.get("type") == "file" and not name.endswith((".sha256", ".md5")):
            shown = f"{protocol}://{parts.netloc}{name}" if protocol in SFTP else system.unstrip_protocol(name)
            at = _changed_at(info)
            stamp = f"{info['size']} {info.get('ETag') or at}"
            files.append(Listed(name, shown, int(info["size"]), stamp, at))
    return files


def _changed_at(info: Mapping[str, Any]) -> datetime | None:
    """When a file was last changed, naive UTC, under the names that servers give it; None: not told."""
    told = next((info[key] for key in ("LastModified", "mtime", "modified", "created") if key in info), None)
    if isinstance(told, int | float):
        told = datetime.fromtimestamp(told, UTC)
    return told.astimezone(UTC).replace(tzinfo=None) if isinstance(told, datetime) else None


def _landed_before(listed: Listed, kind: str, before: Mapping[str, Any]) -> SourceFile:
    """A file that need not be fetched: its bytes are those of a load."""
    return SourceFile(listed.shown, Path(), kind, str(before["sha256"]), int(before["bytes"]), stamp=listed.stamp)


def _is_whole(system: Any, listed: Listed, server: FileServer, now: datetime) -> bool:
    """False for a file that is left for the next run, which is said."""
    if listed.changed_at is not None and now - listed.changed_at < timedelta(seconds=server.settle_seconds):
        logger.warning("%s was changed less than %d s ago: left for the next run", listed.shown, server.settle_seconds)
        return False
    if server.checksum != "none" and not system.exists(f"{listed.path}.{server.checksum}"):
        logger.warning("%s has no %s file beside it yet: left for the next run", listed.shown, server.checksum)
        return False
    return True


def _fetched(system: Any, listed: Listed, kind: str, server: FileServer, local: Path) -> SourceFile:
    partial = local.with_name(f"{local.name}.part")
    system.get_file(listed.path, str(partial))
    system.invalidate_cache()
    if partial.stat().st_size != listed.size or int(system.info(listed.path)["size"]) != listed.size:
        raise SourceUnavailableError(f"{listed.shown} changed while it was fetched: it is left for the next run")
    if server.checksum != "none":
        told = system.cat_file(f"{listed.path}.{server.checksum}", end=CHECKSUM_LINE).split()
        with partial.open("rb") as stream:
            digest = hashlib.file_digest(stream, server.checksum).hexdigest()
        if not told or told[0].decode("ascii", "replace").lower() != digest:
            raise SourceError(f"{listed.shown} is not what its {server.checksum} file says: send it again")
    if server.final_newline and kind in ("csv", "jsonl") and listed.size and not _ends_its_line(partial):
        raise SourceError(f"{listed.shown} ends inside a line: its upload was cut off, send it again")
    partial.rename(local)
    logger.info("fetched %s", listed.shown)
    return replace(source_file(listed.shown, local, kind), stamp=listed.stamp)


def _ends_its_line(path: Path) -> bool:
    with path.open("rb") as stream:
        if stream.read(2) == b"\x1f\x8b":
            return True  # gzip carries its own end
        stream.seek(-1, 2)
        return stream.read(1) == b"\n"


def _shown(url: str) -> str:
    parts = urlsplit(url)
    return url.replace(f":{parts.password}@", "@") if parts.password else url
