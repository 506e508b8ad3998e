from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from intranet import clock

from . import identity
from .models import Body, CorrectionRequest, Leadership, Membership, Person, Unit, Window
from .services import corrections, register
from .services import identity as identity_service


class SearchForm(forms.Form):
    """What to look for in the directory."""

    q = forms.CharField(
        label=_("Name, pinyin, initials, staff number, unit or window"), required=False, max_length=60
    )


class PersonForm(forms.ModelForm):
    """An entry of the register; the service checks the rules again."""

    class Meta:
        model = Person
        fields = register.FIELDS
        widgets = {"note": forms.Textarea(attrs={"rows": 3})}
        help_texts = {
            "birthday": _("For a lunar birthday too: the day of birth in the solar calendar."),
            "note": _("Only the personnel office reads this."),
            "service_start_month": _("The first day of the month in which the person began to work."),
        }

    national_id = forms.CharField(
        label=_("Identity number"),
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    forget_national_id = forms.BooleanField(label=_("Delete the kept identity number"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        mask = identity.mask_of(self.instance)
        self.fields["national_id"].help_text = _(
            "Kept sealed, shown to nobody without a reason. Kept now: %(mask)s. Leave the field empty to let it be."
        ) % {"mask": mask or _("none")}
        if not identity.kept():
            del self.fields["national_id"]
        if not mask:
            del self.fields["forget_national_id"]

    def clean(self) -> dict[str, Any]:
        """What the service takes: None leaves the kept number, "" takes it away."""
        given = super().clean() or self.cleaned_data
        written, forget = given.pop("national_id", ""), given.pop("forget_national_id", False)
        given["national_id"] = written or ("" if forget else None)
        return given


class DisclosureForm(forms.Form):
    """Why a number is needed."""

    reason = forms.CharField(
        label=_("Reason"),
        min_length=identity_service.SHORTEST_REASON,
        max_length=200,
        help_text=_("Auditors and the person themselves read it."),
    )


class PlaceForm(forms.Form):
    """Unit, window and position from a day on."""

    unit = forms.ModelChoiceField(label=_("Unit"), queryset=Unit.objects.none())
    window = forms.ModelChoiceField(
        label=_("Window"),
        queryset=Window.objects.none(),
        required=False,
        empty_label=_("no window"),
        help_text=_("A window of this unit, or a general or joint-approval window."),
    )
    position = forms.CharField(label=_("Position"), max_length=60, required=False)
    starts_on = forms.DateField(label=_("First day"), widget=forms.DateInput())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = Unit.objects.current()
        self.fields["window"].queryset = Window.objects.current()
        self.fields["starts_on"].initial = clock.today


class SeenForm(forms.Form):
    """Carries the posting the officer had before them, so that a change by somebody else is noticed."""

    seen = forms.IntegerField(widget=forms.HiddenInput())


class TransferForm(SeenForm, PlaceForm):
    pass


class WithdrawForm(SeenForm):
    last_day = forms.DateField(
        label=_("Last day"),
        widget=forms.DateInput(),
        help_text=_("Up to today the account is closed at once; later, on the day after it."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["last_day"].initial = clock.today


class AppointForm(forms.Form):
    """Chief representative or head of a unit, or head of a window."""

    kind = forms.ChoiceField(label=_("Appointment"), choices=Leadership.Kind.choices)
    unit = forms.ModelChoiceField(
        label=_("Unit"),
        queryset=Unit.objects.none(),
        required=False,
        help_text=_("For a chief representative or a head of unit."),
    )
    window = forms.ModelChoiceField(
        label=_("Window"), queryset=Window.objects.none(), required=False, help_text=_("For a window head.")
    )
    starts_on = forms.DateField(label=_("First day"), widget=forms.DateInput())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = Unit.objects.current()
        self.fields["window"].queryset = Window.objects.current()
        self.fields["starts_on"].initial = clock.today

    def clean(self) -> dict[str, Any]:
        """Only the place that belongs to the kind counts; the other choice is left aside."""
        given = super().clean() or {}
        given["window" if given.get("kind") != Leadership.Kind.WINDOW_HEAD else "unit"] = None
        return given


class JoinForm(forms.Form):
    body = forms.ModelChoiceField(label=_("Body"), queryset=Body.objects.none())
    office = forms.ChoiceField(label=pgettext_lazy("held in a body", "Office"), choices=Membership.Office.choices)
    starts_on = forms.DateField(label=_("First day"), widget=forms.DateInput())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["body"].queryset = Body.objects.current()
        self.fields["starts_on"].initial = clock.today


class LastDayForm(forms.Form):
    last_day = forms.DateField(label=_("Last day"), widget=forms.DateInput())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["last_day"].initial = clock.today


class CorrectionForm(forms.Form):
    """Which of my entries is wrong, and what is right."""

    field = forms.ChoiceField(label=_("Which entry"))
    text = forms.CharField(
        label=_("What is right"), max_length=corrections.LONGEST, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        keys = (*corrections.SIMPLE, *corrections.OTHER)
        self.fields["field"].choices = [(key, corrections.field_label(key)) for key in keys]


def decision_form(request: CorrectionRequest, data: Any = None) -> forms.Form:
    """Answer a request; for a simple entry with that entry's own field, filled with what was asked for."""
    form = forms.Form(data)
    if request.field in corrections.SIMPLE:
        field: Any = forms.fields_for_model(Person, fields=[request.field])[request.field]
        field.label = _("New value of “%(entry)s”") % {"entry": field.label}
        field.initial = request.text if _fits(field, request.text) else getattr(request.person, request.field)
        form.fields["value"] = field
    form.fields["answer"] = forms.CharField(
        label=_("Answer to the person"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Needed when you decline."),
    )
    return form


def _fits(field: forms.Field, text: str) -> bool:
    try:
        field.clean(text)
    except forms.ValidationError:
        return False
    return not isinstance(field, forms.BooleanField)
