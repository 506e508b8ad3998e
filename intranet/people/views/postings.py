"""A posting is entered, moved, ended."""

from __future__ import annotations

from django.utils.translation import gettext as _

from .. import forms
from ..services import postings
from .office import OfficeFormView


class EnterView(OfficeFormView):
    form_class = forms.PlaceForm

    def get_context_data(self, **kwargs):
        return super().get_context_data(**kwargs) | {
            "title": _("Posting of %(name)s") % {"name": self.person},
            "button": _("Enter the posting"),
        }

    def save(self, form: forms.PlaceForm) -> None:
        postings.enter(person=self.person, by=self.request.user, **form.cleaned_data)
        self.done(_("The posting is entered."))


class TransferView(OfficeFormView):
    form_class = forms.TransferForm

    def get_initial(self):
        return {"seen": self.posting.pk, "position": self.posting.position} if self.posting else {"seen": 0}

    def get_context_data(self, **kwargs):
        return super().get_context_data(**kwargs) | {
            "title": _("Transfer %(name)s") % {"name": self.person},
            "button": _("Transfer"),
        }

    def save(self, form: forms.TransferForm) -> None:
        seen = self.seen(form)
        postings.transfer(person=self.person, by=self.request.user, seen=seen, **form.cleaned_data)
        self.done(_("The transfer is entered; the posting before it ends on the day before."))


class WithdrawView(OfficeFormView):
    form_class = forms.WithdrawForm
    danger = True

    def get_initial(self):
        return {"seen": self.posting.pk if self.posting else 0}

    def get_context_data(self, **kwargs):
        return super().get_context_data(**kwargs) | {
            "title": _("Withdrawal of %(name)s") % {"name": self.person},
            "button": _("Withdraw"),
            "lead": _(
                "Posting, appointments and places in bodies end on the last day; the account is closed. "
                "Everything stays in the history."
            ),
        }

    def save(self, form: forms.WithdrawForm) -> None:
        seen = self.seen(form)
        postings.withdraw(person=self.person, by=self.request.user, seen=seen, **form.cleaned_data)
        self.done(_("The withdrawal of %(name)s is entered.") % {"name": self.person})
