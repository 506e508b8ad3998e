"""Forms of the review and of the public notice: sealed forms, vetoes, objections; the rules live in the services."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from intranet.people.models import Posting, Unit
from intranet.people.reach import with_sections
from intranet.ui.templatetags.ui import reads_chinese

from . import vetoes
from .forms import DayInput, StatementForm
from .models import Award, Election, Objection, Veto
from .services import reach

ACCEPTED = ".pdf,.jpg,.jpeg,.png,.webp"


class ScanInput(forms.FileInput):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(attrs={"accept": ACCEPTED}, **kwargs)


def scan_field(label: Any, *, required: bool) -> forms.FileField:
    return forms.FileField(
        label=label,
        required=required,
        widget=ScanInput,
        help_text=_("PDF, JPEG, PNG or WebP, at most 10 MB."),
        error_messages={"required": _("Choose the file.")},
    )


class SealedForm(StatementForm):
    """What stands on a unit's sealed form, and its scan."""

    subject = forms.ModelChoiceField(label=_("Recommended"), queryset=None)
    upload = scan_field(_("Scan of the sealed form"), required=True)

    field_order = ("subject", "reason", "upload")

    def __init__(self, *args: Any, election: Election, unit: Unit, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["subject"].queryset = of_unit(election, unit)
        if not reads_chinese():
            self.fields["subject"].widget.attrs.update(lang="zh-Hans", translate="no")


def of_unit(election: Election, unit: Unit) -> Any:
    """Whom a unit may still recommend: its people, its windows, itself and its sections."""
    left = reach.unrecommended(election)
    of = election.rules_now["subject"]
    if of == Award.Subject.WINDOW:
        return left.filter(units=unit)
    if of == Award.Subject.TEAM:
        return left.filter(pk__in=with_sections({unit.pk}))
    return left.filter(pk__in=Posting.objects.on().filter(unit=unit).values("person"))


class VetoForm(forms.Form):
    """A fault that excludes, with what shows it."""

    kind = forms.ChoiceField(label=_("Veto"), widget=forms.RadioSelect)
    evidence = forms.CharField(
        label=_("Evidence"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("What happened, when, and how it is known. Whoever is named can read it."),
    )
    upload = scan_field(_("Scan (if there is one)"), required=False)

    def __init__(self, *args: Any, election: Election, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [(key, vetoes.label_of(key)) for key in election.rules_now["vetoes"]]


class VetoOutcomeForm(forms.Form):
    outcome = forms.ChoiceField(choices=Veto.State.choices)
    reason = forms.CharField(max_length=300)


class AppealForm(forms.Form):
    text = forms.CharField(max_length=500)


class ObjectionForm(forms.Form):
    """What somebody says against the result, as it was taken down."""

    channel = forms.ChoiceField(label=_("How it came"), choices=Objection.Channel.choices, widget=forms.RadioSelect)
    name = forms.CharField(
        label=_("Name of who objects"),
        max_length=60,
        required=False,
        help_text=_("Leave it blank for an unnamed objection. It is never shown on the notice."),
    )
    text = forms.CharField(label=_("What is said"), max_length=1000, widget=forms.Textarea(attrs={"rows": 5}))
    received_on = forms.DateField(label=_("Received on"), widget=DayInput)
    upload = scan_field(_("Scan of the letter (if there is one)"), required=False)


class ObjectionOutcomeForm(forms.Form):
    """What was found."""

    outcome = forms.ChoiceField(
        label=_("Outcome"),
        choices=[choice for choice in Objection.Outcome.choices if choice[0] != Objection.Outcome.OPEN],
        widget=forms.RadioSelect,
    )
    answer = forms.CharField(
        label=_("Answer, which everyone reads"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("What was looked into and what was found, without the name of who objected."),
    )


class WallForm(forms.Form):
    """Where the notice hangs, and the photo of it."""

    place = forms.CharField(label=_("Where the notice hangs"), max_length=80)
    upload = scan_field(_("Photo of the notice on the wall"), required=False)
