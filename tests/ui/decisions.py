"""Decisions as the panel of a span tells them."""

import re
from html import unescape


def plain(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def decision(client, trace_id, number: int) -> dict[str, list[str]]:
    """The lines of a decision by their headings, as the panel says them."""
    page = f"/p/shop/traces/{trace_id.hex}/?span={number:016x}"
    html = client.get(page, headers={"HX-Target": "panel"}).text
    section = re.search(r'<section class="decision".*?</section>', html, re.DOTALL)
    found = re.findall(r"<dt>(\w+)</dt>\s*<dd>(.*?)</dd>", section[0] if section else "", re.DOTALL)
    return {
        heading: [plain(line) for line in re.findall(r"<(?:li|p)\b.*?</(?:li|p)>", said, re.DOTALL)]
        for heading, said in found
    }
