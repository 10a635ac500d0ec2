"""The content security policy of all pages: nothing from elsewhere, nothing inline.

What models and tools said is hostile text. Should any of it ever reach a page unescaped, the
browser still runs none of it and fetches nothing for it. Only style attributes are allowed: they
carry our own numbers to custom properties.
"""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

POLICY = "; ".join(
    [
        "default-src 'self'",
        "style-src 'self'",
        "style-src-attr 'unsafe-inline'",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    ]
)


class ContentSecurity:
    """Middleware that sets the policy on every answer that has none of its own.

    Addresses under /api/ are left out: the reference there brings its own scripts.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if not request.path.startswith("/api/"):
            response.headers.setdefault("Content-Security-Policy", POLICY)
        return response
