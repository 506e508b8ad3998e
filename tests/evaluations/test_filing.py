"""Sealed forms that officers file, teams that are recommended, and the list that is fit for a ballot."""

from __future__ import annotations

import datetime as dt

import pytest

from evaluations import invitations
from evaluations.exceptions import NominationError, RoundError
from evaluations.models import Candidate, Nomination
from evaluations.private_facts import readers_of_reason
from evaluations.services import filing, nominations, officers, rounds
from intranet import clock
from intranet.people.models import Leadership, Person, Unit, Window
from tests.people_of_the_hall import make_user

from .hall import CLOSES, OPENS, lead, make_award, make_hall, opened, place
from .scans import pdf

pytestmark = pytest.mark.usefixtures("english")


@pytest.fixture
def hall(db, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "uploads"
    return make_hall(5)


def file(election, hall, by=None, at=OPENS, unit=None, upload=True, **subject):
    with clock.at(at):
        return filing.file_recommendation(
            election=election,
            unit=unit or hall.unit,
            reason="盖章推荐",
            upload=pdf() if upload else None,
            by=by or hall.officer,
            **subject,
        )


def refused(*args, **more) -> str:
    with pytest.raises((NominationError, RoundError)) as error:
        file(*args, **more)
    return str(error.value)


def act(service, nomination, by, at=OPENS, **more):
    with clock.at(at):
        return service(nomination=nomination, by=by, **more)


def test_a_sealed_form_counts_in_the_quota_and_a_person_still_accepts(hall):
    lead(hall.staff[4], hall.unit)
    election = opened(hall, make_award(hall, quota_per_unit=1))
    made = file(election, hall, person=hall.person(0))
    assert (made.kind, made.unit, made.state, made.by) == ("unit", hall.unit, "proposed", hall.officer)
    assert made.scan.kind == "recommendation"
    said = refused(election, hall, person=hall.person(1))
    assert said == f"{hall.unit} has used its 1 recommendations. Withdraw one to make another."
    with clock.at(OPENS), pytest.raises(NominationError, match="has used its 1"):
        nominations.recommend(
            election=election, kind="unit", person=hall.person(1), unit=hall.unit, reason="好", by=hall.staff[4]
        )
    act(nominations.accept, made, hall.staff[0])
    act(nominations.approve, made, hall.officer)
    assert Candidate.objects.get().person == hall.person(0)


def test_a_form_needs_its_scan_and_all_the_rules(hall):
    other = make_hall(1)
    election = opened(hall, make_award(hall))
    assert refused(election, hall, upload=False, person=hall.person(0)) == "Add the scan of the sealed form."
    assert refused(election, hall, by=hall.staff[1], person=hall.person(0)).startswith("Only union officers")
    assert refused(election, hall, person=other.person(0)) == f"{other.person(0)} does not belong to {hall.unit}."
    assert refused(election, hall, window=hall.window).startswith("This award honours people.")
    Person.objects.filter(pk=hall.person(1).pk).update(entered_on=dt.date(2026, 10, 1))
    assert "less than 3 months" in refused(election, hall, person=hall.person(1))
    file(election, hall, person=hall.person(0))
    no_units = opened(hall, make_award(hall, quota_per_unit=0))
    assert refused(no_units, hall, person=hall.person(0)) == "Units do not recommend in this award."
    closed = opened(hall, make_award(hall))
    assert refused(closed, hall, at=CLOSES, person=hall.person(0)).startswith("Recommendations are not being taken")
    assert Nomination.objects.count() == 1


def test_an_officer_does_not_file_a_form_that_names_themselves(hall):
    second = make_user(None, "union_officer")
    place(second, hall.unit, hall.window)
    election = opened(hall)
    assert refused(election, hall, by=second, person=second.person) == (
        "It names yourself, so another officer must file it."
    )
    assert Nomination.objects.count() == 0
    file(election, hall, person=second.person)


def test_what_an_officer_filed_is_refused_with_a_reason_and_never_withdrawn(hall):
    """Else an officer who stands would take an admitted rival off the list without a word."""
    election = opened(hall, make_award(hall, quota_per_unit=2))
    rival, slip = (file(election, hall, person=hall.person(n)) for n in (0, 1))
    act(nominations.accept, rival, hall.staff[0])
    act(nominations.approve, rival, hall.officer)
    for given in (rival, slip):
        with pytest.raises(NominationError, match="an officer refuses it with a reason"):
            act(nominations.withdraw, given, hall.officer)
    assert Candidate.objects.get().nomination == rival
    act(nominations.reject, slip, hall.officer, reason="登记有误")
    assert (slip.state, slip.review_reason) == ("rejected", "登记有误")
    act(nominations.withdraw, rival, hall.staff[0])
    assert not Candidate.objects.exists()


def test_what_a_colleague_sent_waits_for_its_answer_before_it_is_refused(hall):
    election = opened(hall)
    with clock.at(OPENS):
        given = nominations.recommend(
            election=election, kind="colleague", person=hall.person(1), reason="好", by=hall.staff[0]
        )
    with pytest.raises(NominationError, match="has not accepted yet"):
        act(nominations.reject, given, hall.officer, reason="x")


def test_a_form_that_came_by_a_sheet_is_admitted_once_its_scan_is_there(hall):
    election = opened(hall, make_award(hall, subject="window"))
    with clock.at(OPENS):
        made = filing.enter_row(election=election, unit=hall.unit, window=hall.window, reason="好", by=hall.officer)
    assert made.state == "accepted"
    with pytest.raises(NominationError) as error:
        act(nominations.approve, made, hall.officer)
    assert "The sealed form is not filed yet. Add its scan first." in str(error.value)
    with pytest.raises(RoundError):
        act(filing.add_form, made, hall.staff[0], upload=pdf())
    act(filing.add_form, made, hall.officer, upload=pdf())
    with pytest.raises(NominationError, match="needs no further form"):
        act(filing.add_form, made, hall.officer, upload=pdf())
    act(nominations.approve, made, hall.officer)
    assert Candidate.objects.get().window == hall.window


# Teams


@pytest.fixture
def section(hall):
    return Unit.objects.create(name=f"审批科{hall.unit.pk}", kind="back_office", parent=hall.unit)


def test_teams_are_recommended_and_their_chief_representative_answers(hall, section):
    lead(hall.staff[4], hall.unit)
    election = opened(hall, make_award(hall, subject="unit"))
    with clock.at(OPENS):
        assert set(nominations.nominable(election, kind="self", by=hall.staff[4])) == {hall.unit, section}
        assert hall.unit not in nominations.nominable(election, kind="colleague", by=hall.staff[0])
        made = nominations.recommend(election=election, kind="colleague", team=section, reason="好", by=hall.staff[0])
        assert section not in nominations.nominable(election, kind="self", by=hall.staff[4])
    assert (made.team, made.state) == (section, "proposed")
    with pytest.raises(NominationError, match="Only whom a recommendation names"):
        act(nominations.accept, made, hall.staff[0])
    assert hall.staff[4].username in readers_of_reason(made)
    assert hall.staff[1].username not in readers_of_reason(made)
    assert made in Nomination.objects.naming(hall.staff[4])
    act(nominations.accept, made, hall.staff[4])
    act(nominations.approve, made, hall.officer)
    candidate = Candidate.objects.get()
    assert (candidate.team, candidate.name, candidate.unit_name) == (section, section.name, hall.unit.name)


def test_who_leads_a_team_is_invited_to_recommend_it_and_no_other(hall, section):
    lead(hall.staff[4], hall.unit)
    Leadership.objects.create(kind="window_head", person=hall.person(0), window=hall.window, starts_on="2020-01-06")
    own = {"quota_per_unit": 0, "colleague_allowed": False}
    with clock.at(OPENS):
        for subject, leads in (("unit", 4), ("window", 0)):
            election = opened(hall, make_award(hall, subject=subject, **own))
            asked = [n for n, user in enumerate(hall.staff) if invitations.invited([election], user)]
            assert asked == [leads]


def test_who_works_in_a_team_that_stands_does_not_run_the_round(hall, section):
    clerk = make_user(None, "union_officer")
    place(clerk, section)
    lead(hall.staff[4], hall.unit)
    election = opened(hall, make_award(hall, subject="unit", quota_per_unit=2))
    with clock.at(OPENS):
        assert not officers.stands_in(election, clerk)
        nominations.recommend(
            election=election, kind="unit", team=hall.unit, unit=hall.unit, reason="好", by=hall.staff[4]
        )
        assert officers.stands_in(election, clerk)
        assert officers.stands_in(election, hall.staff[4])
        assert not officers.stands_in(election, hall.officer)


def test_a_unit_recommends_itself_or_its_sections_and_closed_ones_stay_out(hall, section):
    other = make_hall(1)
    lead(hall.staff[4], hall.unit)
    election = opened(hall, make_award(hall, subject="unit", quota_per_unit=3))

    def recommend(team):
        with clock.at(OPENS):
            return nominations.recommend(
                election=election, kind="unit", team=team, unit=hall.unit, reason="好", by=hall.staff[4]
            )

    with pytest.raises(NominationError, match="does not belong to"):
        recommend(other.unit)
    Unit.objects.filter(pk=section.pk).update(retired_on=dt.date(2026, 11, 1))
    with pytest.raises(NominationError, match="no longer in service"):
        recommend(section)
    assert recommend(hall.unit).state == "accepted"
    with clock.at(OPENS), pytest.raises(NominationError, match="This award honours teams"):
        nominations.recommend(election=election, kind="self", window=hall.window, reason="好", by=hall.staff[4])
    with clock.at(OPENS), pytest.raises(NominationError, match="Only who leads a team"):
        nominations.recommend(election=election, kind="self", team=other.unit, reason="好", by=hall.staff[0])


# The list


def reviewed(hall, candidates, **rules):
    """A round in review with so many admitted; finishing the review: "" or the refusal."""
    election = opened(hall, make_award(hall, places=2, **rules))
    with clock.at(OPENS):
        for user in hall.staff[:candidates]:
            made = nominations.recommend(election=election, kind="self", reason="好", by=user)
            nominations.approve(nomination=made, by=hall.officer)
    rounds.advance(CLOSES)
    with clock.at(CLOSES):
        try:
            rounds.finish_review(election=election, by=hall.officer)
        except RoundError as error:
            return str(error)
    return ""


@pytest.mark.parametrize(("kind", "fits"), [("any", {1, 2, 3}), ("competitive", {3}), ("equal_number", {2})])
def test_the_list_is_as_the_rules_want_it(hall, kind, fits):
    for number in (1, 2, 3):
        said = reviewed(hall, number, list_kind=kind)
        assert (said == "") is (number in fits), (number, said)
    assert reviewed(hall, 2, list_kind="competitive") == (
        "This award needs more candidates than its 2 places, and there are 2. Admit more."
    )
    assert reviewed(hall, 3, list_kind="equal_number") == (
        "This award needs exactly as many candidates as its 2 places, and there are 3."
    )


def test_a_quota_that_was_passed_by_keeps_the_review_open(hall):
    election = opened(hall, make_award(hall, quota_per_unit=1))
    for n in (0, 1):
        row = Nomination.objects.create(
            election=election,
            kind="unit",
            unit=hall.unit,
            person=hall.person(n),
            by=hall.officer,
            reason="好",
            state="approved",
            created_at=OPENS,
        )
        Candidate.objects.create(election=election, key=f"k{n}", person=hall.person(n), name=str(n), nomination=row)
    rounds.advance(CLOSES)
    with clock.at(CLOSES), pytest.raises(RoundError, match="has 2 candidates, and its quota is 1"):
        rounds.finish_review(election=election, by=hall.officer)


def test_a_window_elsewhere_belongs_to_no_unit_of_the_form(hall):
    elsewhere = Window.objects.create(number="907", name="税务")
    election = opened(hall, make_award(hall, subject="window"))
    assert refused(election, hall, window=elsewhere) == f"{elsewhere} does not belong to {hall.unit}."
