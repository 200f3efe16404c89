"""Real servers of files on loopback: Debian's OpenSSH for SFTP, moto for S3.

Belongs here: starting and stopping them, and the one way a test puts a file there. Does not: what is fetched from them.
"""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

START_SECONDS = 30


@dataclass(frozen=True)
class SshServer:
    """An SFTP server: `root` is the folder it shows as /, `key` opens it, `known_hosts` holds its host key."""

    url: str
    root: Path
    key: Path
    known_hosts: Path


@dataclass(frozen=True)
class S3Server:
    """An S3 server and its client's view of one bucket."""

    endpoint: str
    bucket: str

    def system(self) -> Any:
        """An fsspec file system of it."""
        import s3fs

        return s3fs.S3FileSystem(
            key="reader", secret="hush", endpoint_url=self.endpoint, skip_instance_cache=True, use_listings_cache=False
        )


def missing() -> str | None:
    """The program that is not installed; None: all are there."""
    if shutil.which("sshd", path="/usr/sbin:/usr/bin:/sbin:/bin") is None:
        return "sshd is not there: install Debian's package openssh-server"
    return None


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _await(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        assert process.poll() is None, f"the server ended with {process.returncode}"
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        assert time.monotonic() < deadline, f"nothing listens on {port} after {START_SECONDS} s"
        time.sleep(0.1)


@contextmanager
def ssh_server(folder: Path) -> Iterator[SshServer]:
    """OpenSSH's sshd with internal-sftp only, entered by one key."""
    sshd = shutil.which("sshd", path="/usr/sbin:/usr/bin:/sbin:/bin")
    assert sshd is not None
    port = _free_port()
    for name in ("host", "client"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", folder / name], check=True)
    root = folder / "root"
    root.mkdir()
    (folder / "authorized_keys").write_bytes((folder / "client.pub").read_bytes())
    known_hosts = folder / "known_hosts"
    public = (folder / "host.pub").read_text(encoding="utf-8").split()
    known_hosts.write_text(f"[127.0.0.1]:{port} {public[0]} {public[1]}\n", encoding="utf-8")
    settings = folder / "sshd_config"
    settings.write_text(
        f"ListenAddress 127.0.0.1\nPort {port}\nHostKey {folder / 'host'}\nPidFile none\nUsePAM no\n"
        f"AuthorizedKeysFile {folder / 'authorized_keys'}\nStrictModes no\nPasswordAuthentication no\n"
        "PermitRootLogin prohibit-password\nSubsystem sftp internal-sftp\nForceCommand internal-sftp\n",
        encoding="utf-8",
    )
    Path("/run/sshd").mkdir(exist_ok=True)  # Debian's sshd separates privileges there
    user = subprocess.run(["id", "-un"], capture_output=True, text=True, check=True).stdout.strip()
    process = subprocess.Popen([sshd, "-D", "-e", "-f", settings], stderr=subprocess.DEVNULL)
    try:
        _await(port, process)
        yield SshServer(f"sftp://{user}@127.0.0.1:{port}{root}", root, folder / "client", known_hosts)
    finally:
        process.terminate()
        process.wait(timeout=30)


@contextmanager
def s3_server() -> Iterator[S3Server]:
    """moto's server with one bucket."""
    port = _free_port()
    moto = Path(sys.executable).with_name("moto_server")
    process = subprocess.Popen(
        [moto, "-H", "127.0.0.1", "-p", str(port)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        _await(port, process)
        server = S3Server(f"http://127.0.0.1:{port}", "tills")
        server.system().mkdir(server.bucket)
        yield server
    finally:
        process.terminate()
        process.wait(timeout=30)
