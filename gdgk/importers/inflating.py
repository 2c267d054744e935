"""How large the packed streams of a PDF become, found before its parser unpacks them without asking."""

from __future__ import annotations

import re
import zlib

from gdgk.importers.document import DocumentError
from gdgk.importers.limits import MEGABYTE

# Embedded Chinese fonts reach 20 MB; a page's drawing orders, a hundredth of that. Pictures are never unpacked.
STREAM_BYTES = 50 * MEGABYTE
STREAMS_BYTES = 400 * MEGABYTE
# A stream can be packed twice or thrice.
LAYERS = 3
STREAM = re.compile(rb"(?<!end)stream\r?\n")
DICTIONARY_BYTES = 600
PIECE = 1 << 16


def check_streams(data: bytes, name: str) -> None:
    """Raise :class:`DocumentError` when the streams of a PDF, pictures apart, unpack to more than any report needs."""
    total = 0
    for match in STREAM.finditer(data):
        before = data[max(match.start() - DICTIONARY_BYTES, 0) : match.start()].rpartition(b"obj")[2]
        if b"/Image" in before:
            continue
        size = unpacked_size(memoryview(data)[match.end() :], STREAM_BYTES)
        total += size
        if size >= STREAM_BYTES or total > STREAMS_BYTES:
            raise DocumentError(
                name,
                f"a stream of more than {STREAM_BYTES // MEGABYTE} MB when unpacked (a zip bomb)",
                "pages of a report",
                "do not open it unless you know its sender; ask for the file again",
            )


def unpacked_size(data: memoryview, most: int, layers: int = LAYERS) -> int:
    """The bytes that a stream packed by zlib unpacks to, counted up to ``most``; 0 for what is not packed so."""
    if len(data) < 2 or data[0] & 0x0F != 8 or (data[0] << 8 | data[1]) % 31:
        return 0
    unpacker = zlib.decompressobj()
    size = position = 0
    first = b""
    pending = b""
    try:
        while size < most and not unpacker.eof and (pending or position < len(data)):
            if not pending:
                pending = bytes(data[position : position + PIECE])
                position += PIECE
            out = unpacker.decompress(pending, MEGABYTE)
            pending = unpacker.unconsumed_tail
            first = first or out
            size += len(out)
    except zlib.error:
        return size
    inner = unpacked_size(memoryview(first), most, layers - 1) if layers > 1 else 0
    return max(size, inner)
