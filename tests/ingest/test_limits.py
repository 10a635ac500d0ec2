import gzip
import sys
import tracemalloc
import zlib
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from django.http import HttpRequest
from hypothesis import given
from hypothesis import strategies as st

from ingest.limits import CHUNK, KEPT, discard_rest, inflate, read_body
from ingest.refused import TooLarge, Undecodable, UnsupportedEncoding

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

MIB = 1 << 20
BODY = b"spans, spans, and more spans. " * 100


def raw_deflate(body: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(body) + packer.flush()


ENCODERS: dict[str, Callable[[bytes], bytes]] = {
    "": bytes,
    "identity": bytes,
    "gzip": gzip.compress,
    " GZIP ": gzip.compress,
    "deflate": zlib.compress,
    "zstd": zstd.compress,
}


@pytest.mark.parametrize("encoding", ENCODERS)
def test_row_06_every_encoding_we_name_is_undone(encoding: str) -> None:
    assert inflate(ENCODERS[encoding](BODY), encoding, MIB) == BODY


def test_deflate_without_the_wrapper_is_undone_too() -> None:
    assert inflate(raw_deflate(BODY), "deflate", MIB) == BODY


@pytest.mark.parametrize("encoding", ["br", "compress", "gzip, gzip", "aws-chunked", "zlib"])
def test_row_07_other_and_stacked_encodings_are_refused_by_name(encoding: str) -> None:
    with pytest.raises(UnsupportedEncoding, match="gzip, deflate, zstd") as caught:
        inflate(BODY, encoding, MIB)
    assert caught.value.status == 415


def cut(body: bytes) -> bytes:
    return body[:-12]


def garble(body: bytes) -> bytes:
    return body[:-8] + bytes(byte ^ 0xFF for byte in body[-8:])


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "zstd"])
@pytest.mark.parametrize("break_it", [cut, lambda body: BODY, lambda body: body + b"tail"])
def test_row_08_what_is_not_as_its_encoding_says_is_undecodable(
    break_it: Any, encoding: str
) -> None:
    with pytest.raises(Undecodable, match="Content-Encoding"):
        inflate(break_it(ENCODERS[encoding](BODY)), encoding, MIB)


def test_row_08_a_wrong_checksum_is_undecodable() -> None:
    with pytest.raises(Undecodable):
        inflate(garble(gzip.compress(BODY)), "gzip", MIB)


@pytest.mark.parametrize("encoding", ["gzip", "zstd"])
def test_row_09_all_members_are_decoded(encoding: str) -> None:
    pack = ENCODERS[encoding]
    assert inflate(pack(BODY) + pack(b"") + pack(BODY), encoding, MIB) == BODY + BODY


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "zstd"])
def test_row_10_the_limit_holds_for_the_inflated_body(encoding: str) -> None:
    packed = ENCODERS[encoding](BODY)
    assert inflate(packed, encoding, len(BODY)) == BODY
    with pytest.raises(TooLarge) as caught:
        inflate(packed, encoding, len(BODY) - 1)
    assert caught.value.status == 413


def bomb(encoding: str, size: int) -> bytes:
    return ENCODERS[encoding](bytes(size))


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "zstd"])
def test_row_12_a_bomb_is_stopped_in_little_memory(encoding: str) -> None:
    packed = bomb(encoding, 80 * MIB)
    tracemalloc.start()
    try:
        with pytest.raises(TooLarge):
            inflate(packed, encoding, 64 * MIB)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 3 * KEPT


def test_a_body_that_is_measured_first_comes_out_whole() -> None:
    body = bytes(range(256)) * (KEPT // 256 + 1)
    assert inflate(gzip.compress(body, 1), "gzip", 64 * MIB) == body


@given(st.binary(max_size=3 * CHUNK), st.sampled_from(["gzip", "deflate", "zstd"]))
def test_inflating_undoes_compressing(body: bytes, encoding: str) -> None:
    assert inflate(ENCODERS[encoding](body), encoding, MIB) == body


@given(st.binary(max_size=200), st.sampled_from(["gzip", "deflate", "zstd"]))
def test_no_body_breaks_it(body: bytes, encoding: str) -> None:
    try:
        inflate(body, encoding, MIB)
    except (Undecodable, TooLarge):
        return


def request(body: bytes, length: int | None, *, terminated: bool = True) -> HttpRequest:
    """A request whose server says `length` and whether the input ends by itself."""
    result = HttpRequest()
    result.META = {"wsgi.input": BytesIO(body), "wsgi.input_terminated": terminated}
    if length is not None:
        result.META["CONTENT_LENGTH"] = str(length)
    return result


def test_row_10_a_body_over_the_limit_is_refused_unread() -> None:
    big = request(b"x" * 11, 11)
    with pytest.raises(TooLarge, match="11 bytes; the limit is 10"):
        read_body(big, 10)
    assert big.META["wsgi.input"].tell() == 0


def test_row_11_a_body_without_a_length_is_read_to_its_end() -> None:
    assert read_body(request(BODY, None), MIB) == BODY


def test_row_11_the_limit_holds_whatever_the_length_says() -> None:
    endless = request(b"x" * (3 * CHUNK), None)
    with pytest.raises(TooLarge):
        read_body(endless, CHUNK)
    assert endless.META["wsgi.input"].tell() <= 2 * CHUNK


def test_row_11_a_body_that_is_shorter_than_it_says_is_undecodable() -> None:
    with pytest.raises(Undecodable, match="ended after 5 of 9 bytes"):
        read_body(request(b"12345", 9), MIB)


def test_without_a_length_a_server_that_cannot_tell_the_end_gives_nothing() -> None:
    assert read_body(request(BODY, None, terminated=False), MIB) == b""


def test_row_10_the_rest_of_a_refused_body_is_read_so_that_the_answer_is_seen() -> None:
    big = request(b"x" * (3 * CHUNK), None)
    with pytest.raises(TooLarge):
        read_body(big, CHUNK)
    discard_rest(big)
    assert big.META["wsgi.input"].read() == b""


def test_what_is_discarded_has_a_limit_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ingest.limits.DISCARDED", CHUNK)
    big = request(b"x" * (3 * CHUNK), None)
    discard_rest(big)
    assert big.META["wsgi.input"].tell() == CHUNK
