"""A pack as it stands in the database: a ZIP file in parts, which any worker goes on with and any
server reads."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from agentscope.packs.models import StoredPart

PART = 2**20  # bytes
KEPT = (  # of each file, for the directory at the end
    *("filename", "date_time", "compress_type", "CRC", "compress_size", "file_size"),
    *("header_offset", "flag_bits", "external_attr", "extract_version", "create_version"),
)


class Rows:
    """What a ZIP file is written to. It only grows."""

    def __init__(self, pack: int, size: int) -> None:
        """`size`: of what was written before."""
        self.pack, self.size, self.waiting = pack, size, bytearray()
        self.is_closed = False

    def write(self, piece: bytes) -> int:
        """Keep a piece; in rows, once it is enough for one."""
        if not self.is_closed:
            self.waiting += piece
            self.size += len(piece)
            while len(self.waiting) >= PART:
                self.store(PART)
        return len(piece)

    def tell(self) -> int:
        """Where the next piece goes."""
        return self.size

    def flush(self) -> None:
        """Rows are written as they fill."""

    def store(self, count: int) -> None:
        """Write some of what waits as a row."""
        data, begin = bytes(self.waiting[:count]), self.size - len(self.waiting)
        del self.waiting[:count]
        if data:
            StoredPart.objects.create(pack_id=self.pack, begin=begin, data=data)

    def close(self) -> None:
        """Write the rest. What comes later is none of it."""
        self.store(len(self.waiting))
        self.is_closed = True


class StoredZip:
    """The ZIP file: a Place that is left and gone on with."""

    def __init__(self, pack: int, size: int = 0, files: Iterable[Sequence[Any]] = ()) -> None:
        """Go on with what `pause` said; a new one without."""
        self.rows = Rows(pack, size)
        self.archive = ZipFile(self.rows, "w", ZIP_DEFLATED)  # it has no seek
        self.archive.infolist().extend(map(info_of, files))

    def write(self, name: str, parts: Iterable[bytes]) -> None:
        """Write a file, of any size."""
        with self.archive.open(name, "w", force_zip64=True) as out:
            for part in parts:
                out.write(part)

    def pause(self) -> dict[str, Any]:
        """All that has to be known to go on, as JSON. The directory, which ends the file, is not
        written."""
        self.rows.close()
        files = [[getattr(info, name) for name in KEPT] for info in self.archive.infolist()]
        return {"size": self.rows.size, "files": files}

    def end(self) -> None:
        """Write what ends the file."""
        self.archive.close()
        self.rows.close()


def info_of(kept: Sequence[Any]) -> ZipInfo:
    """What the directory says of a file."""
    info = ZipInfo()
    for name, value in zip(KEPT, kept, strict=True):
        setattr(info, name, tuple(value) if name == "date_time" else value)
    return info


def data_of(pack: int) -> Iterator[bytes]:
    """The file, part by part: never much of it is in memory."""
    parts = StoredPart.objects.filter(pack_id=pack)
    for begin in list(parts.order_by("begin").values_list("begin", flat=True)):
        yield bytes(parts.values_list("data", flat=True).get(begin=begin))


def measured(pack: int) -> tuple[int, str]:
    """How many bytes it has, and its SHA-256."""
    size, digest = 0, sha256()
    for data in data_of(pack):
        size += len(data)
        digest.update(data)
    return size, digest.hexdigest()
