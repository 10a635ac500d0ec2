"""Redacting what is stored: a job for what came before its rule. docs/redaction.md says what it
promises.

First requests that wait, so that nothing unredacted is stored behind its back; then spans, log
records and envelopes; then what is derived of them is derived anew, and what cannot be is redacted
where it is. Each stage goes through its table in the order of the keys, in steps that commit with
the place from which to go on. To redact twice changes nothing more.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from functools import cached_property, lru_cache
from time import monotonic, sleep
from typing import Any

from django.db import DatabaseError, OperationalError
from django.db.models import Sum
from django.utils import timezone

from agentscope.jobs.models import Job
from agentscope.projects.changes import note_change
from agentscope.redaction import derived, records, requests, restated
from agentscope.redaction.cleaner import Cleaner
from agentscope.redaction.derived import AddUpDay, Examine
from agentscope.redaction.left import left_clause
from agentscope.redaction.policy import Policy
from agentscope.redaction.read import REFRESHED, key_of
from agentscope.redaction.redactor import Redactor
from agentscope.redaction.step import Step
from agentscope.search.again import keep_anew
from agentscope.traces.again import one_at_a_time
from agentscope.traces.models import Trace
from agentscope.traces.rewrite import examine_again

STEP = 0.5  # second; then what is done is committed
# After so long no request is committed any more that was read by the rules of before.
SETTLED = timedelta(seconds=REFRESHED + 8)
PAUSE = 0.2  # second, until then
Stage = Callable[[Step, Any], Any]  # does a part, given the place to go on from; None: all is done
# Dead letters twice: a request may become one while those that wait are looked through.
RECORDS: dict[str, Stage] = {
    "dead letters": requests.dead,
    "requests": requests.waiting,
    "new dead letters": requests.dead,
    "spans": records.spans,
    "log records": records.logs,
    "resources": records.envelopes,
}


class CannotRedact(Exception):
    """Rows could not be written. Says no more than the kind of error, since what databases say may
    quote what must not be kept."""


class RedactStored:
    """Runs jobs of kind REDACT. Parameters: the policy as it was when the job was asked for.

    `done` counts spans, and `total` is as many as were known at the start; for `result` see Step.
    """

    def __init__(self, examine: Examine, add_up_day: AddUpDay, decisions: Stage) -> None:
        self.examine = examine
        self.add_up_day = add_up_day
        self.decisions = decisions  # redacts decision records

    @cached_property
    def derived(self) -> dict[str, Stage]:
        """What is made of records, each stage of what those before it come to."""
        made: dict[str, Stage] = {
            "traces": derived.traces(self.examine),
            "days": derived.days(self.add_up_day),
            "sessions": derived.sessions,
            "causes": derived.causes,
            "decisions": self.decisions,
        }
        made |= {table.name: table.texts for table in derived.tables()}
        made["ledger"] = restated.ledger
        return made | {"what searching goes by": searching}

    def count(self, job: Job) -> int:
        """Spans of the project, as last examined."""
        return Trace.objects.filter(project_id=job.project_id).aggregate(n=Sum("spans"))["n"] or 0

    def step(self, job: Job) -> bool:
        """Half a second of one stage. See jobs.run.Runner."""
        if timezone.now() < job.created_at + SETTLED:
            sleep(PAUSE)
            return False
        try:
            return self.go_on(job)
        except OperationalError:
            raise
        except DatabaseError as error:
            raise CannotRedact(type(error).__name__) from None

    def stages(self, job: Job) -> dict[str, Stage]:
        """What is done one after the other. A preview looks through what was sent alone."""
        return RECORDS if job.is_preview else RECORDS | self.derived

    def redactor(self, job: Job) -> Redactor:
        """What replaces."""
        return redactor(json.dumps(job.parameters), job.project_id)

    def go_on(self, job: Job) -> bool:
        """The same once all know the rules."""
        one_at_a_time(job.project_id)
        stages = self.stages(job)
        names = list(stages)
        name, place = job.cursor or (names[0], None)
        step = Step(job, Cleaner(self.redactor(job)))
        end = monotonic() + STEP
        while (place := stages[name](step, place)) is not None and monotonic() < end:
            pass
        going = place is not None
        if name in RECORDS:  # what is derived of them repeats their values
            step.count_values()
        examine_again(job.project_id, step.touched)
        behind = names[names.index(name) + 1 :]
        job.cursor = [name, place] if going else [behind[0], None] if behind else None
        return not going and not behind and self.finish(job)

    def finish(self, job: Job) -> bool:
        """The end of a job: the log of changes says what it came to."""
        job.total = job.done
        if not job.is_preview:
            values = sum(job.result.get("values", {}).values())
            replaced = f"replaced {values:,} value{'' if values == 1 else 's'}"
            what = f"Redacted what is stored: {replaced}{left_clause(job.result)}"
            told = {"job": job.pk, **job.result}
            note_change("redaction", job.project_id, job.asked_by, what, told)
        return True


def searching(step: Step, place: Any) -> Any:
    """Keeps the next steps anew for searching."""
    return keep_anew(step.job, place, step.job.created_at + SETTLED)


@lru_cache(maxsize=4)
def redactor(policy: str, project_id: int) -> Redactor:
    """What replaces, by a policy as JSON. Raises secrets.own.BadPattern."""
    return Redactor(Policy.parse(json.loads(policy)), key_of(project_id))
