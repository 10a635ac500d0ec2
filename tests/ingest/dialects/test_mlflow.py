"""MLflow, where a span says something else than it seems to."""

import pytest

from agentscope.vocabulary import Kind
from ingest.dialects import understand
from tests.kit.spans import wire_span


@pytest.mark.parametrize(
    ("said", "output"),
    [
        ('{"output_type": "str"}', None),  # the Agents SDK: of which type the answer is
        ('{"output_type": "str", "output": "Paid."}', {"output_type": "str", "output": "Paid."}),
        ('"Paid."', "Paid."),
    ],
)
def test_the_type_of_an_answer_is_no_answer(said, output):
    told = {"mlflow.spanType": '"AGENT"', "mlflow.spanOutputs": said}
    found = understand(wire_span(name="Billing", attributes=told))
    assert (found.kind, found.content.output) == (Kind.AGENT, output)
