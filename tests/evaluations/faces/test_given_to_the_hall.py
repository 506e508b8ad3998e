"""What the awards give to the desk, to people's pages, to calendars and to the outbox."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import RequestFactory
from django.utils import translation

from evaluations import calendars, cards, planning, private_facts
from evaluations.models import Award, Election, Nomination
from evaluations.services import nominations, results, rounds, voting
from intranet import clock
from intranet.access.registry import private_fields
from intranet.calendars.gathering import validity
from intranet.calendars.models import Scheduled
from intranet.calendars.registry import Span
from intranet.people.models import Leadership
from intranet.reminders.models import InboxMessage, OutboxRow
from intranet.reminders.registry import Reminder, reminder_rules
from intranet.reminders.services import tick
from tests.evaluations.hall import (
    BEFORE,
    CLOSES,
    DURING_VOTE,
    ENDS,
    OPENS,
    VOTES,
    close,
    keys_of,
    make_award,
    opened,
    plan,
    vote,
    voting_round,
)
from tests.people_of_the_hall import make_user

pytestmark = pytest.mark.django_db

AFTER = ENDS + dt.timedelta(hours=1)
NOVEMBER = Span(dt.date(2026, 11, 1), dt.date(2026, 12, 1))


def request_of(user):
    request = RequestFactory().get("/desk/")
    request.user = user
    return request


def proposed(election, hall) -> Nomination:
    return nominations.recommend(
        election=election, kind="colleague", person=hall.person(1), reason="乐于助人", by=hall.staff[0]
    )


class TestCards:
    def test_a_vote_waits_until_it_is_cast(self, hall, django_assert_num_queries):
        election = voting_round(hall)
        user = hall.staff[4]
        with clock.at(DURING_VOTE):
            with django_assert_num_queries(1):
                assert cards.vote_card(request_of(user)) == {"rounds": [election]}
            assert cards.vote_card(request_of(make_user())) is None
        vote(election, user, keys_of(election)[0])
        with clock.at(DURING_VOTE):
            assert cards.vote_card(request_of(user)) is None
            assert cards.vote_card(request_of(hall.staff[5])) is not None

    def test_no_vote_waits_outside_the_hours(self, hall):
        voting_round(hall)
        with clock.at(ENDS):
            assert cards.vote_card(request_of(hall.staff[4])) is None

    def test_being_named_waits_for_an_answer(self, hall):
        election = opened(hall)
        with clock.at(OPENS):
            nomination = proposed(election, hall)
            assert cards.named_card(request_of(hall.staff[1])) == {"nominations": [nomination]}
            assert cards.named_card(request_of(hall.staff[0])) is None
            nominations.accept(nomination=nomination, by=hall.staff[1])
            assert cards.named_card(request_of(hall.staff[1])) is None

    def test_open_recommendations(self, hall):
        election = opened(hall)
        with clock.at(OPENS):
            assert cards.recommend_card(request_of(hall.staff[0])) == {"rounds": [election]}
        with clock.at(CLOSES):
            assert cards.recommend_card(request_of(hall.staff[0])) is None

    def test_the_officer_sees_rounds_that_need_one(self, hall, django_assert_num_queries):
        waiting = plan(hall)
        voting_round(hall)
        request = request_of(hall.officer)
        assert hall.officer.role_keys
        with clock.at(DURING_VOTE), django_assert_num_queries(1):
            rows = cards.office_card(request)["rows"]
        assert [election.pk for election, _step in rows] == [waiting.pk]
        assert cards.office_card(request_of(hall.staff[0])) is None

    def test_scrutineers_see_rounds_to_watch(self, hall):
        election = voting_round(hall)
        shown = {"rounds": [(election, False)], "waiting": False}
        assert cards.scrutiny_card(request_of(hall.scrutineer)) == shown
        assert cards.scrutiny_card(request_of(make_user(None, "auditor"))) is not None
        assert cards.scrutiny_card(request_of(hall.officer)) is None

    def test_the_desk_draws_them(self, hall, as_user):
        election = voting_round(hall)
        with clock.at(DURING_VOTE):
            text = as_user(hall.staff[4]).get("/desk/").content.decode()
        assert "Your vote" in text
        assert f"/awards/{election.slug}/vote/" in text


class TestHonours:
    def test_winners_and_ones_own(self, hall, as_user):
        assert cards.winners_card(request_of(hall.staff[0])) is None
        election = voting_round(hall)
        first, second, _third = keys_of(election)
        vote(election, hall.staff[4], first, second)
        close(election)
        with clock.at(AFTER):
            results.start_notice(election=election, by=hall.officer)
        rounds.advance(clock.parse("2026-11-20T09:00"))
        honours = cards.winners_card(request_of(hall.staff[5]))["honours"]
        assert [honour.name for honour in honours] == sorted([hall.staff[0].name, hall.staff[1].name])
        request = request_of(hall.staff[5])
        assert len(cards.honours_of(request, hall.person(0))["honours"]) == 1
        assert cards.honours_of(request, hall.person(2)) is None
        rounds.annul(election=election, reason="有误", by=hall.officer)
        assert cards.winners_card(request) is None
        assert cards.honours_of(request, hall.person(0)) is None


class TestCalendar:
    def entries(self, user, span=NOVEMBER):
        with translation.override("en"):
            return list(calendars.entries(user, span))

    def test_the_roll_sees_recommendation_and_voting(self, hall):
        election = opened(hall)
        found = self.entries(hall.staff[0])
        assert [(entry.start, entry.end) for entry in found] == [(OPENS, CLOSES), (VOTES, ENDS)]
        assert [entry.title.rpartition(": ")[2] for entry in found] == ["recommendation", "voting"]
        assert {entry.url for entry in found} == {f"/awards/{election.slug}/"}
        assert all(entry.sequence == 0 and not entry.cancelled for entry in found)

    def test_the_notice_takes_whole_days(self, hall):
        election = voting_round(hall)
        vote(election, hall.staff[0], keys_of(election)[0])
        close(election)
        with clock.at(AFTER):
            results.start_notice(election=election, by=hall.officer)
        notice = self.entries(hall.staff[0])[-1]
        assert (notice.start, notice.end, notice.all_day) == (dt.date(2026, 11, 6), dt.date(2026, 11, 13), True)

    def test_strangers_to_the_roll_see_nothing_and_officers_all(self, hall):
        plan(hall)
        assert self.entries(hall.staff[0]) == []
        assert len(self.entries(hall.officer)) == 2
        opened(hall)
        assert self.entries(make_user()) == []

    def test_moved_dates_keep_the_uid_and_raise_the_sequence(self, hall):
        election = plan(hall)
        before = self.entries(hall.officer)
        later = ENDS + dt.timedelta(days=3)
        with clock.at(BEFORE):
            rounds.change_dates(election=election, by=hall.officer, voting_closes=later)
        after = self.entries(hall.officer)
        assert [entry.uid for entry in after] == [entry.uid for entry in before]
        assert [entry.sequence for entry in after] == [0, 1]
        assert after[1].end == later

    def test_a_cancelled_round_is_shown_as_cancelled(self, hall):
        election = opened(hall)
        with clock.at(OPENS):
            rounds.cancel(election=election, reason="暂停", by=hall.officer)
        found = self.entries(hall.staff[0])
        assert [entry.cancelled for entry in found] == [True, True]
        assert [entry.sequence for entry in found] == [1, 1]

    def test_what_is_over_stays_as_it_was(self, hall):
        election = voting_round(hall)
        with clock.at(DURING_VOTE):
            rounds.cancel(election=election, reason="暂停", by=hall.officer)
        assert [entry.cancelled for entry in self.entries(hall.staff[0])] == [False, True]

    def test_only_the_span(self, hall):
        opened(hall)
        assert self.entries(hall.staff[0], Span(dt.date(2026, 11, 7), dt.date(2026, 12, 1))) == []
        assert len(self.entries(hall.staff[0], Span(dt.date(2026, 11, 6), dt.date(2026, 11, 7)))) == 1
        assert len(self.entries(hall.staff[0], Span(dt.date(2026, 10, 1), dt.date(2026, 11, 3)))) == 1

    def test_about_somebody_there_is_nothing(self, hall):
        opened(hall)
        assert list(calendars.entries(hall.staff[0], NOVEMBER, about=hall.person(1))) == []

    def test_constant_queries_and_stamps(self, hall, django_assert_num_queries):
        opened(hall)
        assert hall.staff[0].role_keys
        with django_assert_num_queries(2):
            self.entries(hall.staff[0])
        before = validity(hall.staff[0])
        assert validity(hall.staff[0]) == before
        opened(hall)
        assert validity(hall.staff[0]) != before
        with django_assert_num_queries(2):
            self.entries(hall.staff[0])

    def test_a_phase_alone_moves_no_date(self, hall, django_assert_num_queries):
        election = opened(hall)
        rows = list(Scheduled.objects.values_list("uid", "sequence", "changed_at"))
        rounds.advance(CLOSES)
        assert list(Scheduled.objects.values_list("uid", "sequence", "changed_at")) == rows
        with django_assert_num_queries(1):
            election.save(update_fields=["roll_root"])


def due(rule: str, start: dt.datetime, end: dt.datetime):
    return list(reminder_rules()[f"evaluations.{rule}"].due(start, end))


MINUTE = dt.timedelta(minutes=1)


class TestReminders:
    def test_recommendation_opens_for_the_whole_roll(self, hall):
        opened(hall)
        found = due("recommendation", OPENS - MINUTE, OPENS)
        assert {reminder.recipient for reminder in found} == {
            *(user.pk for user in hall.staff),
            hall.officer.pk,
            hall.scrutineer.pk,
        }
        assert {(reminder.due, reminder.until) for reminder in found} == {(OPENS, CLOSES)}
        assert due("recommendation", OPENS, CLOSES) == []

    def test_a_round_opened_late_is_told_late(self, hall):
        election = plan(hall)
        late = OPENS + dt.timedelta(hours=5)
        with clock.at(late):
            rounds.open_round(election=election, by=hall.officer)
        assert due("recommendation", OPENS - MINUTE, OPENS) == []
        assert {reminder.due for reminder in due("recommendation", OPENS, late)} == {late}

    def test_voting_opens(self, hall):
        voting_round(hall)
        found = due("voting", VOTES - MINUTE, VOTES)
        assert len(found) == 8
        assert {(reminder.due, reminder.until) for reminder in found} == {(VOTES, ENDS)}

    def test_the_last_day_is_for_those_who_have_not_voted(self, hall):
        election = voting_round(hall)
        vote(election, hall.staff[0], keys_of(election)[0])
        morning = clock.parse("2026-11-06T08:30")
        found = due("last_day", morning - MINUTE, morning)
        assert len(found) == 7
        assert hall.staff[0].pk not in {reminder.recipient for reminder in found}
        assert {(reminder.due, reminder.until) for reminder in found} == {(morning, ENDS)}
        assert due("last_day", morning, ENDS) == []

    def test_whoever_votes_meanwhile_gets_nothing(self, hall, django_assert_num_queries):
        election = voting_round(hall)
        rule = reminder_rules()["evaluations.last_day"]
        morning = clock.parse("2026-11-06T08:30")
        found = due("last_day", morning - MINUTE, morning)
        vote(election, hall.staff[0], keys_of(election)[0])
        with django_assert_num_queries(2):
            wanted = rule.still_wanted(found)
        assert [r.recipient for r, keep in zip(found, wanted, strict=True) if not keep] == [hall.staff[0].pk]
        close(election)
        assert not any(rule.still_wanted(found))

    def test_a_cancelled_round_reminds_nobody(self, hall):
        election = voting_round(hall)
        with clock.at(DURING_VOTE):
            rounds.cancel(election=election, reason="暂停", by=hall.officer)
        everything = (BEFORE, ENDS)
        assert due("recommendation", *everything) == []
        assert due("voting", *everything) == []
        assert due("last_day", *everything) == []

    def test_being_named_is_told_at_once(self, hall):
        election = opened(hall)
        with clock.at(OPENS):
            nomination = proposed(election, hall)
        (reminder,) = due("named", OPENS - MINUTE, OPENS)
        assert (reminder.recipient, reminder.due) == (hall.staff[1].pk, OPENS)
        rule = reminder_rules()["evaluations.named"]
        assert rule.still_wanted([reminder]) == [True]
        with translation.override("en"):
            (text,) = rule.texts([reminder])
        assert text.body.startswith(f"{hall.staff[0].name} recommends you.")
        assert text.url == f"/awards/{election.slug}/recommend/"
        with clock.at(OPENS):
            nominations.decline(nomination=nomination, by=hall.staff[1])
        assert rule.still_wanted([reminder]) == [False]

    def test_the_head_is_told_of_the_window(self, hall):
        election = opened(hall, make_award(hall, subject=Award.Subject.WINDOW))
        Leadership.objects.create(
            kind="window_head", person=hall.person(3), window=hall.window, starts_on=dt.date(2020, 1, 6)
        )
        outsider = make_user()
        with clock.at(OPENS):
            nominations.recommend(election=election, kind="colleague", window=hall.window, reason="整洁", by=outsider)
        assert [reminder.recipient for reminder in due("named", OPENS - MINUTE, OPENS)] == [hall.staff[3].pk]

    def start_notice(self, hall, at: dt.datetime) -> Election:
        election = voting_round(hall)
        vote(election, hall.staff[0], keys_of(election)[0])
        close(election)
        with clock.at(at):
            return results.start_notice(election=election, by=hall.officer)

    def test_a_notice_begun_in_the_day_is_told_then(self, hall):
        self.start_notice(hall, AFTER)
        assert {reminder.due for reminder in due("notice", ENDS, AFTER)} == {AFTER}
        assert due("notice", AFTER, AFTER + dt.timedelta(hours=3)) == []

    def test_a_notice_begun_on_a_free_day_is_told_on_the_first_morning(self, hall):
        saturday, monday = clock.parse("2026-11-07T10:00"), clock.parse("2026-11-09T08:30")
        self.start_notice(hall, saturday)
        assert due("notice", saturday - MINUTE, saturday) == []
        found = due("notice", monday - MINUTE, monday)
        assert {reminder.due for reminder in found} == {monday}
        assert {reminder.until for reminder in found} == {clock.parse("2026-11-14T00:00")}

    def test_a_recount_reminds_nobody_again(self, hall):
        election = self.start_notice(hall, AFTER)
        tick(AFTER + MINUTE)
        count = OutboxRow.objects.filter(rule="evaluations.notice").count()
        assert count > 0
        with clock.at(AFTER + dt.timedelta(days=3)):
            results.recount(election=election, by=hall.scrutineer)
        tick(AFTER + dt.timedelta(days=3, minutes=5))
        assert OutboxRow.objects.filter(rule="evaluations.notice").count() == count

    def test_through_the_outbox_nobody_who_voted_is_reminded(self, hall):
        election = voting_round(hall)
        tick(VOTES)
        vote(election, hall.staff[0], keys_of(election)[0])
        tick(clock.parse("2026-11-06T08:31"))
        subjects = InboxMessage.objects.filter(outbox__rule="evaluations.last_day")
        assert subjects.count() == 7
        assert not subjects.filter(recipient=hall.staff[0]).exists()
        assert "投票最后一天" in subjects.first().subject

    @pytest.mark.parametrize("rule", ["recommendation", "voting", "last_day", "notice"])
    def test_texts_take_one_query_and_keep_their_order(self, hall, django_assert_num_queries, rule):
        first, second = voting_round(hall), voting_round(hall)
        if rule == "notice":
            Election.objects.update(notice_last=dt.date(2026, 11, 13))
        named = [
            Reminder(f"evaluations.election:{election.pk}", "x", user.pk, VOTES, ENDS)
            for user in hall.staff[:3]
            for election in (second, first)
        ]
        with translation.override("en"), django_assert_num_queries(1):
            texts = reminder_rules()[f"evaluations.{rule}"].texts(named)
        assert [text.subject.rpartition(": ")[2] for text in texts] == [str(second), str(first)] * 3


class TestPrivateFacts:
    def test_the_reason_is_for_those_concerned_until_it_stands(self, hall):
        election = opened(hall)
        with clock.at(OPENS):
            nomination = proposed(election, hall)
        readers = set(private_facts.readers_of_reason(nomination))
        assert {hall.staff[0].username, hall.staff[1].username, hall.officer.username} <= readers
        assert hall.staff[2].username not in readers
        nomination.state = Nomination.State.APPROVED
        assert hall.staff[2].username in private_facts.readers_of_reason(nomination)
        assert hall.staff[2].username not in private_facts.readers_of_review_reason(nomination)

    def test_a_window_is_its_heads_concern(self, hall):
        election = opened(hall, make_award(hall, subject=Award.Subject.WINDOW))
        Leadership.objects.create(
            kind="window_head", person=hall.person(3), window=hall.window, starts_on=dt.date(2020, 1, 6)
        )
        with clock.at(OPENS):
            nomination = nominations.recommend(
                election=election, kind="self", window=hall.window, reason="整洁", by=hall.staff[3]
            )
        readers = private_facts.readers_of_reason(nomination)
        assert hall.staff[3].username in readers
        assert hall.staff[4].username not in readers

    def test_both_are_registered(self):
        assert {"evaluations.Nomination.reason", "evaluations.Nomination.review_reason"} <= set(private_fields())


class TestPlanning:
    @pytest.mark.parametrize(
        ("period", "day", "first", "last"),
        [
            ("month", dt.date(2028, 2, 10), dt.date(2028, 2, 1), dt.date(2028, 2, 29)),
            ("quarter", dt.date(2026, 11, 24), dt.date(2026, 10, 1), dt.date(2026, 12, 31)),
            ("quarter", dt.date(2026, 3, 31), dt.date(2026, 1, 1), dt.date(2026, 3, 31)),
            ("year", dt.date(2026, 7, 1), dt.date(2026, 1, 1), dt.date(2026, 12, 31)),
        ],
    )
    def test_the_period_around_a_day(self, period, day, first, last):
        assert planning.period_around(Award(period=period), day) == (first, last)

    @pytest.mark.parametrize(
        ("day", "moved"),
        [
            ("2026-11-02T09:00", "2026-12-01T09:00"),  # first working day after the period
            ("2026-11-04T17:30", "2026-12-03T17:30"),  # third
            ("2026-10-30T09:00", "2026-11-30T09:00"),  # last working day of the period
            ("2026-10-28T09:00", "2026-11-26T09:00"),  # third last
        ],
    )
    def test_the_same_working_day_of_the_next_period(self, day, moved):
        found = planning.moved(clock.parse(day), dt.date(2026, 10, 31), dt.date(2026, 11, 30))
        assert found == clock.parse(moved)

    def test_the_first_round_takes_the_coming_working_days(self, hall):
        with clock.at(clock.parse("2026-11-06T10:00")):
            given = planning.proposal(make_award(hall))
        assert (given["period_first"], given["period_last"]) == (dt.date(2026, 11, 1), dt.date(2026, 11, 30))
        assert given["recommendation_opens"] == clock.parse("2026-11-09T09:00")
        assert given["voting_closes"] == clock.parse("2026-11-16T17:30")

    def test_a_cancelled_round_is_not_the_last(self, hall):
        award = make_award(hall)
        election = opened(hall, award)
        assert planning.last_round(award) == election
        with clock.at(OPENS):
            rounds.cancel(election=election, reason="暂停", by=hall.officer)
        assert planning.last_round(award) is None

    def test_years_without_notice_are_named(self, hall):
        values = {name: clock.parse("2031-01-05T09:00") for name in planning.INSTANTS}
        assert planning.unannounced_years(values) == [2031]
        values = {name: clock.parse("2026-06-05T09:00") for name in planning.INSTANTS}
        assert planning.unannounced_years(values) == []


def test_turnout_is_all_that_is_told_before_sealing(hall):
    election = voting_round(hall)
    assert voting.turnout(election) == (0, 8)
