"""What windows did in a month, and the scores the inspection section gives for one."""

from __future__ import annotations

from decimal import Decimal

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from intranet.people.models import Window

from ..querysets import MonthlyScoreQuerySet, WindowMonthQuerySet
from .subjects import AboutSomebody, one_subject

# Base 100; counties give up to ten points on top of it.
MOST_POINTS = Decimal(110)
GRADES = ("very_satisfied", "satisfied", "fairly_satisfied", "dissatisfied", "very_dissatisfied")
ALL_GRADES = Q(**{f"{grade}__isnull": False for grade in GRADES})
NO_GRADE = Q(**{f"{grade}__isnull": True for grade in GRADES})


class WindowMonth(models.Model):
    """Cases of one window in one month, and what people pressed on its rating device (好差评, five grades).

    The ratings are all given or all unknown. ``month`` is the first day of the month.
    """

    GRADES = GRADES
    # The last two grades are what the national rules call a bad rating (差评).
    GOOD_GRADES = GRADES[:3]
    COUNTS = ("cases_handled", "finished_on_the_spot", "overdue")

    window = models.ForeignKey(Window, on_delete=models.PROTECT, related_name="+", verbose_name=_("window"))
    month = models.DateField(pgettext_lazy("of a figure", "month"))
    cases_handled = models.PositiveIntegerField(_("cases handled"))
    finished_on_the_spot = models.PositiveIntegerField(_("finished on the spot"))
    overdue = models.PositiveIntegerField(_("overdue cases"), default=0)
    very_satisfied = models.PositiveIntegerField(_("very satisfied"), null=True, blank=True)
    satisfied = models.PositiveIntegerField(_("satisfied"), null=True, blank=True)
    fairly_satisfied = models.PositiveIntegerField(_("fairly satisfied"), null=True, blank=True)
    dissatisfied = models.PositiveIntegerField(_("dissatisfied"), null=True, blank=True)
    very_dissatisfied = models.PositiveIntegerField(_("very dissatisfied"), null=True, blank=True)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        editable=False,
        verbose_name=_("entered by"),
    )
    changed_at = models.DateTimeField(_("changed on"), editable=False)

    objects = WindowMonthQuerySet.as_manager()

    class Meta:
        ordering = ("-month", "window")
        constraints = [
            models.UniqueConstraint(fields=["window", "month"], name="figures_window_month_once"),
            models.CheckConstraint(condition=Q(month__day=1), name="figures_window_month_first_day"),
            models.CheckConstraint(
                condition=Q(finished_on_the_spot__lte=F("cases_handled")), name="figures_window_month_spot_within"
            ),
            models.CheckConstraint(condition=ALL_GRADES | NO_GRADE, name="figures_window_month_ratings_whole"),
        ]
        verbose_name = _("month of a window")
        verbose_name_plural = _("months of windows")

    def __str__(self) -> str:
        return f"{self.window} · {self.month:%Y-%m}"

    @property
    def ratings(self) -> dict[str, int] | None:
        """The five grades, or None where nobody counted them."""
        given = {grade: getattr(self, grade) for grade in self.GRADES}
        return None if None in given.values() else given

    def audit_title(self) -> str:
        return f"windowmonth {self.pk}"


class MonthlyScore(AboutSomebody):
    """The inspection section's score of a person, window or unit for a month; the reason is for those it concerns."""

    month = models.DateField(pgettext_lazy("of a figure", "month"))
    score = models.DecimalField(
        _("score"),
        max_digits=6,
        decimal_places=2,
        validators=[MinValueValidator(Decimal(0)), MaxValueValidator(MOST_POINTS)],
    )
    reason = models.TextField(_("reason"), max_length=300, blank=True)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        editable=False,
        verbose_name=_("entered by"),
    )
    changed_at = models.DateTimeField(_("changed on"), editable=False)

    objects = MonthlyScoreQuerySet.as_manager()
    wagtail_reference_index_ignore = True

    class Meta:
        ordering = ("-month", "pk")
        constraints = [
            one_subject("figures_monthly_score"),
            models.CheckConstraint(condition=Q(month__day=1), name="figures_monthly_score_first_day"),
            models.CheckConstraint(condition=Q(score__gte=0, score__lte=110), name="figures_monthly_score_range"),
            *(
                models.UniqueConstraint(
                    fields=[name, "month"],
                    condition=Q(**{f"{name}__isnull": False}),
                    name=f"figures_monthly_score_{name}_once",
                )
                for name in ("person", "window", "unit")
            ),
        ]
        verbose_name = _("monthly score")
        verbose_name_plural = _("monthly scores")

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"

    def audit_title(self) -> str:
        return f"monthlyscore {self.pk}"
