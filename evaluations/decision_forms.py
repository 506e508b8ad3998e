"""Forms of who takes the places: the tie, and what a meeting decided."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from intranet.ui.templatetags.ui import zh

from .forms import DayInput
from .models import Election
from .services.decision import mark_of


def choices_of(election: Election, keys: list[str]) -> list[tuple[str, Any]]:
    """Candidates as choices, in the order of their keys given."""
    names = {candidate.key: candidate for candidate in election.candidates.filter(key__in=keys)}
    return [
        (key, zh(" · ".join(filter(None, (names[key].name, names[key].unit_name))))) for key in keys if key in names
    ]


class TieForm(forms.Form):
    """Who among those with equal counts takes the open places, and why."""

    chosen = forms.MultipleChoiceField(label=_("Takes a place"), widget=forms.CheckboxSelectMultiple)
    reason = forms.CharField(
        label=_("How it was decided"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("For example the lot drawn before witnesses, or the rule of the award. It stays in the record."),
    )

    def __init__(self, *args: Any, election: Election, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["chosen"].choices = choices_of(election, election.result.get("tied", []))


class NamesField(forms.CharField):
    """Names, one a line or apart by commas; a list of them."""

    widget = forms.Textarea(attrs={"rows": 3})

    def clean(self, value: Any) -> Any:
        return [name for name in (part.strip() for part in re.split(r"[\n,，、;；]", super().clean(value))) if name]


class MeetingForm(forms.Form):
    """What the meeting decided, from its minutes."""

    held_on = forms.DateField(label=_("Held on"), widget=DayInput)
    minutes_number = forms.CharField(label=_("Number of the minutes"), max_length=60)
    scan = forms.FileField(label=_("Scan of the minutes"), help_text=_("PDF or picture, at most 10 MB."))
    present = NamesField(label=_("Present"), help_text=_("One name a line."))
    recused = NamesField(
        label=_("Recused"), required=False, help_text=_("Whoever stands in this round, or is close to who does.")
    )
    winners = forms.MultipleChoiceField(label=_("Approved"), widget=forms.CheckboxSelectMultiple)
    reason = forms.CharField(
        label=_("Reason"),
        required=False,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Needed when the list is not the computed one, and to settle a tie. It stays in the record."),
    )

    def __init__(self, *args: Any, election: Election, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["winners"].choices = choices_of(election, election.result.get("order", []))
        self.fields["winners"].initial = election.decision.get("winners") or election.result.get("winners", [])


class CorrectionForm(MeetingForm):
    """The meeting once more, filled with what is recorded; its scan stays where no other is added."""

    seen = forms.CharField(widget=forms.HiddenInput)
    why = forms.CharField(
        label=_("What was wrong"),
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("It stays among the events of the round, with what the record said before."),
    )

    field_order = ("seen", "why")

    def __init__(self, *args: Any, election: Election, **kwargs: Any) -> None:
        decided = election.decision
        told = decided["meeting"]
        initial = {
            "seen": mark_of(election),
            "held_on": dt.date.fromisoformat(told["held_on"]),
            "minutes_number": told["minutes_number"],
            "present": "\n".join(told["present"]),
            "recused": "\n".join(told["recused"]),
            "reason": decided["reason"],
        }
        super().__init__(*args, election=election, initial=initial, **kwargs)
        self.fields["scan"].required = False
        self.fields["scan"].help_text = _("Only if the scan was the wrong one: PDF or picture, at most 10 MB.")
