"""A file that grows past the limit is dropped while it arrives: it never fills memory or disk."""

from typing import Any

from django.core.files.uploadhandler import SkipFile, TemporaryFileUploadHandler

from complaints.services.attachments import MAX_BYTES

TOO_LARGE = "lianxi.upload_too_large"
MAX_BODY_BYTES = 4 * MAX_BYTES


class CappedUploadHandler(TemporaryFileUploadHandler):
    """Counts what arrives; past 5 MB the file is skipped, the other fields of the form are kept."""

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Start counting."""
        super().new_file(*args, **kwargs)
        self.received = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Keep a chunk, or give the file up."""
        self.received += len(raw_data)
        if self.received > MAX_BYTES:
            if self.request is not None:
                self.request.META[TOO_LARGE] = True
            self.file.close()
            raise SkipFile
        super().receive_data_chunk(raw_data, start)
