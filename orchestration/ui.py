"""`nanolift ui` and `nanolift daemon`: Dagster's web server and daemon for one workspace.

The UI has no login: it is bound to loopback, or to a socket file that a proxy with a login reads, and to nothing else;
orchestration/web says who may ask it what (docs/security.md).
"""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from orchestration.dbt import prepared_manifest
from orchestration.environment import WORKSPACE_VARIABLE
from orchestration.errors import ConfigurationError
from orchestration.initialise import prepare_dagster_home
from orchestration.settings import load_settings
from orchestration.workspace import Workspace

MODULE = "orchestration.definitions"
SERVER = "orchestration.web.server"


@dataclass(frozen=True)
class Served:
    """How the UI is to be reached.

    Args:
        port: on 127.0.0.1, where no socket is given.
        socket: a file for a proxy on this machine; then `origin` is what people type, https://HOST[:PORT].
        read_only: for viewers: nothing can be started or changed.
        daemon: the daemon, which starts scheduled runs, comes along; never for viewers.
    """

    port: int = 3000
    socket: Path | None = None
    origin: str | None = None
    read_only: bool = False
    daemon: bool = True

    def arguments(self) -> list[str]:
        """Of the server's process.

        Raises:
            ConfigurationError: socket and origin are given one without the other.
        """
        if (self.socket is None) != (self.origin is None):
            raise ConfigurationError("--socket and --origin go together: a proxy's socket, and the https:// it serves")
        if self.socket is None:
            where = ["--port", str(self.port)]
        else:
            where = ["--socket", str(self.socket.absolute()), "--origin", str(self.origin)]
        return [*where, "--module", MODULE, *(["--read-only"] if self.read_only else [])]


def serve(directory: Path, served: Served) -> int:
    """Serve the UI until interrupted.

    Returns:
        The web server's exit status.
    """
    web = [sys.executable, "-m", SERVER, *served.arguments()]
    environment = _prepared(directory)
    along = [_daemon()] if served.daemon and not served.read_only else []
    return _run([web, *along], environment)


def run_daemon(directory: Path) -> int:
    """Start scheduled runs until interrupted, without the UI; its exit status."""
    return _run([_daemon()], _prepared(directory))


def _daemon() -> list[str]:
    return [str(Path(sys.executable).with_name("dagster-daemon")), "run", "-m", MODULE]


def _prepared(directory: Path) -> dict[str, str]:
    """The environment of Dagster's processes for a workspace whose configuration holds and whose home is there."""
    workspace = Workspace.at(directory)
    load_settings(workspace.configuration)
    prepared_manifest()
    home = prepare_dagster_home(workspace)
    environment = os.environ | {"DAGSTER_HOME": str(home), WORKSPACE_VARIABLE: str(workspace.root)}
    # Two processes on an empty home would both create its tables.
    with (home / ".migrate.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        migrate = [str(Path(sys.executable).with_name("dagster")), "instance", "migrate"]
        subprocess.run(migrate, env=environment, check=True, capture_output=True)
    return environment


def _run(commands: Sequence[Sequence[str]], environment: Mapping[str, str]) -> int:
    """Run until the first of them ends, then end the others; the first one's exit status."""
    processes = [subprocess.Popen(command, env=environment) for command in commands]

    def stop(_signal: int, _frame: FrameType | None) -> None:
        for process in processes:
            process.terminate()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    try:
        return processes[0].wait()
    finally:
        for process in processes:
            process.terminate()
            process.wait()
