"""Addresses that differ from the one that is shown: a page's address holds all of its state."""

from __future__ import annotations

from django.http import HttpRequest, QueryDict


class Address:
    """Of a page: its path, and the parameters that it was asked with."""

    def __init__(self, path: str, said: QueryDict) -> None:
        self.path, self.said = path, said

    def with_(self, **changed: str | None) -> str:
        """With some parameters changed; None removes one. A list of pages starts anew."""
        query = self.said.copy()
        for name, value in {"after": None, **changed}.items():
            query.pop(name, None)
            if value is not None:
                query[name] = value
        return f"{self.path}?{query.urlencode()}"

    def without(self, name: str) -> str:
        """With one filter less."""
        return self.with_(**{name: None})


def address_of(request: HttpRequest) -> Address:
    """The address of the page that is asked for."""
    return Address(request.path, request.GET)
