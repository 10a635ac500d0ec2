"""Other ways to run the crew of examples/crewai_hook.py."""

import asyncio
import sys
from concurrent.futures import ThreadPoolExecutor

from crewai import LLM, Agent, Crew, Task
from crewai.hooks import HookAborted

from crewai_hook import look_up


def crew(role="clerk", **llm):
    found = Agent(
        role=role,
        goal="Find orders",
        backstory="You find orders.",
        tools=[look_up],
        llm=LLM(model="gpt-4o", **llm),
        max_iter=1000,
        cache=False,
    )
    task = Task(description="Where is order 7?", expected_output="A place", agent=found)
    return Crew(agents=[found], tasks=[task], cache=False)


def asynchronous():
    return asyncio.run(crew().akickoff())


def threaded():
    return asyncio.run(crew().kickoff_async())


def streamed():
    return crew(stream=True).kickoff()


def several():
    """Three crews at once, each in a thread."""
    with ThreadPoolExecutor() as pool:
        running = [pool.submit(crew(name).kickoff) for name in "abc"]
    for each in running:
        each.result()


if __name__ == "__main__":
    try:
        print("Done:", globals()[sys.argv[1]]())
    except HookAborted as stop:
        print("Stopped:", stop)
