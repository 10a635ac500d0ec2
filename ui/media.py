"""Images and sounds in what was said: found, named, and shown only when somebody asks. Pure.

What a trace calls its own data is not believed: the first bytes decide of what type it is, and
what is not of a type that a browser only draws or plays is a file to keep. SVG and HTML never are.
"""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from binascii import Error
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote_to_bytes

DEEPEST = 4  # levels of a part in which its data may lie
HEAD = 64  # characters of base64 that are looked at to tell the type
FEWEST = 32  # characters; shorter texts are no data
TYPE = 80  # characters of a name of a type
DATA_URL = re.compile(
    r"data:([\w.+-]*/?[\w.+-]*)((?:;[\w.+-]+=[^;,]{0,100})*)(;base64)?,", re.ASCII
)
BASE64 = re.compile(r"[A-Za-z0-9+/_=\s-]*", re.ASCII)
DATA = ("data", "content", "bytes", "$bytes", "base64", "file_data", "blob")
TYPES = ("mime_type", "media_type", "mimeType", "mediaType", "format", "content_type")
URLS = ("url", "uri", "file_uri", "image_url", "fileUri")
KILO = 1000

# first bytes → type: the signatures of the WHATWG's "MIME Sniffing", and of AVIF, FLAC and AAC
SIGNS: tuple[tuple[bytes, str], ...] = (
    (rb"\x89PNG\r\n\x1a\n", "image/png"),
    (rb"\xff\xd8\xff", "image/jpeg"),
    (rb"GIF8[79]a", "image/gif"),
    (rb"RIFF....WEBPVP", "image/webp"),
    (rb"BM....\x00\x00\x00\x00", "image/bmp"),
    (rb"....ftypavi[fs]", "image/avif"),
    (rb"RIFF....WAVE", "audio/wav"),
    (rb"ID3|\xff[\xfb\xf3\xf2]", "audio/mpeg"),
    (rb"OggS\x00", "audio/ogg"),
    (rb"fLaC", "audio/flac"),
    (rb"\xff[\xf1\xf9]", "audio/aac"),
    (rb"....ftyp(M4A|mp4|isom)", "audio/mp4"),
)
SIGNATURES = [(re.compile(sign, re.DOTALL), name) for sign, name in SIGNS]


@dataclass(slots=True, frozen=True)
class Media:
    """Data of an image, a sound or a file. `said` is the type that the trace gives it."""

    said: str
    text: str  # base64, or percent-encoded where `is_base64` is not set
    is_base64: bool = True

    @property
    def type(self) -> str:
        """The type that a browser may draw or play, by the first bytes; empty: none."""
        return sniffed(self.head)

    @property
    def head(self) -> bytes:
        """The first bytes."""
        return decoded(self.text[:HEAD], is_base64=self.is_base64)

    @property
    def is_image(self) -> bool:
        return self.type.startswith("image/")

    @property
    def words(self) -> str:
        """Its type, as far as that is known, and its size."""
        return f"{self.type or self.said or 'data'}, {size(self.length)}"

    @property
    def length(self) -> int:
        """How many there are, to within three."""
        return len(self.text) * 3 // 4 if self.is_base64 else len(self.text)

    def content(self) -> bytes:
        """All of it."""
        return decoded(self.text, is_base64=self.is_base64)


def media_of(value: Any) -> Media | None:
    """The data that a part of a message or a text carries with it; None: it has none."""
    if isinstance(value, bytes):
        return Media("", b64encode(value).decode())
    if isinstance(value, str):
        return data_url(value)
    return next(found_in(value, "", 0), None)


def data_url(text: str) -> Media | None:
    """The data of a `data:` address (RFC 2397), if it says of what type or that it is base64: other
    texts begin with these letters as well."""
    found = DATA_URL.match(text)
    if found is None or not (found[3] or "/" in found[1]):
        return None
    return Media(found[1][:TYPE], text[found.end() :], is_base64=bool(found[3]))


def found_in(value: Any, said: str, deep: int) -> Iterator[Media]:
    """Data in an object, under the names that providers and conventions give it."""
    if not isinstance(value, dict) or deep > DEEPEST:
        return
    named = [value[key] for key in TYPES if is_name(value.get(key))]
    said = named[0] if named else said
    for key, inner in value.items():
        if isinstance(inner, str):
            if (media := data_url(inner)) or (media := plain_data(key, inner, said)):
                yield media
        else:
            yield from found_in(inner, said, deep + 1)


def own_data(value: dict[str, Any]) -> Media | None:
    """The image or sound that an object has right under a name for data, as tools give them back.
    Its first bytes have to tell what it is, for texts have such names as well."""
    texts = ((key, value[key]) for key in DATA if isinstance(value.get(key), str))
    found = (plain_data(key, text, "") for key, text in texts)
    return next((media for media in found if media), None)


def is_name(said: Any) -> bool:
    return isinstance(said, str) and 0 < len(said) <= TYPE


def plain_data(key: str, text: str, said: str) -> Media | None:
    """Base64 under a name for data."""
    if key not in DATA or len(text) < FEWEST or not BASE64.fullmatch(text[:HEAD]):
        return None
    found = Media(said, text)
    return found if said or found.type else None


def remote(value: Any, deep: int = 0) -> str:
    """The address of an image or file that lies elsewhere; it is said, never fetched."""
    if isinstance(value, str):
        return value if value.startswith(("http://", "https://", "gs://", "s3://")) else ""
    if not isinstance(value, dict) or deep > DEEPEST:
        return ""
    named = (remote(value[key], deep + 1) for key in URLS if key in value)
    return next(filter(None, named), "")


def decoded(text: str, *, is_base64: bool) -> bytes:
    """Data as bytes; base64 that is broken gives none."""
    if not is_base64:
        return unquote_to_bytes(text)
    try:
        plain = "".join(text.split()).translate({45: "+", 95: "/"}).rstrip("=")
        return b64decode(plain + "=" * (-len(plain) % 4))
    except (Error, ValueError):
        return b""


def sniffed(head: bytes) -> str:
    """The type of data by its first bytes; empty: none that is safe to show."""
    return next((name for sign, name in SIGNATURES if sign.match(head)), "")


def size(count: int) -> str:
    """Bytes in words."""
    if count < KILO:
        return f"{count} B"
    return f"{count / KILO:,.1f} kB" if count < KILO * KILO else f"{count / KILO / KILO:,.1f} MB"
