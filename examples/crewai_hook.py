"""CrewAI: asks before each model call of every crew, agent and flow of this program.

Environment: AGENTSCOPE_URL, AGENTSCOPE_KEY; of the model: OPENAI_BASE_URL, OPENAI_API_KEY.
"""

from itertools import count

from crewai import LLM, Agent, Crew, Task
from crewai.events import LLMCallCompletedEvent, crewai_event_bus
from crewai.hooks import HookAborted, before_llm_call
from crewai.tools import tool

from agentscope_hook import Stopped, came_to, estimate, may_i
from agentscope_spans import record

ABOUT = {"session": "example"}
PLACES = count(1)  # CrewAI itself ends a run in which a tool gives the same again and again


# --- the hook ---
@before_llm_call
def ask(call):
    agent, model = getattr(call.agent, "role", None), getattr(call.llm, "model", None)
    try:
        may_i(id(call.llm), **ABOUT, agent=agent, model=model, **estimate(call.messages))
    except Stopped as stop:  # CrewAI logs what else a hook raises, and goes on
        raise HookAborted(stop.reason, source="agentscope") from stop


@crewai_event_bus.on(LLMCallCompletedEvent)
def ended(llm, event):
    came_to(event.usage, id(llm))


# --- a crew that would go on for ever ---
@tool
def look_up(order: str) -> str:
    """Where an order is."""
    return f"Not in place {next(PLACES)}."


def main() -> None:
    record("example")
    clerk = Agent(
        role="clerk",
        goal="Find orders",
        backstory="You find orders.",
        tools=[look_up],
        llm=LLM(model="gpt-4o"),
        max_iter=1000,
        cache=False,
    )
    task = Task(description="Where is order 7?", expected_output="A place", agent=clerk)
    try:
        print("Done:", Crew(agents=[clerk], tasks=[task], cache=False).kickoff())
    except HookAborted as stop:
        print("Stopped:", stop)


if __name__ == "__main__":
    main()
