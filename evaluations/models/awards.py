"""What is elected again and again: the service star, the model window; and what each round of it weighs."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from evaluations.querysets import AwardQuerySet
from intranet.figures.services.numbers import is_lower_better

PERCENT = (MinValueValidator(Decimal(0)), MaxValueValidator(Decimal(100)))
# Points of the graded sheet; "" leaves a mark out of the mean. A tax hall's form gave 10, 8, 6 and 4 of ten.
GRADE_POINTS = {"satisfied": "100", "mostly_satisfied": "80", "dissatisfied": "0", "unknown": ""}


def default_grade_points() -> dict[str, str]:
    return dict(GRADE_POINTS)


class Award(models.Model):
    """An award and its rules. A round copies them when it opens; later changes touch no open round."""

    class Subject(models.TextChoices):
        PERSON = "person", _("person")
        WINDOW = "window", _("window")
        TEAM = "unit", _("team (unit or section)")

    class Period(models.TextChoices):
        MONTH = "month", _("month")
        QUARTER = "quarter", _("quarter")
        YEAR = "year", _("year")
        ONCE = "once", _("once")

    class Electorate(models.TextChoices):
        EVERYONE = "everyone", _("everyone at the hall")
        WINDOW_STAFF = "window_staff", _("window staff")
        BACK_OFFICE = "back_office", _("staff without a window")
        CENTRE_LEADERS = "centre_leader", _("leaders of the centre")
        CHIEF_REPRESENTATIVES = "chief_representative", _("chief representatives")
        INSPECTION = "inspection", _("inspection section")

    class BallotKind(models.TextChoices):
        # A ranked ballot will be one more kind here, with an envelope of its own.
        CHOOSE = "choose", _("choose up to a number")
        APPROVE = "approve", _("for, against or blank for each candidate")
        GRADE = "grade", _("a grade for each candidate")
        NONE = "none", _("no ballot")

    class ListKind(models.TextChoices):
        ANY = "any", _("as many candidates as there are")
        COMPETITIVE = "competitive", _("more candidates than places")
        EQUAL = "equal_number", _("as many candidates as places")

    class ShareBase(models.TextChoices):
        ROLL = "roll", _("of all on the roll")
        VALID = "valid", _("of the valid ballots")

    class TieRule(models.TextChoices):
        MEETING = "meeting", _("somebody decides, with the reason")
        LOT = "lot", _("by lot before two scrutineers")

    slug = models.SlugField(_("short name in addresses"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=60, unique=True)
    subject = models.CharField(_("who is honoured"), max_length=10, choices=Subject.choices, default=Subject.PERSON)
    period = models.CharField(_("period"), max_length=10, choices=Period.choices, default=Period.MONTH)
    places = models.PositiveSmallIntegerField(_("places"), default=3, validators=[MinValueValidator(1)])
    honour_text = models.CharField(_("text of honour"), max_length=200, blank=True)
    basis = models.CharField(_("basis document"), max_length=200, blank=True)
    retired_on = models.DateField(_("ended on"), null=True, blank=True)

    # Who may be recommended, and by whom.
    quota_per_unit = models.PositiveSmallIntegerField(_("recommendations per unit"), default=1)
    self_allowed = models.BooleanField(_("staff may recommend themselves"), default=True)
    colleague_allowed = models.BooleanField(_("staff may recommend a colleague"), default=True)
    window_staff_only = models.BooleanField(_("only window staff may be recommended"), default=True)
    leaders_excluded = models.BooleanField(_("leaders of the centre may not be recommended"), default=True)
    months_at_hall = models.PositiveSmallIntegerField(
        _("months at the hall before one may be recommended"), default=3, validators=[MaxValueValidator(60)]
    )
    employment_kinds = models.JSONField(_("employment kinds that may be recommended"), default=list, blank=True)
    least_score = models.DecimalField(
        _("least mean of the monthly scores"), max_digits=6, decimal_places=2, null=True, blank=True
    )
    least_figure = models.CharField(_("figure that must be reached"), max_length=80, blank=True)
    least_figure_number = models.DecimalField(
        _("least number of that figure"), max_digits=12, decimal_places=2, null=True, blank=True
    )
    longest_leave = models.PositiveSmallIntegerField(
        _("most working days away in the appraised period"), null=True, blank=True
    )
    no_repeat_rounds = models.PositiveSmallIntegerField(
        _("rounds that somebody honoured sits out"), default=0, validators=[MaxValueValidator(60)]
    )
    # A yearly award whose candidates are those with so many monthly honours.
    pool_award = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("candidates come from the honours of"),
    )
    pool_wins = models.PositiveSmallIntegerField(
        _("honours needed to be a candidate"), default=3, validators=[MinValueValidator(1)]
    )
    vetoes = models.JSONField(_("vetoes"), default=list, blank=True)

    # The ballot.
    ballot_kind = models.CharField(
        pgettext_lazy("kind of ballot", "ballot"),
        max_length=10,
        choices=BallotKind.choices,
        default=BallotKind.CHOOSE,
    )
    list_kind = models.CharField(_("list"), max_length=14, choices=ListKind.choices, default=ListKind.ANY)
    max_choices = models.PositiveSmallIntegerField(
        _("most choices on a ballot"), default=3, validators=[MinValueValidator(1)]
    )
    min_choices = models.PositiveSmallIntegerField(
        _("fewest choices on a ballot"), default=1, validators=[MinValueValidator(1)]
    )
    electorate = models.CharField(
        _("who may vote"), max_length=24, choices=Electorate.choices, default=Electorate.EVERYONE
    )
    self_vote = models.BooleanField(_("one may vote for oneself"), default=True)
    grade_points = models.JSONField(_("points of the grades"), default=default_grade_points, blank=True)
    paper_allowed = models.BooleanField(_("ballots on paper are handed out too"), default=False)
    sealed_by_two = models.BooleanField(_("two scrutineers close and seal"), default=False)
    least_return = models.DecimalField(
        _("least return, in percent of the roll"),
        max_digits=5,
        decimal_places=2,
        null=True,
        blank=True,
        validators=PERCENT,
    )
    least_share = models.DecimalField(
        _("least share of votes, in percent"),
        max_digits=5,
        decimal_places=2,
        null=True,
        blank=True,
        validators=PERCENT,
    )
    share_base = models.CharField(
        _("share counted"), max_length=8, choices=ShareBase.choices, default=ShareBase.VALID
    )

    # From the count to the notice.
    order_decides = models.BooleanField(
        _("the computed order decides"), default=True, help_text=_("Otherwise it advises the meeting.")
    )
    meeting_decides = models.BooleanField(_("a meeting confirms the list"), default=False)
    tie_figure = models.CharField(_("figure that decides a tie"), max_length=80, blank=True)
    tie_rule = models.CharField(_("then a tie is settled"), max_length=10, choices=TieRule.choices, default="meeting")
    notice_workdays = models.PositiveSmallIntegerField(
        _("working days of public notice"), default=5, validators=[MinValueValidator(1), MaxValueValidator(30)]
    )
    notice_place = models.CharField(_("where the notice hangs"), max_length=80, blank=True)

    # When rounds open by themselves, in working days.
    opens_by_itself = models.BooleanField(_("rounds open by themselves"), default=False)
    # The day on which that was last turned on: periods whose opening lies before it are not opened afterwards.
    opens_since = models.DateField(null=True, blank=True, editable=False)
    open_workday = models.SmallIntegerField(
        _("working day of opening"),
        default=1,
        help_text=_("1 is the first working day after the appraised period, -1 its last working day."),
        validators=[MinValueValidator(-60), MaxValueValidator(60)],
    )
    recommend_workdays = models.PositiveSmallIntegerField(
        _("working days for recommendations"), default=3, validators=[MinValueValidator(1)]
    )
    review_workdays = models.PositiveSmallIntegerField(
        _("working days for the review"), default=1, validators=[MinValueValidator(1)]
    )
    vote_workdays = models.PositiveSmallIntegerField(
        _("working days for voting"), default=2, validators=[MinValueValidator(1)]
    )
    assess_workdays = models.PositiveSmallIntegerField(
        _("working days for scores"), default=3, validators=[MinValueValidator(1)]
    )

    objects = AwardQuerySet.as_manager()

    class Meta:
        ordering = ("name",)
        verbose_name = _("award")
        verbose_name_plural = _("awards")

    def __str__(self) -> str:
        return self.name

    def rules(self) -> dict[str, Any]:
        """Everything a round needs to know of its award, as plain JSON; percentages and points as strings."""
        kept = (
            "name subject period places honour_text basis quota_per_unit self_allowed colleague_allowed "
            "window_staff_only leaders_excluded months_at_hall employment_kinds least_figure longest_leave "
            "no_repeat_rounds pool_wins vetoes ballot_kind list_kind max_choices min_choices electorate self_vote "
            "grade_points paper_allowed sealed_by_two share_base order_decides meeting_decides tie_figure tie_rule "
            "notice_workdays notice_place"
        )
        exact = "least_score least_figure_number least_return least_share"
        return {
            **{field: getattr(self, field) for field in kept.split()},
            **{field: plain_number(getattr(self, field)) for field in exact.split()},
            "pool_award": self.pool_award.slug if self.pool_award else "",
            "tie_lower_is_better": is_lower_better(self.tie_figure),
            "boxes": self._boxes(),
            "components": self._components(),
        }

    def _boxes(self) -> dict[str, Any]:
        if self.ballot_kind == self.BallotKind.NONE:
            return {}
        boxes = {box.key: box.rules() for box in self.boxes.all()} if self.pk else {}
        with translation.override(settings.LANGUAGE_CODE):
            label = str(self.Electorate(self.electorate).label)
        return boxes or {"staff": {"label": label, "electorate": self.electorate, "weight": "100", "order": 1}}

    def _components(self) -> list[dict[str, Any]]:
        """Those set up; an award with a ballot and nothing else weighs the ballots alone."""
        components = [component.rules() for component in self.components.all()] if self.pk else []
        alone = {"key": "ballots", "kind": "ballots", "label": "", "weight": "100"}
        return components or ([] if self.ballot_kind == self.BallotKind.NONE else [alone])


class Box(models.Model):
    """A ballot box of a part of the electorate; whoever fits several belongs to the first. Ballots weigh alike
    within a box, and boxes are weighed against each other.
    """

    award = models.ForeignKey(Award, on_delete=models.CASCADE, related_name="boxes", verbose_name=_("award"))
    key = models.SlugField(_("short name"), max_length=20)
    label = models.CharField(_("name"), max_length=40)
    electorate = models.CharField(_("who votes here"), max_length=24, choices=Award.Electorate.choices)
    weight = models.DecimalField(_("weight in percent"), max_digits=5, decimal_places=2, validators=PERCENT)
    order = models.PositiveSmallIntegerField(_("order"), default=1)

    class Meta:
        ordering = ("award", "order", "key")
        constraints = [models.UniqueConstraint(fields=["award", "key"], name="evaluations_box_once")]
        verbose_name = _("ballot box")
        verbose_name_plural = _("ballot boxes")

    def __str__(self) -> str:
        return self.label

    def rules(self) -> dict[str, Any]:
        return {
            "label": self.label,
            "electorate": self.electorate,
            "weight": plain_number(self.weight),
            "order": self.order,
        }


class Component(models.Model):
    """One part of the score: what it is made of, how it becomes points from 0 to 100, and what it weighs."""

    class Kind(models.TextChoices):
        BALLOTS = "ballots", _("ballots")
        SCORES = "scores", _("monthly scores of the inspection section")
        FIGURE = "figure", _("a figure")
        PANEL = "panel", _("scores of a panel")
        CLIENTS = "clients", _("votes of clients, from a sheet")
        ADJUSTMENT = "adjustment", _("bonuses and deductions")

    class Scale(models.TextChoices):
        AS_IT_IS = "as_it_is", _("as it is, from 0 to 100")
        OF_BEST = "of_best", _("in percent of the best")
        BETWEEN = "between", _("0 for the worst, 100 for the best")
        RANK = "rank", _("by place")

    award = models.ForeignKey(Award, on_delete=models.CASCADE, related_name="components", verbose_name=_("award"))
    key = models.SlugField(_("short name"), max_length=20)
    kind = models.CharField(_("made of"), max_length=12, choices=Kind.choices)
    label = models.CharField(_("name"), max_length=40)
    weight = models.DecimalField(
        _("weight in percent"),
        max_digits=5,
        decimal_places=2,
        default=Decimal(0),
        validators=PERCENT,
        help_text=_("Bonuses and deductions are added to the sum and have no weight."),
    )
    figure = models.CharField(_("which figure"), max_length=80, blank=True)
    scale = models.CharField(_("becomes points"), max_length=10, choices=Scale.choices, default=Scale.AS_IT_IS)
    lower_is_better = models.BooleanField(_("less is better"), default=False)
    # Role keys whose holders score; frozen as seats when the review is finished.
    panel_roles = models.JSONField(_("who scores"), default=list, blank=True)
    without_extremes = models.BooleanField(_("without the highest and the lowest score"), default=False)
    most_bonus = models.DecimalField(_("most bonus points"), max_digits=5, decimal_places=2, null=True, blank=True)
    most_deduction = models.DecimalField(
        _("most points deducted"), max_digits=5, decimal_places=2, null=True, blank=True
    )
    order = models.PositiveSmallIntegerField(_("order"), default=1)

    class Meta:
        ordering = ("award", "order", "key")
        constraints = [models.UniqueConstraint(fields=["award", "key"], name="evaluations_component_once")]
        verbose_name = _("component of the score")
        verbose_name_plural = _("components of the score")

    def __str__(self) -> str:
        return self.label

    def rules(self) -> dict[str, Any]:
        kept = "key kind label figure scale lower_is_better panel_roles without_extremes"
        exact = "weight most_bonus most_deduction"
        return {
            **{field: getattr(self, field) for field in kept.split()},
            **{field: plain_number(getattr(self, field)) for field in exact.split()},
        }


class Skip(models.Model):
    """A period for which no round of an award is held, and why."""

    award = models.ForeignKey(Award, on_delete=models.PROTECT, related_name="skips", verbose_name=_("award"))
    period_first = models.DateField(_("appraised from"))
    reason = models.CharField(_("reason"), max_length=300)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("by"))
    created_at = models.DateTimeField()

    class Meta:
        ordering = ("-period_first", "award")
        constraints = [models.UniqueConstraint(fields=["award", "period_first"], name="evaluations_skip_once")]
        verbose_name = _("skipped period")
        verbose_name_plural = _("skipped periods")

    def __str__(self) -> str:
        return f"{self.award} {self.period_first:%Y-%m}"


def plain_number(value: Any) -> str:
    """A Decimal without trailing zeros or exponent, for rules and records; "" for None."""
    if value is None:
        return ""
    text = f"{Decimal(value):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
