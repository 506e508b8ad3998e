"""My data: what is kept about me, how to have it put right, and how to take it along."""

from __future__ import annotations

import json

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views import View
from django.views.generic import FormView, TemplateView

from intranet.access import audit
from intranet.access.views import RuleErrorMixin

from .. import identity, own_data, reach
from ..forms import CorrectionForm
from ..models import CorrectionRequest, Person
from ..services import corrections


class OwnEntryMixin:
    """For people with an entry in the register; accounts without one have nothing here (403)."""

    person: Person

    def dispatch(self, request: HttpRequest, *args, **kwargs):
        person = reach.person_of(request.user)
        if person is None:
            raise PermissionDenied(_("Your account has no entry in the staff register."))
        self.person = person
        return super().dispatch(request, *args, **kwargs)  # type: ignore[misc]


class OwnDataView(OwnEntryMixin, TemplateView):
    template_name = "people/me.html"

    def get_context_data(self, **kwargs):
        requests = CorrectionRequest.objects.visible_to(self.request.user).filter(person=self.person)
        return super().get_context_data(
            person=self.person,
            identity_kept=identity.kept(),
            groups=[group for group in own_data.groups_of(self.person) if group.key != "corrections"],
            requests=[{"row": row, "entry": corrections.field_label(row.field)} for row in requests],
            **kwargs,
        )


class AskCorrectionView(OwnEntryMixin, RuleErrorMixin, FormView):
    template_name = "people/ask_correction.html"
    form_class = CorrectionForm

    def get_initial(self):
        return {"field": self.request.GET.get("field", "")}

    def save(self, form: CorrectionForm):
        corrections.ask(person=self.person, by=self.request.user, **form.cleaned_data)
        messages.success(
            self.request, _("Your request has gone to the personnel office. The answer will stand here.")
        )

    def get_success_url(self) -> str:
        return reverse("people:me")


class ExportOwnView(OwnEntryMixin, View):
    """A copy of one's own data, as JSON or as a page to read; recorded, therefore by POST."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        kind = request.POST.get("format")
        if kind not in ("json", "html"):
            messages.error(request, _("Choose JSON or a page to read."))
            return redirect("people:me")
        audit.record("people.export_own", self.person, by=request.user, data={"format": kind})
        if kind == "json":
            content = json.dumps(own_data.as_file(self.person), ensure_ascii=False, indent=2)
            response = HttpResponse(content, content_type="application/json; charset=utf-8")
        else:
            groups = own_data.groups_of(self.person)
            response = HttpResponse(
                render_to_string("people/own_data_file.html", {"person": self.person, "groups": groups}, request)
            )
        response["Content-Disposition"] = f'attachment; filename="my-data.{kind}"'
        response["Cache-Control"] = "no-store"
        return response
