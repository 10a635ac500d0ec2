"""The tables of all dialects as one: what does this attribute say?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from agentscope.signatures.taken_out import SCRUBBED
from agentscope.vocabulary import Value
from ingest.reading.absent import LONGEST, PLACEHOLDERS, REDACTED
from ingest.reading.flattened import Path, Pieces, split
from ingest.reading.scalars import yes
from ingest.reading.source import (
    Candidates,
    Dialect,
    Facts,
    ReadEvent,
    ReadLog,
    Refine,
    Scope,
    Source,
)

Steps = tuple[tuple[str, int, Source, Path], ...]  # field, rank, source, path in it
MOST_REMEMBERED = 20_000  # names; a sender with endless names must not fill the memory
CUT_MARK = ".truncated"  # an attribute of this ending says that another was cut
CUT = Source("truncated", 10, yes)


class Plan(dict[str, Steps]):
    """Sources by attribute name. Names that were looked up once are remembered, so that a flattened
    name costs no more than a plain one."""

    def __init__(self, dialects: Iterable[Dialect]) -> None:
        super().__init__()
        self.named: dict[str, list[Source]] = {}
        self.flattened: dict[str, list[Source]] = {}
        self.refinements: dict[str, list[Refine]] = {}
        self.scopes: dict[str, list[Refine]] = {}  # by the beginning of a name
        self.by_scope: dict[str, tuple[Refine, ...]] = {}  # by whole names that were looked up
        self.events: dict[str, list[ReadEvent]] = {}
        self.other_events: list[ReadEvent] = []
        self.logs: dict[str, ReadLog] = {}  # by coding agent
        for dialect in dialects:
            self.learn(dialect)
        self.places = {marker: at for at, marker in enumerate(self.refinements)}  # whose turn it is

    def learn(self, dialect: Dialect) -> None:
        """Add the tables of a dialect."""
        for key, said in dialect.FIELDS.items():
            sources = said if isinstance(said, tuple) else (said,)
            self.named.setdefault(key, []).extend(sources)
        for prefix, source in dialect.FLATTENED.items():
            self.flattened.setdefault(f"{prefix}.", []).append(source)
        for key, refine in dialect.REFINE.items():
            marked = self.scopes if isinstance(key, Scope) else self.refinements
            marked.setdefault(str(key), []).append(refine)
        for name, read in dialect.EVENTS.items():
            (self.events.setdefault(name, []) if name else self.other_events).append(read)
        self.logs.update(getattr(dialect, "LOGS", {}))

    def __missing__(self, key: str) -> Steps:
        steps = self.steps(key)
        if len(self) >= MOST_REMEMBERED:
            self.clear()
        self[key] = steps
        return steps

    def of_scope(self, scope: str) -> tuple[Refine, ...]:
        """What dialects that know an instrumentation scope have to say."""
        found = self.by_scope.get(scope)
        if found is None:
            if len(self.by_scope) >= MOST_REMEMBERED:
                self.by_scope.clear()
            starts = (refines for start, refines in self.scopes.items() if scope.startswith(start))
            found = self.by_scope[scope] = tuple(refine for some in starts for refine in some)
        return found

    def steps(self, key: str) -> Steps:
        """The sources that an attribute of this name belongs to, with its path in them."""
        plain: list[tuple[Source, Path]] = [(source, ()) for source in self.named.get(key, ())]
        inside = [
            (source, split(key[len(prefix) :]))
            for prefix, sources in self.flattened.items()
            if key.startswith(prefix)
            for source in sources
        ]
        cut: list[tuple[Source, Path]] = [(CUT, ())] if key.endswith(CUT_MARK) else []
        return tuple((it.field, it.rank, it, path) for it, path in (*plain, *inside, *cut))

    def facts(self, attributes: Mapping[str, Value]) -> Facts:
        """What the attributes say, not yet decided. This is the hot path of understanding: a span
        has some twenty attributes, and most of them say nothing to us."""
        candidates: Candidates = {}
        pieces: dict[Source, Pieces] = {}
        flags = 0
        for key, value in attributes.items():
            steps = self[key]
            if not steps:
                continue
            if type(value) is str and (
                value in PLACEHOLDERS if len(value) <= LONGEST else value.startswith(SCRUBBED)
            ):
                flags |= PLACEHOLDERS.get(value, REDACTED)
                continue
            for field, rank, source, path in steps:
                if path:
                    pieces.setdefault(source, []).append((path, value))
                elif field in candidates:
                    candidates[field].append((rank, key, value, source))
                else:
                    candidates[field] = [(rank, key, value, source)]
        if pieces:
            self.put_together(pieces, candidates)
        return Facts(candidates, flags=flags)

    def put_together(self, pieces: dict[Source, Pieces], candidates: Candidates) -> None:
        """Flattened attributes count as one candidate, under the prefix that they share."""
        for prefix, sources in self.flattened.items():
            for source in sources:
                if source in pieces:
                    found = (source.rank, prefix[:-1], pieces[source], source)
                    candidates.setdefault(source.field, []).append(found)
