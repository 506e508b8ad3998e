"""Who may recommend whom, in which way, and what happens to a recommendation."""

from __future__ import annotations

import datetime as dt
import threading

import pytest
from django.db import connection

from evaluations.exceptions import NominationError, RoundError
from evaluations.models import Candidate, Honour, Nomination
from evaluations.querysets import ElectionQuerySet
from evaluations.services import filing, nominations, rounds, vetoes
from intranet import clock
from intranet.people.models import Leadership, Person, Posting, Unit, Window
from tests.people_of_the_hall import make_user

from .hall import CLOSES, OPENS, lead, make_award, make_hall, opened, place

SECOND = dt.timedelta(seconds=1)
pytestmark = pytest.mark.usefixtures("english")


@pytest.fixture
def hall(db):
    return make_hall(5)


def recommend(election, by, kind="self", at=OPENS, reason="群众满意", **subject):
    with clock.at(at):
        return nominations.recommend(election=election, kind=kind, reason=reason, by=by, **subject)


def refusal(*args, **kwargs) -> str:
    with pytest.raises(NominationError) as error:
        recommend(*args, **kwargs)
    return str(error.value)


def act(service, nomination, by, at=OPENS, **more):
    with clock.at(at):
        return service(nomination=nomination, by=by, **more)


def act_refused(*args, **more) -> str:
    with pytest.raises((NominationError, RoundError)) as error:
        act(*args, **more)
    return str(error.value)


def head_of_window(user, window):
    Leadership.objects.create(kind="window_head", person=user.person, window=window, starts_on=dt.date(2020, 1, 6))


# The three ways


def test_oneself(hall):
    election = opened(hall)
    given = recommend(election, hall.staff[0])
    assert (given.person, given.state, given.kind, given.unit) == (hall.person(0), "accepted", "self", None)
    assert (given.by, given.reason, given.created_at) == (hall.staff[0], "群众满意", OPENS)
    assert refusal(election, hall.staff[1], person=hall.person(2)) == "You can recommend only yourself in this way."


def test_a_colleague(hall):
    election = opened(hall)
    given = recommend(election, hall.staff[0], "colleague", person=hall.person(1))
    assert (given.person, given.state) == (hall.person(1), "proposed")
    assert (
        refusal(election, hall.staff[0], "colleague", person=hall.person(0))
        == "To stand yourself, recommend yourself."
    )


def test_a_unit_recommends_its_own_within_its_quota(hall):
    lead(hall.staff[4], hall.unit)
    election = opened(hall, make_award(hall, quota_per_unit=2))
    for n in (0, 1):
        given = recommend(election, hall.staff[4], "unit", person=hall.person(n), unit=hall.unit)
        assert (given.state, given.unit) == ("accepted", hall.unit)
    said = refusal(election, hall.staff[4], "unit", person=hall.person(2), unit=hall.unit)
    assert said == f"{hall.unit} has used its 2 recommendations. Withdraw one to make another."
    act(nominations.withdraw, given, hall.staff[4])
    recommend(election, hall.staff[4], "unit", person=hall.person(2), unit=hall.unit)
    recommend(election, hall.staff[3])  # not counted against the unit


def test_only_who_leads_a_unit_recommends_for_it_and_only_its_people(hall):
    lead(hall.staff[4], hall.unit)
    other = make_hall(1)
    election = opened(hall)
    sentence = "Only the chief representative or head of a unit recommends for it."
    assert refusal(election, hall.staff[0], "unit", person=hall.person(1), unit=hall.unit) == sentence
    assert refusal(election, hall.staff[4], "unit", person=other.person(0), unit=other.unit) == sentence
    assert refusal(election, hall.staff[4], "unit", person=hall.person(1)) == sentence
    said = refusal(election, hall.staff[4], "unit", person=other.person(0), unit=hall.unit)
    assert said == f"{other.person(0)} does not belong to {hall.unit}."


