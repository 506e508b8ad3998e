"""Who is reminded of a round when: panels, the section, officers, scrutineers, whom something speaks against."""

import datetime as dt

import pytest
from django.utils import translation

from evaluations import cards, group_notices
from evaluations.models import Component, Election, Nomination, PanelSeat, Veto
from evaluations.reminders import RULES
from evaluations.services import nominations
from intranet import clock
from intranet.reminders.registry import reminder_rules
from tests.people_of_the_hall import make_user

from .assessed import make_award_without_ballot
from .hall import BEFORE, CLOSES, ENDS, OPENS, VOTES, make_award, make_hall, opened, voting_round

pytestmark = pytest.mark.django_db
BY_KEY = {rule.key.partition(".")[2]: rule for rule in RULES}
MINUTE = dt.timedelta(minutes=1)
DUE = clock.parse("2026-11-13T17:00")
LAST_DAY = clock.parse("2026-11-13T08:30")
TWO_DAYS = clock.parse("2026-11-11T08:30")


@pytest.fixture
def hall():
    return make_hall()


def told(key, start, end):
    return list(BY_KEY[key].due(start, end))


def around(moment):
    return moment - MINUTE, moment


def assessed(hall, **fields):
    """A round without a ballot, its review finished, its scores due on the 13th."""
    award = make_award_without_ballot(hall, **fields)
    Component.objects.create(award=award, key="monthly", kind="scores", label="月度考核", weight=60)
    Component.objects.create(award=award, key="panel", kind="panel", label="评议", weight=40)
    election = opened(hall, award, voting_opens=None, voting_closes=None, scores_due=DUE)
    Election.objects.filter(pk=election.pk).update(reviewed_at=CLOSES, phase="assessment")
    election.refresh_from_db()
    return election


def seat(election, user, handed_in_at=None):
    return PanelSeat.objects.create(
        election=election, component="panel", user=user, name=user.name, role="x", handed_in_at=handed_in_at
    )


def test_a_round_without_a_ballot_reminds_of_no_vote_and_crashes_nothing(hall):
    election = assessed(hall)
    start, end = BEFORE, DUE + dt.timedelta(days=30)
    for rule in RULES:
        found = list(rule.due(start, end))
        assert rule.key not in ("evaluations.voting", "evaluations.last_day") or not found
        if found:
            assert len(rule.texts(found)) == len(rule.still_wanted(found)) == len(found)
    assert not list(group_notices.voting_due(start, end))
    everyone = {hall.officer.pk, hall.scrutineer.pk, *(user.pk for user in hall.staff)}
    assert {row.recipient for row in told("recommendation", *around(OPENS))} == everyone
    assert election.voting_opens is None


def test_a_round_for_units_only_asks_who_speaks_for_them(hall):
    from tests.evaluations.hall import lead

    lead(hall.staff[0], hall.unit)
    opened(hall, make_award(hall, self_allowed=False, colleague_allowed=False))
    assert [row.recipient for row in told("recommendation", *around(OPENS))] == [hall.staff[0].pk]


def test_a_late_panel_is_told_two_days_before_and_on_the_day(hall):
    election = assessed(hall)
    late, done = hall.staff[0], hall.staff[1]
    seat(election, late)
    seat(election, done, handed_in_at=CLOSES)
    for moment, occasion in ((TWO_DAYS, "two-days"), (LAST_DAY, "last-day")):
        found = told("panel", *around(moment))
        assert [(row.recipient, row.occasion, row.due, row.until) for row in found] == [
            (late.pk, occasion, moment, DUE)
        ]
        assert BY_KEY["panel"].still_wanted(found) == [True]
    PanelSeat.objects.update(handed_in_at=CLOSES)
    assert BY_KEY["panel"].still_wanted(found) == [False]
    assert not told("panel", *around(LAST_DAY))


def test_nobody_owes_scores_to_a_round_whose_inputs_are_frozen(hall):
    election = assessed(hall)
    seat(election, hall.staff[0])
    found = told("panel", *around(LAST_DAY))
    Election.objects.update(inputs_frozen_at=CLOSES)
    assert BY_KEY["panel"].still_wanted(found) == [False]
    assert not told("panel", *around(LAST_DAY))


def test_the_inspection_section_is_told_only_where_its_scores_enter(hall):
    section = make_user(None, "inspection", name="督查")
    election = assessed(hall)
    found = told("inputs", *around(LAST_DAY))
    assert [row.recipient for row in found] == [section.pk]
    assert BY_KEY["inputs"].still_wanted(found) == [True]
    Election.objects.filter(pk=election.pk).update(rules={**election.rules, "components": []})
    assert not told("inputs", *around(LAST_DAY))


