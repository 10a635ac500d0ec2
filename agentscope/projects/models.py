"""Organisation, Project, Key, the members of both, and the user of this installation."""

from datetime import datetime

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.contrib.postgres.fields import ArrayField
from django.db import models

from agentscope.projects.roles import Role

LONGEST_LABEL = 100  # characters of a key's label in its name
FIRST_ORGANISATION = "default"


class User(AbstractUser):
    """A person who logs in. Our own model from the first migration, so that it can grow."""

    class Meta(AbstractUser.Meta):
        db_table = "user_account"


class Organisation(models.Model):
    """Those who have projects together."""

    name = models.TextField(unique=True)
    created_at = models.DateTimeField(auto_now_add=True)
    # Whoever sees one of its projects logs in with a second factor.
    requires_second_factor = models.BooleanField(default=False)

    class Meta:
        db_table = "organisation"

    def __str__(self) -> str:
        return self.name


def first_organisation() -> int:
    """The number of the one that new projects belong to where none is named."""
    found = Organisation.objects.order_by("pk").values_list("pk", flat=True).first()
    return found or Organisation.objects.get_or_create(name=FIRST_ORGANISATION)[0].pk


class Project(models.Model):
    """A wall: nothing of one project is ever visible in another."""

    class CostPolicy(models.TextChoices):
        """Which cost of a call counts, where its sender reports one too."""

        REPORTED_ELSE_COMPUTED = "reported_else_computed", "reported, else computed"
        COMPUTED = "computed", "computed from the price list"
        REPORTED = "reported", "reported by the sender"

    name = models.TextField(unique=True)
    organisation = models.ForeignKey(
        Organisation,
        on_delete=models.PROTECT,
        related_name="projects",
        default=first_organisation,
    )
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
        ADMIN = "admin", "manage keys, and do what read and manage may"

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="keys")
    label = models.TextField(blank=True, default="")
    scope = models.TextField(choices=Scope, default=Scope.INGEST)
    prefix = models.TextField()  # the first characters, so that people can tell keys apart
    digest = models.BinaryField(unique=True)  # SHA-256 of the secret: 256 random bits need no salt
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.TextField(blank=True, default="")
    expires_at = models.DateTimeField(null=True)  # from then on it is refused; None: never
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    # The key that was made in place of this one, which works beside it until it expires.
    successor = models.OneToOneField(
        "self", on_delete=models.SET_NULL, null=True, related_name="predecessor"
    )

    class Meta:
        db_table = "project_key"

    def __str__(self) -> str:
        return f"{self.prefix}… ({self.scope})"

    def is_expired(self, now: datetime) -> bool:
        """Whether it is refused because its time is over."""
        return self.expires_at is not None and self.expires_at <= now

    @property
    def shown(self) -> str:
        """What it is called as who did something."""
        return f"key {self.prefix}…"

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


class OrganisationMember(models.Model):
    """A user with a role in all projects of an organisation, but for those that say otherwise."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="members")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="organisations"
    )
    role = models.TextField(choices=Role, default=Role.VIEWER)

    class Meta:
        db_table = "organisation_member"
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "user"], name="one_membership_of_organisation"
            )
        ]

    def __str__(self) -> str:
        return f"{self.user} in {self.organisation}"


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
