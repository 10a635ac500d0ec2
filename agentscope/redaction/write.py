"""Setting what is replaced, with an entry in the project's log; counting what was."""

from __future__ import annotations

import re
from collections.abc import Mapping

from django.db import connection, transaction

from agentscope.jobs.models import Job
from agentscope.jobs.write import ask
from agentscope.projects.changes import note_change
from agentscope.projects.models import Project
from agentscope.redaction.models import OwnRule, Redaction
from agentscope.redaction.policy import Action
from agentscope.redaction.read import forget, policy_of
from agentscope.secrets.own import BadPattern, compiled
from agentscope.secrets.rules import BY_CODE, NAMED_SECRET, Category, plain_name

MOST_OWN = 50  # rules of a project
LONGEST_NAME = 80  # characters of a field's name, as redaction.named reads them
CODE = re.compile(r"[a-z][a-z0-9_]{0,39}")
FIELD_NAME = re.compile(r"[\w .-]+")
CODES = frozenset((*BY_CODE, *Category, NAMED_SECRET))
COUNT = """
insert into redacted (project_id, day, code, values)
select %s, (now() at time zone 'utc')::date, code, number
from unnest(%s::text[], %s::bigint[]) as counted (code, number) order by code
on conflict (project_id, day, code) do update set values = redacted.values + excluded.values
"""


class BadRule(ValueError):
    """Errors by the name of the input that is to blame: `code` or `said`."""

    def __init__(self, **errors: str) -> None:
        super().__init__(errors)
        self.errors = errors


@transaction.atomic
def set_actions(project: Project, actions: Mapping[str, str], who: str) -> bool:
    """Choose what becomes of what rules and categories find; whether anything changed. A code that
    is left out goes by its category, and a category that is left out is off."""
    wanted = {code: Action(said).value for code, said in actions.items() if code in CODES}
    Project.objects.select_for_update().get(pk=project.pk)
    kept, _ = Redaction.objects.get_or_create(project=project)
    if kept.actions == wanted:
        return False
    changed = sorted(
        code for code in {*wanted, *kept.actions} if wanted.get(code) != kept.actions.get(code)
    )
    note_change(
        "redaction",
        project.pk,
        who,
        f"Changed what is redacted: {', '.join(changed)}",
        {"before": kept.actions, "after": wanted},
    )
    kept.actions = wanted
    kept.save()
    transaction.on_commit(forget)
    return True


@transaction.atomic
def add_rule(project: Project, code: str, kind: str, said: str, action: str, who: str) -> OwnRule:
    """Add a pattern or a name of a field. Raises BadRule."""
    code, said = checked(code.strip().lower(), kind, said)
    Project.objects.select_for_update().get(pk=project.pk)
    present = OwnRule.objects.filter(project=project)
    if present.filter(code=code).exists():
        raise BadRule(code=f"There is a rule {code} already.")
    if present.count() >= MOST_OWN:
        raise BadRule(code=f"A project has at most {MOST_OWN} rules of its own.")
    rule = OwnRule.objects.create(
        project=project, code=code, kind=kind, said=said, action=Action(action)
    )
    what = f"Added the rule {code} to what is redacted"
    note_change("redaction", project.pk, who, what, {"after": as_said(rule)})
    transaction.on_commit(forget)
    return rule


def checked(code: str, kind: str, said: str) -> tuple[str, str]:
    """The code and the pattern or name. Raises BadRule."""
    errors = {}
    if not CODE.fullmatch(code):
        errors["code"] = "Small letters, digits and underscores, a letter first, 40 at most."
    elif code in CODES:
        errors["code"] = f"{code} is the name of a rule that is there for all projects."
    if kind == OwnRule.Kind.NAME:
        said = said.strip()
        if not FIELD_NAME.fullmatch(said) or len(said) > LONGEST_NAME or not plain_name(said):
            errors["said"] = f"Letters, digits, spaces, dots, - and _, {LONGEST_NAME} at most."
    else:
        try:
            compiled(said)
        except BadPattern as error:
            errors["said"] = str(error)
    if errors:
        raise BadRule(**errors)
    return code, said


@transaction.atomic
def remove_rule(rule: OwnRule, who: str) -> None:
    """Let a rule of the project go. What it replaced stays replaced."""
    rule.delete()
    what = f"Removed the rule {rule.code} from what is redacted"
    note_change("redaction", rule.project_id, who, what, {"before": as_said(rule)})
    transaction.on_commit(forget)


def as_said(rule: OwnRule) -> dict[str, str]:
    """A rule as it is noted."""
    return {"code": rule.code, "kind": rule.kind, "said": rule.said, "action": rule.action}


class NothingToRedact(ValueError):
    """No rule of the project is on."""


@transaction.atomic
def redact_stored(project: Project, who: str, *, is_preview: bool = False) -> Job:
    """Ask for what is stored to be redacted by the rules of today, or, as a preview, for how much
    they would replace. Raises NothingToRedact, jobs.write.TooManyJobs."""
    policy = policy_of(project.pk)
    if not policy.all():
        raise NothingToRedact
    job = ask(project.pk, Job.Kind.REDACT, policy.written(), who, is_preview)
    if not is_preview:
        what = "Asked for what is stored to be redacted"
        note_change("redaction", project.pk, who, what, {"job": job.pk, **policy.written()})
    return job


def count_redacted(project_id: int, counts: Mapping[str, int]) -> None:
    """Add to what was replaced today. In the order of the codes, so that two that count at once
    wait for each other and never both."""
    with connection.cursor() as cursor:
        cursor.execute(COUNT, [project_id, list(counts), list(counts.values())])
