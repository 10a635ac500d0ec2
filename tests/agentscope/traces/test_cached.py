"""A look-up in a cache that found the answer makes its call free."""

import pytest

from agentscope.traces.cached import mark_cached
from agentscope.vocabulary import Flag
from tests.kit.drawing import drawn

HIT = f"other cache.get scope=litellm flags={int(Flag.CACHED_ANSWER)}"


@pytest.mark.parametrize(
    ("told", "cached"),
    [
        (f"llm chat\n  {HIT}", [1, 2]),
        (f"chain route\n  {HIT}\n  llm chat", [2, 3]),
        (f"chain route\n  {HIT}\n  llm chat\n  llm chat", [2]),  # whose answer it was is not told
        (f"{HIT}\nllm chat", [1]),
        ("llm chat\n  other cache.get", []),
        (f"llm chat\n  {HIT.replace('litellm', 'shop')}", [2]),  # a cache of the application
    ],
)
def test_it_works(told, cached):
    spans = drawn(told)
    mark_cached(spans)
    marked = spans.flags & int(Flag.CACHED_ANSWER) > 0
    assert sorted(spans.span_id[marked].tolist()) == cached
