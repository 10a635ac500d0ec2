"""zstd, with one compressor a thread: making one costs more than compressing a span."""

import sys
import threading

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

_local = threading.local()
LEVEL = 1  # spans are written once and mostly never read: spend little


def compress(body: bytes) -> bytes:
    """`body` as one zstd frame."""
    compressor = getattr(_local, "compressor", None)
    if compressor is None:
        compressor = _local.compressor = zstd.ZstdCompressor(level=LEVEL)
    return compressor.compress(body, zstd.ZstdCompressor.FLUSH_FRAME)


def decompress(frame: bytes) -> bytes:
    """What `compress` was given. Raises ZstdError for anything that is not a zstd frame."""
    return zstd.decompress(frame)
