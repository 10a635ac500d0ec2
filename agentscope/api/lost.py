"""Addresses under /api/ that are not there: an answer for machines."""

from django.http import HttpRequest, JsonResponse
from django.views.decorators.csrf import csrf_exempt


@csrf_exempt  # it changes nothing, whatever is sent
def lost(request: HttpRequest) -> JsonResponse:
    """404 in the shape of every other error of the API."""
    hint = "The addresses are listed at /api/docs/."
    error = {"code": 404, "message": f"There is no {request.path}.", "hint": hint}
    return JsonResponse({"error": error}, status=404)
