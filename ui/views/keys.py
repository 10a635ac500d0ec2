"""Settings: the keys of a project. A secret is shown once, on the page that answers its making."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from agentscope.projects.keys import check_handling, keys_of, may_handle, scopes_for, state_of
from agentscope.projects.models import Key
from agentscope.projects.roles import NotAllowed, Right
from agentscope.projects.write import BadKey, create_key, revoke_key, rotate_key
from ui.access import PageRequest, form_page, who
from ui.exports import exports
from ui.key_forms import KeyForm, RotateForm

TONES = {"works": "ok", "replaced": "warn", "expired": "", "revoked": ""}


@form_page(needs=Right.SEND, to_read=Right.SEE_KEYS)
def keys(request: PageRequest) -> HttpResponse:
    """The keys, and the form of a new one."""
    scopes = scopes_for(request.role)
    form = KeyForm(request.POST if request.method == "POST" else None, scopes)
    if form.is_valid():
        said = form.cleaned_data
        scope = Key.Scope(said["scope"])
        made = create_key(request.project, scope, said["label"], form.expires_at, who(request))
        return shown_once(request, *made)
    now = timezone.now()
    found = keys_of(request.project, request.role, who(request))
    context = {
        "page": "settings",
        "tab": "keys",
        "form": form if scopes else None,
        "lines": [line(request, key, state_of(key, now)) for key in found],
        "exports": exports(reverse("api-keys"), {"project": request.project.name}),
        "revoked": request.GET.get("revoked"),
    }
    return render(request, "settings/keys.html", context)


def line(request: PageRequest, key: Key, state: str) -> dict[str, Any]:
    """A key in the list."""
    mine = may_handle(key, request.role, who(request))
    return {
        "key": key,
        "state": state,
        "tone": TONES[state],
        "may_revoke": mine and state in ("works", "replaced"),
        "may_rotate": mine and state == "works",
    }


def shown_once(request: PageRequest, key: Key, secret: str, old: Key | None = None) -> HttpResponse:
    """The page with the secret of a key that was made just now."""
    context = {"page": "settings", "tab": "keys", "key": key, "secret": secret, "old": old}
    return render(request, "settings/key.html", context)


@form_page(needs=Right.SEND, to_read=Right.SEND)
def rotate(request: PageRequest, key: int) -> HttpResponse:
    """Make a key in place of another one, which works for a while yet."""
    found = handled(request, key)
    form = RotateForm(request.POST if request.method == "POST" else None, found, timezone.now())
    if form.is_valid():
        try:
            made = rotate_key(found, form.works_until, who(request))
        except BadKey as problem:
            form.add_error("hours", str(problem))
        else:
            found.refresh_from_db()
            return shown_once(request, *made, old=found)
    context = {"page": "settings", "tab": "keys", "key": found, "form": form}
    return render(request, "settings/rotate.html", context)


@require_POST
@form_page(needs=Right.SEND)
def revoke(request: PageRequest, key: int) -> HttpResponse:
    """Stop a key from working."""
    revoke_key(handled(request, key), who(request))
    return redirect(f"{reverse('keys', args=[request.project.name])}?revoked=1")


def handled(request: PageRequest, number: int) -> Key:
    """A key that is to be replaced or revoked. Raises Http404, PermissionDenied."""
    found = keys_of(request.project, request.role, who(request)).filter(pk=number).first()
    if found is None:
        raise Http404("no such key in this project")
    try:
        check_handling(found, request.role, who(request))
    except NotAllowed as refused:
        raise PermissionDenied(str(refused)) from refused
    return found
