"""Archives in the invoices bucket: written as a stream, part by part, so that their size costs neither memory nor disk.

S3 API reference, "Multipart upload limits": parts of 5 MB at least (but the last), 10,000 of them at most.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from chalicelib.adapters.aws import AwsClients, aws_errors
from chalicelib.errors import DependencyFailure

PART_BYTES = 8 * 1024 * 1024
_CHUNK_BYTES = 1024 * 1024


class _Upload:
    """A file to be written from its beginning to its end."""

    def __init__(self, client: Any, target: dict[str, Any]) -> None:
        self._client = client
        self._target = target
        self._buffer = bytearray()
        self._parts: list[dict[str, Any]] = []

    def write(self, content: bytes) -> int:
        self._buffer += content
        while len(self._buffer) >= PART_BYTES:
            self._send(bytes(self._buffer[:PART_BYTES]))
            del self._buffer[:PART_BYTES]
        return len(content)

    def flush(self) -> None:
        """A part is sent when it is full; there is nothing to hurry."""

    def _send(self, content: bytes) -> None:
        number = len(self._parts) + 1
        with aws_errors("s3", "UploadPart"):
            answer = self._client.upload_part(**self._target, PartNumber=number, Body=content)
        self._parts.append({"PartNumber": number, "ETag": answer["ETag"]})

    def complete(self) -> None:
        self._send(bytes(self._buffer))
        with aws_errors("s3", "CompleteMultipartUpload"):
            self._client.complete_multipart_upload(**self._target, MultipartUpload={"Parts": self._parts})


class Archives:
    """Writing archives, and reading the files that go into them."""

    def __init__(self, aws: AwsClients, bucket: str) -> None:
        self._aws = aws
        self._bucket = bucket

    @property
    def _client(self) -> Any:
        return self._aws.client("s3")

    @contextmanager
    def create(self, key: str) -> Iterator[_Upload]:
        """An object that is there once everything was written, and not at all when that failed."""
        target: dict[str, Any] = {"Bucket": self._bucket, "Key": key}
        with aws_errors("s3", "CreateMultipartUpload"):
            answer = self._client.create_multipart_upload(**target, ContentType="application/zip")
        target["UploadId"] = answer["UploadId"]
        upload = _Upload(self._client, target)
        try:
            yield upload
            upload.complete()
        except BaseException:
            with aws_errors("s3", "AbortMultipartUpload"):
                self._client.abort_multipart_upload(**target)
            raise

    def abort_page(self, prefix: str) -> int:
        """Gives up uploads below a prefix whose writer died; answers how many there were, 1,000 at most."""
        with aws_errors("s3", "ListMultipartUploads"):
            uploads = self._client.list_multipart_uploads(Bucket=self._bucket, Prefix=prefix).get("Uploads", [])
        for upload in uploads:
            try:
                with aws_errors("s3", "AbortMultipartUpload"):
                    self._client.abort_multipart_upload(
                        Bucket=self._bucket, Key=upload["Key"], UploadId=upload["UploadId"]
                    )
            except DependencyFailure as exc:
                if exc.reason != "NoSuchUpload":  # its writer lives and was faster
                    raise
        return len(uploads)

    def keys(self, prefix: str) -> Iterator[str]:
        """The keys below a prefix, 1,000 a call."""
        with aws_errors("s3", "ListObjectsV2"):
            for page in self._client.get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=prefix):
                yield from (str(each["Key"]) for each in page.get("Contents", []))

    def chunks(self, key: str) -> Iterator[bytes]:
        """A file's content, a megabyte at a time."""
        with aws_errors("s3", "GetObject"):
            body = self._client.get_object(Bucket=self._bucket, Key=key)["Body"]
            yield from body.iter_chunks(_CHUNK_BYTES)
