"""A round of an award for one appraised period: its phases, roll, recommendations, candidates and events."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from evaluations.querysets import ElectionQuerySet, NominationQuerySet
from intranet import clock
from intranet.people.models import Person, Unit, Window

from .awards import Award


class Election(models.Model):
    """One round. ``rules`` and the roll are frozen when it opens; phases only move forward."""

    class Phase(models.TextChoices):
        PREPARATION = "preparation", _("In preparation")
        RECOMMENDATION = "recommendation", _("Recommendation")
        REVIEW = "review", _("Review")
        VOTING = "voting", _("Voting")
        SEALED = "sealed", _("Sealed")
        ASSESSMENT = "assessment", _("Assessment")
        DECISION = "decision", _("Decision meeting")
        PUBLIC_NOTICE = "public_notice", _("Public notice")
        PUBLISHED = "published", _("Commended")
        CANCELLED = "cancelled", _("Cancelled")
        ANNULLED = "annulled", _("Annulled")

    award = models.ForeignKey(Award, on_delete=models.PROTECT, related_name="elections", verbose_name=_("award"))
    slug = models.SlugField(max_length=80, unique=True)
    # The days appraised, apart from the dates of the round itself.
    period_first = models.DateField(_("appraised from"))
    period_last = models.DateField(_("appraised to"))
    phase = models.CharField(_("phase"), max_length=16, choices=Phase.choices, default=Phase.PREPARATION)
    recommendation_opens = models.DateTimeField(_("recommendation opens"))
    recommendation_closes = models.DateTimeField(_("recommendation closes"))
    voting_opens = models.DateTimeField(_("voting opens"))
    voting_closes = models.DateTimeField(_("voting closes"))
    opened_at = models.DateTimeField(null=True, blank=True)
    reviewed_at = models.DateTimeField(null=True, blank=True)
    # No ballot is taken from here on; "sealed" is said only when both tables are made anew and cleaned up.
    closed_at = models.DateTimeField(null=True, blank=True)
    sealed_at = models.DateTimeField(null=True, blank=True)
    notice_first = models.DateField(_("notice from"), null=True, blank=True)
    notice_last = models.DateField(_("notice to"), null=True, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    ended_reason = models.CharField(_("why it was cancelled or annulled"), max_length=300, blank=True)
    rules = models.JSONField(default=dict, blank=True)
    roll_size = models.PositiveIntegerField(default=0)
    roll_root = models.CharField(max_length=64, blank=True)
    result = models.JSONField(default=dict, blank=True)
    decision = models.JSONField(default=dict, blank=True)
    record_root = models.CharField(max_length=64, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = ElectionQuerySet.as_manager()

    class Meta:
        ordering = ("-period_first", "award")
        constraints = [
            # A cancelled or annulled round may be held again.
            models.UniqueConstraint(
                fields=["award", "period_first"],
                condition=~Q(phase__in=["cancelled", "annulled"]),
                name="evaluations_election_once_a_period",
            )
        ]
        verbose_name = _("round")
        verbose_name_plural = _("rounds")

    def __str__(self) -> str:
        return f"{self.award} {self.period_label}"

    @property
    def period_label(self) -> str:
        """The appraised period as the hall writes it: 2026年11月, 2026年第4季度, 2026年."""
        first = self.period_first
        return {
            Award.Period.MONTH: f"{first.year}年{first.month}月",
            Award.Period.QUARTER: f"{first.year}年第{(first.month - 1) // 3 + 1}季度",
            Award.Period.YEAR: f"{first.year}年",
        }.get(self.award.period, f"{first.year}年{first.month}月")

    def winners(self) -> list[Candidate]:
        """The candidates who take a place, as decided, in the order of the decision; one query."""
        keys = self.decision.get("winners") or self.result.get("winners", [])
        found = {candidate.key: candidate for candidate in self.candidates.filter(key__in=keys)}
        return [found[key] for key in keys if key in found]

    @property
    def rules_now(self) -> dict[str, Any]:
        """The frozen rules; before opening, what the award says today."""
        return self.rules or self.award.rules()

    @property
    def is_open_for_votes(self) -> bool:
        """Ballots are taken now."""
        return (
            self.phase == self.Phase.VOTING
            and self.closed_at is None
            and self.voting_opens <= clock.now() < self.voting_closes
        )

    @property
    def blocked_reason(self) -> str:
        """Why the round does not go on although its time has come, and what to do; "" if nothing blocks."""
        now = clock.now()
        if self.phase == self.Phase.PREPARATION and self.opened_at is None and now >= self.recommendation_opens:
            return gettext("Recommendation should have begun. Open the round, or change its dates.")
        if self.phase == self.Phase.REVIEW and self.reviewed_at is None and now >= self.voting_closes:
            return gettext(
                "Voting should have ended, but the review was never finished. Cancel this round and plan another."
            )
        if self.phase == self.Phase.REVIEW and self.reviewed_at is None and now >= self.voting_opens:
            return gettext("Voting should have begun. Finish the review; voting opens as soon as that is done.")
        if self.phase == self.Phase.VOTING and now >= self.voting_closes:
            return gettext("Voting has ended; the ballots are being sealed.")
        if self.phase == self.Phase.SEALED and self.result.get("tied") and not self.decision:
            return gettext(
                "There is a tie for the last places. Record who was chosen, and why, before the public notice."
            )
        if self.phase == self.Phase.SEALED and not self.result.get("winners") and not self.result.get("tied"):
            return gettext("Nobody received a vote. Annul this round; it can be held again.")
        return ""


class RollEntry(models.Model):
    """Someone who may vote in one round, as they were when it opened."""

    election = models.ForeignKey(Election, on_delete=models.CASCADE, related_name="roll")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    staff_number = models.CharField(max_length=20)
    name = models.CharField(max_length=60)
    unit_name = models.CharField(max_length=80, blank=True)
    box = models.CharField(max_length=20, default="staff")

    wagtail_reference_index_ignore = True

    class Meta:
        ordering = ("staff_number",)
        constraints = [models.UniqueConstraint(fields=["election", "person"], name="evaluations_roll_once")]
        verbose_name = _("entry of the roll")
        verbose_name_plural = _("roll")

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"


class Nomination(models.Model):
    """A recommendation: by a unit, by oneself, by a colleague; accepted by whom it names; reviewed by the officer."""

    class Kind(models.TextChoices):
        UNIT = "unit", _("by the unit")
        SELF = "self", _("by oneself")
        COLLEAGUE = "colleague", _("by a colleague")

    class State(models.TextChoices):
        PROPOSED = "proposed", _("waiting for acceptance")
        ACCEPTED = "accepted", _("waiting for review")
        APPROVED = "approved", _("candidate")
        DECLINED = "declined", _("declined by the person named")
        REJECTED = "rejected", _("not admitted")
        WITHDRAWN = "withdrawn", _("withdrawn")

    election = models.ForeignKey(Election, on_delete=models.CASCADE, related_name="nominations")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("person")
    )
    window = models.ForeignKey(
        Window, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("window")
    )
    unit = models.ForeignKey(
        Unit, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("unit")
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField(_("reason"), max_length=500)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.PROPOSED)
    review_reason = models.CharField(_("reason of the decision"), max_length=300, blank=True)
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField()

    objects = NominationQuerySet.as_manager()
    wagtail_reference_index_ignore = True

    class Meta:
        ordering = ("created_at", "pk")
        constraints = [
            models.CheckConstraint(
                condition=Q(person__isnull=False, window__isnull=True) | Q(person__isnull=True, window__isnull=False),
                name="evaluations_nomination_person_or_window",
            ),
            models.UniqueConstraint(
                fields=["election", "person"],
                condition=Q(person__isnull=False) & ~Q(state__in=["declined", "rejected", "withdrawn"]),
                name="evaluations_nomination_person_once",
            ),
            models.UniqueConstraint(
                fields=["election", "window"],
                condition=Q(window__isnull=False) & ~Q(state__in=["declined", "rejected", "withdrawn"]),
                name="evaluations_nomination_window_once",
            ),
        ]
        verbose_name = _("recommendation")
        verbose_name_plural = _("recommendations")

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"


class Candidate(models.Model):
    """Who stands. ``key`` is what a ballot names; it says nothing about the person."""

    election = models.ForeignKey(Election, on_delete=models.CASCADE, related_name="candidates")
    key = models.CharField(max_length=12)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    window = models.ForeignKey(Window, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    name = models.CharField(max_length=80)
    unit_name = models.CharField(max_length=80, blank=True)
    statement = models.TextField(blank=True)
    nomination = models.OneToOneField(Nomination, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    wagtail_reference_index_ignore = True

    class Meta:
        ordering = ("election", "key")
        constraints = [models.UniqueConstraint(fields=["election", "key"], name="evaluations_candidate_key_once")]
        verbose_name = _("candidate")
        verbose_name_plural = _("candidates")

    def __str__(self) -> str:
        return self.name


class ElectionEvent(models.Model):
    """What officers and the clock did in a round, as a chain of hashes; never how anyone voted."""

    election = models.ForeignKey(Election, on_delete=models.CASCADE, related_name="events")
    number = models.PositiveIntegerField()
    at = models.DateTimeField()
    who = models.CharField(max_length=80)
    what = models.CharField(max_length=300)
    previous = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64)

    class Meta:
        ordering = ("election", "number")
        constraints = [models.UniqueConstraint(fields=["election", "number"], name="evaluations_event_number_once")]
        verbose_name = _("event of a round")
        verbose_name_plural = _("events of a round")

    def __str__(self) -> str:
        return f"{self.number} {self.what}"
