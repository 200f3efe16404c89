"""A warm dbt for trials: the command `dbt` as a fork of a process that has imported it, instead of seconds of import.

Belongs here: the server that forks, the command that asks it. Does not: nights (reliability_nights.py). What dbt does,
and that it dies with its process group, is as in production; only its start is cheaper.
"""

from __future__ import annotations

import array
import json
import os
import resource
import select
import signal
import socket
import stat
import sys
import threading
from pathlib import Path

# Standard library alone, without site: starts in 20 ms. Its streams go to the worker, its death ends the worker.
_COMMAND = """#!{python} -IS
import array, json, os, resource, socket, sys
line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
line.connect({address!r})
limit = resource.getrlimit(resource.RLIMIT_DATA)
said = json.dumps([sys.argv[1:], os.getcwd(), dict(os.environ), os.getpgid(0), limit]).encode()
streams = array.array("i", [0, 1, 2])
line.sendmsg([len(said).to_bytes(4, "big")], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, streams)])
line.sendall(said)
answer = line.recv(1)
sys.exit(answer[0] if answer else 70)
"""


def serve(folder: Path) -> int:
    """Fork the server; it ends when this process does. The folder then holds `dbt`, and `python`, which is this one.

    Returns:
        The server's process id.
    """
    address = str(folder / "dbt.socket")
    listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listening.bind(address)
    listening.listen(16)
    interpreter = f'#!/bin/sh\nexec "{sys.executable}" "$@"\n'
    for name, text in (("dbt", _COMMAND.format(python=sys.executable, address=address)), ("python", interpreter)):
        command = folder / name
        command.write_text(text, encoding="utf-8")
        command.chmod(command.stat().st_mode | stat.S_IXUSR)
    alive, held = os.pipe()  # the server sees its end when the parent is gone
    server = os.fork()
    if server:
        os.close(alive)
        listening.close()
        return server
    os.close(held)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    while True:
        readable, _, _ = select.select([listening, alive], [], [])
        if alive in readable:
            os._exit(0)
        line, _ = listening.accept()
        if os.fork() == 0:
            listening.close()
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            _work(line)
        line.close()


def _work(line: socket.socket) -> None:
    """One dbt command, in the caller's process group, with its streams; never returns."""
    head, ancillary, _, _ = line.recvmsg(4, socket.CMSG_SPACE(12))
    streams = array.array("i")
    streams.frombytes(ancillary[0][2][:12])
    length, content = int.from_bytes(head, "big"), b""
    while len(content) < length:
        content += line.recv(1 << 16)
    arguments, folder, environment, group, limit = json.loads(content)
    try:
        os.setpgid(0, group)
    except OSError:  # the caller is dead already
        os._exit(1)
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
    sys.stdout = os.fdopen(1, "w", buffering=1, closefd=False)
    sys.stderr = os.fdopen(2, "w", buffering=1, closefd=False)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    resource.setrlimit(resource.RLIMIT_DATA, tuple(limit))

    def end_with_the_caller() -> None:
        line.recv(1)
        os._exit(1)

    threading.Thread(target=end_with_the_caller, daemon=True).start()
    from dbt.cli.main import dbtRunner

    done = dbtRunner().invoke(arguments)
    status = 0 if done.success else 2 if done.exception else 1
    if done.exception:
        sys.stderr.write(f"{done.exception}\n")
    sys.stdout.flush()
    sys.stderr.flush()
    line.sendall(bytes([status]))
    os._exit(status)
