"""`nanolift ui`: Dagster's webserver and daemon for one workspace, on loopback only.

Dagster's UI has no login, so it is never bound to another address (docs/security.md).
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from types import FrameType

from orchestration.dbt import prepared_manifest
from orchestration.initialise import prepare_dagster_home
from orchestration.settings import WORKSPACE_VARIABLE, load_settings
from orchestration.workspace import Workspace

LOOPBACK = "127.0.0.1"
MODULE = "orchestration.definitions"


def serve(directory: Path, port: int, *, read_only: bool) -> int:
    """Serve until interrupted; the daemon (which starts scheduled runs) comes along unless `read_only`.

    Returns:
        The webserver's exit status.
    """
    workspace = Workspace.at(directory)
    load_settings(workspace.configuration)
    prepared_manifest()
    home = prepare_dagster_home(workspace)
    environment = os.environ | {"DAGSTER_HOME": str(home), WORKSPACE_VARIABLE: str(workspace.root)}
    programs = Path(sys.executable).parent
    # Two processes on an empty home would both create its tables.
    subprocess.run([str(programs / "dagster"), "instance", "migrate"], env=environment, check=True, capture_output=True)
    web = [str(programs / "dagster-webserver"), "-m", MODULE, "-h", LOOPBACK, "-p", str(port)]
    commands = [[*web, "--read-only"]] if read_only else [web, [str(programs / "dagster-daemon"), "run", "-m", MODULE]]
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
