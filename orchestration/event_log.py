"""Dagster's SQLite event log with its connections kept open: a night writes over a thousand events, one by one.

Dagster's own storage makes an engine, a connection and a checkpoint of the write-ahead log for every event: a tenth of
a night, a quarter on a busy disk. Files, tables and locking stay Dagster's, so that its UI reads the same history.
Does not belong here: what an event says, what happens on it.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import dagster as dg
from dagster._core.instance.ref import InstanceRef
from dagster._core.storage.event_log import SqliteEventLogStorage
from sqlalchemy import Engine, create_engine, event

if TYPE_CHECKING:
    from sqlalchemy import Connection

BUSY_TIMEOUT_SECONDS = 60
# A shard a run, and each engine holds files open: the index and the runs last used stay.
ENGINES_KEPT = 8


def instance_of(home: Path) -> dg.DagsterInstance:
    """The Dagster instance that lives in `home`, for a process that runs a job itself."""
    here = {
        "module": KeptSqliteEventLogStorage.__module__,
        "class": KeptSqliteEventLogStorage.__name__,
        "config": {"base_dir": str(home / "history" / "runs")},
    }
    return dg.DagsterInstance.from_ref(InstanceRef.from_dir(str(home), overrides={"event_log_storage": here}))


class KeptSqliteEventLogStorage(SqliteEventLogStorage):
    """SqliteEventLogStorage that opens a shard once instead of once an event.

    In write-ahead mode a commit that is not synced survives the death of the process, and of the machine it can lose
    the last events, never the file: Dagster's history is a record for people, no state that a run relies on.
    """

    def __init__(self, base_dir: str, inst_data: Any = None) -> None:
        self._engines: OrderedDict[str, Engine] = OrderedDict()
        super().__init__(base_dir, inst_data)

    @classmethod
    def from_config_value(cls, inst_data: Any, config_value: Any) -> KeptSqliteEventLogStorage:
        return cls(inst_data=inst_data, **config_value)

    @contextmanager
    def _connect(self, shard: str) -> Iterator[Connection]:
        with self._db_lock:
            engine = self._engine(shard)
            with engine.connect() as connection, connection.begin():
                yield connection

    def _engine(self, shard: str) -> Engine:
        if shard in self._engines:
            self._engines.move_to_end(shard)
            return self._engines[shard]
        engine = create_engine(self.conn_string_for_shard(shard), connect_args={"timeout": BUSY_TIMEOUT_SECONDS})
        event.listen(engine, "connect", _sync_at_checkpoints)
        if shard not in self._initialized_dbs:
            self._initdb(engine)
            self._initialized_dbs.add(shard)
        self._engines[shard] = engine
        if len(self._engines) > ENGINES_KEPT:
            self._engines.popitem(last=False)[1].dispose()
        return engine

    def dispose(self) -> None:
        """Close every file."""
        super().dispose()
        while self._engines:
            self._engines.popitem()[1].dispose()


def _sync_at_checkpoints(connection: Any, _record: object) -> None:
    connection.execute("PRAGMA synchronous=NORMAL")
