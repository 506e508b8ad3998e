"""Forms of the assessment: bonuses and deductions, withdrawing a seat, the scores of one's own box."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from intranet.access.roles import ROLES
from intranet.ui.templatetags.ui import brackets, zh

from .models import Candidate, Election, PanelScore, PanelSeat
from .services.assessment import LONGEST_NOTE, parts_of
from .services.panels import Excuse, panel_components, replacements


class AdjustmentForm(forms.Form):
    """Points for one candidate, above or below 0, and why."""

    component = forms.ChoiceField(label=gettext_lazy("Component"))
    key = forms.ChoiceField(label=gettext_lazy("For whom"))
    value = forms.DecimalField(
        label=gettext_lazy("Points"),
        decimal_places=2,
        max_digits=5,
        help_text=gettext_lazy("Above 0 is a bonus; with a minus sign it is a deduction."),
    )
    note = forms.CharField(label=gettext_lazy("Reason"), max_length=LONGEST_NOTE)

    def __init__(self, *args: Any, election: Election, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        parts = parts_of(election, "adjustment")
        self.fields["component"].choices = [(part["key"], zh(part["label"])) for part in parts]
        if len(parts) == 1:
            self.fields["component"].widget = forms.HiddenInput()
            self.fields["component"].initial = parts[0]["key"]
        self.fields["key"].choices = [
            (row.key, zh(" · ".join(filter(None, (row.name, row.unit_name))))) for row in election.candidates.all()
        ]


class ExcuseForm(forms.Form):
    """Why a seat is withdrawn."""

    reason = forms.ChoiceField(label=gettext_lazy("Why"), choices=Excuse.choices)


class SeatForm(forms.Form):
    """Who is to score in a panel for somebody who cannot."""

    component = forms.ChoiceField(label=gettext_lazy("Component"))
    user = forms.TypedChoiceField(
        label=gettext_lazy("Who scores"),
        coerce=int,
        help_text=gettext_lazy(
            "Somebody with a role of the panel, a leader or the inspection section; nobody who stands."
        ),
    )

    def __init__(self, *args: Any, election: Election, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        parts = panel_components(election)
        self.fields["component"].choices = [(part["key"], zh(part["label"])) for part in parts]
        if len(parts) == 1:
            self.fields["component"].widget = forms.HiddenInput()
            self.fields["component"].initial = parts[0]["key"]
        self.fields["user"].choices = [
            (user.pk, zh(f"{user.get_full_name()}{brackets(ROLES[role].label)}"))
            for user, role in replacements(election)
        ]


class SeatBox:
    """The box of one seat: a line for each candidate, with what is kept or was just typed, and what is wrong.

    ``fault`` is the sentence for the whole box; a line's own stands in ``line["fault"]``.
    """

    def __init__(self, seat: PanelSeat, part: dict[str, Any], candidates: list[Candidate], data: Any = None) -> None:
        self.seat, self.label, self.fault = seat, part["label"], ""
        kept = {row.candidate_id: row for row in seat.scores.all()}
        self.scores: dict[str, Decimal | None] = {}
        self.conflicts: set[str] = set()
        self.lines = [self._line(row, kept.get(row.pk), data) for row in candidates]

    @property
    def is_sound(self) -> bool:
        return not any(line["fault"] for line in self.lines)

    @property
    def entered(self) -> int:
        return sum(1 for line in self.lines if line["score"] or line["conflict"])

    def _line(self, candidate: Candidate, kept: PanelScore | None, data: Any) -> dict[str, Any]:
        names = {"field": f"score.{candidate.key}", "box": f"conflict.{candidate.key}"}
        line = {"candidate": candidate, "fault": "", **names}
        if data is None:
            score = kept.score if kept is not None else None
            return {
                **line,
                "score": "" if score is None else f"{score:f}",
                "conflict": kept is not None and kept.has_conflict,
            }
        text, conflict = str(data.get(names["field"], "")).strip()[:12], bool(data.get(names["box"]))
        try:
            self.scores[candidate.key] = Decimal(text.replace("．", ".")) if text else None
        except InvalidOperation:
            line["fault"] = _("Write a number from 0 to 100.")
        if conflict:
            self.conflicts.add(candidate.key)
            self.scores[candidate.key], line["fault"] = None, ""
        return {**line, "score": text, "conflict": conflict}
