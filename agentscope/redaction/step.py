"""One step of a job that redacts what is stored: what it goes by, and what it did."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeVar
from uuid import UUID

from agentscope.jobs.models import Job
from agentscope.redaction.cleaner import Cleaner
from agentscope.retention.read import held_traces, let_holds_wait
from agentscope.traces.rewrite import Rewritten
from agentscope.traces.understood import Understood, understanding

T = TypeVar("T")


@dataclass
class Step:
    """`job.result` says what was done so far: `read_spans` and `read_logs` were looked through;
    `requests`, `changed_spans`, `changed_logs` and `texts` are how many changed; `held_spans`,
    `held_logs` and `held_texts` are how many would, were their traces not on legal hold;
    `unreadable` are requests that could not be looked through; `values` are those replaced, by the
    code of a rule."""

    job: Job
    cleaner: Cleaner
    touched: Rewritten = field(default_factory=Rewritten)  # traces to be examined again
    going: frozenset[UUID] = frozenset()  # traces that will be gone by then: they are passed over

    @property
    def project_id(self) -> int:
        """The project of the job."""
        return self.job.project_id

    @property
    def is_preview(self) -> bool:
        """Whether it only counts."""
        return self.job.is_preview

    @cached_property
    def reader(self) -> Understood:
        """How the project understands records now."""
        return understanding(self.project_id)

    @cached_property
    def held(self) -> frozenset[UUID]:
        """Traces on legal hold: they stay word for word. None is added until the step ends."""
        let_holds_wait()
        return held_traces(self.project_id)

    @cached_property
    def aside(self) -> Cleaner:
        """Says what would be replaced, which does not count."""
        return Cleaner(self.cleaner.redactor)

    def cleaner_of(self, trace_id: UUID | None) -> Cleaner:
        """What looks through something of a trace."""
        return self.aside if trace_id in self.held else self.cleaner

    def apart(self, changed: Iterable[T], trace_of: Callable[[T], UUID]) -> tuple[list[T], int]:
        """Those that are to be written, and how many are held."""
        everything = list(changed)
        free = [each for each in everything if trace_of(each) not in self.held]
        return free, len(everything) - len(free)

    def staying(self, rows: Iterable[T], trace_of: Callable[[T], UUID]) -> list[T]:
        """Those that will still be there to be looked through."""
        return [each for each in rows if trace_of(each) not in self.going]

    def add(self, **counts: int) -> None:
        """Add to what the job says of itself."""
        self.job.result |= {name: self.job.result.get(name, 0) + n for name, n in counts.items()}

    def count_values(self) -> None:
        """Add what the cleaner replaced."""
        known = self.job.result.get("values", {})
        found = {code: known.get(code, 0) + n for code, n in self.cleaner.replaced.items()}
        self.job.result["values"] = known | found
        self.cleaner.replaced.clear()
