"""What the personnel office's screens share: who may open them, and a form about one person."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.generic import FormView

from intranet.access import roles
from intranet.access.views import RolesRequiredMixin, RuleErrorMixin

from ..models import Person, Posting
from ..services import postings

PAGE = 50


class OfficeMixin(RolesRequiredMixin):
    roles = (roles.HR_ADMIN,)


class OfficeFormView(OfficeMixin, RuleErrorMixin, FormView):
    """A form about one person, that ends on their page."""

    template_name = "people/office/form.html"
    danger = False

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.posting: Posting | None = None

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any):
        if request.user.has_role(roles.HR_ADMIN):
            self.load(**kwargs)
        return super().dispatch(request, *args, **kwargs)

    def load(self, pk: int) -> None:
        self.person = get_object_or_404(Person.objects.visible_to(self.request.user), pk=pk)
        self.posting = postings.current_of(self.person)

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            danger=self.danger,
            person=self.person,
            posting=self.posting,
            back=self.get_success_url(),
            **kwargs,
        )

    def done(self, sentence: str) -> None:
        messages.success(self.request, sentence)

    def get_success_url(self) -> str:
        return reverse("people:person", args=[self.person.pk])

    def seen(self, form: Any) -> Posting | None:
        """The posting that was on the screen; one that never existed counts as changed."""
        return Posting(pk=form.cleaned_data.pop("seen"))
