"""The invoices bucket: raw files with what is known of their mail as metadata."""

from __future__ import annotations

from typing import Any, NamedTuple
from urllib.parse import quote

from chalicelib.adapters.aws import AwsClients, aws_errors
from chalicelib.domain.documents import Document
from chalicelib.errors import DependencyFailure, NotFound

#: A raw file is never larger: Gmail refuses messages over 50 MB (Gmail API guide, "Uploading attachments").
LARGEST_FILE = 60 * 1024 * 1024
_DOCUMENT_ID = "document-id"
_LONGEST_TEXT = 400
_ABSENT = frozenset({"NoSuchKey", "NoSuchVersion", "404", "NoSuchBucket"})


class StoredFile(NamedTuple):
    """A raw file, and the id of its ledger row (``None`` for an object that ingestion did not write)."""

    content: bytes
    document_id: str | None


def _ascii(text: str | None) -> str:
    """Percent-encoded and cut: metadata is ASCII and 2 KB at most (S3 guide, "Working with object metadata")."""
    encoded = quote(text or "", safe=" !#$&'()*+,/:;=?@[]<>")
    return encoded if len(encoded) <= _LONGEST_TEXT else encoded[:_LONGEST_TEXT].rpartition("%")[0]


class InvoiceFiles:
    """Raw files by key."""

    def __init__(self, aws: AwsClients, bucket: str) -> None:
        self._aws = aws
        self._bucket = bucket

    @property
    def _client(self) -> Any:
        return self._aws.client("s3")

    def put(self, key: str, content: bytes, content_type: str, document: Document) -> None:
        """Writes a file, with what is known of its mail as metadata."""
        metadata = {
            "message-id": document.message_id,
            "part": document.part,
            "vendor": _ascii(document.vendor_id),
            "sender": _ascii(document.sender),
            "subject": _ascii(document.subject),
            "mail-date": document.mail_date.isoformat(),
            _DOCUMENT_ID: document.document_id,
        }
        with aws_errors("s3", "PutObject"):
            self._client.put_object(
                Bucket=self._bucket, Key=key, Body=content, ContentType=content_type, Metadata=metadata
            )

    def get(self, key: str) -> StoredFile:
        """Raises ``NotFound`` when the object is gone, for instance with its user."""
        try:
            with aws_errors("s3", "GetObject"):
                answer = self._client.get_object(Bucket=self._bucket, Key=key)
                content: bytes = answer["Body"].read(LARGEST_FILE)
        except DependencyFailure as exc:
            if exc.reason in _ABSENT:
                raise NotFound("The file does not exist") from exc
            raise
        return StoredFile(content, answer.get("Metadata", {}).get(_DOCUMENT_ID))

    def exists(self, key: str) -> bool:
        """Whether there is a file of this key."""
        try:
            with aws_errors("s3", "HeadObject"):
                self._client.head_object(Bucket=self._bucket, Key=key)
        except DependencyFailure as exc:
            if exc.reason in _ABSENT:
                return False
            raise
        return True

    def download_url(self, key: str, filename: str, seconds: int) -> str:
        """A link that downloads the file (never shows it inline) and stops working after ``seconds``."""
        safe = "".join(c if c.isascii() and (c.isalnum() or c in "-_. ") else "_" for c in filename)[:120]
        url: str = self._client.generate_presigned_url(
            "get_object",
            Params={
                "Bucket": self._bucket,
                "Key": key,
                "ResponseContentDisposition": f'attachment; filename="{safe}"',
            },
            ExpiresIn=seconds,
        )
        return url

    def delete_all(self, prefix: str) -> None:
        """Erases every version of every object below a prefix."""
        while self.delete_page(prefix):
            pass

    def delete_page(self, prefix: str) -> int:
        """Erases the first versions below a prefix, 1,000 at most; answers how many there were.

        Deleting a key alone would only hide it.
        """
        with aws_errors("s3", "ListObjectVersions"):
            page = self._client.list_object_versions(Bucket=self._bucket, Prefix=prefix)
        versions = page.get("Versions", []) + page.get("DeleteMarkers", [])
        if versions:
            self._delete([{"Key": version["Key"], "VersionId": version["VersionId"]} for version in versions])
        return len(versions)

    def _delete(self, objects: list[dict[str, str]]) -> None:
        with aws_errors("s3", "DeleteObjects"):
            answer = self._client.delete_objects(Bucket=self._bucket, Delete={"Objects": objects, "Quiet": True})
        if errors := answer.get("Errors"):
            raise DependencyFailure("s3", "DeleteObjects", errors[0].get("Code", "unknown"))
