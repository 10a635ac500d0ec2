"""Files of a pack, written one after the other into a folder or a ZIP file, each with its digest.
It is under its own name only once it is whole."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from types import MappingProxyType
from typing import Any, Protocol
from zipfile import ZIP_DEFLATED, ZipFile

MANIFEST = "MANIFEST.json"


class Place(Protocol):
    """Where files are written."""

    def write(self, name: str, parts: Iterable[bytes]) -> None:
        """Write a file; names may have folders in them."""
        ...


class Folder:
    """Files in a folder."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.mkdir(parents=True)

    def write(self, name: str, parts: Iterable[bytes]) -> None:
        """Write a file."""
        file = self.path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("wb") as out:
            out.writelines(parts)


class Zip:
    """Files in a ZIP file."""

    def __init__(self, archive: ZipFile) -> None:
        self.archive = archive

    def write(self, name: str, parts: Iterable[bytes]) -> None:
        """Write a file, of any size."""
        with self.archive.open(name, "w", force_zip64=True) as out:
            for part in parts:
                out.write(part)


class Box:
    """A pack that is being written."""

    def __init__(self, place: Place, digests: Mapping[str, str] = MappingProxyType({})) -> None:
        self.place = place
        self.digests = dict(digests)  # by name of the file

    def add(self, name: str, parts: Iterable[str | bytes]) -> None:
        """Write a file, and keep its digest."""
        digest = sha256()

        def hashed() -> Iterator[bytes]:
            for part in parts:
                raw = part if isinstance(part, bytes) else part.encode("utf-8", "replace")
                digest.update(raw)
                yield raw

        self.place.write(name, hashed())
        self.digests[name] = digest.hexdigest()

    def add_all(self, files: Iterable[tuple[str, Iterable[str | bytes]]]) -> None:
        """Write files, and keep their digests."""
        for name, parts in files:
            self.add(name, parts)

    def seal(self, manifest: dict[str, Any]) -> str:
        """Write the manifest, the last of all files; its digest."""
        self.add(MANIFEST, [json.dumps(manifest, indent=1, ensure_ascii=False)])
        return self.digests[MANIFEST]


@contextmanager
def box(path: Path) -> Iterator[Box]:
    """A pack at a path: a ZIP file if its name ends with .zip, else a folder. What was begun is
    removed if anything fails. Raises FileExistsError and other OSError."""
    if path.exists():
        raise FileExistsError(f"{path} is there already: name a new one.")
    begun = path.with_name(f".{path.name}.part{os.getpid()}")
    try:
        if path.suffix == ".zip":
            with ZipFile(begun, "w", ZIP_DEFLATED) as archive:
                yield Box(Zip(archive))
        else:
            yield Box(Folder(begun))
        begun.rename(path)
    finally:
        shutil.rmtree(begun) if begun.is_dir() else begun.unlink(missing_ok=True)
