"""Forms of an award: its rules in groups, and what a round of it weighs. What fits together the service knows."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.utils.text import slugify
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from intranet.access.roles import ROLES
from intranet.figures.registry import figure_kinds
from intranet.figures.services.numbers import answers_for
from intranet.people.models import Person
from intranet.people.pinyin import syllables

from . import vetoes
from .exceptions import AwardFault
from .forms import DayInput
from .models import Award, Component
from .models.awards import GRADE_POINTS

GRADES = {
    "satisfied": _("points for “satisfied”"),
    "mostly_satisfied": _("points for “mostly satisfied”"),
    "dissatisfied": _("points for “dissatisfied”"),
    "unknown": _("points for “do not know”"),
}


def figures_of(subject: str) -> list[tuple[str, Any]]:
    """The figures that are kept of whom an award honours, and none."""
    return [("", "---------"), *((key, kind.label) for key, kind in answers_for(subject).items())]


def figure_choices() -> list[tuple[str, Any]]:
    """Every figure of the plug-ins in use, below whom it is kept of, and none: whom the award honours may change."""
    kept_of: dict[str, list[Any]] = {key: [] for key in figure_kinds()}
    for subject in Award.Subject:
        for key in answers_for(subject):
            kept_of[key].append(subject.label)
    groups: dict[str, list[tuple[str, Any]]] = {}
    for key, kind in figure_kinds().items():
        groups.setdefault(str(subjects_said(kept_of[key])), []).append((key, kind.label))
    return [("", "---------"), *groups.items()]  # type: ignore[list-item]


def subjects_said(labels: list[Any]) -> str:
    return gettext("kept of: %(subjects)s") % {"subjects": " / ".join(map(str, labels))}


# The form in the order in which an officer thinks of it: heading, lead, fields.
GROUPS: tuple[tuple[Any, Any, tuple[str, ...]], ...] = (
    (
        _("The award"),
        "",
        ("name", "slug", "subject", "period", "places", "honour_text", "basis", "retired_on"),
    ),
    (
        _("Who recommends"),
        "",
        ("quota_per_unit", "self_allowed", "colleague_allowed", "pool_award", "pool_wins"),
    ),
    (
        _("Who may be recommended"),
        _("What is not known of somebody keeps them out until it is entered; it never counts as zero."),
        (
            *("window_staff_only", "leaders_excluded", "months_at_hall", "employment_kinds", "least_score"),
            *("least_figure", "least_figure_number", "longest_leave", "no_repeat_rounds", "vetoes"),
        ),
    ),
    (
        _("The ballot"),
        "",
        (
            *("ballot_kind", "list_kind", "max_choices", "min_choices", "electorate", "self_vote"),
            *(f"points_{grade}" for grade in GRADES),
            *("paper_allowed", "sealed_by_two"),
        ),
    ),
    (_("When a ballot is valid"), "", ("least_return", "least_share", "share_base")),
    (
        _("Decision, ties and public notice"),
        "",
        ("order_decides", "meeting_decides", "tie_figure", "tie_rule", "notice_workdays", "notice_place"),
    ),
    (
        _("When rounds open"),
        _("Each step begins on its working day at nine and ends at half past five."),
        (
            *("opens_by_itself", "open_workday", "recommend_workdays", "review_workdays", "vote_workdays"),
            "assess_workdays",
        ),
    ),
)


class AwardForm(forms.ModelForm):
    """An award set up once. A new one may leave its short name to be made from the pinyin of its name."""

    employment_kinds = forms.MultipleChoiceField(
        label=_("employment kinds that may be recommended"),
        choices=Person.Employment.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=_("Tick none if it does not matter how somebody is employed."),
    )
    vetoes = forms.MultipleChoiceField(
        label=_("vetoes"),
        choices=list(vetoes.KINDS.items()),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=_("One such fault in the appraised period excludes."),
    )
    least_figure = forms.ChoiceField(label=_("figure that must be reached"), choices=figure_choices, required=False)
    tie_figure = forms.ChoiceField(label=_("figure that decides a tie"), choices=figure_choices, required=False)

    class Meta:
        model = Award
        fields = tuple(name for *_heading, names in GROUPS for name in names if not name.startswith("points_"))
        widgets: ClassVar[dict[str, Any]] = {"retired_on": DayInput}
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
            "retired_on": _("From this day on no round is planned. Leave it empty while the award is given."),
            "pool_award": _(
                "For a yearly award: whoever was honoured often enough is a candidate, and nobody recommends."
            ),
            "no_repeat_rounds": _("0 if somebody may be honoured again in the very next round."),
            "longest_leave": _("Leave it empty if leave does not matter."),
            "least_return": _("Leave it empty if any number of ballots will do."),
            "least_share": _("Leave it empty if the most votes are enough."),
            "electorate": _("Counts as long as no ballot boxes are set on the page “What counts”."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for grade, label in GRADES.items():
            self.fields[f"points_{grade}"] = forms.DecimalField(
                label=label,
                required=False,
                min_value=0,
                max_value=100,
                initial=(self.instance.grade_points or GRADE_POINTS).get(grade) or None,
                help_text=_("Only for ballots with grades. Empty: such marks do not count."),
            )
        self.fields["pool_award"].queryset = Award.objects.exclude(pk=self.instance.pk)
        if self.instance.pk:
            del self.fields["slug"]
        else:
            self.fields["slug"].required = False

    def groups(self) -> Iterator[tuple[Any, Any, list[forms.BoundField]]]:
        """Heading, lead and fields of each group, for the page."""
        for heading, lead, names in GROUPS:
            yield heading, lead, [self[name] for name in names if name in self.fields]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if "slug" in self.fields and not cleaned.get("slug") and cleaned.get("name"):
            cleaned["slug"] = _free_slug(cleaned["name"])
            self._errors.pop("slug", None)
        fewest, most = cleaned.get("min_choices"), cleaned.get("max_choices")
        if fewest and most and fewest > most:
            self.add_error("min_choices", _("The fewest choices cannot be more than the most choices."))
        if cleaned.get("pool_award"):
            # Honours name the candidates; the boxes ticked by default would contradict that.
            cleaned |= {"quota_per_unit": 0, "self_allowed": False, "colleague_allowed": False}
        cleaned["grade_points"] = {grade: _points(cleaned.pop(f"points_{grade}", None)) for grade in GRADES}
        return cleaned


def _points(number: Decimal | None) -> str:
    return "" if number is None else f"{number.normalize():f}"


def _free_slug(name: str) -> str:
    """A short name from the pinyin of a Chinese name that no award has yet."""
    base = slugify("-".join(syllables(name)))[:34] or "award"
    slug, number = base, 2
    while Award.objects.filter(slug=slug).exists():
        slug, number = f"{base}-{number}", number + 1
    return slug


class WhatCountsForm(forms.ModelForm):
    """The two questions that what counts hangs on; kept together with it."""

    class Meta:
        model = Award
        fields = ("ballot_kind", "meeting_decides")


class BoxForm(forms.Form):
    """A line of the boxes; a line without voters is none."""

    electorate = forms.ChoiceField(
        label=_("who votes here"), choices=[("", "---------"), *Award.Electorate.choices], required=False
    )
    label = forms.CharField(
        label=_("name"), max_length=40, required=False, help_text=_("Empty: called after its voters.")
    )
    weight = forms.DecimalField(
        label=_("weight in percent"), min_value=0, max_value=100, max_digits=5, decimal_places=2, required=False
    )

    def row(self) -> dict[str, Any] | None:
        """As the service takes it; None for an empty line. The short name is that of its voters."""
        given = self.cleaned_data
        if not given.get("electorate"):
            return None
        electorate = Award.Electorate(given["electorate"])
        return {
            "key": electorate.value,
            "label": given["label"] or str(electorate.label),
            "electorate": electorate.value,
            "weight": given["weight"] or Decimal(0),
        }


class ComponentForm(forms.Form):
    """A line of what counts; a line without a kind is none. ``key`` stays with a line once it has one."""

    MORE = ("figure", "scale", "lower_is_better", "panel_roles", "without_extremes", "most_bonus", "most_deduction")

    key = forms.SlugField(max_length=20, required=False, widget=forms.HiddenInput)
    kind = forms.ChoiceField(label=_("made of"), choices=[("", "---------"), *Component.Kind.choices], required=False)
    label = forms.CharField(label=_("name"), max_length=40, required=False)
    weight = forms.DecimalField(
        label=_("weight in percent"), min_value=0, max_value=100, max_digits=5, decimal_places=2, required=False
    )
    figure = forms.ChoiceField(label=_("which figure"), required=False)
    scale = forms.ChoiceField(label=_("becomes points"), choices=Component.Scale.choices, required=False)
    lower_is_better = forms.BooleanField(label=_("less is better"), required=False)
    panel_roles = forms.MultipleChoiceField(
        label=_("who scores"),
        choices=[(key, kind.label) for key, kind in ROLES.items()],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    without_extremes = forms.BooleanField(label=_("without the highest and the lowest score"), required=False)
    most_bonus = forms.DecimalField(
        label=_("most bonus points"), min_value=0, max_digits=5, decimal_places=2, required=False
    )
    most_deduction = forms.DecimalField(
        label=_("most points deducted"), min_value=0, max_digits=5, decimal_places=2, required=False
    )

    def __init__(self, *args: Any, subject: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["figure"].choices = figures_of(subject)  # type: ignore[attr-defined]

    def first_fields(self) -> list[forms.BoundField]:
        return [self["kind"], self["label"], self["weight"]]

    def more_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.MORE]

    @property
    def has_more_errors(self) -> bool:
        return any(name in self.errors for name in self.MORE)

    def row(self) -> dict[str, Any] | None:
        """As the service takes it, but for the short name of a new line; None for an empty one."""
        given = self.cleaned_data
        if not given.get("kind"):
            return None
        label = given["label"] or str(self._own_name(given))
        return {
            **{name: given[name] for name in ("key", "kind", *self.MORE)},
            "label": label[:40],
            "scale": given["scale"] or Component.Scale.AS_IT_IS,
            "weight": given["weight"] or Decimal(0),
        }

    def _own_name(self, given: dict[str, Any]) -> Any:
        """What a line without a name is called where rules are read: its figure, or what it is made of."""
        figure = figure_kinds().get(given["figure"]) if given["kind"] == Component.Kind.FIGURE else None
        return figure.label if figure else Component.Kind(given["kind"]).label


BoxFormSet = forms.formset_factory(BoxForm, extra=2, max_num=6)
ComponentFormSet = forms.formset_factory(ComponentForm, extra=2, max_num=12)


def component_rows(formset: Any) -> list[dict[str, Any]]:
    """The lines of a valid formset; new ones get a short name of their own: their kind, numbered."""
    rows = [row for form in formset for row in [form.row()] if row]
    taken = {row["key"] for row in rows if row["key"]}
    for row in rows:
        if not row["key"]:
            names = (f"{row['kind']}-{number}" if number > 1 else row["kind"] for number in range(1, len(rows) + 2))
            row["key"] = next(name for name in names if name not in taken)
            taken.add(row["key"])
    return rows


def show_fault(fault: AwardFault, form: forms.Form | forms.ModelForm, formset: Any = None) -> None:
    """The sentence at the field it is about; for a line also above all, where the page begins."""
    if fault.part is None:
        form.add_error(fault.field if fault.field in form.fields else None, str(fault))
        return
    form.add_error(None, str(fault))
    if formset is not None:
        line = [each for each in formset if each.row()][fault.part]
        line.add_error(fault.field, str(fault))


def box_rows(formset: Any) -> list[dict[str, Any]]:
    return [row for form in formset for row in [form.row()] if row]


class SkipForm(forms.Form):
    """Which period is left out, and why."""

    period_first = forms.TypedChoiceField(label=_("Period"))
    reason = forms.CharField(
        label=_("Reason"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Everyone can read it."),
    )

    def __init__(self, *args: Any, periods: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["period_first"].choices = periods
