"""What models cost in a project: the price list, and what the project set in its place."""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from agentscope.costs.unpriced import names_meaning
from agentscope.prices.read import (
    BadPlace,
    PricedModel,
    PricePage,
    PriceQuery,
    aliases,
    own_prices,
    prices,
)
from agentscope.prices.write import Overlapping, Override, TooMany, remove_price, set_price
from agentscope.projects.roles import Right
from ui import amounts
from ui.access import PageRequest, form_page, page, who
from ui.address import address_of
from ui.exports import exports
from ui.price_forms import PriceForm, initial, sizes_of
from ui.price_words import price_row

PAGE = 50  # models
MOST_OWN = 500  # models of the project that are shown


@page
def price_list(request: PageRequest) -> HttpResponse:
    """The project's own prices and names first, then the price list, searched."""
    text, day = request.GET.get("q", "").replace("\0", ""), day_asked(request)
    found = price_page(request, PriceQuery(text=text, at=day))
    own = own_prices(request.project.pk, MOST_OWN)
    context = {
        "page": "prices",
        "text": text,
        "own": [own_row(request, each) for each in own],
        "most_own": MOST_OWN if len(own) >= MOST_OWN else 0,
        "aliases": aliases(request.project.pk),
        "found": [list_row(request, each) for each in found.items],
        "count": counted(found),
        "more": address_of(request).with_(after=found.next) if found.next else "",
        "day": day,
        "today": timezone.now().date(),
        "exports": exports(
            reverse("api-prices"),
            {"project": request.project.name, "search": text, "at": day.isoformat()},
        ),
    }
    return render(request, "prices/page.html", context)


def day_asked(request: PageRequest) -> date:
    """The day whose prices are shown; today, if none can be read."""
    try:
        return date.fromisoformat(request.GET.get("at", ""))
    except ValueError:
        return timezone.now().date()


def counted(found: PricePage) -> str:
    """How many models there are, and how many of them are here."""
    total = amounts.count(found.total, "model")
    return f"{total}: {len(found.items)} shown" if found.total > len(found.items) else total


def price_page(request: PageRequest, query: PriceQuery) -> PricePage:
    """A page of the price list; a place that is not ours is the first page."""
    try:
        return prices(request.project.pk, query, request.GET.get("after", ""), PAGE)
    except BadPlace:
        return prices(request.project.pk, query, "", PAGE)


def own_row(request: PageRequest, model: PricedModel) -> dict[str, Any]:
    """A price of the project, and where it is changed and removed."""
    since = model.prices[0].valid_from
    names = named(model) | {"from": since.isoformat() if since else ""}
    address = reverse("set-price", args=[request.project.name])
    return {
        "row": price_row(model),
        "edit": f"{address}?{urlencode(names | {'own': '1'})}",
        "names": names,
    }


def list_row(request: PageRequest, model: PricedModel) -> dict[str, Any]:
    """A price of the list, and where another one is set."""
    address = reverse("set-price", args=[request.project.name])
    return {"row": price_row(model), "set": f"{address}?{urlencode(named(model))}"}


def named(model: PricedModel) -> dict[str, str]:
    """What a price is of, as parameters of an address."""
    return {"provider": model.provider, "model": model.model, "tier": model.service_tier}


def asked_for(said: Any) -> Override:
    """What a price is of, by the parameters of an address. Raises Http404."""
    try:
        since = said.get("from", "")
        return Override(
            said.get("provider", ""),
            said.get("model", ""),
            service_tier=said.get("tier", ""),
            valid_from=date.fromisoformat(since) if since else None,
        )
    except ValueError as error:
        raise Http404("no such day") from error


@form_page(needs=Right.MANAGE, to_read=Right.MANAGE)
def edit_price(request: PageRequest) -> HttpResponse:
    """A form for what the project pays for a model. It starts with what is known of the model."""
    override = asked_for(request.GET)
    is_own = bool(request.GET.get("own"))
    form = PriceForm(request.POST) if request.method == "POST" else None
    if form and form.is_valid() and saved(request, form, override if is_own else None):
        return redirect(ask_for_history(request, sent_as(request, form.override().named)))
    known = known_price(request.project.pk, override, is_own=is_own)
    context = {
        "page": "prices",
        "form": form or PriceForm(initial=start_values(override, known)),
        "is_own": is_own,
        "sizes_left": [size - 1 for size in sizes_of(known)[1:]],
    }
    return render(request, "prices/edit.html", context)


def saved(request: PageRequest, form: PriceForm, replacing: Override | None) -> bool:
    """Set a price; False, with the reason beside its field, if it cannot be."""
    try:
        set_price(request.project.pk, who(request), form.override(), replacing)
    except Overlapping as error:
        form.add_error("valid_from", str(error))
        return False
    except TooMany as error:
        form.add_error("model", str(error))
        return False
    return True


def start_values(override: Override, known: PricedModel | None) -> dict[str, Any]:
    """What is known of a model: the price that is to be changed, else what the list says."""
    values: dict[str, Any] = {
        "provider": override.provider,
        "model": override.model,
        "service_tier": override.service_tier,
        "valid_from": override.valid_from,
        "valid_to": known.prices[0].valid_to if known and known.own else None,
    }
    return values | initial(known)


def known_price(project_id: int, override: Override, *, is_own: bool) -> PricedModel | None:
    """A price of the project from a day on, or of the list today."""
    if not override.model:
        return None
    if is_own:
        found = own_prices(project_id, MOST_OWN)
    else:
        today = timezone.now().date()
        query = PriceQuery(provider=override.provider, model=override.model, at=today)
        found = prices(project_id, query, "", PAGE).items
    return next((each for each in found if is_price_of(each, override, is_own=is_own)), None)


def is_price_of(model: PricedModel, override: Override, *, is_own: bool) -> bool:
    """Whether an entry of the list is the one that is meant."""
    names = (model.provider, model.model, model.service_tier)
    if names != (override.provider, override.model, override.service_tier):
        return False
    return not is_own or model.prices[0].valid_from == override.valid_from


@require_POST
@form_page(needs=Right.MANAGE)
def drop_price(request: PageRequest) -> HttpResponse:
    """Let the price list hold again for a model."""
    override = asked_for(request.POST)
    if not remove_price(request.project.pk, who(request), override):
        raise Http404("no such price")
    return redirect(ask_for_history(request, sent_as(request, override)))


def sent_as(request: PageRequest, override: Override) -> list[str]:
    """The names under which calls of a model were sent."""
    return names_meaning(request.project.pk, override.provider, override.model)


def ask_for_history(request: PageRequest, sent: list[str]) -> str:
    """The page that asks whether history is to be priced again: that with calls of these names."""
    query = urlencode({"changed": "1", "model": sent}, doseq=True)
    return f"{reverse('reprice', args=[request.project.name])}?{query}"
