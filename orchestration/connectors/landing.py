"""Lands a source: finds its files, parses the new ones in the parser process, makes a load of each.

Belongs here: which files are new, what happens when a source is down. Does not: how a source is read (extract.py), one
file's way into a load (landing_file.py), the loads on disk (loads.py).
"""

from __future__ import annotations

import logging
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path

from pydantic import SecretStr

from orchestration.connectors.base import SourceUnavailableError
from orchestration.connectors.extract import Extraction, Place, Work, extract, past_of
from orchestration.connectors.files import SourceFile
from orchestration.connectors.landing_drift import before
from orchestration.connectors.landing_file import LandingContext, land_file
from orchestration.connectors.loads import PARSING, Load, LoadResult, active_loads, from_iso, read_loads, sweep
from orchestration.connectors.mapping import mapping_version
from orchestration.connectors.mapping_spec import StreamMapping
from orchestration.connectors.parse_run import arrived, start_parsing, unparsed
from orchestration.connectors.pseudonyms import KEY_VERSION, Pseudonymiser
from orchestration.connectors.vault import Vault
from orchestration.privacy.suppression import Suppression
from orchestration.settings import Source
from orchestration.workspace import Workspace

logger = logging.getLogger(__name__)


def land_source(
    source: Source,
    mappings: Sequence[StreamMapping],
    workspace: Workspace,
    *,
    key: SecretStr,
    loaded_at: datetime,
    real_data: Path,
    brand_timezone: str,
    key_version: str = KEY_VERSION,
) -> list[LoadResult]:
    """Land what is new of a source. The caller holds the workspace's lock.

    A file whose bytes were landed under the same mapping is not read again, unless other bytes were landed from the
    same place since. One that was landed under another mapping is landed anew, and the new load supersedes the old one.

    Args:
        source: the source; of kind demo, each file's kind is told by its name.
        mappings: the source's streams (of a demo source: those that its preparation made).
        workspace: where it is landed.
        key: the pseudonym key.
        loaded_at: naive UTC instant that stamps every row.
        real_data: what ${NANOLIFT_REAL_DATA} stands for.
        brand_timezone: IANA zone of the brand's days: a date's row is known when that day ends there.
        key_version: name of the key in every identity key.

    Returns:
        One result per file and stream.

    Raises:
        SourceUnavailableError: a required source is down, or an optional one for longer than max_age_days.
        SourceError: a file is not what its mapping says.
        IntegrityError: rows were lost, or the vault does not open.
    """
    sweep(workspace)
    names, vault = Pseudonymiser(key, key_version), Vault(workspace.vault, key)
    context = LandingContext(workspace, names, vault, brand_timezone, loaded_at, Suppression.of(workspace, key))
    with _private_folder(workspace) as folder:
        try:
            everything = read_loads(workspace.landing, source=source.name)
            active = active_loads(everything)
            places = [
                (place, past_of(place, mapping_version(place.mapping, brand_timezone), active))
                for place in _places(mappings)
            ]
            extraction = Extraction(folder, workspace.root, real_data, brand_timezone, loaded_at)
            with extraction.closing:
                return _land(source, extract(source, places, extraction), context, folder, everything)
        except SourceUnavailableError as error:
            return _without(source, mappings, workspace, loaded_at, error)


def _places(mappings: Sequence[StreamMapping]) -> list[Place]:
    streams = [mapping.stream for mapping in mappings]
    return [Place(mapping, streams[:number].count(mapping.stream)) for number, mapping in enumerate(mappings)]


def _land(
    source: Source, found: Sequence[Work], context: LandingContext, folder: Path, everything: Sequence[Load]
) -> list[LoadResult]:
    active = active_loads(everything)
    done = {(load.stream, load.mapping_slot, load.source_sha256, load.mapping_version) for load in active}
    overwritten = _overwritten(active)
    results: list[LoadResult] = []
    new: list[Work] = []
    for file, place in found:
        stream = place.mapping.stream
        name = (stream, place.slot, file.sha256, mapping_version(place.mapping, context.brand_timezone))
        if name in done and (stream, place.slot, file.shown, file.sha256) not in overwritten:
            results.append(LoadResult(source.name, stream, "unchanged", note=file.shown))
        else:
            new.append((file, place))
        done.add(name)
    _warn_of_old_mappings(source, found, active, context)
    if not new:
        return results
    pasts = [before(place, mapping_version(place.mapping, context.brand_timezone), active) for _, place in new]
    files = [(file, place.mapping) for file, place in new if file.rows is None]
    known = [past.known for past, (file, _) in zip(pasts, new, strict=True) if file.rows is None]
    redone = {_bytes_of(file, place) for file, place in new}
    kept = [load for load in active if (load.stream, load.mapping_slot, load.source_sha256) not in redone]
    sequences = _last_sequences(everything)
    with start_parsing(files, folder, known=known) if files else nullcontext() as parsing:
        numbers = count()
        for (file, place), past in zip(new, pasts, strict=True):
            if parsing is not None and file.rows is None:
                arriving = parsing.arriving(next(numbers))
            else:
                arriving = arrived(unparsed(file))
            stream = place.mapping.stream
            sequences[stream] = sequences.get(stream, 0) + 1
            earlier = [load for load in kept if load.stream == stream]
            load = land_file(arriving, place, source.name, context, earlier, sequences[stream], past)
            kept.append(load)
            results.append(_result(load))
            _log(load)
    return results


