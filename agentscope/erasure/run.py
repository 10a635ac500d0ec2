"""The jobs of an erasure: one that counts what will go, one that erases it.

First what was accepted before is stored, so that nothing of it comes later; then the traces go,
each as a whole; then the identifier is replaced wherever else it stands, as redaction does it. Each
stage commits in steps with the place from which to go on.
"""

from __future__ import annotations

import json
from functools import lru_cache, partial
from time import sleep
from typing import Any
from uuid import UUID

from agentscope.budgets.models import Answer
from agentscope.erasure.beside import REASONS, spent
from agentscope.erasure.letters import erase_letters
from agentscope.erasure.models import Erasure
from agentscope.erasure.person import WAYS, Person
from agentscope.erasure.preview import answers_of, counted, spans_of, texts_of, traces_of
from agentscope.erasure.remove import remove_resources, remove_traces
from agentscope.erasure.sentences import done_words, held_words
from agentscope.findings.neighbours import forget_neighbours
from agentscope.findings.write import forget_findings
from agentscope.inbox.models import Inbox
from agentscope.jobs.models import Job
from agentscope.jobs.write import UNFINISHED
from agentscope.projects.changes import note_change
from agentscope.redaction import restated
from agentscope.redaction.derived import BATCH, Table
from agentscope.redaction.redactor import Redactor
from agentscope.redaction.requests import dead, waiting
from agentscope.redaction.step import Step
from agentscope.redaction.stored import PAUSE, RECORDS, SETTLED, RedactStored, Stage
from agentscope.retention.read import held_among, let_holds_wait
from agentscope.reviews.erase import erase_texts
from agentscope.reviews.models import Comment, Review

ANSWERS = Table(
    "budget_answer",
    ("id",),
    ("session", "agent", "asked", "said"),
    json=frozenset(("asked", "said")),
    trace="trace",
)
VIEWS = Table("saved_view", ("id",), ("name", "query"), frozenset())
REQUESTS = "requests that wait"
LETTERS = "dead letters that name it"


class Held(Exception):
    """Traces of the person were put on legal hold meanwhile. The text says how many."""


class Forgotten(Exception):
    """An erasure whose identifier is forgotten already."""


class Erase(RedactStored):
    """Runs jobs of kind ERASE. Parameters: the key of the Erasure.

    `done` counts spans that were looked through or removed; `result` says what went: see remove.py,
    and Step for what was replaced.
    """

    def count(self, job: Job) -> int:
        """Spans of the person, and all others that may mention them."""
        erasure = erasure_of(job)
        return spans_of(person_of(erasure)) + (super().count(job) if erasure.mentions else 0)

    def redactor(self, job: Job) -> Redactor:
        """What replaces the identifier."""
        return person_of(erasure_of(job)).redactor()

    def stages(self, job: Job) -> dict[str, Stage]:
        """What is done one after the other."""
        erasure = erasure_of(job)
        beside: dict[str, Stage] = {
            "answers": partial(answers, erasure),
            "reviews": partial(reviews, erasure),
        }
        if job.is_preview:
            counting: dict[str, Stage] = {
                "what there is": partial(count, erasure),
                LETTERS: partial(letters, erasure),
            }
            others = what_others_said(erasure) if erasure.mentions else {}
            return counting | beside | others | {"ledger": partial(ledger, erasure)}
        removing: dict[str, Stage] = {
            REQUESTS: stored_first,
            LETTERS: partial(letters, erasure),
            **{f"traces, {number}": partial(traces, erasure, way) for number, way in ways()},
            **beside,
            "findings": findings,
        }
        rest = (RECORDS if erasure.mentions else {}) | self.derived
        return {
            **removing,
            **rest,
            "saved views": VIEWS.texts,
            **REASONS,
            "what was spent": spent,
            "ledger": partial(ledger, erasure),
            "unused resources": partial(resources, erasure),
        }

    def finish(self, job: Job) -> bool:
        """The end: the ledger tells what it came to, and the identifier is forgotten."""
        job.total = job.done
        if not job.is_preview:
            erasure = erasure_of(job)
            told = {
                "erasure": erasure.pk,
                "of": erasure.of,
                "identifier_digest": erasure.digest,
                "why": erasure.reason,
                "counts": job.result,
                "answers": erasure.answers,
            }
            who = erasure.confirmed_by
            note_change("erasure", job.project_id, who, done_words(erasure, job.result), told)
            forget_person(erasure)
        return True


def ways() -> list[tuple[int, str]]:
    """The ways by which traces are found, numbered."""
    return list(enumerate(WAYS, 1))


def erasure_of(job: Job) -> Erasure:
    """What a job is for."""
    return Erasure.objects.get(pk=job.parameters["erasure"], project_id=job.project_id)


def person_of(erasure: Erasure) -> Person:
    """Whom it is about. Raises Forgotten: nobody is called "", so nothing may be looked for."""
    if not erasure.said:
        raise Forgotten("It is over: whom it was about is forgotten. Ask anew.")
    return Person(erasure.project_id, erasure.of, erasure.said)


def forget_identifier(erasure: Erasure) -> None:
    """Keep the digest alone: it is over, one way or the other."""
    Erasure.objects.filter(pk=erasure.pk).update(said="", resources=[], answers=[])


def forget_person(erasure: Erasure) -> None:
    """The same of all that were asked for about the same person, but for those that a job is at."""
    same = Erasure.objects.filter(project_id=erasure.project_id, digest=erasure.digest)
    for each in same.exclude(said="").select_for_update().order_by("pk"):
        if each.pk == erasure.pk or is_idle(each):
            forget_identifier(each)


