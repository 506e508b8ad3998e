"""Forms of awards, rounds and recommendations; the rules themselves live in the services."""

from __future__ import annotations

import datetime as dt
from typing import Any, ClassVar

from django import forms
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from intranet.people.pinyin import syllables
from intranet.ui.templatetags.ui import reads_chinese, zh

from .models import Award, Election


class DayInput(forms.DateInput):
    input_type = "date"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="%Y-%m-%d", **kwargs)


class InstantInput(forms.DateTimeInput):
    input_type = "datetime-local"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="%Y-%m-%dT%H:%M", **kwargs)


class AwardForm(forms.ModelForm):
    """An award set up once. A new one may leave its short name to be made from the pinyin of its name."""

    class Meta:
        model = Award
        fields = (
            "name",
            "slug",
            "subject",
            "period",
            "places",
            "max_choices",
            "min_choices",
            "electorate",
            "quota_per_unit",
            "self_allowed",
            "colleague_allowed",
            "window_staff_only",
            "leaders_excluded",
            "months_at_hall",
            "notice_workdays",
            "honour_text",
            "basis",
        )
        help_texts: ClassVar[dict[str, Any]] = {
            "name": _("As it is called at the hall, for example on the certificate."),
            "slug": _("Small letters, digits and hyphens. Leave it empty and it is made from the pinyin."),
            "places": _("How many are honoured in one round."),
            "max_choices": _("A ballot with more choices cannot be sent."),
            "quota_per_unit": _("How many each unit's chief representative may recommend in one round."),
            "months_at_hall": _("0 if newcomers may be recommended at once."),
            "notice_workdays": _("How long the result hangs out for objections before it is published."),
            "honour_text": _("The words on the wall of honour and the certificate."),
            "basis": _("Name and number of the document this award rests on."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            del self.fields["slug"]
        else:
            self.fields["slug"].required = False

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if "slug" in self.fields and not cleaned.get("slug") and cleaned.get("name"):
            cleaned["slug"] = _free_slug(cleaned["name"])
            self._errors.pop("slug", None)
        fewest, most = cleaned.get("min_choices"), cleaned.get("max_choices")
        if fewest and most and fewest > most:
            self.add_error("min_choices", _("The fewest choices cannot be more than the most choices."))
        return cleaned


def _free_slug(name: str) -> str:
    """A short name from the pinyin of a Chinese name that no award has yet."""
    base = slugify("-".join(syllables(name)))[:34] or "award"
    slug, number = base, 2
    while Award.objects.filter(slug=slug).exists():
        slug, number = f"{base}-{number}", number + 1
    return slug


class DatesForm(forms.Form):
    """The four instants of a round, in hall time."""

    recommendation_opens = forms.DateTimeField(label=_("Recommendation opens"), widget=InstantInput)
    recommendation_closes = forms.DateTimeField(label=_("Recommendation closes"), widget=InstantInput)
    voting_opens = forms.DateTimeField(label=_("Voting opens"), widget=InstantInput)
    voting_closes = forms.DateTimeField(label=_("Voting closes"), widget=InstantInput)

    ORDER = ("recommendation_opens", "recommendation_closes", "voting_opens", "voting_closes")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for earlier, later in zip(self.ORDER, self.ORDER[1:], strict=False):
            first, second = cleaned.get(earlier), cleaned.get(later)
            # Voting may begin at the very instant at which recommendation closes.
            together = (earlier, later) == ("recommendation_closes", "voting_opens")
            if first and second and (second < first or (second == first and not together)):
                self.add_error(
                    later,
                    _("This must be later than “%(field)s”.") % {"field": self.fields[earlier].label},
                )
        return cleaned


class PlanForm(DatesForm):
    """A new round: the days appraised and the four instants."""

    period_first = forms.DateField(label=_("Appraised from"), widget=DayInput)
    period_last = forms.DateField(label=_("Appraised to"), widget=DayInput)

    field_order = ("period_first", "period_last", *DatesForm.ORDER)

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
        tied = election.result.get("tied", [])
        names = {candidate.key: candidate for candidate in election.candidates.filter(key__in=tied)}
        self.fields["chosen"].choices = [
            (key, zh(" · ".join(filter(None, (names[key].name, names[key].unit_name)))))
            for key in tied
            if key in names
        ]
