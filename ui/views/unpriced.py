"""The models that have no price, with the two ways to give them one."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from agentscope.billing.words import SENTENCES
from agentscope.costs.unpriced import UnpricedModel, unpriced
from agentscope.vocabulary import Why
from ui import amounts
from ui.access import PageRequest, page
from ui.exports import exports

HAS_PRICE = "It has a price now. Price history again to use it."
NO_PRICE_HELPS = {Why.NO_USAGE, Why.NO_MODEL}
UNTOLD = "an unknown number of tokens"
PREFIX = "Its cost is unknown: "


@page
def unpriced_models(request: PageRequest) -> HttpResponse:
    """Models without a price in the newest 30 days, those with most tokens first."""
    found = unpriced(request.project.pk)
    asked = {
        "project": request.project.name,
        "group_by": "provider,model",
        "order": "unpriced_tokens",
        "since": f"{found.since.isoformat()}T00:00:00+00:00",
    }
    context = {
        "page": "prices",
        "found": found,
        "rows": [row(request, each) for each in found.items],
        "calls": amounts.count(found.calls, "charge"),
        "tokens": amounts.count(found.tokens, "token") if found.tokens else UNTOLD,
        "models": amounts.count(found.models, "model"),
        "left": found.models - len(found.items),
        "exports": exports(reverse("api-costs"), asked),
    }
    return render(request, "prices/unpriced.html", context)


def row(request: PageRequest, model: UnpricedModel) -> dict[str, Any]:
    """A model in words, and what can be done about it."""
    name = request.project.name
    set_price = urlencode({"provider": model.provider, "model": model.model})
    has_price = model.why == Why.NONE
    return {
        "model": model,
        "why": HAS_PRICE if has_price else reason(model),
        "has_price": has_price,
        "can_be_set": model.why not in NO_PRICE_HELPS,
        "set": f"{reverse('set-price', args=[name])}?{set_price}",
        "alias": f"{reverse('set-alias', args=[name])}?{urlencode({'name': model.model})}",
        "reprice": f"{reverse('reprice', args=[name])}?{urlencode({'model': model.model})}",
    }


def reason(model: UnpricedModel) -> str:
    """Why a model has no price, as a sentence."""
    said = SENTENCES[model.why].format(model=model.model).removeprefix(PREFIX)
    return said[:1].upper() + said[1:]
