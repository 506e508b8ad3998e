"""The gallery's content: what a hall would really put into each component. Nobody in it is real."""

from __future__ import annotations

import calendar
import datetime as dt
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from intranet import clock

ROWS = [
    ("1207", "沈若溪", "不动产登记窗口", "state-official", gettext_lazy("Commended")),
    ("0318", "周启航", "医保综合窗口", "state-current", gettext_lazy("Voting")),
    ("0926", "欧阳静怡", "企业开办专区", "state-waiting", gettext_lazy("Waiting for review")),
    ("1533", "马晓东", "公积金窗口", "state-done", gettext_lazy("Voted")),
    ("0041", "覃雨桐", "婚姻登记窗口", "state-quiet", gettext_lazy("Not taking part")),
    ("0752", "李建国", "税务综合窗口", "state-problem", gettext_lazy("Needs correction")),
]


class NominationForm(forms.Form):
    """One field of every kind."""

    colleague = forms.CharField(label=gettext_lazy("Colleague"), max_length=40)
    award = forms.ChoiceField(
        label=gettext_lazy("Award"),
        choices=[("", "---------"), ("star", gettext_lazy("Service star")), ("window", gettext_lazy("Model window"))],
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        help_text=gettext_lazy("30 to 200 characters. Say what was done, when, and for whom."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    since = forms.DateField(label=gettext_lazy("At this window since"))
    meeting = forms.DateTimeField(label=gettext_lazy("Review meeting"), required=False)
    votes = forms.IntegerField(label=gettext_lazy("Votes received"), min_value=0, required=False)
    kind = forms.ChoiceField(
        label=gettext_lazy("How recommended"),
        choices=[("self", gettext_lazy("By myself")), ("colleague", gettext_lazy("By a colleague"))],
        widget=forms.RadioSelect,
    )
    deeds = forms.MultipleChoiceField(
        label=gettext_lazy("Deeds"),
        help_text=gettext_lazy("Choose all that apply."),
        choices=[
            ("praise", gettext_lazy("Letter or banner of thanks")),
            ("cover", gettext_lazy("Stood in for a colleague")),
            ("skill", gettext_lazy("Prize in a skills contest")),
        ],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    photo = forms.FileField(
        label=gettext_lazy("Photo"), help_text=gettext_lazy("JPEG or PNG, at most 10 MB."), required=False
    )
    consent = forms.BooleanField(label=gettext_lazy("The colleague has agreed to be recommended"))

    def clean_colleague(self) -> str:
        name = self.cleaned_data["colleague"]
        if name == "沈若西":
            raise forms.ValidationError(
                _("The register knows nobody of this name. Please check it, or search by number.")
            )
        return name


def steps() -> list[dict[str, str]]:
    return [
        {"label": _("Recommendation"), "state": "done", "note": _("18 people recommended")},
        {"label": _("Review"), "state": "done", "note": _("15 passed, 3 returned")},
        {"label": _("Voting"), "state": "current", "note": _("Closes on Friday at 17:30")},
        {"label": _("Public notice"), "state": "ahead", "note": _("5 working days")},
        {"label": _("Commended"), "state": "ahead", "note": ""},
    ]


def month(today: dt.date) -> list[list[dict[str, Any]]]:
    """The month of a day as weeks from Monday, with a few entries around it."""
    entries: dict[int, list[dict[str, Any]]] = {
        3: [{"title": _("Registration for the badminton contest closes"), "url": "#month", "cancelled": False}],
        min(today.day + 1, 27): [
            {"title": _("Voting for the service star closes"), "url": "#month", "cancelled": False}
        ],
        28: [
            {"title": _("Month-end study session"), "url": "#month", "cancelled": False},
            {"title": _("Choir practice"), "url": "#month", "cancelled": True},
        ],
    }
    return [
        [
            {
                "day": day,
                "outside": day.month != today.month,
                "today": day == today,
                "mark": _("Work") if day.day == 8 else "",
                "entries": entries.get(day.day, []) if day.month == today.month else [],
            }
            for day in week
        ]
        for week in calendar.Calendar().monthdatescalendar(today.year, today.month)
    ]


def everything(page: str | None = None) -> dict[str, Any]:
    """The variables of the gallery's template."""
    wrong = NominationForm({"colleague": "沈若西", "award": "", "reason": "", "votes": "-3"})
    return {
        "rows": [dict(zip(("number", "name", "window", "state", "word"), row, strict=True)) for row in ROWS],
        "form": NominationForm(initial={"since": clock.today(), "meeting": clock.now()}, auto_id="new_%s"),
        "wrong": wrong,
        "steps": steps(),
        "weeks": month(clock.today()),
        "today": clock.today(),
        "moment": clock.now(),
        "page_obj": Paginator(range(240), 20).get_page(page),
        "states": ["waiting", "current", "done", "official", "problem", "quiet"],
    }
