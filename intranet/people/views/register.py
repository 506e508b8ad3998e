"""The staff register on screen: its list, an entry of it."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.generic import TemplateView

from .. import forms
from ..models import CorrectionRequest, Person, Posting
from ..services import register
from .office import PAGE, OfficeFormView, OfficeMixin


class RegisterView(OfficeMixin, TemplateView):
    """The staff register: who is here, who has left, who has no posting or no account yet."""

    template_name = "people/office/register.html"

    def get_context_data(self, **kwargs):
        form = forms.SearchForm(self.request.GET)
        shown = self.request.GET.get("show", "current")
        rows = self._rows(shown)
        found = rows.search(form.cleaned_data["q"]) if form.is_valid() else rows.none()
        page = Paginator(found.select_related("user").with_places(), PAGE).get_page(self.request.GET.get("page"))
        kinds = [
            ("current", _("At the hall")),
            ("unplaced", _("Without posting")),
            ("no_account", _("Without account")),
            ("left", pgettext("of people", "Left")),
        ]
        return super().get_context_data(
            form=form,
            page_obj=page,
            shown=shown,
            kinds=kinds,
            waiting=CorrectionRequest.objects.waiting().count(),
            **kwargs,
        )

    def _rows(self, shown: str):
        people = Person.objects.visible_to(self.request.user)
        if shown == "left":
            return people.exclude(pk__in=Person.objects.current())
        if shown == "unplaced":
            placed = Posting.objects.open().filter(person=OuterRef("pk"))
            return people.current().exclude(Exists(placed))
        if shown == "no_account":
            return people.current().without_account_in_use()
        return people.current()


class AddPersonView(OfficeFormView):
    form_class = forms.PersonForm

    def load(self) -> None:
        self.person = Person()

    def get_context_data(self, **kwargs):
        return super().get_context_data(**kwargs) | {"title": _("Add a person"), "button": _("Add"), "person": None}

    def save(self, form: forms.PersonForm) -> None:
        given = {**form.cleaned_data, "national_id": form.cleaned_data["national_id"] or ""}
        self.person = register.add_person(by=self.request.user, **given)
        self.done(_("%(name)s is in the register. Enter a posting next.") % {"name": self.person})

    def get_success_url(self) -> str:
        return reverse("people:enter", args=[self.person.pk]) if self.person.pk else reverse("people:register")


class EditPersonView(OfficeFormView):
    form_class = forms.PersonForm

    def get_form_kwargs(self):
        # A row of its own: the form writes into its instance before the service compares.
        return {**super().get_form_kwargs(), "instance": Person.objects.get(pk=self.person.pk)}

    def get_context_data(self, **kwargs):
        return super().get_context_data(**kwargs) | {
            "title": _("Change the entry of %(name)s") % {"name": self.person},
            "button": _("Keep"),
        }

    def save(self, form: forms.PersonForm) -> None:
        register.change_person(person=self.person, by=self.request.user, **form.cleaned_data)
        self.done(_("The entry is kept."))