@pytest.mark.parametrize(
    ("rule", "kind", "sentence"),
    [
        ({"quota_per_unit": 0}, "unit", "Units do not recommend in this award."),
        ({"self_allowed": False}, "self", "One cannot recommend oneself in this award."),
        ({"colleague_allowed": False}, "colleague", "Colleagues cannot be recommended in this award."),
        ({}, "stranger", "Say whether the unit, you yourself or a colleague recommends."),
    ],
)
def test_ways_the_award_does_not_allow(hall, rule, kind, sentence):
    election = opened(hall, make_award(hall, **rule))
    assert refusal(election, hall.staff[0], kind, person=hall.person(0)) == sentence


def test_a_reason_is_needed(hall):
    election = opened(hall)
    assert refusal(election, hall.staff[0], reason=" \n").startswith("Say in a few words why.")
    assert (
        refusal(election, hall.staff[0], reason="好" * 501) == "The reason is too long. Use at most 500 characters."
    )
    assert recommend(election, hall.staff[0], reason=" " + "好" * 500).reason == "好" * 500


def test_only_while_recommendation_is_open(hall):
    election = opened(hall)
    recommend(election, hall.staff[0], at=CLOSES - SECOND)
    sentence = "Recommendations are not being taken in this round now."
    assert refusal(election, hall.staff[1], at=CLOSES) == sentence
    rounds.advance(CLOSES)
    assert refusal(election, hall.staff[1]) == sentence


def test_nobody_is_recommended_twice_unless_the_first_came_to_nothing(hall):
    election = opened(hall)
    first = recommend(election, hall.staff[0])
    said = refusal(election, hall.staff[1], "colleague", person=hall.person(0))
    assert said == f"{hall.person(0)} is already recommended in this round."
    act(nominations.withdraw, first, hall.staff[0])
    again = recommend(election, hall.staff[1], "colleague", person=hall.person(0))
    act(nominations.decline, again, hall.staff[0])
    recommend(election, hall.staff[0])


def test_who_is_not_on_the_register_recommends_nobody(hall):
    election = opened(hall)
    stranger = make_user(person=False)
    sentence = "Only people on the staff register recommend. Please ask the personnel office."
    assert refusal(election, stranger, "colleague", person=hall.person(0)) == sentence
    Person.objects.filter(pk=hall.person(1).pk).update(left_on=dt.date(2026, 11, 1))
    assert refusal(election, hall.staff[1], "colleague", person=hall.person(0)) == sentence
    assert refusal(election, stranger) == "This award honours people. Choose a person."


# Who may stand


def why_not(election, person, at=OPENS):
    with clock.at(at):
        fit = nominations.nominable(election, kind="colleague", by=make_user()).filter(pk=person.pk).exists()
        said = nominations.why_not(election, Person.objects.get(pk=person.pk))
    assert fit is (said == ""), "the query and the words disagree"
    return said


def test_conditions_in_words(hall):
    election = opened(hall, make_award(hall, months_at_hall=3))
    person = hall.person(0)
    assert why_not(election, person) == ""
    boundary = dt.date(2026, 8, 2)
    Person.objects.filter(pk=person.pk).update(entered_on=boundary)
    assert why_not(election, person) == ""
    Person.objects.filter(pk=person.pk).update(entered_on=boundary + dt.timedelta(days=1))
    assert why_not(election, person) == "At the hall for less than 3 months."
    said = refusal(election, hall.staff[0])
    assert said == f"{person} cannot be recommended: At the hall for less than 3 months."
    Person.objects.filter(pk=person.pk).update(entered_on=None)
    assert why_not(election, person).startswith("The register does not say since when")
    Person.objects.filter(pk=person.pk).update(entered_on=boundary, left_on=dt.date(2026, 11, 1))
    assert why_not(election, person) == "No longer, or not yet, at the hall."


def test_leaders_and_back_office(hall):
    leader = make_user(None, "centre_leader")
    place(leader, hall.unit, hall.window)
    clerk = make_user()
    place(clerk, hall.unit)
    strict = opened(hall)
    assert why_not(strict, leader.person) == "Leaders of the centre may not be recommended."
    assert why_not(strict, clerk.person) == "Only staff who sit at a window may be recommended."
    open_award = make_award(hall, leaders_excluded=False, window_staff_only=False, months_at_hall=0)
    lenient = opened(hall, open_award)
    newcomer = make_user()
    for user in (leader, clerk, newcomer):
        assert why_not(lenient, user.person) == ""


