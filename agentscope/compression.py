"""zstd, with one compressor a thread: making one costs more than compressing a span."""

import sys
import threading
from collections.abc import Iterator

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

__all__ = ["Compression", "compress", "decompress", "split", "zstd"]

LEVEL = 1  # spans are written once and mostly never read: spend little


class Compression(threading.local):
    """zstd, with a dictionary of what small bodies have in common if one is given.

    The last dictionary writes; all of them read, for a frame remembers the id of its own. So never
    change one that was released: add another.
    """

    def __init__(self, *dictionaries: bytes, level: int = LEVEL) -> None:
        known = [zstd.ZstdDict(dictionary) for dictionary in dictionaries]
        self.readers = {each.dict_id: each for each in known}
        self.compressor = zstd.ZstdCompressor(level=level, zstd_dict=known[-1] if known else None)

    def compress(self, body: bytes) -> bytes:
        """`body` as one frame."""
        return self.compressor.compress(body, zstd.ZstdCompressor.FLUSH_FRAME)

    def decompress(self, frame: bytes) -> bytes:
        """What `compress` was given. Raises ZstdError for anything else."""
        named = zstd.get_frame_info(frame).dictionary_id
        return zstd.decompress(frame, zstd_dict=self.readers.get(named))


_plain = Compression()


def compress(body: bytes) -> bytes:
    """`body` as one zstd frame."""
    return _plain.compress(body)


def decompress(frame: bytes) -> bytes:
    """What `compress` was given. Raises ZstdError for anything that is not a zstd frame."""
    return _plain.decompress(frame)


def split(frames: bytes) -> Iterator[bytes]:
    """The zstd frames that were written one after the other. Raises ZstdError for anything else."""
    left = memoryview(frames)
    while left:
        size = zstd.get_frame_size(left)
        yield bytes(left[:size])
        left = left[size:]