def test_officers_learn_that_a_notice_ends_tomorrow(hall):
    election = assessed(hall)
    last = dt.date(2026, 11, 20)
    Election.objects.filter(pk=election.pk).update(
        phase="public_notice", notice_first=dt.date(2026, 11, 16), notice_last=last
    )
    day_before = clock.start_of(dt.date(2026, 11, 19), 8, 30)
    found = told("notice_ends", *around(day_before))
    assert [row.recipient for row in found] == [hall.officer.pk]
    assert not told("notice_ends", *around(day_before + dt.timedelta(days=1)))
    assert not told("notice_ends", *around(day_before - dt.timedelta(days=1)))
    Election.objects.update(phase="published")
    assert BY_KEY["notice_ends"].still_wanted(found) == [False]


def test_officers_learn_of_a_round_that_opened_by_itself_and_of_no_other(hall):
    by_hand = opened(hall)
    assert not told("opened", *around(OPENS))
    Election.objects.filter(pk=by_hand.pk).update(created_by=None)
    assert [row.recipient for row in told("opened", *around(OPENS))] == [hall.officer.pk]


def test_scrutineers_are_called_where_two_must_seal(hall):
    election = voting_round(hall, make_award(hall, sealed_by_two=True))
    found = told("two_needed", *around(ENDS))
    assert [row.recipient for row in found] == [hall.scrutineer.pk]
    assert BY_KEY["two_needed"].still_wanted(found) == [True]
    Election.objects.filter(pk=election.pk).update(phase="sealed")
    assert BY_KEY["two_needed"].still_wanted(found) == [False]
    Election.objects.filter(pk=election.pk).update(rules={**election.rules, "sealed_by_two": False})
    assert not told("two_needed", *around(ENDS))


def test_a_veto_is_told_to_whom_it_concerns_without_a_word_of_it(hall):
    election = opened(hall)
    with clock.at(OPENS):
        given = nominations.recommend(election=election, kind="self", reason="好", by=hall.staff[0])
    veto = Veto.objects.create(
        nomination=given, kind="complaint", evidence="群众投诉属实", by=hall.officer, created_at=VOTES
    )
    found = told("veto", *around(VOTES))
    assert [row.recipient for row in found] == [hall.staff[0].pk]
    rule = reminder_rules()["evaluations.veto"]
    assert rule.private
    for language in ("en", "zh-hans"):
        with translation.override(language):
            [text] = rule.texts(found)
            said = f"{text.subject} {text.body} {rule.label}".lower()
            assert not any(word in said for word in ("veto", "否决", "投诉", "complaint"))
    Veto.objects.filter(pk=veto.pk).update(state="lifted")
    assert rule.still_wanted(found) == [False]


def test_being_named_for_a_team_reaches_its_head_even_where_nobody_votes(hall):
    from tests.evaluations.hall import lead

    lead(hall.staff[2], hall.unit)
    election = assessed(hall, subject="unit")
    Nomination.objects.create(
        election=election, kind="colleague", team=hall.unit, by=hall.staff[0], reason="好", created_at=VOTES
    )
    [found] = told("named", *around(VOTES))
    assert (found.recipient, found.until) == (hall.staff[2].pk, DUE)


def test_cards_list_rounds_without_a_vote(hall, rf):
    election = assessed(hall)
    request = rf.get("/")
    request.user = hall.scrutineer
    assert cards.scrutiny_card(request)["rounds"] == [(election, False)]
    request.user = hall.officer
    cards.office_card(request)


def test_the_latest_commendation_is_not_every_honour_from_before_the_site(hall, rf):
    from evaluations.models import Honour

    for year in (2022, 2023):
        for name in ("甲", "乙"):
            Honour.objects.create(
                award_name="先进个人", name=name, period_label=f"{year}年", published_on=dt.date(year, 12, 31)
            )
    request = rf.get("/")
    request.user = hall.staff[0]
    assert [(row.name, row.period_label) for row in cards.winners_card(request)["honours"]] == [
        ("乙", "2023年"),
        ("甲", "2023年"),
    ]


def test_calendars_show_scores_to_who_scores_and_rounds_without_a_vote_to_all(hall):
    from evaluations import calendars
    from intranet.calendars.registry import PROGRAMME, Span

    election = assessed(hall)
    seat(election, hall.staff[0])
    november = Span(dt.date(2026, 11, 1), dt.date(2026, 12, 1))

    def parts(user, about=None):
        return [row.uid.rpartition(".")[2] for row in calendars.entries(user, november, about)]

    assert parts(hall.staff[0]) == ["recommendation", "scores"]
    assert parts(hall.officer) == ["recommendation", "scores"]
    assert parts(hall.staff[1]) == ["recommendation"]
    assert parts(hall.officer, PROGRAMME) == ["recommendation"]
    [scores] = [row for row in calendars.entries(hall.staff[0], november) if row.uid.endswith(".scores")]
    assert (scores.start, scores.end) == (CLOSES, DUE)
