"""Login: a session of somebody who is logged in. Failures: attempts in vain, by what they were
counted. SecondFactor and RecoveryCode: what is asked beside a password. Invitation, Identity: how
people come to have an account. See docs/adr/0029-logins.md."""

from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import models
from django.utils import timezone

from agentscope.projects.models import Project
from agentscope.projects.roles import Role


class Login(models.Model):
    """A session of somebody who is logged in. It ends when its session is deleted."""

    session = models.OneToOneField(Session, on_delete=models.CASCADE)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="logins"
    )
    by = models.TextField(default="", blank=True)  # logins.By
    begun_at = models.DateTimeField(default=timezone.now)
    seen_at = models.DateTimeField(default=timezone.now)
    address = models.TextField(default="", blank=True)  # "": it cannot be told
    browser = models.TextField(default="", blank=True)  # as it names itself

    class Meta:
        db_table = "account_login"

    def __str__(self) -> str:
        return f"{self.user} since {self.begun_at}"


class Failures(models.Model):
    """Attempts in vain since the last success, counted by account, browser or address. What they
    are counted by is kept as a digest: people type passwords where a name belongs."""

    digest = models.BinaryField(primary_key=True)  # SHA-256 of the kind and what it counts
    kind = models.TextField()  # attempts.Kind
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, related_name="+"
    )
    count = models.IntegerField(default=0)
    told = models.IntegerField(default=0)  # how many of them the ledger knows of
    failed_at = models.DateTimeField(default=timezone.now)  # the last of them
    until = models.DateTimeField(null=True)  # before that, no further attempt is looked at
    address = models.TextField(default="", blank=True)  # where the last one came from

    class Meta:
        db_table = "account_failures"
        indexes = [models.Index("failed_at", name="account_failures_old")]


class SecondFactor(models.Model):
    """The secret that a person's authenticator shares with us (TOTP, RFC 6238), confirmed by one of
    its codes."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="second_factor"
    )
    secret = models.TextField()  # encrypted
    since = models.DateTimeField(default=timezone.now)
    last_step = models.BigIntegerField()  # of the newest code that was used: no older one works

    class Meta:
        db_table = "account_second_factor"

    def __str__(self) -> str:
        return str(self.user)


class RecoveryCode(models.Model):
    """A code for whoever lost the authenticator. It works once."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="recovery_codes"
    )
    digest = models.BinaryField(unique=True)  # SHA-256: 80 random bits need no slow hash
    used_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "account_recovery_code"


class Invitation(models.Model):
    """An address that somebody wants as a member of a project, or of its organisation. The token in
    its link works once, until it expires."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="invitations")
    everywhere = models.BooleanField(default=False)  # in all projects of its organisation
    email = models.TextField()
    role = models.TextField(choices=Role)
    digest = models.BinaryField(unique=True)  # SHA-256 of the token: 256 random bits need no salt
    invited_by = models.TextField()
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "account_invitation"
        indexes = [
            models.Index("project", models.F("created_at").desc(), name="account_invitation_newest")
        ]

    def __str__(self) -> str:
        return f"{self.email} to {self.where}"

    @property
    def where(self) -> str:
        """What it lets in to, as the end of a sentence."""
        if self.everywhere:
            return f"all projects of {self.project.organisation.name}"
        return f"the project {self.project.name}"


class Identity(models.Model):
    """Who somebody is at a provider of identities (OpenID Connect): there the subject never changes
    and is never given to anybody else, as names and addresses are."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="identities"
    )
    issuer = models.TextField()
    subject = models.TextField()
    since = models.DateTimeField(default=timezone.now)
    used_at = models.DateTimeField(default=timezone.now)

    class Meta:
        db_table = "account_identity"
        constraints = [models.UniqueConstraint(fields=["issuer", "subject"], name="one_identity")]

    def __str__(self) -> str:
        return f"{self.subject} at {self.issuer}"
