"""Appointments and places in bodies begin and end."""

from __future__ import annotations

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from .. import forms
from ..models import Leadership, Membership
from ..services import leaderships, memberships
from .office import OfficeFormView


class AppointView(OfficeFormView):
    form_class = forms.AppointForm

    def get_initial(self):
        if self.posting is None:
            return {}
        return {"unit": self.posting.unit_id, "window": self.posting.window_id}

    def get_context_data(self, **kwargs):
        return super().get_context_data(**kwargs) | {
            "title": _("Appoint %(name)s") % {"name": self.person},
            "button": _("Appoint"),
            "lead": _("Whoever holds the appointment until then ends on the day before."),
        }

    def save(self, form: forms.AppointForm) -> None:
        leaderships.appoint(person=self.person, by=self.request.user, **form.cleaned_data)
        self.done(_("The appointment is entered."))


class DismissView(OfficeFormView):
    form_class = forms.LastDayForm
    danger = True

    def load(self, pk: int) -> None:
        self.row = get_object_or_404(Leadership.objects.select_related("person", "unit", "window"), pk=pk)
        self.person = self.row.person

    def get_context_data(self, **kwargs):
        return super().get_context_data(**kwargs) | {
            "title": _("End an appointment of %(name)s") % {"name": self.person},
            "button": _("End the appointment"),
            "lead": f"{self.row.get_kind_display()} · {self.row.place}",
        }

    def save(self, form: forms.LastDayForm) -> None:
        leaderships.dismiss(leadership=self.row, by=self.request.user, **form.cleaned_data)
        self.done(_("The appointment ends on that day."))


class JoinView(OfficeFormView):
    form_class = forms.JoinForm

    def get_context_data(self, **kwargs):
        return super().get_context_data(**kwargs) | {
            "title": _("%(name)s joins a body") % {"name": self.person},
            "button": _("Enter"),
        }

    def save(self, form: forms.JoinForm) -> None:
        memberships.join(person=self.person, by=self.request.user, **form.cleaned_data)
        self.done(_("The membership is entered."))


class LeaveView(OfficeFormView):
    form_class = forms.LastDayForm
    danger = True

    def load(self, pk: int) -> None:
        self.row = get_object_or_404(Membership.objects.select_related("person", "body"), pk=pk)
        self.person = self.row.person

    def get_context_data(self, **kwargs):
        return super().get_context_data(**kwargs) | {
            "title": _("End a membership of %(name)s") % {"name": self.person},
            "button": _("End the membership"),
            "lead": f"{self.row.body} · {self.row.get_office_display()}",
        }

    def save(self, form: forms.LastDayForm) -> None:
        memberships.leave(membership=self.row, by=self.request.user, **form.cleaned_data)
        self.done(_("The membership ends on that day."))