def test_places_count_as_on_the_day_of_opening(hall):
    election = opened(hall)
    Posting.objects.filter(person=hall.person(0)).update(ends_on=dt.date(2026, 11, 2))
    Posting.objects.filter(person=hall.person(1)).update(starts_on=dt.date(2026, 11, 3))
    later = OPENS + dt.timedelta(days=1)
    assert why_not(election, hall.person(0), later) == ""
    assert why_not(election, hall.person(1), later) == "Only staff who sit at a window may be recommended."


def test_whom_one_may_recommend(hall):
    lead(hall.staff[4], hall.unit)
    other = make_hall(2)
    election = opened(hall)
    recommend(election, hall.staff[1])

    def names(kind, by):
        with clock.at(OPENS):
            return set(nominations.nominable(election, kind=kind, by=by))

    staff = {user.person for user in hall.staff}
    strangers = {user.person for user in other.staff}
    assert names("unit", hall.staff[4]) == staff - {hall.person(1)}
    assert names("unit", hall.staff[0]) == set()
    assert names("self", hall.staff[0]) == {hall.person(0)}
    assert names("self", hall.staff[1]) == set()
    assert names("colleague", hall.staff[0]) == (staff | strangers) - {hall.person(0), hall.person(1)}
    assert names("self", make_user(person=False)) == set()


# Windows


def test_windows_are_recommended(hall):
    lead(hall.staff[4], hall.unit)
    head_of_window(hall.staff[0], hall.window)
    elsewhere = Window.objects.create(number="901", name="税务")
    election = opened(hall, make_award(hall, subject="window"))

    def numbers(kind, by):
        with clock.at(OPENS):
            return set(nominations.nominable(election, kind=kind, by=by))

    assert numbers("unit", hall.staff[4]) == {hall.window}
    assert numbers("self", hall.staff[0]) == {hall.window}
    assert numbers("self", hall.staff[1]) == set()
    assert numbers("colleague", hall.staff[1]) == {elsewhere}
    assert numbers("colleague", hall.officer) == {elsewhere, hall.window}
    assert refusal(election, hall.staff[0]) == "This award honours windows. Choose a window."
    assert refusal(election, hall.staff[0], person=hall.person(0), window=hall.window).startswith(
        "This award honours w"
    )
    assert (
        refusal(election, hall.staff[1], window=hall.window) == "Only the head of a window recommends it in this way."
    )
    said = refusal(election, hall.staff[4], "unit", window=elsewhere, unit=hall.unit)
    assert said == f"{elsewhere} does not belong to {hall.unit}."
    given = recommend(election, hall.staff[1], "colleague", window=hall.window)
    assert act_refused(nominations.accept, given, hall.staff[1]) == "Only whom a recommendation names can answer it."
    assert act(nominations.accept, given, hall.staff[0]).state == "accepted"
    assert refusal(election, hall.staff[4], "unit", window=hall.window, unit=hall.unit) == (
        f"{hall.window} is already recommended in this round."
    )
    assert numbers("colleague", hall.officer) == {elsewhere}
    assert numbers("unit", hall.staff[4]) == numbers("self", hall.staff[0]) == set()
    act(nominations.approve, given, hall.officer)
    candidate = Candidate.objects.get()
    assert (candidate.name, candidate.unit_name, candidate.window) == (str(hall.window), hall.unit.name, hall.window)


def test_a_closed_window_and_a_person_award(hall):
    closed = Window.objects.create(number="902", name="旧窗口", retired_on=dt.date(2026, 11, 1))
    election = opened(hall, make_award(hall, subject="window"))
    with clock.at(OPENS):
        assert nominations.why_not(election, closed) == "This window is no longer in service."
        assert nominations.why_not(election, hall.window) == ""
    people = opened(hall)
    assert refusal(people, hall.staff[0], "colleague", window=hall.window).startswith("This award honours people.")


# What becomes of it


def test_accepting_and_declining(hall):
    election = opened(hall)
    given = recommend(election, hall.staff[0], "colleague", person=hall.person(1))
    assert act_refused(nominations.approve, given, hall.officer) == "Whoever is named has not accepted yet."
    assert act_refused(nominations.accept, given, hall.staff[0]) == "Only whom a recommendation names can answer it."
    assert act(nominations.accept, given, hall.staff[1]).state == "accepted"
    assert act_refused(nominations.decline, given, hall.staff[1]) == "This recommendation has been answered already."


