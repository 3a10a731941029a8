"""Files from strangers."""

import io
import struct
import zlib

import pytest
from PIL import Image, ImageFile

from common.errors import Refusal
from complaints.services import attachment_check
from complaints.services.attachments import MAX_BYTES
from tests.factories.complaints import picture

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def check(data: bytes, name: str = "file.jpg"):  # type: ignore[no-untyped-def]
    """One chunk in."""
    return attachment_check(name=name, chunks=[data])


def flood(width: int, height: int) -> bytes:
    """A few bytes that declare a huge picture."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


def test_a_picture_is_drawn_anew_without_tail_and_camera_data() -> None:
    exif = Image.Exif()
    exif[0x010F] = "SECRET-CAMERA"
    dirty = picture("JPEG", exif=exif.tobytes()) + b"<script>alert(1)</script>PK\x03\x04"
    kept = check(dirty)
    assert (kept.kind, kept.media_type) == ("image", "image/jpeg")
    assert b"SECRET-CAMERA" not in kept.content
    assert b"<script>" not in kept.content
    assert Image.open(io.BytesIO(kept.content)).size == (40, 30)


def test_half_a_picture_is_refused_even_after_a_pdf_was_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", True)  # as WeasyPrint leaves it
    with pytest.raises(Refusal) as refused:
        check(picture("PNG")[:60])
    assert refused.value.code == "attachment.not_accepted"


def test_a_large_picture_is_made_smaller() -> None:
    kept = check(picture("JPEG", size=(5000, 100)))
    assert Image.open(io.BytesIO(kept.content)).size == (4000, 80)


def test_a_pdf_is_kept_as_it_is() -> None:
    kept = check(PDF, "合同.pdf")
    assert (kept.kind, kept.media_type, kept.content, kept.name) == ("pdf", "application/pdf", PDF, "合同.pdf")


@pytest.mark.parametrize(
    "data",
    [
        b"<html><body><script>alert(1)</script></body></html>",
        b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
        b'<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]><svg>&x;</svg>',
        b"MZ" + b"\0" * 200,
        b"PK\x03\x04" + b"\0" * 200,
        b"GIF89a" + b"\0" * 200,
        b"\xff\xd8\xff\xe0" + b"\0" * 50,
        b"\x89PNG\r\n\x1a\n",
        picture("PNG")[:60],
        picture("BMP"),
    ],
    ids=["html", "svg", "xxe", "exe", "zip", "gif", "broken-jpeg", "png-head", "cut-png", "bmp"],
)
def test_what_is_no_picture_and_no_pdf_is_refused_whatever_its_name(data: bytes) -> None:
    with pytest.raises(Refusal) as refused:
        check(data, "harmless.jpg")
    assert (refused.value.code, refused.value.field) == ("attachment.not_accepted", "attachment")


def test_a_pixel_flood_is_refused_before_it_is_decoded() -> None:
    with pytest.raises(Refusal) as refused:
        check(flood(8_000, 8_000))
    assert refused.value.code == "attachment.too_many_pixels"
    with pytest.raises(Refusal) as refused:
        check(flood(60_000, 60_000))
    assert refused.value.code in {"attachment.not_accepted", "attachment.too_many_pixels"}


def test_size_is_counted_while_reading() -> None:
    taken: list[int] = []

    def endless():  # type: ignore[no-untyped-def]
        while True:
            taken.append(1)
            yield b"%PDF-" + b"x" * 65_531

    with pytest.raises(Refusal) as refused:
        attachment_check(name="big.pdf", chunks=endless())
    assert (refused.value.code, refused.value.status) == ("attachment.too_large", 413)
    assert len(taken) == MAX_BYTES // 65_536 + 1


def test_exactly_five_megabytes_are_taken_and_nothing_is_refused() -> None:
    assert len(check(b"%PDF-" + b"x" * (MAX_BYTES - 5)).content) == MAX_BYTES
    with pytest.raises(Refusal) as refused:
        check(b"")
    assert refused.value.code == "attachment.empty"


@pytest.mark.parametrize(
    ("name", "kept"),
    [("../../etc/passwd", "passwd"), ("C:\\a\\b.pdf", "b.pdf"), ("a\r\nX: y.pdf", "aX: y.pdf"), ("", "attachment")],
)
def test_a_name_is_only_a_name(name: str, kept: str) -> None:
    assert check(PDF, name).name == kept
