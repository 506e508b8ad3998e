"""The audit log as auditors read it, and the same as a file."""

from __future__ import annotations

from typing import Any, cast

from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.utils.decorators import method_decorator
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views import View
from django.views.decorators.cache import never_cache
from wagtail.log_actions import registry as log_actions

from intranet import clock

from . import audit, csv_cells, roles
from .forms import AuditFilterForm
from .models import AuditEntry, AuditEntryQuerySet, User
from .views import RolesRequiredMixin

ONE_DAY = clock.dt.timedelta(days=1)


def filter_form(request: HttpRequest) -> AuditFilterForm:
    actions = sorted(((key, str(label)) for key, label in log_actions.get_choices()), key=lambda pair: pair[1])
    return AuditFilterForm(request.GET or None, actions=actions)


def entries(request: HttpRequest, form: AuditFilterForm) -> AuditEntryQuerySet:
    """The entries this person may read, filtered, newest first, with what a line shows."""
    found = AuditEntry.objects.get_queryset().readable_by(request.user).select_related("user", "content_type")
    if not form.is_valid():
        return (found.none() if form.is_bound else found).order_by("-timestamp", "-pk")
    given = form.cleaned_data
    if given["action"]:
        found = found.filter(action=given["action"])
    if given["person"]:
        found = found.filter(Q(user__username=given["person"]) | Q(user__name__icontains=given["person"]))
    if given["first"]:
        found = found.filter(timestamp__gte=clock.start_of(given["first"]))
    if given["last"]:
        found = found.filter(timestamp__lt=clock.start_of(given["last"] + ONE_DAY))
    return found.order_by("-timestamp", "-pk")


def line(entry: AuditEntry) -> dict[str, Any]:
    """One entry as shown: when, who, what, which kind of object and its number, from where."""
    model = entry.content_type.model_class() if entry.content_type else None
    return {
        "at": entry.timestamp,
        "who": entry.user_display_name,
        "staff_number": entry.user.username if entry.user else "",
        "what": entry.message,
        "kind": capfirst(str(model._meta.verbose_name)) if model else _("an app that is not in use"),
        "number": entry.object_id,
        "address": entry.address,
    }


@method_decorator(never_cache, name="dispatch")
class AuditLog(RolesRequiredMixin, View):
    roles = (roles.AUDITOR,)

    def get(self, request: HttpRequest) -> HttpResponse:
        form = filter_form(request)
        page = Paginator(entries(request, form), 50).get_page(request.GET.get("page"))
        lines = [line(entry) for entry in page.object_list]
        query = request.GET.copy()
        query.pop("page", None)
        context = {"form": form, "page_obj": page, "lines": lines, "query": query.urlencode()}
        return render(request, "access/audit.html", context)


@method_decorator(never_cache, name="dispatch")
class AuditExport(RolesRequiredMixin, View):
    """The filtered entries as CSV for a spreadsheet program. Taking the log away is itself an entry."""

    roles = (roles.AUDITOR,)

    def get(self, request: HttpRequest) -> HttpResponseBase:
        found = entries(request, filter_form(request))
        reader = cast(User, request.user)
        audit.record("access.export_audit", reader, by=reader, data={"rows": found.count()})
        heading = [_("Time"), _("Person"), _("Staff number"), _("Action"), _("Kind"), _("Number"), _("From address")]
        response = StreamingHttpResponse(
            csv_cells.lines(self.rows(heading, found)), content_type="text/csv; charset=utf-8"
        )
        name = f"audit-{clock.today():%Y%m%d}.csv"
        response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
        return response

    @staticmethod
    def rows(heading: list[str], found: AuditEntryQuerySet) -> Any:
        yield heading
        for entry in found.iterator(chunk_size=1000):
            shown = line(entry)
            moment = shown.pop("at").astimezone(clock.HALL_ZONE)
            yield [f"{moment:%Y-%m-%d %H:%M:%S}", *shown.values()]
