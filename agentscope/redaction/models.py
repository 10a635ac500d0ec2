"""Redaction: what a project wants replaced. OwnRule: patterns and names of its own. Redacted: how
much was, by day and rule."""

from django.db import models

from agentscope.projects.models import Project


class Redaction(models.Model):
    """The actions that a project chose: policy.Action by the code of a rule or of a category."""

    project = models.OneToOneField(Project, on_delete=models.CASCADE, primary_key=True)
    actions = models.JSONField(default=dict)

    class Meta:
        db_table = "redaction"


class OwnRule(models.Model):
    """A pattern, read by RE2, or the name of a field whose whole value goes."""

    class Kind(models.TextChoices):
        PATTERN = "pattern", "a pattern"
        NAME = "name", "name of a field"

    class Action(models.TextChoices):
        OFF = "off", "keep"
        MASK = "mask", "mask"
        HASH = "hash", "hash"
        DROP = "drop", "drop"

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="own_rules")
    code = models.TextField()  # what stands in place of what it finds
    kind = models.TextField(choices=Kind)
    said = models.TextField()
    action = models.TextField(choices=Action)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "redaction_rule"
        constraints = [models.UniqueConstraint(fields=["project", "code"], name="one_own_rule")]

    def __str__(self) -> str:
        return self.code


class Redacted(models.Model):
    """Values that were replaced in requests, as they were received: one that is sent twice counts
    twice."""

    pk = models.CompositePrimaryKey("project_id", "day", "code")
    project_id = models.IntegerField()
    day = models.DateField()  # UTC
    code = models.TextField()
    values = models.BigIntegerField()

    class Meta:
        db_table = "redacted"
