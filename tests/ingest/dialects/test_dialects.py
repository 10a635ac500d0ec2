"""What holds for every dialect."""

from pathlib import Path
from typing import get_args

import pytest

import ingest.dialects
from ingest.dialects import DIALECTS
from ingest.reading.plan import MOST_REMEMBERED, Plan
from ingest.reading.source import ContentField, ScalarField, Source

FIELDS = {*get_args(ScalarField), *get_args(ContentField)}


def test_the_list_is_the_folder() -> None:
    folder = Path(ingest.dialects.__file__).parent
    modules = {path.stem for path in folder.glob("*.py")} - {"__init__"}
    assert sorted(dialect.NAME for dialect in DIALECTS) == sorted(modules)


@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda dialect: dialect.NAME)
def test_its_sources_say_known_fields(dialect) -> None:
    said = [*dialect.FIELDS.values(), *dialect.FLATTENED.values()]
    sources = [one for item in said for one in (item if isinstance(item, tuple) else (item,))]
    assert all(isinstance(source, Source) for source in sources)
    assert {source.field for source in sources} <= FIELDS


def test_no_two_sources_of_a_field_have_the_same_rank() -> None:
    """Else the order of attributes would decide, which means nothing. Only evidence of the kind may
    be of equal strength."""
    ranks: dict[tuple[str, int], set[str]] = {}
    for dialect in DIALECTS:
        for key, said in dialect.FIELDS.items():
            for source in said if isinstance(said, tuple) else (said,):
                if source.field != "kind":
                    ranks.setdefault((source.field, source.rank), set()).add(key)
    assert {at: keys for at, keys in ranks.items() if len(keys) > 1} == {}


def test_endless_attribute_names_do_not_fill_the_memory() -> None:
    plan = Plan(DIALECTS)
    for number in range(MOST_REMEMBERED + 10):
        plan.facts({f"key.{number}": "value"})
    assert len(plan) <= MOST_REMEMBERED
