"""What a project says of its own attributes: which field they are, and by which to group costs.
What understanding its spans depends on in all is its Wishes."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction

from agentscope.projects.changes import note_change
from agentscope.projects.models import AttributeMapping, Project
from agentscope.projects.volatile import volatile_of

LONGEST_ATTRIBUTE = 200  # characters of a name
MOST_MAPPINGS = 100
MOST_ATTRIBUTES = 5

# What an attribute can be mapped to, and how its value is read.
FIELDS: dict[str, str] = {
    "kind": "what the span is: agent, chain, llm, tool, handoff, retrieval, embedding, rerank, "
    "guardrail, evaluator, memory, human, checkpoint",
    "agent": "name of the agent",
    "agent_id": "its id",
    "agent_version": "its version",
    "model": "the model that answered",
    "request_model": "the model that was asked for",
    "provider": "who hosts the model",
    "framework": "what runs the agents",
    "service_tier": "batch, flex or priority; standard and default are the ordinary one",
    "tool": "name of the tool",
    "tool_call_id": "id of the call, as the model gave it",
    "session": "the session, set by the application",
    "conversation": "a conversation or thread: the session where there is no other",
    "user": "the user",
    "environment": "production, staging, …",
    "response_id": "the provider's id of the answer",
    "outcome": "of the whole task: success or failure, also true or false",
    "discarded": "whether the work was thrown away: retried, rejected, abandoned, unused, or true",
    "error_type": "class or code of the error; its presence means that the span failed",
    "error_message": "text of the error",
    "reported_cost": "cost of the call in USD",
    "cached_answer": "true if a cache answered in the model's place",
    "additive": "true if the usage is on top of the call around it",
    "roll_up": "true if the usage repeats what other spans report",
    "step_limit": "turns of the model that a run of an agent may take, a number",
    "evaluation": "true if it runs for an evaluation or an experiment, again on purpose",
    "input_tokens": "tokens, with or without the cache: the numbers tell",
    "output_tokens": "tokens, with or without reasoning: the numbers tell",
    "total_tokens": "input and output",
    "cache_read_tokens": "read from the cache",
    "cache_write_tokens": "written to the cache, for however long",
    "cache_write_5m_tokens": "written to the cache for 5 minutes",
    "cache_write_1h_tokens": "written to the cache for an hour",
    "reasoning_tokens": "spent on reasoning",
    "audio_input_tokens": "audio in",
    "audio_output_tokens": "audio out",
    "tool_input_tokens": "results of the provider's own tools, where the input leaves them out",
    "web_searches": "searches that the provider ran, a number",
}


@dataclass(frozen=True, slots=True)
class Wishes:
    """What understanding spans depends on beside the dialects. Mappings are (attribute, field),
    the oldest first: the surest."""

    mappings: tuple[tuple[str, str], ...] = ()
    attributes: tuple[str, ...] = ()  # by which costs are grouped
    volatile: tuple[str, ...] = ()  # fields of calls and results that are not compared


class BadMapping(ValueError):
    """Errors by the name of the input that is to blame: `attribute` or `field`."""

    def __init__(self, **errors: str) -> None:
        super().__init__(errors)
        self.errors = errors


def wishes_of(project_id: int) -> Wishes:
    """What a project wishes now. Three queries."""
    found = AttributeMapping.objects.filter(project_id=project_id, field__in=FIELDS).order_by("pk")
    chosen = Project.objects.filter(pk=project_id).values_list("cost_attributes", flat=True)
    return Wishes(
        tuple(found.values_list("attribute", "field")),
        tuple(next(iter(chosen), ())[:MOST_ATTRIBUTES]),
        volatile_of(project_id),
    )


def check_mapping(attribute: str, field: str) -> tuple[str, str]:
    """The mapping without spaces around it. Raises BadMapping."""
    attribute = attribute.strip()
    errors = {}
    if not is_attribute(attribute):
        errors["attribute"] = attribute_rule(attribute)
    if field not in FIELDS:
        errors["field"] = "Choose one of the fields."
    if errors:
        raise BadMapping(**errors)
    return attribute, field


def is_attribute(name: str) -> bool:
    """Whether an attribute can be called that."""
    return 0 < len(name) <= LONGEST_ATTRIBUTE and name.isprintable()


def attribute_rule(name: str) -> str:
    """What is wrong with a name."""
    if not name:
        return "Name the attribute."
    return f"A name has at most {LONGEST_ATTRIBUTE} printable characters."


@transaction.atomic
def add_mapping(project: Project, attribute: str, field: str, who: str) -> AttributeMapping:
    """Let an attribute mean a field from now on. Raises BadMapping."""
    attribute, field = check_mapping(attribute, field)
    Project.objects.select_for_update().get(pk=project.pk)  # one change at a time
    present = AttributeMapping.objects.filter(project=project)
    if present.filter(attribute=attribute, field=field).exists():
        raise BadMapping(attribute=f"{attribute} is mapped to {field} already.")
    if present.count() >= MOST_MAPPINGS:
        raise BadMapping(attribute=f"A project has at most {MOST_MAPPINGS} mappings.")
    mapping = AttributeMapping.objects.create(project=project, attribute=attribute, field=field)
    note_change(
        "mapping",
        project.pk,
        who,
        f"Mapped the attribute {attribute} to {field}",
        {"after": {"attribute": attribute, "field": field}},
    )
    return mapping


@transaction.atomic
def remove_mapping(mapping: AttributeMapping, who: str) -> None:
    """Let an attribute mean again what the dialects make of it."""
    mapping.delete()
    note_change(
        "mapping",
        mapping.project_id,
        who,
        f"Removed the mapping of the attribute {mapping.attribute} to {mapping.field}",
        {"before": {"attribute": mapping.attribute, "field": mapping.field}},
    )
