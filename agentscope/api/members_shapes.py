"""How members and invitations look, for OpenAPI."""

from __future__ import annotations

from rest_framework import serializers

from agentscope.api.fields import Shape, count, text
from agentscope.projects.roles import Role

ROLES = tuple(Role.values)


class NewRoleShape(Shape):
    role = serializers.ChoiceField(ROLES, help_text="owners are made by owners, never by a key")


class MemberShape(Shape):
    """Somebody who sees the project."""

    user = text("the name of the account")
    role = serializers.ChoiceField(ROLES, help_text="what they are here")
    by_project = serializers.ChoiceField(
        ROLES, allow_null=True, help_text="what the project itself says"
    )
    by_organisation = serializers.ChoiceField(
        ROLES, allow_null=True, help_text="what its organisation says"
    )


class MembersShape(Shape):
    members = MemberShape(many=True, help_text="by name")
    total = count()


class NewInvitationShape(Shape):
    email = serializers.EmailField()
    role = serializers.ChoiceField(ROLES)


class InvitationShape(Shape):
    """An invitation that waits, without its link."""

    id = serializers.IntegerField()
    email = text()
    role = serializers.ChoiceField(ROLES)
    everywhere = serializers.BooleanField(help_text="to all projects of the organisation")
    invited_by = text("a user, or a key")
    created_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()


class InvitationsShape(Shape):
    invitations = InvitationShape(many=True, help_text="the newest first")
    total = count()


class MadeInvitationShape(InvitationShape):
    link = text("said this once; empty if it was mailed")
    not_sent = text("why it was not mailed; empty if it was")
