"""Everything that is kept of a person, as one archive for them to take away."""

from __future__ import annotations

import csv
import io
import logging
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import IO, TYPE_CHECKING, Any, cast

import msgspec

from chalicelib.domain.exports import Export, csv_cell, new_export
from chalicelib.domain.jobs import RETRY_DELAYS, BuildExportJob
from chalicelib.errors import DependencyFailure, NotFound

if TYPE_CHECKING:
    from chalicelib.adapters.dynamodb import Item
    from chalicelib.adapters.exports import Exports, Records
    from chalicelib.adapters.queue import IngestionQueue
    from chalicelib.adapters.s3 import InvoiceFiles
    from chalicelib.adapters.s3_archives import Archives
    from chalicelib.adapters.users import Users
    from chalicelib.domain.users import User
    from chalicelib.services.accounts.admission import Admission

_log = logging.getLogger(__name__)
_encode = msgspec.json.Encoder(decimal_format="number").encode
#: Spreadsheets read UTF-8 as such only behind this mark.
_BYTE_ORDER_MARK = "\ufeff"


@dataclass(frozen=True, slots=True)
class ExportAccount:
    """Asking for an archive, building it in the background, and handing it out."""

    users: Users
    exports: Exports
    archives: Archives
    files: InvoiceFiles
    queue: IngestionQueue
    admission: Admission
    file_url_lifetime: int

    def request(self, user: User) -> Export:
        """Raises ``RateLimited``."""
        self.admission.export(user)
        export = new_export(user.user_id, datetime.now(UTC))
        self.exports.create(export, self.users.existence_check(user.user_id))
        self.queue.send([BuildExportJob(user_id=user.user_id, export_id=export.export_id)])
        return export

    def get(self, user: User, export_id: str) -> tuple[Export, str | None]:
        """An export, and once it is ready a short-lived link to its archive. Raises ``NotFound``."""
        export = self.exports.get(user.user_id, export_id)
        if export.state != "ready":
            return export, None
        return export, self.files.download_url(export.s3_key, "paypulse-export.zip", self.file_url_lifetime)

    def build(self, job: BuildExportJob) -> None:
        """A job from the queue. A person who has left meanwhile leaves nothing behind."""
        try:
            export = self.exports.get(job.user_id, job.export_id)
            if export.state != "building":
                return
            self._build(export)
        except NotFound:
            _log.info("%s has left, or their export has expired", job.user_id)
        except DependencyFailure as exc:
            self._try_later(job, exc)

    def _build(self, export: Export) -> None:
        check = self.users.existence_check(export.user_id)
        with self.archives.create(export.s3_key) as upload, zipfile.ZipFile(cast(IO[bytes], upload), "w") as archive:
            self._write(archive, self.users.get(export.user_id))
        try:
            self.exports.settle(export, "ready", check)
        except NotFound:
            self.files.delete_all(export.s3_key)
            raise

    def _try_later(self, job: BuildExportJob, failure: DependencyFailure) -> None:
        _log.warning("export %s: %s", job.export_id, failure)
        if job.attempt < len(RETRY_DELAYS):
            again = BuildExportJob(user_id=job.user_id, export_id=job.export_id, attempt=job.attempt + 1)
            self.queue.send([again], RETRY_DELAYS[job.attempt])
            return
        try:
            export = self.exports.get(job.user_id, job.export_id)
            self.exports.settle(export, "failed", self.users.existence_check(job.user_id))
        except NotFound:
            return

    def _write(self, archive: zipfile.ZipFile, user: User) -> None:
        archive.writestr("account.json", _encode(_account(user)))
        for name, records in self.exports.records(user.user_id).items():
            columns = _write_json(archive, f"{name}.json", records)
            _write_csv(archive, f"{name}.csv", records, columns)
        prefix = f"invoices/{user.user_id}/"
        for key in self.archives.keys(prefix):
            with archive.open(f"files/{key.removeprefix(prefix)}", "w", force_zip64=True) as entry:
                for chunk in self.archives.chunks(key):
                    entry.write(chunk)


def _account(user: User) -> dict[str, Any]:
    """What a person may know of their account: everything but what opens it."""
    return {
        "user_id": user.user_id,
        "name": user.name,
        "email": user.email,
        "created_at": user.created_at,
        "gmail_status": user.gmail_status,
        "gmail_email": user.gmail_email,
        "preferences": user.preferences,
        "devices": [{"device_id": each.device_id, "platform": each.platform} for each in user.devices.values()],
    }


def _write_json(archive: zipfile.ZipFile, name: str, records: Records) -> list[str]:
    """A list, record by record; answers the names of all fields."""
    columns: dict[str, None] = {}
    with archive.open(name, "w", force_zip64=True) as entry:
        separator = b"[\n"
        for record in records():
            columns.update(dict.fromkeys(record))
            entry.write(separator + _encode(record))
            separator = b",\n"
        entry.write(b"[]\n" if separator == b"[\n" else b"\n]\n")
    return list(columns)


def _write_csv(archive: zipfile.ZipFile, name: str, records: Records, columns: list[str]) -> None:
    """The same as a table; read once more, since its head has to name every column."""
    with archive.open(name, "w", force_zip64=True) as entry:
        for line in _csv_lines(columns, records()):
            entry.write(line.encode())


def _csv_lines(columns: list[str], records: Iterator[Item]) -> Iterator[str]:
    line = io.StringIO(_BYTE_ORDER_MARK)
    line.seek(0, io.SEEK_END)
    writer = csv.writer(line)
    writer.writerow(columns)
    for record in records:
        yield line.getvalue()
        line.seek(0)
        line.truncate()
        writer.writerow([csv_cell(record.get(column)) for column in columns])
    yield line.getvalue()
