"""How big a request may be, enforced while reading: no header is believed, no bomb is unpacked."""

from collections.abc import Callable, Iterator
from importlib import import_module
from importlib.util import find_spec
from io import BytesIO
from typing import Any, Protocol

from django.http import HttpRequest

from agentscope.compression import zstd
from ingest.refused import TooLarge, Undecodable, UnsupportedEncoding

# ISA-L inflates for a quarter of the CPU, where there is a wheel of it.
zlib: Any = import_module("isal.isal_zlib" if find_spec("isal") else "zlib")

CHUNK = 64 << 10  # bytes read or inflated at a time
DISCARDED = 256 << 20  # bytes at most that are read only to be forgotten
LARGE = 1 << 20  # bytes; whoever has more waits for his turn
KEPT = 8 << 20  # what inflates to more is measured first, so that a bomb never fills the memory
ZSTD_WINDOW = 23  # log2 of 8 MiB, the most that a content coding may ask for (RFC 9659)
GZIP, ZLIB, RAW_DEFLATE = 31, 15, -15  # the `wbits` of zlib
SUPPORTED_ENCODINGS = "gzip, deflate, zstd"


def read_body(request: HttpRequest, limit: int) -> bytes:
    """The body of a WSGI request as it came, whatever its Content-Length claims.

    Raises TooLarge past `limit` bytes, Undecodable if the connection ended before the body did.
    """
    said = request.META.get("CONTENT_LENGTH") or ""
    length = int(said) if said.isdecimal() else None
    if length is not None and length > limit:
        raise TooLarge(f"The body has {length} bytes; the limit is {limit}.")
    if length is None and not request.META.get("wsgi.input_terminated"):
        return b""  # such a server cannot tell where a body without a length ends
    body = read_up_to(request.META["wsgi.input"].read, limit, length)
    if length is not None and len(body) < length:
        raise Undecodable(f"The body ended after {len(body)} of {length} bytes.")
    return body


def read_up_to(read: Callable[[int], bytes], limit: int, length: int | None) -> bytes:
    """All there is to read, up to `length` if it is known."""
    body = BytesIO()
    while length is None or body.tell() < length:
        piece = read(CHUNK if length is None else min(CHUNK, length - body.tell()))
        if not piece:
            break
        if body.tell() + len(piece) > limit:
            raise TooLarge(f"The body has more than {limit} bytes, which is the limit.")
        body.write(piece)
    return body.getvalue()


def discard_rest(request: HttpRequest) -> None:
    """Read what was not read of a refused body, and forget it.

    A client that is cut off while it writes never sees the answer, and takes it for a failure of
    the network that is worth another try.
    """
    if not request.META.get("wsgi.input_terminated"):
        return
    read, done = request.META["wsgi.input"].read, 0
    while done < DISCARDED and (piece := read(CHUNK)):
        done += len(piece)


def nothing() -> None:
    """What inflating a large body waits for, unless told otherwise."""


def inflate(
    body: bytes, encoding: str, limit: int, before_large: Callable[[], None] = nothing
) -> bytes:
    """The body without its content encoding: none, identity, gzip, deflate or zstd.

    Needs little more memory than the result; a body that inflates to more than `limit` bytes
    costs `KEPT` at most. Calls `before_large` before it returns more than `LARGE`.
    Raises TooLarge, Undecodable, UnsupportedEncoding.
    """
    unpack = unpacker(encoding)
    if unpack is None or not body:
        if len(body) > LARGE:
            before_large()
        return body
    result, size = BytesIO(), 0
    for piece in checked(unpack, body):
        size += len(piece)
        if size > limit:
            raise TooLarge(f"The body inflates to more than {limit} bytes, which is the limit.")
        if size <= KEPT:
            result.write(piece)
    if size > LARGE:
        before_large()
    if size > KEPT:
        result = BytesIO()
        result.writelines(checked(unpack, body))
    return result.getvalue()


Unpacker = Callable[[bytes], Iterator[bytes]]


def unpacker(encoding: str) -> Unpacker | None:
    """What undoes an encoding; None if there is nothing to undo. Raises UnsupportedEncoding."""
    known: dict[str, Unpacker | None] = {
        "": None,
        "identity": None,
        "none": None,
        "gzip": unpack_gzip,
        "x-gzip": unpack_gzip,
        "deflate": unpack_deflate,
        "zstd": unpack_zstd,
    }
    name = encoding.strip().lower()
    if name not in known:
        raise UnsupportedEncoding(
            f"Content-Encoding {encoding[:40]!r} is not supported: "
            f"send one of {SUPPORTED_ENCODINGS}, or none."
        )
    return known[name]


def checked(unpack: Unpacker, body: bytes) -> Iterator[bytes]:
    """Pieces of the unpacked body; a broken stream raises Undecodable."""
    try:
        yield from unpack(body)
    except (zlib.error, zstd.ZstdError, EOFError) as error:
        raise Undecodable(f"The body does not match its Content-Encoding: {error}.") from error


def unpack_gzip(body: bytes) -> Iterator[bytes]:
    """One or more gzip members (RFC 1952, 2.2)."""
    return unpack_frames(body, lambda: Inflater(GZIP))


def unpack_deflate(body: bytes) -> Iterator[bytes]:
    """Deflate in a zlib wrapper, as HTTP defines it, or bare, as many clients send it."""
    header = int.from_bytes(body[:2], "big")
    wrapped = header >> 8 & 0x0F == zlib.DEFLATED and header % 31 == 0
    return unpack_frames(body, lambda: Inflater(ZLIB if wrapped else RAW_DEFLATE))


def unpack_zstd(body: bytes) -> Iterator[bytes]:
    """One or more zstd frames."""
    options: dict[int, int] = {zstd.DecompressionParameter.window_log_max: ZSTD_WINDOW}
    return unpack_frames(body, lambda: zstd.ZstdDecompressor(options=options))


class Decompressor(Protocol):
    """The incremental decompressors of the standard library, as far as they agree."""

    @property
    def eof(self) -> bool: ...
    @property
    def needs_input(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int) -> bytes: ...


class Inflater:
    """zlib's decompressor with the interface that its younger siblings share."""

    def __init__(self, wbits: int) -> None:
        self.inner = zlib.decompressobj(wbits)

    def decompress(self, data: bytes, max_length: int) -> bytes:
        piece: bytes = self.inner.decompress(self.inner.unconsumed_tail + data, max_length)
        return piece

    @property
    def eof(self) -> bool:
        return bool(self.inner.eof)

    @property
    def needs_input(self) -> bool:
        return not self.inner.unconsumed_tail

    @property
    def unused_data(self) -> bytes:
        return bytes(self.inner.unused_data)


def unpack_frames(body: bytes, start: Callable[[], Decompressor]) -> Iterator[bytes]:
    """Pieces of all frames of `body`, at most `CHUNK` bytes each. Raises EOFError if cut off."""
    at, frame = 0, start()
    while at < len(body) or not frame.eof:
        if frame.eof:
            frame = start()
        data = body[at : at + CHUNK] if frame.needs_input else b""
        at += len(data)
        piece = frame.decompress(data, CHUNK)
        if not (piece or data or frame.eof):
            raise EOFError("it is cut off")
        at -= len(frame.unused_data) if frame.eof else 0
        yield piece
