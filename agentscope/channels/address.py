"""Addresses of our pages, as those who get a message reach them."""

from __future__ import annotations

from django.conf import settings


def public_address(path: str) -> str:
    """The address of a page."""
    return f"{settings.AGENTSCOPE_PUBLIC_URL}{path}"