def _overwritten(active: Sequence[Load]) -> set[tuple[str, int, str, str]]:
    """Stream, slot, path and hash of bytes in whose place other bytes were landed since: back again, they are news."""
    last: dict[tuple[str, int, str], str] = {}
    seen: set[tuple[str, int, str, str]] = set()
    for load in sorted(active, key=lambda load: load.sequence):
        place = (load.stream, load.mapping_slot, str(load.source_files[0]["path"]))
        last[place] = load.source_sha256
        seen.add((*place, load.source_sha256))
    return {each for each in seen if last[each[:3]] != each[3]}


def _bytes_of(file: SourceFile, place: Place) -> tuple[str, int, str]:
    return place.mapping.stream, place.slot, file.sha256


def _result(load: Load) -> LoadResult:
    return LoadResult(
        source=load.source,
        stream=load.stream,
        status="landed",
        load_id=load.load_id,
        rows_read=load.rows_read,
        rows_accepted=load.rows_accepted,
        rows_quarantined=load.rows_quarantined,
        rows_duplicate=load.rows_duplicate,
        rows_removed=load.rows_removed,
        rows_suppressed=load.rows_suppressed,
        bytes=load.data.stat().st_size,
        note="; ".join([str(load.source_files[0]["path"]), *load.notes]),
    )


def _without(
    source: Source,
    mappings: Sequence[StreamMapping],
    workspace: Workspace,
    loaded_at: datetime,
    error: SourceUnavailableError,
) -> list[LoadResult]:
    """What an optional source that is down leaves: its last good loads, while they are not too old."""
    if source.required:
        raise SourceUnavailableError(f"source {source.name}: {error}") from error
    loads = read_loads(workspace.landing, source=source.name)
    if not loads:
        logger.warning("source %s is absent: %s", source.name, error)
        return [LoadResult(source.name, mapping.stream, "absent", note=str(error)) for mapping in mappings]
    last = max(from_iso(load.loaded_at) for load in loads)
    if source.max_age_days is not None and loaded_at - last > timedelta(days=source.max_age_days):
        raise SourceUnavailableError(
            f"source {source.name}: {error}; its last load is of {last:%Y-%m-%d}, older than max_age_days = "
            f"{source.max_age_days} allows"
        ) from error
    note = f"failed: {error}; stale since {last:%Y-%m-%d %H:%M} UTC"
    logger.warning("source %s %s", source.name, note)
    return [LoadResult(source.name, mapping.stream, "stale", note=note) for mapping in mappings]


def _warn_of_old_mappings(
    source: Source, found: Sequence[Work], active: Sequence[Load], context: LandingContext
) -> None:
    """A load whose file is gone cannot be mapped again: it stays as it was mapped, and that is said."""
    here = {_bytes_of(file, place) for file, place in found}
    versions = {
        (place.mapping.stream, place.slot): mapping_version(place.mapping, context.brand_timezone) for _, place in found
    }
    for load in active:
        gone = (load.stream, load.mapping_slot, load.source_sha256) not in here
        version = versions.get((load.stream, load.mapping_slot), load.mapping_version)
        if gone and version != load.mapping_version:
            logger.warning(
                "%s/%s/%s keeps an older mapping: its file is no longer there", source.name, load.stream, load.load_id
            )


def _last_sequences(loads: Sequence[Load]) -> dict[str, int]:
    last: dict[str, int] = {}
    for load in loads:
        last[load.stream] = max(load.sequence, last.get(load.stream, 0))
    return last


def _log(load: Load) -> None:
    logger.info(
        "landed %s/%s/%s: %d read = %d accepted + %d quarantined + %d duplicates (%d of them differ)",
        *(load.source, load.stream, load.load_id, load.rows_read),
        *(load.rows_accepted, load.rows_quarantined, load.rows_duplicate, load.conflicting_duplicates),
    )
    if load.rows_removed:
        logger.info("%s/%s: %d rows are gone from the source", load.source, load.stream, load.rows_removed)
    if load.rows_suppressed:
        logger.info(
            "%s/%s: %d rows of people who were erased were not landed",
            *(load.source, load.stream, load.rows_suppressed),
        )
    for note in load.notes:
        logger.warning("%s/%s: %s", load.source, load.stream, note)
    if load.columns_new:
        logger.warning("%s/%s: new columns in the file: %s", load.source, load.stream, ", ".join(load.columns_new))


@contextmanager
def _private_folder(workspace: Workspace) -> Iterator[Path]:
    """A folder that only we can read, for raw rows on their way; gone when they are landed."""
    parent = workspace.landing / PARSING
    parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        yield Path(tempfile.mkdtemp(dir=parent))
    finally:
        shutil.rmtree(parent)
