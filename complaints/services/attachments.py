"""Checking a file that a stranger sends. The content decides what it is, never its name or its declared type."""

import base64
import hashlib
import io
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageFile, ImageOps, UnidentifiedImageError

from common.errors import Refusal
from common.vault import vault_seal
from complaints.choices import AttachmentKind
from complaints.models import Attachment, Complaint

MAX_BYTES = 5 * 1024 * 1024
MAX_PIXELS = 40_000_000
MAX_EDGE = 4000
JPEG_QUALITY = 85
NAME_LENGTH = 120
_IMAGE_FORMATS = ("JPEG", "PNG")


@dataclass(frozen=True)
class CheckedFile:
    """A file that may be kept: re-encoded picture or untouched PDF."""

    kind: str
    media_type: str
    name: str
    content: bytes


def _refuse(code: str, message: object, cure: object, status: int = 422) -> Refusal:
    return Refusal(code, message, field="attachment", cure=cure, status=status)


def read_capped(chunks: Iterable[bytes], limit: int = MAX_BYTES) -> bytes:
    """Join chunks, counting while reading; refuses as soon as the limit is passed, whatever the sender declared."""
    parts: list[bytes] = []
    size = 0
    for chunk in chunks:
        size += len(chunk)
        if size > limit:
            raise _refuse(
                "attachment.too_large",
                _("The file is larger than 5 MB."),
                _("Send a smaller picture, or only the pages that matter."),
                status=413,
            )
        parts.append(chunk)
    return b"".join(parts)


def _safe_name(name: str) -> str:
    """The last part of a file name without control characters, at most 120 characters."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(ch for ch in last if ch.isprintable())[:NAME_LENGTH] or "attachment"


def _redraw(data: bytes) -> tuple[str, bytes]:
    """Decode a JPEG or PNG and write it anew: no metadata, no hidden tail. Pixels are counted before decoding."""
    ImageFile.LOAD_TRUNCATED_IMAGES = False  # a library that draws PDFs sets it for the whole process
    with Image.open(io.BytesIO(data), formats=_IMAGE_FORMATS) as picture:
        if picture.width * picture.height > MAX_PIXELS:
            raise _refuse(
                "attachment.too_many_pixels",
                _("The picture has too many pixels."),
                _("Send a picture of at most 40 megapixels."),
            )
        is_jpeg = picture.format == "JPEG"
        upright = ImageOps.exif_transpose(picture)
        upright.thumbnail((MAX_EDGE, MAX_EDGE))
        flat = upright.convert("RGB")
    out = io.BytesIO()
    if is_jpeg:
        flat.save(out, "JPEG", quality=JPEG_QUALITY)
        return "image/jpeg", out.getvalue()
    flat.save(out, "PNG", optimize=False)
    if out.tell() <= MAX_BYTES:
        return "image/png", out.getvalue()
    out = io.BytesIO()
    flat.save(out, "JPEG", quality=JPEG_QUALITY)
    return "image/jpeg", out.getvalue()


def attachment_check(*, name: str, chunks: Iterable[bytes]) -> CheckedFile:
    """Read, recognise and clean one file.

    Takes JPEG and PNG (drawn anew) and PDF (kept as is). Refuses anything else, an empty file, more than 5 MB
    (counted while reading) and more than 40 megapixels (read from the header, before decoding).
    """
    data = read_capped(chunks)
    if not data:
        raise _refuse("attachment.empty", _("The file is empty."), _("Choose the file again."))
    if data.startswith(b"%PDF-"):
        return CheckedFile(AttachmentKind.PDF, "application/pdf", _safe_name(name), data)
    try:
        media_type, content = _redraw(data)
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, ValueError, SyntaxError, EOFError):
        raise _refuse(
            "attachment.not_accepted",
            _("The file is not a picture (JPEG, PNG) or a PDF document."),
            _("Take a screenshot or a photograph and send that."),
        ) from None
    return CheckedFile(AttachmentKind.IMAGE, media_type, _safe_name(name), content)


def attachment_store(complaint: Complaint, checked: CheckedFile) -> Attachment:
    """Seal a checked file under the complainant's key and keep it with the complaint, in the caller's transaction."""
    return Attachment.objects.create(
        complaint=complaint,
        kind=checked.kind,
        media_type=checked.media_type,
        size_bytes=len(checked.content),
        sha256=hashlib.sha256(checked.content).hexdigest(),
        filename_sealed=vault_seal(complaint.person, checked.name),
        content_sealed=vault_seal(complaint.person, base64.b64encode(checked.content).decode()),
    )
