"""What is asked when an incident is registered, decided on, appealed against and answered."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from intranet import clock
from intranet.people.models import Person, Unit, Window

from .models import Incident
from .services.incidents import MOST_POINTS


class MonthForm(forms.Form):
    """Which month the board shows."""

    month = forms.ChoiceField(label=pgettext_lazy("of a figure", "Month"))

    def __init__(self, *args: Any, months: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["month"].choices = months  # type: ignore[attr-defined]


class FilterForm(forms.Form):
    """Which incidents the list shows."""

    kind = forms.ChoiceField(label=gettext_lazy("Kind"), required=False)
    state = forms.ChoiceField(label=gettext_lazy("State"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [("", _("all")), *Incident.Kind.choices]  # type: ignore[attr-defined]
        states = [("", _("all")), ("waiting", _("to be decided")), *Incident.State.choices]
        self.fields["state"].choices = states  # type: ignore[attr-defined]


class IncidentForm(forms.Form):
    """What was heard, about whom. Exactly one of person, window and unit."""

    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=Incident.Kind.choices)
    channel = forms.ChoiceField(label=gettext_lazy("How it was heard"), choices=Incident.Channel.choices)
    occurred_on = forms.DateField(label=gettext_lazy("Day of the incident"), widget=forms.DateInput())
    person = forms.CharField(
        label=gettext_lazy("Person"),
        required=False,
        max_length=60,
        help_text=gettext_lazy("Staff number, or the name if nobody else has it."),
    )
    window = forms.ModelChoiceField(
        label=gettext_lazy("Window"), queryset=Window.objects.none(), required=False, empty_label=gettext_lazy("none")
    )
    unit = forms.ModelChoiceField(
        label=gettext_lazy("Unit"), queryset=Unit.objects.none(), required=False, empty_label=gettext_lazy("none")
    )
    source = forms.CharField(
        label=pgettext_lazy("of an incident", "Source"),
        required=False,
        max_length=120,
        help_text=gettext_lazy("Who said it or where it stood: a case number, a newspaper."),
    )
    text = forms.CharField(
        label=gettext_lazy("What happened"), max_length=1000, widget=forms.Textarea(attrs={"rows": 5})
    )
    points = forms.DecimalField(
        label=gettext_lazy("Points"),
        required=False,
        max_digits=5,
        decimal_places=2,
        min_value=-MOST_POINTS,
        max_value=MOST_POINTS,
        help_text=gettext_lazy("What it gives, or with a minus what it takes off, once it is verified."),
    )

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        windows, units = Window.objects.visible_to(user).current(), Unit.objects.visible_to(user).current()
        self.fields["window"].queryset = windows  # type: ignore[attr-defined]
        self.fields["unit"].queryset = units  # type: ignore[attr-defined]
        self.user = user

    def clean_occurred_on(self) -> dt.date:
        day = self.cleaned_data["occurred_on"]
        if day > clock.today():
            raise forms.ValidationError(_("The day lies in the future. Correct it."))
        return day

    def clean_person(self) -> Person | None:
        written = self.cleaned_data["person"].strip()
        if not written:
            return None
        people = Person.objects.visible_to(self.user)
        found = list(people.filter(staff_number=written)[:1]) or list(people.filter(name=written)[:2])
        if len(found) != 1:
            raise forms.ValidationError(
                _("Several people have this name. Write the staff number.")
                if found
                else _("The register knows nobody of this number or name. Correct it.")
            )
        return found[0]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        subjects = [given.get(name) for name in ("person", "window", "unit") if given.get(name) is not None]
        if len(subjects) != 1 and "person" not in self.errors:
            raise forms.ValidationError(_("Say whom it is about: a person, or a window, or a unit."))
        given["subject"] = subjects[0] if subjects else None
        return given


class DecisionForm(forms.Form):
    """Whether it is so, and what was found."""

    finding = forms.CharField(label=gettext_lazy("Finding"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))
    points = forms.DecimalField(
        label=gettext_lazy("Points"), max_digits=5, decimal_places=2, min_value=-MOST_POINTS, max_value=MOST_POINTS
    )


class AppealForm(forms.Form):
    text = forms.CharField(
        label=gettext_lazy("What you say to it"), max_length=500, widget=forms.Textarea(attrs={"rows": 4})
    )


class AnswerForm(forms.Form):
    answer = forms.CharField(label=gettext_lazy("Answer"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))