def test_admitting_makes_a_candidate_as_they_are_today(hall):
    election = opened(hall)
    given = recommend(election, hall.staff[0], reason="全年无投诉")
    assert act_refused(nominations.approve, given, hall.staff[1]).startswith("Only union officers")
    act(nominations.approve, given, hall.officer)
    candidate = Candidate.objects.get()
    assert (candidate.person, candidate.name, candidate.unit_name) == (
        hall.person(0),
        hall.person(0).name,
        hall.unit.name,
    )
    assert (candidate.statement, candidate.nomination, len(candidate.key)) == ("全年无投诉", given, 8)
    given.refresh_from_db()
    assert (given.state, given.reviewed_by) == ("approved", hall.officer)
    assert act_refused(nominations.approve, given, hall.officer) == "This recommendation is already settled."


def test_who_left_meanwhile_is_not_admitted(hall):
    election = opened(hall)
    given = recommend(election, hall.staff[0])
    Person.objects.filter(pk=hall.person(0).pk).update(left_on=dt.date(2026, 11, 1))
    said = act_refused(nominations.approve, given, hall.officer)
    assert said == f"{hall.person(0)} cannot be admitted: No longer, or not yet, at the hall."


def test_refusing_needs_a_reason(hall):
    given = recommend(opened(hall), hall.staff[0])
    assert act_refused(nominations.reject, given, hall.officer, reason=" ").startswith("Say why it is not admitted.")
    assert act_refused(nominations.reject, given, hall.officer, reason="\0 ").startswith(
        "Say why it is not admitted."
    )
    said = act_refused(nominations.reject, given, hall.officer, reason="x" * 301)
    assert said == "The reason is too long. Use at most 300 characters."
    act(nominations.reject, given, hall.officer, reason="x" * 300)
    given.refresh_from_db()
    assert (given.state, given.review_reason, given.reviewed_by) == ("rejected", "x" * 300, hall.officer)


def test_an_admission_is_taken_back_until_the_review_is_finished(hall):
    """A slip of the officer, or a candidate who left: without this only calling the round off would help."""
    election = opened(hall)
    first, second = (recommend(election, hall.staff[n]) for n in (0, 1))
    for given in (first, second):
        act(nominations.approve, given, hall.officer)
    assert act_refused(nominations.reject, first, hall.staff[2], reason="x").startswith("Only union officers")
    assert act_refused(nominations.reject, first, hall.officer, reason=" ").startswith("Say why")
    assert election.candidates.count() == 2
    act(nominations.reject, first, hall.officer, reason="误操作")
    assert (first.state, first.review_reason, first.reviewed_by) == ("rejected", "误操作", hall.officer)
    assert [row.nomination_id for row in election.candidates.all()] == [second.pk]
    assert act_refused(nominations.reject, first, hall.officer, reason="x") == (
        "This recommendation is already settled."
    )
    rounds.advance(CLOSES)
    with clock.at(CLOSES):
        rounds.finish_review(election=election, by=hall.officer)
    said = act_refused(nominations.reject, second, hall.officer, CLOSES, reason="x")
    assert said == "The list of candidates is final, so this can no longer be changed."
    assert election.candidates.count() == 1


def test_who_left_after_being_admitted_does_not_get_onto_the_ballot(hall):
    election = opened(hall)
    gone, stays = (recommend(election, hall.staff[n]) for n in (0, 1))
    for given in (gone, stays):
        act(nominations.approve, given, hall.officer)
    Person.objects.filter(pk=gone.person_id).update(left_on=dt.date(2026, 11, 3))
    rounds.advance(CLOSES)
    with clock.at(CLOSES):
        with pytest.raises(RoundError) as error:
            rounds.finish_review(election=election, by=hall.officer)
        assert str(error.value) == (
            f"{gone.person} can no longer stand: No longer, or not yet, at the hall. Take the admission back first."
        )
        nominations.reject(nomination=gone, reason="已调离", by=hall.officer)
        rounds.finish_review(election=election, by=hall.officer)
    assert [row.person for row in election.candidates.all()] == [stays.person]


