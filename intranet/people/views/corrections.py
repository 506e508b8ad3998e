"""Requests for correction: the list, and the office's answer."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from intranet.access import roles
from intranet.access.exceptions import RuleError

from .. import forms
from ..models import CorrectionRequest
from ..services import corrections
from .office import PAGE, OfficeMixin


class CorrectionsView(OfficeMixin, TemplateView):
    template_name = "people/office/corrections.html"

    def get_context_data(self, **kwargs):
        rows = CorrectionRequest.objects.visible_to(self.request.user).select_related("person", "decided_by")
        # Descending, "open" stands before the decided ones.
        page = Paginator(rows.order_by("-state", "-requested_at"), PAGE).get_page(self.request.GET.get("page"))
        entries = [{"row": row, "entry": corrections.field_label(row.field)} for row in page]
        return super().get_context_data(page_obj=page, entries=entries, **kwargs)


class CorrectionView(OfficeMixin, TemplateView):
    """One request: accept (a simple entry is changed with it) or decline with a reason."""

    template_name = "people/office/correction.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any):
        if request.user.has_role(roles.HR_ADMIN):
            rows = CorrectionRequest.objects.visible_to(request.user).select_related("person")
            self.row = get_object_or_404(rows, pk=kwargs["pk"])
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs):
        current = getattr(self.row.person, self.row.field) if self.row.field in corrections.SIMPLE else ""
        given = {"row": self.row, "entry": corrections.field_label(self.row.field), "current": current}
        return super().get_context_data(**{"form": forms.decision_form(self.row), **given, **kwargs})

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        declines = request.POST.get("decision") == "decline"
        form = forms.decision_form(self.row, request.POST)
        if declines:
            form.fields.pop("value", None)
        if form.is_valid():
            try:
                self._decide(declines, form.cleaned_data)
            except RuleError as error:
                form.add_error(None, str(error))
            else:
                messages.success(request, _("The answer is entered."))
                return redirect("people:corrections")
        return self.render_to_response(self.get_context_data(form=form))

    def _decide(self, declines: bool, given: dict[str, Any]) -> None:
        if declines:
            corrections.decline(request=self.row, answer=given["answer"], by=self.request.user)
        else:
            corrections.accept(
                request=self.row, value=given.get("value"), answer=given["answer"], by=self.request.user
            )
