"""Which tools look something up, by their names: only of those an answer that says nothing is a
miss. What acts answers "done", what checks answers "fine", and both say so however often."""

from __future__ import annotations

from functools import lru_cache

from agentscope.findings.effects import AGAIN, CHANGES, words

LOOKS = frozenset(
    "browse cat crawl curl describe download explore fetch find get glob grep list locate"
    " look lookup ls query read recall retrieve scrape search select view".split()
)
PATTERNS = frozenset("glob globs grep regex rg ripgrep".split())
# Without a verb: `tavily`, `wikipedia`, `knowledge_base`.
SOURCES = frozenset(
    "arxiv bing brave database duckduckgo exa google kb knowledge perplexity rag retrieval"
    " retriever search searcher searxng serpapi serper sparql sql tavily web wiki wikipedia".split()
)
CHECKS = frozenset(
    "are assert assess can check checker checks classifier classify compare critic detect detector"
    " does ensure eval evaluate evaluator exist exists grade grader guard guardrail guardrails has"
    " is judge lint linter match moderate moderation moderator review reviewer route router"
    " sanitize score scorer screen test tests triage validate validation validator verifier"
    " verify".split()
)
# Nothing comes back from what only acts or tells.
TELLS = frozenset(
    "answer confirm display emit go goto hover log mark memorize navigate note notify persist print"
    " put record reflect remember render report respond say scroll speak store tell think thought"
    " track".split()
)
ACTS = CHANGES | AGAIN | TELLS
# Of what judges, that which says what is to be made better.
REVIEWS = frozenset(
    "approver audit auditor critic critics critique editor evaluator feedback grader judge"
    " proofread proofreader qa quality reflect reflection reflector review reviewer reviews"
    " verifier".split()
)
RUNS = frozenset(
    "bash cmd code command console exec execute interpreter powershell python repl run sandbox"
    " script sh shell terminal".split()
)


@lru_cache(maxsize=4096)
def looks_up(name: str) -> bool:
    """Whether a tool looks something up, by its first verb; without one, by what it asks."""
    said = words(name)
    verb = next((word for word in said if word in LOOKS or word in ACTS or word in CHECKS), "")
    return verb in LOOKS if verb else not SOURCES.isdisjoint(said)


@lru_cache(maxsize=4096)
def checks(name: str) -> bool:
    """Whether a tool or an agent judges what it is given: the same of many things, as a rule."""
    said = words(name)
    return next((word in CHECKS for word in said if word in LOOKS | ACTS | CHECKS), False)


@lru_cache(maxsize=4096)
def tells(name: str) -> bool:
    """Whether a tool only says something, or writes down what was thought, by its first verb."""
    said = words(name)
    return next((word in TELLS for word in said if word in LOOKS | ACTS | CHECKS), False)


@lru_cache(maxsize=4096)
def reviews(name: str) -> bool:
    """Whether a tool or an agent says what is to be made better in a work."""
    return not REVIEWS.isdisjoint(words(name))


@lru_cache(maxsize=4096)
def runs_anything(name: str) -> bool:
    """Whether a tool runs whatever it is given, so that one result stands for many things."""
    return not RUNS.isdisjoint(words(name))


@lru_cache(maxsize=4096)
def matches_patterns(name: str) -> bool:
    """Whether a tool looks for whatever matches a pattern, which is no id though it has digits."""
    return not PATTERNS.isdisjoint(words(name))