def test_withdrawing_takes_the_candidate_off_the_list_until_it_is_final(hall):
    election = opened(hall)
    given = recommend(election, hall.staff[0])
    other = recommend(election, hall.staff[1])
    act(nominations.approve, given, hall.officer)
    act(nominations.approve, other, hall.officer)
    sentence = "Only who made a recommendation, or whom it names, can withdraw it."
    assert act_refused(nominations.withdraw, given, hall.staff[1]) == sentence
    act(nominations.withdraw, given, hall.staff[0])
    assert [row.person for row in election.candidates.all()] == [hall.person(1)]
    assert act_refused(nominations.withdraw, given, hall.staff[0]) == "This recommendation is already settled."
    rounds.advance(CLOSES)
    election.refresh_from_db()
    with clock.at(CLOSES):
        rounds.finish_review(election=election, by=hall.officer)
    final = "The list of candidates is final, so this can no longer be changed."
    assert act_refused(nominations.withdraw, other, hall.staff[1]) == final
    assert act_refused(nominations.approve, given, hall.officer) == final


def test_named_people_withdraw_what_others_recommended(hall):
    given = recommend(opened(hall), hall.staff[0], "colleague", person=hall.person(1))
    assert act(nominations.withdraw, given, hall.staff[1]).state == "withdrawn"


def test_who_stands_withdraws_no_rival_they_recommended(hall):
    election = opened(hall)
    rival = recommend(election, hall.staff[0], "colleague", person=hall.person(1))
    act(nominations.accept, rival, hall.staff[1])
    recommend(election, hall.staff[0])
    said = act_refused(nominations.withdraw, rival, hall.staff[0])
    assert said == "You stand in this round yourself, so you can withdraw only what names you."


def test_the_page_offers_to_withdraw_what_the_service_lets_go(hall):
    """Asked for many at once there, and for one when it is done: the answers are the same."""
    lead(hall.staff[4], hall.unit)
    lead(hall.officer, Unit.objects.create(name="别科", kind="back_office"))
    election = opened(hall, make_award(hall, quota_per_unit=2))
    with clock.at(OPENS):
        filed = filing.enter_row(
            election=election, unit=hall.unit, person=hall.person(3), reason="x", by=hall.officer
        )
    rows = [
        recommend(election, hall.staff[4], "colleague", person=hall.person(0)),
        recommend(election, hall.staff[4], "unit", person=hall.person(1), unit=hall.unit),
        recommend(election, hall.staff[2]),
        filed,
    ]
    for by, offered in ((hall.staff[4], rows[:2]), (hall.officer, []), (hall.staff[2], [])):
        with clock.at(OPENS):
            assert nominations.withdrawable(election, rows, by) == {row.pk for row in offered}
        for row in rows:
            if row not in offered and row.person.user != by:
                act_refused(nominations.withdraw, row, by)
    for row in rows[:2]:
        assert act(nominations.withdraw, row, hall.staff[4]).state == "withdrawn"


def test_a_former_head_does_not_withdraw_the_window_they_recommended(hall):
    head_of_window(hall.staff[0], hall.window)
    election = opened(hall, make_award(hall, subject="window"))
    given = recommend(election, hall.staff[0], window=hall.window)
    Leadership.objects.filter(person=hall.person(0)).update(ends_on=dt.date(2026, 11, 1))
    said = act_refused(nominations.withdraw, given, hall.staff[0])
    assert said == "Only who made a recommendation, or whom it names, can withdraw it."


def test_what_honours_entered_only_whom_it_names_withdraws(hall):
    """The officer who set the award up stands as its maker; without the role they could still take a rival off."""
    pool = make_award(hall)
    nobody = {"quota_per_unit": 0, "self_allowed": False, "colleague_allowed": False}
    for n in (0, 1):
        honoured = {"person": hall.person(n), "award_name": pool.name, "name": "x", "period_label": "2026年10月"}
        days = {"published_on": dt.date(2026, 11, 1), "period_first": dt.date(2026, 10, 1)}
        Honour.objects.create(award=pool, **honoured, **days)
    election = opened(hall, make_award(hall, pool_award=pool, pool_wins=1, **nobody))
    first, second = election.nominations.order_by("pk")
    assert first.by == hall.officer
    said = act_refused(nominations.withdraw, first, hall.officer)
    assert said == "The union entered this. Whom it names can withdraw it, or an officer refuses it with a reason."
    hall.officer.groups.clear()
    assert act_refused(nominations.withdraw, first, hall.officer) == said
    assert act(nominations.withdraw, second, second.person.user).state == "withdrawn"


