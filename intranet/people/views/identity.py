"""An identity number shown with a reason, and the list of those that were."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from intranet.access import roles
from intranet.access.confirm import is_fresh, to_confirm
from intranet.access.exceptions import RuleError
from intranet.access.views import RolesRequiredMixin

from .. import identity
from ..forms import DisclosureForm
from ..models import IdentityDisclosure
from ..services import identity as service
from .office import PAGE, OfficeFormView


class ShowNumberView(OfficeFormView):
    """Password, reason, then the number on this one page."""

    form_class = DisclosureForm

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any):
        if request.user.has_role(*self.roles) and not is_fresh(request):
            return to_confirm(request)
        return super().dispatch(request, *args, **kwargs)

    def load(self, pk: int) -> None:
        super().load(pk)
        if not identity.mask_of(self.person):
            raise Http404

    def get_context_data(self, **kwargs):
        return super().get_context_data(**kwargs) | {
            "title": _("Show the identity number of %(name)s") % {"name": self.person},
            "button": _("Show it once"),
            "posting": None,
        }

    def form_valid(self, form: DisclosureForm) -> HttpResponse:
        try:
            number = service.disclose(person=self.person, reason=form.cleaned_data["reason"], by=self.request.user)
        except RuleError as error:
            form.add_error(None, str(error))
            return self.form_invalid(form)
        context = {"person": self.person, "number": number, "back": reverse("people:person", args=[self.person.pk])}
        response = render(self.request, "people/office/identity.html", context)
        response["Cache-Control"] = "no-store"
        return response


class DisclosuresView(RolesRequiredMixin, TemplateView):
    """For auditors: who was shown whose number, when and why."""

    roles = (roles.AUDITOR,)
    template_name = "people/disclosures.html"

    def get_context_data(self, **kwargs):
        rows = IdentityDisclosure.objects.visible_to(self.request.user).select_related("person", "shown_to")
        return super().get_context_data(
            page_obj=Paginator(rows, PAGE).get_page(self.request.GET.get("page")), **kwargs
        )
