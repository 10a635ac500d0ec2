from base64 import b64encode

import pytest

from tests.kit.hostile import CORPUS, HTML, SVG
from ui.media import data_url, media_of, own_data, remote, size, sniffed

PNG = b"\x89PNG\r\n\x1a\n" + bytes(60)
WAV = b"RIFF\x24\x00\x00\x00WAVEfmt " + bytes(40)
SAID = b64encode(PNG).decode()


@pytest.mark.parametrize(
    "part",
    [
        {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{SAID}"}},  # OpenAI
        {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": SAID}},
        {"inline_data": {"mime_type": "image/png", "data": SAID}},  # Gemini
        {"type": "blob", "modality": "image", "mime_type": "image/png", "content": SAID},
        {"bytes": {"$bytes": SAID}},
        f"data:image/png;base64,{SAID}",
        PNG,
    ],
)
def test_data_is_found_in_whatever_form_it_is_told(part):
    found = media_of(part)
    assert (found.type, found.content(), found.is_image) == ("image/png", PNG, True)
    assert found.words == "image/png, 69 B"


def test_sounds_are_told_by_their_format():
    found = media_of({"input_audio": {"data": b64encode(WAV).decode(), "format": "wav"}})
    assert (found.type, found.is_image, found.said) == ("audio/wav", False, "wav")


@pytest.mark.parametrize(
    "value",
    [
        {"type": "image", "data": SAID, "mimeType": "image/png"},  # MCP
        {"$bytes": SAID},
        {"content": SAID},
    ],
)
def test_an_object_that_is_an_image_says_so(value):
    assert own_data(value).words == "image/png, 69 B"


@pytest.mark.parametrize(
    "value",
    [
        {"content": "words that could be base64 as they have no other signs at all", "format": "x"},
        {"deeper": {"data": SAID}},
        {"data": b64encode(SVG.encode()).decode(), "mimeType": "image/png"},
        {"data": 3},
    ],
)
def test_an_object_that_only_looks_like_data_is_none(value):
    assert own_data(value) is None


@pytest.mark.parametrize("text", ["data:yes, it was found", "data:,x", "data: {}", "database,"])
def test_a_text_that_only_begins_like_an_address_of_data_is_text(text):
    assert data_url(text) is None


@pytest.mark.parametrize("text", [SVG, HTML, *CORPUS])
@pytest.mark.parametrize("said", ["image/png", "image/svg+xml", "text/html"])
def test_what_calls_itself_an_image_and_is_none_has_no_type_to_show(text, said):
    url = f"data:{said};base64,{b64encode(text.encode()).decode()}"
    assert data_url(url).type == ""
    assert sniffed(text.encode()) == ""


def test_data_that_is_percent_encoded_is_read():
    assert data_url("data:text/plain,a%20b").content() == b"a b"


@pytest.mark.parametrize("text", ["data:image/png;base64,%%%", "data:image/png;base64,iVB=OR===w"])
def test_broken_data_is_no_error(text):
    assert isinstance(data_url(text).content(), bytes)


@pytest.mark.parametrize("value", ["text", 3, None, {"data": "short"}, {"data": "no base64 " * 9}])
def test_other_values_are_no_data(value):
    assert media_of(value) is None


def test_what_lies_elsewhere_is_named():
    part = {"type": "image_url", "image_url": {"url": "https://example.org/cat.png"}}
    assert remote(part) == "https://example.org/cat.png"
    assert remote({"url": "javascript:alert(1)"}) == ""


def test_sizes_are_told_in_words():
    assert [size(n) for n in (12, 1200, 3_400_000)] == ["12 B", "1.2 kB", "3.4 MB"]