@pytest.fixture
def clerk(hall):
    """A union officer who sits at the window, so that they can be recommended."""
    user = make_user(None, "union_officer", name="工会郑")
    place(user, hall.unit, hall.window)
    return user


def test_an_officer_who_is_named_acts_only_once_they_have_declined(hall, clerk):
    election = opened(hall)
    own = recommend(election, hall.staff[3], "colleague", person=clerk.person)
    rival = recommend(election, hall.staff[0])
    said = "You are recommended in this round. Until this is declined, another union officer must run it."
    assert act_refused(nominations.reject, rival, clerk, reason="x") == said
    assert act_refused(nominations.approve, rival, clerk) == said
    act(nominations.decline, own, clerk)
    assert act(nominations.reject, rival, clerk, reason="x").state == "rejected"


@pytest.mark.parametrize("deed", ["reject", "approve", "enter"])
def test_who_has_reviewed_does_not_stand_afterwards(hall, clerk, deed):
    election = opened(hall, make_award(hall, vetoes=["discipline"]))
    rival = recommend(election, hall.staff[0])
    if deed == "enter":
        act(vetoes.enter, rival, clerk, kind="discipline", evidence="x")
    else:
        act(getattr(nominations, deed), rival, clerk, **({"reason": "x"} if deed == "reject" else {}))
    said = f"{clerk.person} has reviewed recommendations of this round, so they cannot stand in it."
    assert refusal(election, clerk) == said
    assert refusal(election, hall.staff[3], "colleague", person=clerk.person) == said


def test_who_sees_recommendations(hall):
    election = opened(hall)
    given = recommend(election, hall.staff[0], "colleague", person=hall.person(1))
    for user, sees in ((hall.staff[0], True), (hall.staff[1], True), (hall.staff[2], False), (hall.officer, True)):
        assert (given in Nomination.objects.visible_to(user)) is sees


# Two at once


def race_for_the_last_place(hall):
    """The head of a unit with a quota of one sends five recommendations at the same moment; gives how many stand."""
    lead(hall.staff[4], hall.unit)
    election = opened(hall, make_award(hall, quota_per_unit=1))
    barrier, said = threading.Barrier(5), []

    def send(n):
        barrier.wait()
        try:
            recommend(election, hall.staff[4], "unit", person=hall.person(n), unit=hall.unit)
            said.append("made")
        except NominationError as error:
            said.append(str(error))
        finally:
            connection.close()

    threads = [threading.Thread(target=send, args=(n,)) for n in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return Nomination.objects.count(), said


def test_a_quota_holds_however_many_send_at_once(own_database):
    number, said = race_for_the_last_place(make_hall(5))
    assert number == 1
    assert said.count("made") == 1


@pytest.mark.control
def test_without_the_lock_a_quota_is_overrun(own_database, monkeypatch):
    """Everyone counts before anyone writes: what a missing lock allows, made certain."""
    monkeypatch.setattr(
        ElectionQuerySet, "locked", lambda self, pk: self.select_related("award").get(pk=pk), raising=True
    )
    monkeypatch.setattr(nominations.transaction, "atomic", lambda function=None, **_more: _Nothing())
    together = threading.Barrier(5)
    real = nominations.check_subject

    def after_everyone(*args):
        real(*args)
        together.wait()

    monkeypatch.setattr(nominations, "check_subject", after_everyone)
    monkeypatch.setattr(nominations, "recommend", nominations.recommend.__wrapped__)
    number, _said = race_for_the_last_place(make_hall(5))
    assert number > 1


class _Nothing:
    """In place of a transaction."""

    def __enter__(self):
        return self

    def __exit__(self, *_error):
        return False
