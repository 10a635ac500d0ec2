"""How much of a span its panel shows, and what of it was said by the call before."""

from __future__ import annotations

from agentscope.traces.contents import Reader
from agentscope.traces.ids import span_hex
from agentscope.traces.read import SpanDetail
from ui.access import PageRequest
from ui.cuts import SHOWN, fair
from ui.document import document, swelling, weights
from ui.earlier import Before
from ui.panel import WHOLE_TURNS, Opening

ROOM, WHOLE = 32_000, 150_000  # bytes of texts on one panel, and on one that shows all it can


def shown_of_span(
    request: PageRequest, reader: Reader, before: int | None, detail: SpanDetail
) -> tuple[int, Opening]:
    """Up to how many characters texts are shown, so that all have room together as HTML, and which
    messages were shown before. At most four queries, none if the call before was read already."""
    is_whole = "whole" in request.GET
    room, most = (WHOLE, WHOLE) if is_whole else (ROOM, SHOWN)
    said = document(detail)
    limit = fair(weights(said), int(room / swelling(said, SHOWN)), most)
    if is_whole:
        return limit, Opening(turns=WHOLE_TURNS)
    if before is None or not detail.content.get("input_messages"):
        return limit, Opening()
    return limit, Opening(said_before(reader, before))


def said_before(reader: Reader, row: int) -> Before:
    """The call before, with what it was given and answered."""
    content, tree = reader.of([row])[row].content, reader.tree
    said = [*content.get("input_messages", []), *content.get("output_messages", [])]
    name = tree.texts[tree.name[row]] or "(unnamed)"
    return Before(span_hex(int(tree.span_id[row])), name, said)
