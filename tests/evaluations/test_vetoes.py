"""One fault excludes: entered with evidence, appealed by whom it names, settled, and what it keeps from a place."""

from __future__ import annotations

import datetime as dt
import threading

import pytest
from django.utils import translation

from evaluations.exceptions import NominationError, RoundError
from evaluations.models import Election, Veto
from evaluations.private_facts import readers_of_veto
from evaluations.querysets import ElectionQuerySet, VetoQuerySet
from evaluations.services import excluded, nominations, results, rounds, vetoes
from intranet import clock
from intranet.figures.services import incidents
from intranet.people.models import Leadership
from tests.machine import PATIENCE
from tests.people_of_the_hall import make_user
from tests.together import together

from .hall import CLOSES, ENDS, OPENS, close, keys_of, make_award, make_hall, opened, vote, voting_round
from .scans import pdf

pytestmark = pytest.mark.usefixtures("english")
KINDS = ["verified_complaint", "discipline"]


@pytest.fixture
def hall(db, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "uploads"
    return make_hall(5)


def named(hall, award=None, **subject):
    """A round with one recommendation by oneself that waits for review."""
    election = opened(hall, award or make_award(hall, vetoes=KINDS))
    with clock.at(OPENS):
        return election, nominations.recommend(
            election=election, kind="self", reason="好", by=hall.staff[0], **subject
        )


def enter(nomination, by, kind="discipline", evidence="11月3日上班时间看视频", at=OPENS, **more):
    with clock.at(at):
        return vetoes.enter(nomination=nomination, kind=kind, evidence=evidence, by=by, **more)


def settle(veto, by, outcome="lifted", reason="查实后撤销", at=OPENS):
    with clock.at(at):
        return vetoes.settle(veto=veto, outcome=outcome, reason=reason, by=by)


def appeal(veto, by, text="当天休假", at=OPENS):
    with clock.at(at):
        return vetoes.appeal(veto=veto, text=text, by=by)


def refused(act, *args, **more) -> str:
    with pytest.raises((NominationError, RoundError)) as error:
        act(*args, **more)
    return str(error.value)


def approve(nomination, by, at=OPENS):
    with clock.at(at):
        return nominations.approve(nomination=nomination, by=by)


def test_a_veto_keeps_off_the_list_until_it_is_lifted(hall):
    _election, given = named(hall)
    veto = enter(given, hall.officer, upload=pdf())
    assert (veto.state, veto.file.kind, veto.by) == ("standing", "evidence", hall.officer)
    said = refused(approve, given, hall.officer)
    assert said.endswith("A veto stands against it: breach of discipline.")
    appeal(veto, hall.staff[0])
    assert "A veto stands" in refused(approve, given, hall.officer), "it excludes until the appeal is heard"
    settle(veto, hall.officer)
    assert approve(given, hall.officer).state == "approved"
    assert not Veto.objects.in_force().exists()


def test_an_upheld_veto_stays(hall):
    _election, given = named(hall)
    veto = enter(given, hall.officer)
    appeal(veto, hall.staff[0])
    settle(veto, hall.officer, "upheld", "监控属实")
    veto.refresh_from_db()
    assert (veto.state, veto.settled_reason, veto.settled_by) == ("upheld", "监控属实", hall.officer)
    assert "A veto stands" in refused(approve, given, hall.officer)
    assert refused(settle, veto, hall.officer) == "This veto is settled already; another officer was quicker."


def test_what_may_not_be_entered(hall):
    _election, given = named(hall)
    assert refused(enter, given, hall.staff[1]).startswith("Only union officers")
    assert refused(enter, given, hall.officer, kind="quarrel").startswith(
        "The rules of this round name no such veto."
    )
    assert refused(enter, given, hall.officer, evidence=" \0").startswith("Say what happened")
    assert refused(enter, given, hall.officer, evidence="x" * 501).startswith("The text is too long.")
    enter(given, hall.officer)
    second = make_user(None, "union_chair")
    assert refused(enter, given, second) == "A veto of this kind is entered already; another officer was quicker."
    enter(given, second, kind="verified_complaint")
    with clock.at(OPENS):
        nominations.withdraw(nomination=given, by=hall.staff[0])
    assert refused(enter, given, hall.officer).startswith("This recommendation no longer stands")


def test_who_may_appeal_and_settle(hall):
    _election, given = named(hall)
    veto = enter(given, hall.officer)
    assert refused(appeal, veto, hall.staff[1]) == "Only whom a veto names can appeal against it."
    assert refused(appeal, veto, hall.staff[0], text=" ").startswith("Say why it does not hold.")
    assert refused(settle, veto, hall.officer, "upheld").startswith("Nobody has appealed")
    assert refused(settle, veto, hall.officer, "appealed").startswith("Say whether the veto is lifted or stands.")
    appeal(veto, hall.staff[0])
    assert refused(appeal, veto, hall.staff[0]).startswith("This veto has been appealed against")
    assert refused(settle, veto, hall.staff[2]).startswith("Only union officers")
    assert refused(settle, veto, hall.officer, reason=" ").startswith("Say why.")
    readers = readers_of_veto(veto)
    assert {hall.staff[0].username, hall.officer.username} <= set(readers)
    assert not {hall.staff[1].username, hall.scrutineer.username} & set(readers)
    assert veto in Veto.objects.visible_to(hall.staff[0])
    assert veto not in Veto.objects.visible_to(hall.staff[1])


def test_the_head_of_a_window_appeals_for_it_and_an_officer_at_it_does_not_settle(hall):
    Leadership.objects.create(kind="window_head", person=hall.person(0), window=hall.window, starts_on="2020-01-06")
    _election, given = named(hall, make_award(hall, subject="window", vetoes=KINDS), window=hall.window)
    veto = enter(given, hall.officer)
    assert refused(appeal, veto, hall.staff[1]).startswith("Only whom a veto names")
    assert appeal(veto, hall.staff[0]).state == "appealed"


def test_an_admitted_candidate_with_a_veto_keeps_the_review_open(hall):
    election, given = named(hall)
    approve(given, hall.officer)
    enter(given, hall.officer)
    rounds.advance(CLOSES)
    said = r"A veto stands against it: breach of discipline\. Take the admission"
    with clock.at(CLOSES), pytest.raises(RoundError, match=said):
        rounds.finish_review(election=election, by=hall.officer)


@pytest.fixture
def sealed_with_veto(hall):
    """Voting; the candidate with the most votes meets a veto before the boxes are opened."""
    election = voting_round(hall, make_award(hall, vetoes=KINDS))
    first, second, _third = keys_of(election)
    for user in hall.staff:
        vote(election, user, first, second)
    given = election.candidates.get(key=first).nomination
    return election, first, given


def test_after_the_review_a_candidate_stays_but_takes_no_place(hall, sealed_with_veto):
    election, key, given = sealed_with_veto
    assert excluded.excluded_keys(election) == set()
    veto = enter(given, hall.officer, at=ENDS)
    assert excluded.excluded_keys(election) == {key}
    assert election.candidates.filter(key=key).exists()
    settle(veto, hall.officer, at=ENDS)
    assert excluded.excluded_keys(election) == set()


def test_nobody_is_put_on_notice_against_a_veto_or_an_open_appeal(hall, sealed_with_veto):
    election, key, given = sealed_with_veto
    election = close(election)
    Election.objects.filter(pk=election.pk).update(
        decision={**election.decision, "winners": [key], "kind": "count"},
    )
    Veto.objects.create(nomination=given, kind="discipline", evidence="x", by=hall.officer, created_at=ENDS)
    assert "who cannot take a place" in refused(_start_notice, election, hall)
    Veto.objects.update(state="appealed")
    assert refused(_start_notice, election, hall).startswith("An appeal against a veto is not settled yet.")
    Veto.objects.update(state="lifted")
    assert _start_notice(election, hall).phase == "public_notice"


def _start_notice(election, hall):
    with clock.at(ENDS):
        return results.start_notice(election=election, by=hall.officer)


def test_a_veto_after_the_count_fills_the_places_anew_until_the_notice_begins(hall, sealed_with_veto):
    election, key, given = sealed_with_veto
    election = close(election)
    assert key in election.result["winners"]
    veto = enter(given, hall.officer, at=ENDS)
    election.refresh_from_db()
    assert key not in [*election.result["winners"], *election.result["tied"]]
    assert election.result["vetoed"] == [key]
    settle(veto, hall.officer, at=ENDS)
    election.refresh_from_db()
    assert key in election.result["winners"]
    _start_notice(election, hall)
    said = "The list is decided, so vetoes can no longer change."
    assert refused(enter, given, hall.officer, kind="verified_complaint", at=ENDS).startswith(said)


def test_an_officer_who_is_named_enters_and_settles_nothing(hall):
    election = opened(hall, make_award(hall, vetoes=KINDS, window_staff_only=False))
    with clock.at(OPENS):
        given = nominations.recommend(
            election=election, kind="colleague", person=hall.officer.person, reason="好", by=hall.staff[0]
        )
    unanswered = "You are recommended in this round. Until this is declined, another union officer must run it."
    assert refused(enter, given, hall.officer) == unanswered
    second = make_user(None, "union_officer")
    veto = enter(given, second)
    assert refused(settle, veto, hall.officer) == unanswered
    with clock.at(OPENS):
        nominations.decline(nomination=given, by=hall.officer)
    assert refused(settle, veto, hall.officer) == "It names yourself, so another officer must settle it."


# Two at once


def race(hall):
    """Two officers enter the same veto at the same moment; gives how many stand."""
    officers = [hall.officer, make_user(None, "union_officer")]
    _election, given = named(hall)
    said = []

    def work(n):
        try:
            with translation.override("en"):
                enter(given, officers[n])
            said.append("entered")
        except NominationError as error:
            said.append(str(error))

    together(2, work)
    return Veto.objects.count(), said


def test_two_officers_enter_one_veto(own_database):
    number, said = race(make_hall(2))
    assert number == 1
    assert sorted(said) == ["A veto of this kind is entered already; another officer was quicker.", "entered"]


@pytest.mark.control
def test_without_the_lock_two_officers_enter_it_twice(own_database, monkeypatch):
    """Both look before either writes: what a missing lock allows, made certain."""
    hall, both = make_hall(2), threading.Barrier(2)

    def as_it_was(self):
        seen = [row.pk for row in self.exclude(state="lifted")]
        both.wait(timeout=PATIENCE)
        return self.filter(pk__in=seen)

    monkeypatch.setattr(ElectionQuerySet, "locked", lambda self, pk: self.select_related("award").get(pk=pk))
    monkeypatch.setattr(vetoes, "enter", vetoes.enter.__wrapped__)
    monkeypatch.setattr(VetoQuerySet, "in_force", as_it_was)
    number, said = race(hall)
    assert number == 2, said


# From the register of incidents


@pytest.fixture
def inspector(hall):
    return make_user(None, "inspection")


def incident(subject, inspector, kind="discipline", on="2026-10-12", verified=True):
    with clock.at(OPENS):
        row = incidents.register(
            kind=kind,
            channel="inspection",
            subject=subject,
            occurred_on=dt.date.fromisoformat(on),
            text="上班时间离岗",
            by=inspector,
        )
        if verified:
            incidents.decide(incident=row, verified=True, finding="属实", by=inspector)
    row.refresh_from_db()
    return row


def found(election):
    with clock.at(OPENS):
        return [(one.nomination.pk, one.kind, one.incident) for one in vetoes.found(election)]


def test_verified_incidents_of_the_period_are_proposed(hall, inspector):
    election, given = named(hall)
    person = hall.person(0)
    fits = [
        incident(person, inspector),
        incident(person, inspector, "complaint", "2026-10-01"),
        incident(person, inspector, on="2026-10-31"),
    ]
    incident(person, inspector, "overdue_case")
    incident(person, inspector, "praise")
    incident(person, inspector, verified=False)
    incident(hall.person(1), inspector)
    incident(hall.window, inspector)
    for day in ("2026-09-30", "2026-11-01"):
        incident(person, inspector, on=day)
    appealed = incident(person, inspector)
    with clock.at(OPENS):
        incidents.appeal(incident=appealed, text="当天休假", by=hall.staff[0])
    assert sorted(found(election)) == sorted(
        (given.pk, "verified_complaint" if row.kind == "complaint" else "discipline", row.pk) for row in fits
    )


def test_windows_and_teams_are_found_by_their_own_incidents(hall, inspector):
    Leadership.objects.create(kind="window_head", person=hall.person(0), window=hall.window, starts_on="2020-01-06")
    election, given = named(hall, make_award(hall, subject="window", vetoes=KINDS), window=hall.window)
    row = incident(hall.window, inspector)
    incident(hall.person(0), inspector)
    assert found(election) == [(given.pk, "discipline", row.pk)]


def test_a_proposed_veto_is_entered_once_with_its_own_words(hall, inspector):
    election, given = named(hall)
    row = incident(hall.person(0), inspector)
    veto = enter(given, hall.officer, evidence="", incident=row.pk)
    assert veto.incident == row.pk
    assert "上班时间离岗" not in veto.evidence, "the register's text stays in the register"
    assert str(row.pk) in veto.evidence
    assert found(election) == []
    assert refused(enter, given, hall.officer, evidence="", incident=row.pk).startswith("This incident is entered")
    other = incident(hall.person(1), inspector)
    settle(veto, hall.officer)
    assert refused(enter, given, hall.officer, evidence="", incident=other.pk).startswith("This incident is entered")


def resting_veto(hall, inspector, election, key):
    """A veto against a candidate that rests on a verified complaint, and the complaint."""
    given = election.candidates.get(key=key).nomination
    row = incident(given.person, inspector, "complaint")
    return enter(given, hall.officer, "verified_complaint", evidence="", incident=row.pk), row


def appeal_in_the_register(row, by, inspector, succeeded=None):
    with clock.at(OPENS):
        incidents.appeal(incident=row, text="误评", by=by)
        if succeeded is not None:
            incidents.settle_appeal(incident=row, succeeded=succeeded, answer="已核对", by=inspector)


def test_a_veto_whose_incident_was_taken_back_holds_up_the_notice_until_it_is_lifted(
    hall, inspector, sealed_with_veto
):
    election, key, _given = sealed_with_veto
    veto, row = resting_veto(hall, inspector, election, key)
    close(election)
    appeal_in_the_register(row, hall.staff[0], inspector)
    who = hall.person(0).name
    said = refused(_start_notice, election, hall)
    assert said.startswith(f"The veto against {who} rests on incident no. {row.pk}, which is under appeal.")
    with clock.at(OPENS):
        incidents.settle_appeal(incident=row, succeeded=True, answer="误评", by=inspector)
    said = refused(_start_notice, election, hall)
    assert said == (
        f"The veto against {who} rests on incident no. {row.pk}, which is no longer verified. "
        "Lift it on the page of recommendations."
    )
    settle(veto, hall.officer, at=ENDS)
    assert key in _start_notice(election, hall).decision["winners"]


def test_a_veto_whose_incident_was_upheld_holds_up_nothing(hall, inspector, sealed_with_veto):
    election, key, _given = sealed_with_veto
    _veto, row = resting_veto(hall, inspector, election, key)
    close(election)
    appeal_in_the_register(row, hall.staff[0], inspector, succeeded=False)
    assert key not in _start_notice(election, hall).decision["winners"]


def test_the_review_is_not_finished_over_a_veto_whose_incident_was_taken_back(hall, inspector):
    election, given = named(hall)
    approve(given, hall.officer)
    veto, row = resting_veto(hall, inspector, election, keys_of(election)[0])
    rounds.advance(CLOSES)
    appeal_in_the_register(row, hall.staff[0], inspector, succeeded=True)
    with clock.at(CLOSES), pytest.raises(RoundError, match=r"which is no longer verified\."):
        rounds.finish_review(election=election, by=hall.officer)
    settle(veto, hall.officer, at=CLOSES)
    with clock.at(CLOSES):
        assert rounds.finish_review(election=election, by=hall.officer).reviewed_at is not None


def test_what_shakes_vetoes_is_found_in_two_queries(hall, inspector, django_assert_num_queries):
    election = voting_round(hall, make_award(hall, vetoes=KINDS))
    with django_assert_num_queries(1):
        assert excluded.shaken(election) == []
    rows = [resting_veto(hall, inspector, election, key)[1] for key in keys_of(election)]
    with django_assert_num_queries(2):
        assert excluded.shaken(election) == []
    for n, row in enumerate(rows):
        appeal_in_the_register(row, hall.staff[n], inspector, succeeded=n == 0)
    with django_assert_num_queries(2):
        assert len(excluded.shaken(election)) == 1


def test_an_award_without_vetoes_finds_none_and_asks_nothing(hall, inspector, django_assert_num_queries):
    election, _given = named(hall, make_award(hall))
    incident(hall.person(0), inspector)
    with django_assert_num_queries(1):
        assert vetoes.found(election) == []


def test_finding_takes_a_fixed_number_of_queries(hall, inspector, django_assert_num_queries):
    election, _given = named(hall)
    for user in hall.staff[1:]:
        with clock.at(OPENS):
            nominations.recommend(election=election, kind="self", reason="好", by=user)
    for user in hall.staff:
        incident(user.person, inspector)
    with django_assert_num_queries(3):
        assert len(vetoes.found(election)) == len(hall.staff)
