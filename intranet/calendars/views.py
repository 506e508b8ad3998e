"""The calendar on the site, subscriptions, and the feed itself."""

from __future__ import annotations

import datetime as dt

import segno
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotFound, HttpResponseNotModified
from django.shortcuts import redirect, render
from django.utils.cache import patch_cache_control
from django.utils.http import parse_etags
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from intranet import clock
from intranet.access.exceptions import RuleError
from intranet.access.views import show_rule_error, visible_or_404

from . import services
from .feed import Feed, calendar_bytes, feed_of
from .forms import LookForm, SubscriptionForm
from .gathering import entries_for, feed_span
from .models import FeedToken
from .months import (
    LISTED,
    WEEK,
    agenda_of,
    day_of_text,
    month_of,
    neighbours,
    rows_in,
    shown_span,
    steps_around,
    week_of,
    weeks_of,
)
from .registry import Span
from .subjects import with_names

CALENDAR_TYPE = "text/calendar; charset=utf-8"


@login_not_required
@require_safe
def feed(request: HttpRequest, token: str) -> HttpResponse:
    """A calendar, by token alone: an unknown, a revoked and a leaver's token are the same 404.

    So is that of a window or unit which its holder leads no longer.
    """
    subscription = FeedToken.objects.held(token)
    about = None
    if subscription is not None and subscription.subject:
        about = services.about_of(subscription.user, subscription.subject, subscription.subject_key)
    if subscription is None or (subscription.subject and about is None):
        # Bare, not the site's page: that one holds the address it was asked for.
        return HttpResponseNotFound("404\n", content_type="text/plain")
    today = clock.today()
    if subscription.last_fetched_on != today:
        FeedToken.objects.filter(pk=subscription.pk).update(last_fetched_on=today)
    return _calendar_response(request, feed_of(subscription, about))


def _calendar_response(request: HttpRequest, found: Feed) -> HttpResponse:
    known = [tag.removeprefix("W/") for tag in parse_etags(request.headers.get("If-None-Match", ""))]
    response: HttpResponse
    if found.etag in known or "*" in known:
        response = HttpResponseNotModified()
    else:
        response = HttpResponse(b"" if request.method == "HEAD" else found.data, content_type=CALENDAR_TYPE)
        response.headers["Content-Length"] = str(len(found.data))
        response.headers["Content-Disposition"] = 'inline; filename="calendar.ics"'
    response.headers["ETag"] = found.etag
    response.headers["X-Robots-Tag"] = "noindex"
    patch_cache_control(response, private=True, no_cache=True)
    return response


@require_safe
def month(request: HttpRequest) -> HttpResponse:
    """A month and its agenda, from the same entries as the feed."""
    today = clock.today()
    shown = month_of(request.GET.get("month", ""), today)
    entries = entries_for(request.user, shown_span(shown))
    before, after = neighbours(shown)
    context = {
        "view": "month",
        "month": shown,
        "before": before,
        "after": after,
        "is_present": shown == today.replace(day=1),
        "weeks": weeks_of(shown, entries, today),
        "agenda": agenda_of(shown, entries),
    }
    return render(request, "calendars/month.html", context)


@require_safe
def week(request: HttpRequest) -> HttpResponse:
    """Monday to Sunday, each entry with its time and place."""
    today = clock.today()
    day = day_of_text(request.GET.get("day", ""), today)
    monday = day - dt.timedelta(days=day.weekday())
    before, after = steps_around(day, WEEK, today)
    entries = entries_for(request.user, Span(monday, monday + WEEK))
    context = {
        "view": "week",
        "monday": monday,
        "sunday": monday + dt.timedelta(days=6),
        "before": before,
        "after": after,
        "is_present": monday <= today < monday + WEEK,
        "weeks": [week_of(monday, entries, today)],
    }
    return render(request, "calendars/week.html", context)


@require_safe
def agenda(request: HttpRequest) -> HttpResponse:
    """What is coming, from a day on, as a list: made for phones and for paper."""
    today = clock.today()
    first = day_of_text(request.GET.get("from", ""), today)
    span = Span(first, first + LISTED)
    before, after = steps_around(first, LISTED, today)
    context = {
        "view": "agenda",
        "first": first,
        "last": span.end - dt.timedelta(days=1),
        "before": before,
        "after": after,
        "is_present": first == today,
        "agenda": rows_in(entries_for(request.user, span), span),
    }
    return render(request, "calendars/agenda.html", context)


@require_safe
def single_entry(request: HttpRequest, uid: str) -> HttpResponse:
    """One entry to put into a calendar by hand; someone else's is a missing one."""
    found = [entry for entry in entries_for(request.user, feed_span(clock.today())) if entry.uid == uid]
    if not found:
        raise Http404
    response = HttpResponse(calendar_bytes(found[:1]), content_type=CALENDAR_TYPE)
    response.headers["Content-Disposition"] = 'attachment; filename="entry.ics"'
    return response


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def subscriptions(request: HttpRequest) -> HttpResponse:
    form = SubscriptionForm(request.user, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            return _shown_once(request, services.issue_token(user=request.user, **form.wanted))
        except RuleError as error:
            show_rule_error(request, error)
            return redirect("calendars:subscriptions")
    rows = with_names(request.user, list(FeedToken.objects.visible_to(request.user).valid()))
    return render(request, "calendars/subscriptions.html", {"form": form, "subscriptions": rows})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, pk: int) -> HttpResponse:
    """Name, colour and kinds of a subscription; the device keeps its address."""
    subscription = visible_or_404(FeedToken, request.user, pk=pk)
    form = LookForm.of(subscription, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        look = {name: form.cleaned_data[name] for name in ("label", "title", "colour")}
        try:
            services.change_subscription(subscription=subscription, off=form.off, by=request.user, **look)
            messages.success(request, _("Kept. The device shows it the next time it fetches the calendar."))
        except RuleError as error:
            show_rule_error(request, error)
        return redirect("calendars:subscriptions")
    return render(request, "calendars/change.html", {"form": form, "subscription": subscription})


def _shown_once(request: HttpRequest, token: str) -> HttpResponse:
    """The answer to the form itself holds the address: it is kept nowhere, so no later page could show it."""
    address = request.build_absolute_uri(services.feed_path(token))
    for_phones = f"webcal://{address.partition('://')[2]}"
    code = segno.make(for_phones, error="m").svg_data_uri(scale=5, border=4, light="#fff")
    return render(request, "calendars/address.html", {"address": address, "webcal": for_phones, "code": code})


@never_cache
@require_POST
def renew(request: HttpRequest, pk: int) -> HttpResponse:
    subscription = visible_or_404(FeedToken, request.user, pk=pk)
    try:
        token = services.rotate(subscription=subscription, by=request.user)
    except RuleError as error:
        show_rule_error(request, error)
        return redirect("calendars:subscriptions")
    return _shown_once(request, token)


@require_POST
def end(request: HttpRequest, pk: int) -> HttpResponse:
    subscription = visible_or_404(FeedToken, request.user, pk=pk)
    try:
        services.revoke(subscription=subscription, by=request.user)
        messages.success(request, _("The subscription has been ended. Please remove it from the device as well."))
    except RuleError as error:
        show_rule_error(request, error)
    return redirect("calendars:subscriptions")
