"""Forms of rounds and recommendations; the rules themselves live in the services."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from intranet.ui.templatetags.ui import reads_chinese


class DayInput(forms.DateInput):
    input_type = "date"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="%Y-%m-%d", **kwargs)


class InstantInput(forms.DateTimeInput):
    input_type = "datetime-local"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="%Y-%m-%dT%H:%M", **kwargs)


class DatesForm(forms.Form):
    """The instants of a round, in hall time; ``wanted`` are those its award asks for (``planning.asks_for``)."""

    recommendation_opens = forms.DateTimeField(label=_("Recommendation opens"), widget=InstantInput)
    recommendation_closes = forms.DateTimeField(label=_("Recommendation closes"), widget=InstantInput)
    voting_opens = forms.DateTimeField(label=_("Voting opens"), widget=InstantInput)
    voting_closes = forms.DateTimeField(label=_("Voting closes"), widget=InstantInput)
    scores_due = forms.DateTimeField(label=_("Scores are due"), widget=InstantInput)

    ORDER = ("recommendation_opens", "recommendation_closes", "voting_opens", "voting_closes")

    def __init__(self, *args: Any, wanted: Iterable[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in {*self.ORDER, "scores_due"} - set(wanted):
            del self.fields[name]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for earlier, later in zip(self.ORDER, self.ORDER[1:], strict=False):
            # Voting may begin at the very instant at which recommendation closes.
            self._check_order(cleaned, earlier, later, together=later == "voting_opens")
        self._check_order(cleaned, "recommendation_closes", "scores_due")
        return cleaned

    def _check_order(self, cleaned: dict[str, Any], earlier: str, later: str, *, together: bool = False) -> None:
        first, second = cleaned.get(earlier), cleaned.get(later)
        if first and second and (second < first or (second == first and not together)):
            self.add_error(later, _("This must be later than “%(field)s”.") % {"field": self.fields[earlier].label})


class PlanForm(DatesForm):
    """A new round: the days appraised and its instants."""

    period_first = forms.DateField(label=_("Appraised from"), widget=DayInput)
    period_last = forms.DateField(label=_("Appraised to"), widget=DayInput)

    field_order = ("period_first", "period_last", *DatesForm.ORDER, "scores_due")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        first: dt.date | None = cleaned.get("period_first")
        last: dt.date | None = cleaned.get("period_last")
        if first and last and last < first:
            self.add_error("period_last", _("The last appraised day cannot lie before the first."))
        return cleaned


class ReasonForm(forms.Form):
    """A reason that stays in the record: for calling a round off, or for not admitting someone."""

    reason = forms.CharField(label=_("Reason"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}), strip=True)


class StatementForm(forms.Form):
    """Why somebody is recommended; voters read it when the recommendation is admitted."""

    reason = forms.CharField(
        label=_("Why"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_(
            "What was done well in this period, in a few sentences (at most 500 characters). "
            "Voters read this if the recommendation is admitted."
        ),
        error_messages={"required": _("Write why, in a few sentences.")},
    )


class UnitStatementForm(StatementForm):
    """A unit's recommendation; somebody who leads several units says for which."""

    unit = forms.ModelChoiceField(label=_("For the unit"), queryset=None, empty_label=None)

    field_order = ("unit", "reason")

    def __init__(self, *args: Any, units: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = units
        if not reads_chinese():
            # An option cannot hold an element that names its language; the list itself can.
            self.fields["unit"].widget.attrs.update(lang="zh-Hans", translate="no")
