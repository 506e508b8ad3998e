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

# What rounds went by that were opened before an award could say more: their records keep their own few rules.
FIRST_RULES: dict[str, Any] = {
    "employment_kinds": [],
    "least_score": "",
    "least_figure": "",
    "least_figure_number": "",
    "longest_leave": None,
    "no_repeat_rounds": 0,
    "pool_award": "",
    "vetoes": [],
    "ballot_kind": "choose",
    "list_kind": "any",
    "self_vote": True,
    "paper_allowed": False,
    "sealed_by_two": False,
    "least_return": "",
    "least_share": "",
    "share_base": "valid",
    "components": [{"key": "ballots", "kind": "ballots", "label": "", "weight": "100"}],
    "order_decides": True,
    "meeting_decides": False,
    "tie_figure": "",
    "tie_lower_is_better": False,
    "tie_rule": "meeting",
    "notice_place": "",
}


OPENED = ("sealed", "assessment", "decision")


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
    # Both are None in a round without a ballot.
    voting_opens = models.DateTimeField(_("voting opens"), null=True, blank=True)
    voting_closes = models.DateTimeField(_("voting closes"), null=True, blank=True)
    # Until when panels and the inspection section enter their scores; None where nothing is scored.
    scores_due = models.DateTimeField(_("scores are due"), null=True, blank=True)
    opened_at = models.DateTimeField(null=True, blank=True)
    reviewed_at = models.DateTimeField(null=True, blank=True)
    # No ballot is taken from here on; "sealed" is said only when both tables are made anew and cleaned up.
    closed_at = models.DateTimeField(null=True, blank=True)
    sealed_at = models.DateTimeField(null=True, blank=True)
    notice_first = models.DateField(_("notice from"), null=True, blank=True)
    notice_last = models.DateField(_("notice to"), null=True, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    # The hash of the event that commended: shown for good, whatever happens to the round later.
    commended_head = models.CharField(max_length=64, blank=True)
    ended_reason = models.CharField(_("why it was cancelled or annulled"), max_length=300, blank=True)
    rules = models.JSONField(default=dict, blank=True)
    roll_size = models.PositiveIntegerField(default=0)
    roll_root = models.CharField(max_length=64, blank=True)
    # Published when the round opens and when its ballots are sealed; the record's own root when the notice begins.
    opening_root = models.CharField(max_length=64, blank=True)
    sealing_root = models.CharField(max_length=64, blank=True)
    record_root = models.CharField(max_length=64, blank=True)
    # Sealed (``access.sealed``): whoever knew it, and voted last, could choose the lot. The rules hold SHA-256 of the
    # seed from opening on; it is shown, and enters the record, when a lot is drawn.
    lot_seed = models.CharField(max_length=300, blank=True)
    # The values of every component, frozen before the boxes are opened; ``inputs_hash`` is SHA-256 of their JSON.
    inputs = models.JSONField(default=dict, blank=True)
    inputs_hash = models.CharField(max_length=64, blank=True)
    inputs_frozen_at = models.DateTimeField(null=True, blank=True)
    result = models.JSONField(default=dict, blank=True)
    # {"reason", "by", "on"} when validity rules failed and the result was kept nevertheless.
    validity_decision = models.JSONField(default=dict, blank=True)
    decision = models.JSONField(default=dict, blank=True)
    notice_place = models.CharField(_("where the notice hangs"), max_length=80, blank=True)
    notice_photo = models.ForeignKey(
        "RoundFile", on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("photo of it")
    )
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
        return f"{self.award_name} {self.period_label}"

    @property
    def award_name(self) -> str:
        """What the award was called when the round opened; before, what it is called today."""
        return self.rules.get("name") or self.award.name

    @property
    def period_label(self) -> str:
        """The appraised period as the hall writes it: 2026年11月, 2026年第4季度, 2026年."""
        first, last = self.period_first, self.period_last or self.period_first
        # An award may turn from monthly to quarterly: rounds that were open by then stay what they were.
        period = self.rules.get("period") or self.award.period
        if period == Award.Period.ONCE and (first.year, first.month) != (last.year, last.month):
            return f"{first.year}年"
        return {
            Award.Period.MONTH: f"{first.year}年{first.month}月",
            Award.Period.QUARTER: f"{first.year}年第{(first.month - 1) // 3 + 1}季度",
            Award.Period.YEAR: f"{first.year}年",
        }.get(period, f"{first.year}年{first.month}月")

    def winners(self) -> list[Candidate]:
        """The candidates who take a place, as decided, in the order of the decision; one query."""
        keys = self.decision.get("winners") or self.result.get("winners", [])
        found = {candidate.key: candidate for candidate in self.candidates.filter(key__in=keys)}
        return [found[key] for key in keys if key in found]

    @property
    def rules_now(self) -> dict[str, Any]:
        """The frozen rules; before opening, what the award says today."""
        return {**FIRST_RULES, **self.rules} if self.rules else self.award.rules()

    @property
    def has_ballot(self) -> bool:
        """Whether anybody votes in this round."""
        return self.rules_now["ballot_kind"] != Award.BallotKind.NONE

    @property
    def has_assessment(self) -> bool:
        """Whether anything but ballots counts; then the boxes are opened only after the inputs are frozen."""
        return any(part["kind"] != "ballots" for part in self.rules_now["components"])

    @property
    def has_meeting(self) -> bool:
        """Whether a meeting confirms or makes the list."""
        return bool(self.rules_now["meeting_decides"])

    @property
    def is_open_for_votes(self) -> bool:
        """Ballots are taken now."""
        return (
            self.phase == self.Phase.VOTING
            and self.closed_at is None
            and self.voting_opens is not None
            and self.voting_closes is not None
            and self.voting_opens <= clock.now() < self.voting_closes
        )

    @property
    def voting_is_over(self) -> bool:
        """No ballot is taken any more, and none is sealed yet."""
        if self.phase != self.Phase.VOTING or self.voting_closes is None:
            return False
        return self.closed_at is not None or clock.now() >= self.voting_closes

    @property
    def blocked_reason(self) -> str:
        """Why the round does not go on although its time has come, and what to do; "" if nothing blocks."""
        now = clock.now()
        if self.phase == self.Phase.PREPARATION and self.opened_at is None and now >= self.recommendation_opens:
            return gettext("Recommendation should have begun. Open the round, or change its dates.")
        opens, closes = self.voting_opens, self.voting_closes
        if self.phase == self.Phase.REVIEW and self.reviewed_at is None and closes and now >= closes:
            return gettext(
                "Voting should have ended, but the review was never finished. Cancel this round and plan another."
            )
        if self.phase == self.Phase.REVIEW and self.reviewed_at is None and opens and now >= opens:
            return gettext("Voting should have begun. Finish the review; voting opens as soon as that is done.")
        if self.phase == self.Phase.VOTING and closes and now >= closes:
            return self._seal_waits_for() or gettext("Voting has ended; the ballots are being sealed.")
        if self.phase == self.Phase.PUBLIC_NOTICE:
            return self.objections.in_the_way()
        return self._undecided if self.result and self.phase in OPENED else ""

    @property
    def _undecided(self) -> str:
        """Why the boxes are open and the notice cannot begin by itself; "" if the list stands."""
        result = self.result
        if result.get("faults") and not self.validity_decision:
            return gettext(
                "A validity rule was not met. Hold the round again, or record first why the result is kept."
            )
        if result.get("tied") and not self.decision and self.rules_now["tie_rule"] == "lot":
            return gettext("There is a tie for the last places. Draw the lot before two scrutineers.")
        if self.has_meeting:
            return ""
        if result.get("tied") and not self.decision:
            return gettext(
                "There is a tie for the last places. Record who was chosen, and why, before the public notice."
            )
        if not result.get("winners") and not result.get("tied"):
            return gettext("Nobody received a vote. Annul this round; it can be held again.")
        return ""

    def _seal_waits_for(self) -> str:
        # Asks tables whose models stand on this one.
        from evaluations.closing import missing

        return " ".join(missing(self))


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
        # Nobody recommends in a round whose candidates come from the honours of another award.
        HONOURS = "honours", _("by earlier honours")

    class State(models.TextChoices):
        PROPOSED = "proposed", _("waiting for acceptance")
        ACCEPTED = "accepted", _("waiting for review")
        APPROVED = "approved", _("candidate")
        DECLINED = "declined", _("declined by the person named")
        # Whom it names had not answered when the review ended: that is no refusal.
        LAPSED = "lapsed", _("not answered in time")
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
    team = models.ForeignKey(
        Unit, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("team")
    )
    # Who recommends, for the kind "unit".
    unit = models.ForeignKey(
        Unit, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("unit")
    )
    # The sealed form, when an officer files a recommendation that came on paper.
    scan = models.ForeignKey(
        "RoundFile", on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("scan")
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
                condition=Q(person__isnull=False, window__isnull=True, team__isnull=True)
                | Q(person__isnull=True, window__isnull=False, team__isnull=True)
                | Q(person__isnull=True, window__isnull=True, team__isnull=False),
                name="evaluations_nomination_one_subject",
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
            models.UniqueConstraint(
                fields=["election", "team"],
                condition=Q(team__isnull=False) & ~Q(state__in=["declined", "rejected", "withdrawn"]),
                name="evaluations_nomination_team_once",
            ),
        ]
        verbose_name = _("recommendation")
        verbose_name_plural = _("recommendations")

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"

    @property
    def subject(self) -> Person | Window | Unit:
        """Whom or what it recommends."""
        found = self.person or self.window or self.team
        assert found is not None
        return found

    @property
    def recommender(self) -> Any:
        """Who recommends: the unit, also where an officer filed its sealed form; otherwise whoever sent it."""
        return self.unit or self.by


class Candidate(models.Model):
    """Who stands. ``key`` is what a ballot names; it says nothing about the person."""

    election = models.ForeignKey(Election, on_delete=models.CASCADE, related_name="candidates")
    key = models.CharField(max_length=12)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    window = models.ForeignKey(Window, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    team = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
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

    @property
    def subject(self) -> Person | Window | Unit | None:
        """Who or what stands; None for a row without one (an old honour's name only)."""
        return self.person or self.window or self.team
