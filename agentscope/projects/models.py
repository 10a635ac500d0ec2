"""Project, Key, Member, and the user of this installation."""

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.contrib.postgres.fields import ArrayField
from django.db import models

from agentscope.projects.roles import Role

LONGEST_LABEL = 100  # characters of a key's label in its name


class User(AbstractUser):
    """A person who logs in. Our own model from the first migration, so that it can grow."""

    class Meta(AbstractUser.Meta):
        db_table = "user_account"


class Project(models.Model):
    """A wall: nothing of one project is ever visible in another."""

    class CostPolicy(models.TextChoices):
        """Which cost of a call counts, where its sender reports one too."""

        REPORTED_ELSE_COMPUTED = "reported_else_computed", "reported, else computed"
        COMPUTED = "computed", "computed from the price list"
        REPORTED = "reported", "reported by the sender"

    name = models.TextField(unique=True)
    created_at = models.DateTimeField(auto_now_add=True)
    cost_policy = models.TextField(choices=CostPolicy, default=CostPolicy.REPORTED_ELSE_COMPUTED)
    # In which days, weeks and months of budgets and alerts begin: a name of the IANA database.
    time_zone = models.TextField(default="UTC")
    week_start = models.SmallIntegerField(default=0)  # 0: Monday
    # Resource or span attributes by which costs can be grouped too, at most five.
    cost_attributes = ArrayField(models.TextField(), default=list, blank=True)

    class Meta:
        db_table = "project"

    def __str__(self) -> str:
        return self.name


class Key(models.Model):
    """A secret that names a project. Only its SHA-256 is stored; the secret is shown once."""

    class Scope(models.TextChoices):
        INGEST = "ingest", "send traces"
        READ = "read", "read traces"
        DECIDE = "decide", "ask whether to go on"
        MANAGE = "manage", "change rules, budgets and channels"

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="keys")
    label = models.TextField(blank=True, default="")
    scope = models.TextField(choices=Scope, default=Scope.INGEST)
    prefix = models.TextField()  # the first characters, so that people can tell keys apart
    digest = models.BinaryField(unique=True)  # SHA-256 of the secret: 256 random bits need no salt
    created_at = models.DateTimeField(auto_now_add=True)
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "project_key"

    def __str__(self) -> str:
        return f"{self.prefix}… ({self.scope})"

    @property
    def name(self) -> str:
        """What it is called where use is told apart by key: its label and its number. Neither ever
        changes, and neither is any part of the secret."""
        return f"{' '.join(self.label.split())[:LONGEST_LABEL]} #{self.pk}".strip()


class Member(models.Model):
    """A user with a role in a project."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="members")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships"
    )
    role = models.TextField(choices=Role, default=Role.VIEWER)

    class Meta:
        db_table = "project_member"
        constraints = [models.UniqueConstraint(fields=["project", "user"], name="one_membership")]

    def __str__(self) -> str:
        return f"{self.user} in {self.project}"


class AttributeMapping(models.Model):
    """What an attribute means in this project, where no dialect knows it, or knows better."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="mappings")
    attribute = models.TextField()
    field = models.TextField()  # of vocabulary.Meaning, or a number of its usage: input_tokens, …
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "attribute_mapping"
        constraints = [
            models.UniqueConstraint(fields=["project", "attribute", "field"], name="one_mapping")
        ]

    def __str__(self) -> str:
        return f"{self.field} ← {self.attribute}"


class AllowedTools(models.Model):
    """Tools that an agent may call; agent "": all that have no list of their own."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="allowed_tools")
    agent = models.TextField(blank=True, default="")
    tools = ArrayField(models.TextField())

    class Meta:
        db_table = "allowed_tools"
        constraints = [models.UniqueConstraint(fields=["project", "agent"], name="one_tool_list")]

    def __str__(self) -> str:
        return self.agent


class ToolEffects(models.Model):
    """Tools that do their work each time, and those that come to the same: see repeated.py."""

    project = models.OneToOneField(Project, on_delete=models.CASCADE, related_name="tool_effects")
    each_time = ArrayField(models.TextField(), default=list, blank=True)
    once = ArrayField(models.TextField(), default=list, blank=True)

    class Meta:
        db_table = "tool_effects"

    def __str__(self) -> str:
        return str(self.project_id)


class VolatileFields(models.Model):
    """Fields of arguments and results that are not compared in this project: see volatile.py."""

    project = models.OneToOneField(
        Project, on_delete=models.CASCADE, related_name="volatile_fields"
    )
    names = ArrayField(models.TextField(), default=list, blank=True)

    class Meta:
        db_table = "volatile_fields"

    def __str__(self) -> str:
        return str(self.project_id)
