"""One step of a job that redacts what is stored: what it goes by, and what it did."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

from agentscope.jobs.models import Job
from agentscope.redaction.cleaner import Cleaner
from agentscope.traces.rewrite import Rewritten
from agentscope.traces.understood import Understood, understanding


@dataclass
class Step:
    """`job.result` says what was done so far: `read_spans` and `read_logs` were looked through;
    `requests`, `changed_spans`, `changed_logs` and `texts` are how many changed; `unreadable` are
    requests that could not be looked through; `values` are those replaced, by the code of a
    rule."""

    job: Job
    cleaner: Cleaner
    touched: Rewritten = field(default_factory=Rewritten)  # traces to be examined again

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

    def add(self, **counts: int) -> None:
        """Add to what the job says of itself."""
        self.job.result |= {name: self.job.result.get(name, 0) + n for name, n in counts.items()}

    def count_values(self) -> None:
        """Add what the cleaner replaced."""
        known = self.job.result.get("values", {})
        found = {code: known.get(code, 0) + n for code, n in self.cleaner.replaced.items()}
        self.job.result["values"] = known | found
        self.cleaner.replaced.clear()
