"""The register of complaints and praise: its list, a new entry, and the steps of one."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.generic import FormView, TemplateView

from intranet.access import roles
from intranet.access.exceptions import RuleError
from intranet.access.views import RolesRequiredMixin, RuleErrorMixin, visible_or_404

from .. import forms
from ..models import Incident
from ..querysets import SEE_ALL
from ..services import incidents

PAGE = 50


class IncidentsView(TemplateView):
    """All incidents for those who see all; for everybody else what is about them and about whom they lead."""

    template_name = "figures/incidents.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user = self.request.user
        form = forms.FilterForm(self.request.GET or None)
        rows = Incident.objects.visible_to(user).with_names()
        if form.is_valid():
            rows = self._filtered(rows, form.cleaned_data)
        page = Paginator(rows.order_by("-occurred_on", "-pk"), PAGE).get_page(self.request.GET.get("page"))
        return super().get_context_data(
            form=form,
            page_obj=page,
            sees_all=user.has_role(*SEE_ALL),
            may_register=user.has_role(roles.INSPECTION),
            **kwargs,
        )

    @staticmethod
    def _filtered(rows: Any, given: dict[str, str]) -> Any:
        if given["kind"]:
            rows = rows.filter(kind=given["kind"])
        if given["state"] == "waiting":
            return rows.waiting()
        return rows.filter(state=given["state"]) if given["state"] else rows


class NewIncidentView(RolesRequiredMixin, RuleErrorMixin, FormView):
    roles = (roles.INSPECTION,)
    template_name = "figures/incident_new.html"
    form_class = forms.IncidentForm

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "user": self.request.user}

    def save(self, form: Any) -> Incident:
        given = dict(form.cleaned_data)
        for name in ("person", "window", "unit"):
            given.pop(name)
        given["points"] = given["points"] or 0
        messages.success(self.request, _("The incident is registered. Look into it and enter what was found."))
        return incidents.register(by=self.request.user, **given)

    def get_success_url(self) -> str:
        return reverse("figures:incident", args=[self.result.pk])


class IncidentView(TemplateView):
    """One incident with what this person may do about it."""

    template_name = "figures/incident.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.load(kwargs["pk"])
        return super().get(request, *args, **kwargs)

    def load(self, pk: int) -> None:
        rows = Incident.objects.with_names().select_related("registered_by", "decided_by", "appealed_by")
        self.row = visible_or_404(rows, self.request.user, pk=pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row, user = self.row, self.request.user
        runs = user.has_role(roles.INSPECTION) and not incidents.concerns(row, user)
        shows_source = Incident.objects.with_source_for(user).filter(pk=row.pk).exists()
        given: dict[str, Any] = {"row": row, "shows_source": shows_source}
        if runs and row.state == Incident.State.REGISTERED:
            given["decision_form"] = forms.DecisionForm(initial={"points": row.points})
        if runs and row.appeal == Incident.Appeal.OPEN and row.appealed_by_id != user.pk:
            given["answer_form"] = forms.AnswerForm()
        if incidents.may_appeal(row, user):
            given["appeal_form"] = forms.AppealForm()
        return super().get_context_data(**{**given, **kwargs})


class IncidentStepView(ABC, IncidentView):
    """A step of an incident, sent from its page; with what is wrong the page is shown again."""

    http_method_names = ["post"]
    form_class: Any = None
    form_name = ""
    roles: tuple[str, ...] = ()
    done: Any = ""

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        self.load(pk)
        if self.roles and not request.user.has_role(*self.roles):
            raise PermissionDenied
        form = self.form_class(request.POST)
        if form.is_valid():
            try:
                self.take(form.cleaned_data)
            except RuleError as error:
                form.add_error(None, str(error))
            else:
                messages.success(request, self.said())
                return redirect("figures:incident", pk=pk)
        return self.render_to_response(self.get_context_data(**{self.form_name: form}))

    @abstractmethod
    def take(self, given: dict[str, Any]) -> None:
        """Do the step with the cleaned form; raises RuleError."""

    def said(self) -> str:
        return _("It is entered.")


class DecideView(IncidentStepView):
    form_class, form_name, roles = forms.DecisionForm, "decision_form", (roles.INSPECTION,)

    def take(self, given: dict[str, Any]) -> None:
        verified = self.request.POST.get("decision") == "verified"
        incidents.decide(incident=self.row, verified=verified, by=self.request.user, **given)


class AppealView(IncidentStepView):
    form_class, form_name = forms.AppealForm, "appeal_form"

    def take(self, given: dict[str, Any]) -> None:
        incidents.appeal(incident=self.row, by=self.request.user, **given)

    def said(self) -> str:
        return _("Your appeal is with the inspection section. You will be told the answer.")


class SettleView(IncidentStepView):
    form_class, form_name, roles = forms.AnswerForm, "answer_form", (roles.INSPECTION,)

    def take(self, given: dict[str, Any]) -> None:
        succeeded = self.request.POST.get("decision") == "succeeded"
        incidents.settle_appeal(incident=self.row, succeeded=succeeded, by=self.request.user, **given)
