"""Slips: for whole departments, for one person, and for somebody whose sign-in is reset at the desk."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views import View
from django.views.generic import TemplateView

from intranet.access import roles, slip_pages
from intranet.access.activation_forms import InPersonForm
from intranet.access.exceptions import RuleError
from intranet.access.services import may_hand_over
from intranet.access.views import RolesRequiredMixin, show_rule_error

from .. import slip_paper
from ..models import Person
from ..services import slips
from .office import OfficeFormView, OfficeMixin

EVERYBODY, UNPLACED = "all", "none"
# More digits than this are no key of any unit, and no number a database takes.
LONGEST_KEY = 18


class SlipsView(RolesRequiredMixin, TemplateView):
    """Who has no account in use, by department; pressing a button makes their slips and shows them once."""

    roles = (roles.HR_ADMIN, roles.SYSTEM_ADMIN)
    template_name = "people/office/slips.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        waiting = slips.waiting_by_department(by=self.request.user)
        total = sum(one.count for one in waiting)
        return super().get_context_data(waiting=waiting, total=total, **kwargs)

    def post(self, request: HttpRequest) -> HttpResponseBase:
        people = slips.waiting_people(by=request.user)
        chosen = request.POST.get("unit", "")
        if chosen == UNPLACED:
            people = people.unplaced()
        elif chosen.isdecimal() and len(chosen) < LONGEST_KEY:
            people = people.in_units([int(chosen)])
        elif chosen != EVERYBODY:
            messages.error(request, _("Please choose a department."))
            return redirect("people:slips")
        wanted = list(people)
        if not wanted:
            messages.info(request, _("Nobody there waits for a slip."))
            return redirect("people:slips")
        return _printed(request, lambda: slips.hand_out(people=wanted, by=request.user), reverse("people:slips"))


def _printed(request: HttpRequest, make: Any, back: str) -> HttpResponse:
    try:
        made = make()
    except RuleError as error:
        show_rule_error(request, error)
        return redirect(back)
    return slip_pages.page(request, made, back=back, word=slip_paper.as_address)


class OpenAccountView(OfficeMixin, View):
    """The first slip of one person."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        person = get_object_or_404(Person.objects.visible_to(request.user), pk=pk)
        back = reverse("people:person", args=[pk])
        return _printed(request, lambda: slips.hand_out(people=[person], by=request.user), back)


class ResetView(OfficeFormView):
    """Somebody stands at the desk and cannot sign in: their password ends, and they get a new slip."""

    form_class = InPersonForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user = self.person.user
        refused = user is not None and not may_hand_over(user, by=self.request.user)
        lead = _(
            "The old password or PIN, all sessions and remembered phones end at once. It is recorded, and the person "
            "is told on the site and by mail."
        )
        if refused:
            lead = _("This account holds officer rights, or is your own. Please ask the system administrator.")
        return super().get_context_data(**kwargs) | {
            "title": _("Reset the sign-in of %(name)s") % {"name": self.person},
            "lead": lead,
            "button": _("Reset and print a new slip"),
        }

    def form_valid(self, form: Any) -> HttpResponseBase:
        return _printed(
            self.request, lambda: [slips.reset(person=self.person, by=self.request.user)], self.get_success_url()
        )