def is_idle(erasure: Erasure) -> bool:
    """Whether no job is at it, or will be."""
    jobs = (erasure.counting, erasure.erasing or 0)
    return not Job.objects.filter(pk__in=jobs, state__in=UNFINISHED).exists()


def count(erasure: Erasure, step: Step, place: Any) -> Any:
    """All that will go, counted at once."""
    step.add(**counted(person_of(erasure)))


def what_others_said(erasure: Erasure) -> dict[str, Stage]:
    """What a preview looks through for mentions. No requests: dead letters that name the person go
    as a whole, and of one that waits it is not known yet what goes with its traces."""
    stored = {name: stage for name, stage in RECORDS.items() if stage not in (dead, waiting)}
    return {name: partial(of_others, erasure, stage) for name, stage in stored.items()}


def of_others(erasure: Erasure, stage: Stage, step: Step, place: Any) -> Any:
    """A stage of a preview that passes over the traces of the person."""
    step.going = going(erasure.pk)
    return stage(step, place)


@lru_cache(maxsize=1)  # to find them may take a look at all spans: not at every step
def going(erasure: int) -> frozenset[UUID]:
    """The traces that an erasure would remove."""
    return traces_of(person_of(Erasure.objects.get(pk=erasure)))


def stored_first(step: Step, place: Any) -> Any:
    """Wait until the requests that were there when the job was asked for are stored."""
    until = step.job.created_at + SETTLED
    if not Inbox.objects.filter(project_id=step.project_id, received_at__lte=until).exists():
        return None
    sleep(PAUSE)
    return True


def letters(erasure: Erasure, step: Step, place: Any) -> Any:
    """The next dead letter."""
    return erase_letters(person_of(erasure), step, place)


def traces(erasure: Erasure, way: str, step: Step, place: Any) -> Any:
    """The next traces that are found one way. Raises Held."""
    person = person_of(erasure)
    ids = person.traces(way)
    let_holds_wait()
    if held := held_among(step.project_id, map(UUID, ids)):
        raise Held(held_words(len(held)))
    if not ids:
        return None
    texts = erase_texts(step.project_id, list(map(UUID, ids)), step.job.asked_by, why(erasure))
    gone = remove_traces(step.project_id, ids)
    step.job.done += gone.counts["spans"]
    step.add(**gone.counts, reviews=texts)
    erasure.resources = sorted({*erasure.resources, *gone.resources})
    erasure.answers = sorted({*erasure.answers, *gone.answers})
    erasure.save(update_fields=["resources", "answers"])
    return True


def answers(erasure: Erasure, step: Step, place: Any) -> Any:
    """The next answers to agents: those that name the person go, for the ledger has a digest of
    each, so that none can be changed. A preview counts those as well that go with their traces."""
    rows = ANSWERS.rows(step.project_id, place)
    naming = [row for row in rows if any(names(step, said) for said in row[1:-1])]
    named = {number for number, *_, trace in naming if trace not in step.held}
    step.add(held_texts=len(naming) - len(named))
    if step.is_preview:
        named |= answers_of(person_of(erasure), [row[0] for row in rows])
    else:
        erase_answers(erasure, named)
    step.add(answers=len(named))
    return [rows[-1][0]] if len(rows) == BATCH else None


def erase_answers(erasure: Erasure, gone: set[int]) -> None:
    """Delete answers, and remember which: the ledger is told in the end."""
    Answer.objects.filter(project_id=erasure.project_id, pk__in=gone).delete()
    erasure.refresh_from_db(fields=["answers"])
    erasure.answers = sorted({*erasure.answers, *gone})
    erasure.save(update_fields=["answers"])


def names(step: Step, said: Any) -> bool:
    """Whether a value names the person: a text, or JSON, which is read as text."""
    read = json.loads(said) if isinstance(said, str) and said[:1] == "{" else said
    return bool(step.cleaner.texts(read) != read)


def reviews(erasure: Erasure, step: Step, place: Any) -> Any:
    """What people wrote of decisions of others, and named the person: its text goes, for it is
    never changed. A preview counts that as well which goes with the traces."""
    naming: list[UUID] = []
    for model in (Review, Comment):
        written = model.objects.filter(project_id=step.project_id, erased_at=None)
        texts = written.exclude(text="").values_list("trace_id", "text")
        naming += [trace_id for trace_id, text in texts if names(step, text)]
    named = set(naming) - step.held
    step.add(held_texts=sum(trace_id in step.held for trace_id in naming))
    if step.is_preview:
        step.add(reviews=texts_of(person_of(erasure), named))
    else:
        step.add(reviews=erase_texts(step.project_id, named, step.job.asked_by, why(erasure)))


def ledger(erasure: Erasure, step: Step, place: Any) -> Any:
    """The next entries of the ledger that name the person."""
    return restated.ledger(step, place, why(erasure))


def why(erasure: Erasure) -> str:
    """Why something went, for who reads of it later. The reason that was given stands in one place
    only, for it may name others, who are erased some day."""
    return f"a {erasure.of} was erased: see the entry of erasure {erasure.pk}"


def findings(step: Step, place: Any) -> Any:
    """What was found in these traces, and by them in others."""
    forget_findings()
    forget_neighbours()


def resources(erasure: Erasure, step: Step, place: Any) -> Any:
    """The resources that only they named."""
    erasure.refresh_from_db(fields=["resources"])
    step.add(resources=remove_resources(step.project_id, erasure.resources))
