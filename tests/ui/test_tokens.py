"""Colours: only from tokens.css, readable in both themes."""

import math
import re
from pathlib import Path

import pytest

CSS = Path(__file__).parents[2] / "ui/static/css"
TOKEN = re.compile(r"--([\w-]+): light-dark\(oklch\(([^)]+)\), oklch\(([^)]+)\)\);")


def luminance(oklch):
    """WCAG's relative luminance of `L% C H`, clipped to sRGB (matrices: Ottosson's OKLab)."""
    lightness, chroma, hue = (float(part.rstrip("%")) for part in oklch.split()[:3])
    lightness, angle = lightness / 100, math.radians(hue)
    a, b = chroma * math.cos(angle), chroma * math.sin(angle)
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    middle = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    linear = (
        4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * middle + 1.7076147010 * short,
    )
    red, green, blue = (min(max(part, 0), 1) for part in linear)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    bright, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


@pytest.fixture(params=[0, 1], ids=["light", "dark"])
def theme(request):
    found = TOKEN.findall((CSS / "tokens.css").read_text())
    return {name: colours[request.param] for name, *colours in found}


@pytest.mark.parametrize("name", ["text", "muted", "accent", "bad", "warn", "good"])
def test_text_is_readable(theme, name):
    for ground in ("surface", "sunken", "selected"):
        assert contrast(theme[name], theme[ground]) >= 4.5, ground


@pytest.mark.parametrize(
    "name",
    [
        *("control", "kind-agent", "kind-model", "kind-tool", "kind-handoff", "kind-retrieval"),
        *(f"series-{number}" for number in range(9)),
    ],
)
def test_graphics_are_visible(theme, name):
    assert contrast(theme[name], theme["surface"]) >= 3


def mixed(one, other, share):
    """`color-mix(in oklab, one share, other)`."""
    (l1, a1, b1), (l2, a2, b2) = lab(one), lab(other)
    mix = [share * x + (1 - share) * y for x, y in ((l1, l2), (a1, a2), (b1, b2))]
    return f"{mix[0]}% {math.hypot(*mix[1:])} {math.degrees(math.atan2(mix[2], mix[1]))}"


def lab(oklch):
    lightness, chroma, hue = (float(part.rstrip("%")) for part in oklch.split()[:3])
    return lightness, chroma * math.cos(math.radians(hue)), chroma * math.sin(math.radians(hue))


@pytest.mark.parametrize("number", range(9))
def test_text_in_boxes_of_paths_is_readable(theme, number):
    """As components/icicle.css tints them, at rest and under the pointer."""
    colour = theme[f"series-{number}"]
    for word, share in (("text", 0.22), ("muted", 0.22), ("text", 0.4)):
        assert contrast(theme[word], mixed(colour, theme["surface"], share)) >= 4.5


def test_colours_come_from_tokens_only():
    for file in CSS.rglob("*.css"):
        if file.name != "tokens.css":
            assert not re.search(r"#[0-9a-f]{3,8}\b|\brgba?\(|\boklch\(|\bhsl", file.read_text()), (
                file
            )


def test_every_style_sheet_is_imported_and_every_import_exists():
    app = (CSS / "app.css").read_text()
    imported = set(re.findall(r'url\("([^"]+)"\)', app))
    assert imported == {str(file.relative_to(CSS)) for file in CSS.rglob("*.css")} - {"app.css"}
