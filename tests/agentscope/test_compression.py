"""What was written with an old dictionary is still read when a new one writes."""

import pytest

from agentscope.compression import Compression, compress, decompress, split, zstd
from agentscope.traces.payload import SPANS

WORDS = [b"the same words of span %d again and again" % number for number in range(500)]


def test_a_frame_is_what_went_in():
    assert decompress(compress(b"body")) == b"body"
    with pytest.raises(zstd.ZstdError):
        decompress(b"no frame")


def test_an_added_dictionary_leaves_old_frames_readable():
    old, new = (zstd.train_dict(words, 400).dict_content for words in (WORDS, WORDS[::-1][:300]))
    written = Compression(old).compress(WORDS[0])
    both = Compression(old, new)
    assert both.decompress(written) == WORDS[0]
    assert both.decompress(both.compress(WORDS[1])) == WORDS[1]


def test_payloads_can_be_read_without_a_dictionary_too():
    assert SPANS.decompress(compress(b"plain")) == b"plain"


def test_frames_that_stand_behind_each_other_are_told_apart():
    frames = [compress(words) for words in (*WORDS[:3], b"")]
    assert list(split(b"".join(frames))) == frames
    assert list(split(b"")) == []
    with pytest.raises(zstd.ZstdError):
        list(split(frames[0] + frames[1][:-1]))
