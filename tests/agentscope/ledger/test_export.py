"""The verifier that is exported is one file, joined of modules."""

import ast
from collections import Counter

from agentscope.ledger.export import stand_alone


def test_no_name_is_there_twice_in_the_one_file():
    body = ast.parse(stand_alone()).body
    names = Counter(each.name for each in body if hasattr(each, "name"))
    names += Counter(
        target.id
        for each in body
        if isinstance(each, ast.Assign)
        for target in each.targets
        if isinstance(target, ast.Name)
    )
    assert [name for name, count in names.items() if count > 1] == []
