"""The year's calendar for everyone; the table's changes for the personnel office."""

from __future__ import annotations

import datetime as dt

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views import View
from django.views.generic import FormView, TemplateView

from intranet import clock
from intranet.access import roles
from intranet.access.exceptions import RuleError
from intranet.access.views import RolesRequiredMixin, RuleErrorMixin, show_rule_error

from . import services, year_calendar
from .arithmetic import is_announced
from .forms import DayFileForm, DayForm
from .models import Day


class YearView(TemplateView):
    template_name = "workdays/year.html"

    def get_context_data(self, year: int | None = None, **kwargs):
        year = year or clock.today().year
        if not year_calendar.FIRST_YEAR <= year <= year_calendar.LAST_YEAR:
            raise Http404
        return super().get_context_data(
            year=year,
            months=year_calendar.months(year),
            announced=is_announced(year),
            before=year - 1 if year > year_calendar.FIRST_YEAR else None,
            after=year + 1 if year < year_calendar.LAST_YEAR else None,
            may_edit=self.request.user.has_role(roles.HR_ADMIN),
            **kwargs,
        )


class OfficerView(RolesRequiredMixin, RuleErrorMixin, FormView):
    """Forms of the personnel office; each ends on the year that was changed."""

    roles = (roles.HR_ADMIN,)
    year: int

    def get_success_url(self) -> str:
        return reverse("workdays:year", args=[self.year])


class ImportView(OfficerView):
    template_name = "workdays/import.html"
    form_class = DayFileForm

    def save(self, form: DayFileForm):
        done = services.import_day_file(content=form.cleaned_data["file"].read(), by=self.request.user)
        self.year = done.year
        messages.success(
            self.request,
            _("%(year)d is in the table: %(created)d days new, %(updated)d changed, %(unchanged)d as before.")
            % vars(done),
        )
        return done


class DayView(OfficerView):
    """Name a day, or change a named one (``?day=2027-01-01`` fills the form)."""

    template_name = "workdays/day.html"
    form_class = DayForm

    def setup(self, request: HttpRequest, *args, **kwargs) -> None:
        super().setup(request, *args, **kwargs)
        self.row = Day.objects.filter(day=_day_or_none(request.GET.get("day", ""))).first()

    def get_form_kwargs(self):
        given = super().get_form_kwargs()
        if self.row and self.request.method == "GET":
            given["instance"] = self.row
        return given

    def get_initial(self):
        return {"day": _day_or_none(self.request.GET.get("day", "")), "kind": Day.Kind.HOLIDAY}

    def get_context_data(self, **kwargs):
        return super().get_context_data(row=self.row, **kwargs)

    def save(self, form: DayForm):
        kept = services.keep_day(by=self.request.user, **form.cleaned_data)
        self.year = kept.day.year
        messages.success(self.request, _("Kept: %(day)s.") % {"day": kept})
        return kept


class RemoveDayView(RolesRequiredMixin, View):
    roles = (roles.HR_ADMIN,)
    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        row = get_object_or_404(Day, pk=pk)
        services.remove_day(day=row.day, by=request.user)
        messages.success(request, _("%(day)s is taken out of the table.") % {"day": row})
        return redirect("workdays:year", year=row.day.year)


class AnnounceView(RolesRequiredMixin, View):
    roles = (roles.HR_ADMIN,)
    http_method_names = ["post"]

    def post(self, request: HttpRequest, year: int) -> HttpResponse:
        if not year_calendar.FIRST_YEAR <= year <= year_calendar.LAST_YEAR:
            raise Http404
        try:
            services.announce(year=year, announced=request.POST.get("announced") == "1", by=request.user)
        except RuleError as error:
            show_rule_error(request, error)
        return redirect("workdays:year", year=year)


def _day_or_none(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None
