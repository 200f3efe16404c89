"""Files that arrive on real servers (OpenSSH's SFTP, S3 as moto plays it) land once; a cut-off upload is refused."""

from __future__ import annotations

import gzip
import hashlib
import shutil
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from orchestration.connectors.base import SourceUnavailableError
from orchestration.connectors.landing import land_source
from orchestration.connectors.loads import LoadResult, read_loads
from orchestration.errors import SourceError
from orchestration.settings import Source
from orchestration.workspace import Workspace
from tests.live.servers.files import S3Server, SshServer

KEY = SecretStr("a-key-for-tests-only-0123456789abcdef")
HEADER = "shop,receipt,line,sku,card,amount,sold\n"
LINE = "north,R-{},1,oat,C-77,5.80,2026-10-03 09:14\n"
COLUMNS: dict[str, Any] = {
    **{"store_id": "shop", "transaction_id": "receipt", "line_no": "line", "product_id": "sku", "consumer_ref": "card"},
    **{"quantity": {"constant": 1}, "quantity_unit": {"constant": "each"}, "currency": {"constant": "EUR"}},
    **{
        "net_amount_minor": {"column": "amount", "decimal": True},
        "sold_at": {"column": "sold", "zone": "Europe/Paris"},
    },
    **{"channel": {"constant": "store"}, "is_return": {"constant": False}},
}


def lines(*receipts: int) -> bytes:
    return (HEADER + "".join(LINE.format(receipt) for receipt in receipts)).encode()


class Brand:
    """A workspace with one source of till files on a server; `put` sends it a file as its tills would."""

    def __init__(self, root: Path, path: str, server: dict[str, Any], put: Any) -> None:
        self.workspace = Workspace.at(root)
        root.mkdir()
        self.path, self.server, self.put = path, server, put

    def land(self, later_hours: int = 1, **server: Any) -> list[LoadResult]:
        source = Source.model_validate(
            {
                **{"name": "tills", "kind": "csv", "server": self.server | server},
                "streams": [{"stream": "pos_lines", "path": self.path, "columns": COLUMNS}],
            }
        )
        return land_source(
            source,
            source.streams,
            self.workspace,
            key=KEY,
            loaded_at=datetime.now(UTC).replace(tzinfo=None) + timedelta(hours=later_hours),
            real_data=self.workspace.root,
            brand_timezone="Europe/Paris",
        )


@pytest.fixture(params=["sftp", "s3"])
def brand(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Brand]:
    if request.param == "sftp":
        ssh: SshServer = request.getfixturevalue("ssh")
        options = {"options": {"key_filename": str(ssh.key)}, "known_hosts": str(ssh.known_hosts)}
        folder = ssh.root / "out"
        folder.mkdir()
        yield Brand(
            tmp_path / "brand", f"{ssh.url}/out/*.csv*", options, lambda name, data: (folder / name).write_bytes(data)
        )
        shutil.rmtree(folder)
    else:
        s3: S3Server = request.getfixturevalue("s3")
        monkeypatch.setenv("TILLS_KEY", "reader")
        monkeypatch.setenv("TILLS_SECRET", "hush")
        options = {
            "options": {"endpoint_url": s3.endpoint},
            "secrets": {"key": "TILLS_KEY", "secret": "TILLS_SECRET"},
        }
        system = s3.system()
        yield Brand(
            tmp_path / "brand",
            f"s3://{s3.bucket}/out/*.csv*",
            options,
            lambda name, data: system.pipe_file(f"{s3.bucket}/out/{name}", data),
        )
        system.rm(f"{s3.bucket}/out", recursive=True)


def test_each_file_lands_once_also_when_it_is_sent_again_or_renamed(brand: Brand) -> None:
    brand.put("a.csv", lines(1, 2))
    brand.put("b.csv", lines(3))
    assert [(each.status, each.rows_accepted) for each in brand.land()] == [("landed", 2), ("landed", 1)]
    assert [each.status for each in brand.land(2)] == ["unchanged", "unchanged"]
    time.sleep(1.1)  # SFTP tells times in whole seconds
    brand.put("a.csv", lines(1, 2))
    brand.put("renamed.csv", lines(3))
    assert [each.status for each in brand.land(3)] == ["unchanged"] * 3
    brand.put("c.csv", lines(2, 4))
    landed = [each for each in brand.land(4) if each.status == "landed"]
    assert [(each.rows_accepted, each.rows_duplicate) for each in landed] == [(1, 1)]
    assert len(read_loads(brand.workspace.landing)) == 3


def test_an_upload_that_was_cut_off_is_refused_and_lands_when_it_is_whole(brand: Brand) -> None:
    whole = lines(*range(1, 50))
    brand.put("a.csv.sha256", hashlib.sha256(whole).hexdigest().encode())
    brand.put("a.csv", whole[:-30])
    with pytest.raises(SourceError, match=r"a\.csv is not what its sha256 file says"):
        brand.land(checksum="sha256")
    with pytest.raises(SourceError, match=r"a\.csv ends inside a line"):
        brand.land(final_newline=True)
    brand.put("a.csv", whole)
    assert [each.rows_accepted for each in brand.land(checksum="sha256", final_newline=True)] == [49]


def test_a_zipped_upload_that_was_cut_off_is_refused_without_any_option(brand: Brand) -> None:
    zipped = gzip.compress(lines(*range(1, 500)))
    brand.put("a.csv.gz", zipped[: len(zipped) // 2])
    with pytest.raises(SourceError, match=r"a\.csv\.gz cannot be read to its end"):
        brand.land()
    assert read_loads(brand.workspace.landing) == []


def test_a_file_of_this_minute_waits(brand: Brand) -> None:
    brand.put("a.csv", lines(1))
    assert brand.land(later_hours=0) == []
    assert [each.status for each in brand.land(later_hours=1)] == ["landed"]


def test_a_stranger_in_the_servers_place_is_not_trusted(ssh: SshServer, tmp_path: Path) -> None:
    (ssh.root / "x.csv").write_bytes(lines(1))
    stranger = tmp_path / "known_hosts"
    host, kind, _ = ssh.known_hosts.read_text(encoding="utf-8").split()
    other = (ssh.key.parent / "client.pub").read_text(encoding="utf-8").split()[1]
    stranger.write_text(f"{host} {kind} {other}\n", encoding="utf-8")
    options = {"options": {"key_filename": str(ssh.key)}, "known_hosts": str(stranger)}
    brand = Brand(tmp_path / "brand", f"{ssh.url}/*.csv", options, None)
    with pytest.raises(SourceUnavailableError, match="cannot be entered"):
        brand.land()


def test_wrong_credentials_say_so_and_show_nothing(
    s3: S3Server, ssh: SshServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    options: dict[str, Any] = {
        "options": {"key_filename": str(ssh.key.parent / "host")},
        "known_hosts": str(ssh.known_hosts),
    }
    with pytest.raises(SourceUnavailableError, match=r"cannot be entered \(AuthenticationException\)"):
        Brand(tmp_path / "sftp", f"{ssh.url}/*.csv", options, None).land()
    monkeypatch.setenv("TILLS_KEY", "reader")
    monkeypatch.setenv("TILLS_SECRET", "hush")
    options = {"options": {"endpoint_url": s3.endpoint}, "secrets": {"key": "TILLS_KEY", "secret": "TILLS_SECRET"}}
    with pytest.raises(SourceUnavailableError, match=r"s3://nobodys") as refused:
        Brand(tmp_path / "s3", "s3://nobodys/*.csv", options, None).land()
    assert "hush" not in str(refused.value)
