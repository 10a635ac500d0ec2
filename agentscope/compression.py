"""zstd, with one compressor a thread: making one costs more than compressing a span."""

import sys
import threading

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

LEVEL = 1  # spans are written once and mostly never read: spend little


class Compression(threading.local):
    """zstd, with a dictionary of what small bodies have in common if one is given.

    A frame remembers the id of its dictionary, and only that dictionary can read it: never change
    one that was released, add another.
    """

    def __init__(self, dictionary: bytes | None = None) -> None:
        self.dictionary = zstd.ZstdDict(dictionary) if dictionary else None
        self.compressor = zstd.ZstdCompressor(level=LEVEL, zstd_dict=self.dictionary)

    def compress(self, body: bytes) -> bytes:
        """`body` as one frame."""
        return self.compressor.compress(body, zstd.ZstdCompressor.FLUSH_FRAME)

    def decompress(self, frame: bytes) -> bytes:
        """What `compress` was given. Raises ZstdError for anything else."""
        return zstd.decompress(frame, zstd_dict=self.dictionary)


_plain = Compression()


def compress(body: bytes) -> bytes:
    """`body` as one zstd frame."""
    return _plain.compress(body)


def decompress(frame: bytes) -> bytes:
    """What `compress` was given. Raises ZstdError for anything that is not a zstd frame."""
    return _plain.decompress(frame)
