"""The process that serves Dagster's UI behind the door: on loopback, or on a socket file for a proxy.

Started by orchestration/ui.py with DAGSTER_HOME in its environment; `python -m orchestration.web.server --help`.

Belongs here: Dagster's application, the listening socket, uvicorn. Does not: what may pass (guard.py).
"""

from __future__ import annotations

import argparse
import signal
import socket
import stat
import sys
from contextlib import suppress
from pathlib import Path
from types import FrameType

import uvicorn
from dagster import DagsterInstance, __version__
from dagster._core.workspace.context import WorkspaceProcessContext
from dagster._core.workspace.load_target import ModuleTarget, WorkspaceLoadTarget
from dagster_webserver.app import create_app_from_workspace_process_context

from orchestration.web.door import Door
from orchestration.web.guard import LARGEST_BODY, Place

LOOPBACK = "127.0.0.1"
# The proxy's group may connect; the folder of the socket says who that is.
SOCKET_MODE = 0o660


def listening_on_loopback(port: int) -> socket.socket:
    """A bound socket on 127.0.0.1, the only address there is.

    Raises:
        OSError: the port is taken.
    """
    bound = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    bound.bind((LOOPBACK, port))
    return bound


def listening_on_file(path: Path) -> socket.socket:
    """A bound socket file with mode 0660; what an earlier process left of it is replaced.

    Raises:
        OSError: something else than a socket is there, or the folder may not be written.
    """
    with suppress(FileNotFoundError):
        if not stat.S_ISSOCK(path.lstat().st_mode):
            raise FileExistsError(f"{path} is no socket: choose another path")
        path.unlink()
    bound = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    bound.bind(str(path))
    path.chmod(SOCKET_MODE)
    return bound


def serve(
    bound: socket.socket,
    place: Place,
    *,
    read_only: bool,
    instance: DagsterInstance,
    target: WorkspaceLoadTarget,
) -> None:
    """Serve until the process is told to end."""
    with WorkspaceProcessContext(instance, target, version=__version__, read_only=read_only) as context:
        door = Door(create_app_from_workspace_process_context(context), place, read_only=read_only)
        # No header of a proxy is believed: whom the request is for is said by Host alone.
        configuration = uvicorn.Config(
            door, log_level="warning", proxy_headers=False, server_header=False, ws_max_size=LARGEST_BODY
        )
        uvicorn.Server(configuration).run(sockets=[bound])


def _end(_signal: int, _frame: FrameType | None) -> None:
    sys.exit(0)


def main() -> None:
    """Entry point of the process."""
    # uvicorn ends its own business and raises the signal again: an exit by exception also ends Dagster's processes.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _end)
    parser = argparse.ArgumentParser(description=__doc__)
    where = parser.add_mutually_exclusive_group(required=True)
    where.add_argument("--port", type=int)
    where.add_argument("--socket", type=Path)
    parser.add_argument("--origin", help="with --socket: https://HOST, as people type it")
    parser.add_argument("--module", required=True)
    parser.add_argument("--read-only", action="store_true")
    asked = parser.parse_args()
    try:
        if asked.socket:
            place, bound = Place.public(asked.origin or ""), listening_on_file(asked.socket)
        else:
            place, bound = Place.loopback(asked.port), listening_on_loopback(asked.port)
    except (OSError, ValueError) as error:
        where_to = asked.socket or f"{LOOPBACK}:{asked.port}"
        sys.exit(f"nanolift: the UI cannot be served on {where_to}: {error}")
    with DagsterInstance.get() as instance:
        # As the daemon names it: schedules that are switched in the UI are the ones the daemon ticks.
        target = ModuleTarget(asked.module, attribute=None, working_directory=str(Path.cwd()), location_name=None)
        serve(bound, place, read_only=asked.read_only, instance=instance, target=target)


if __name__ == "__main__":
    main()
