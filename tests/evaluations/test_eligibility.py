"""Who may be recommended: each condition, in words, with whom it keeps out; unknown is never zero."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from wagtail import hooks

from evaluations.models import Award, Election, Honour
from evaluations.services import eligibility, nominations, rounds
from intranet import clock
from intranet.figures.registry import Figure, FigureKind
from intranet.people.absences import Absence, AbsenceSource
from intranet.people.models import Person, Unit, Window
from tests.people_of_the_hall import make_user

from .hall import BEFORE, CLOSES, OPENS, make_award, make_hall, opened, place, plan

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
OCTOBER = (dt.date(2026, 10, 1), dt.date(2026, 10, 31))


@pytest.fixture
def hall():
    return make_hall(4)


def out_of(election, at=OPENS) -> dict[int, str]:
    with clock.at(at):
        return eligibility.reasons_out(election)


@pytest.fixture
def numbers():
    """Figures of people and of windows whose numbers a test sets: {primary key: number}."""
    known: dict[int, int] = {}

    def give(ids, first, last):
        assert (first, last) == OCTOBER
        return [Figure(pk, Decimal(number)) for pk, number in known.items() if pk in ids]

    def kinds():
        return [
            FigureKind("figures.monthly_score", "monthly score", "", "person", give),
            FigureKind("test.cases", "cases", "", "person", give),
            FigureKind("test.complaints", "complaints", "", "person", give, lower_is_better=True),
            FigureKind("test.of_windows", "window cases", "", "window", give),
        ]

    given = [(hook, order) for hook, order in hooks._hooks.get("register_figure", [])]
    hooks._hooks["register_figure"] = []
    with hooks.register_temporarily("register_figure", kinds):
        yield known
    hooks._hooks["register_figure"] = given


@pytest.fixture
def away():
    """Absences a test sets: [(person, first, last)]."""
    rows: list[tuple[int, dt.date, dt.date]] = []

    def absences(ids, first, last):
        return [Absence(*row) for row in rows if row[0] in ids]

    with hooks.register_temporarily("register_absence_source", lambda: AbsenceSource("test.leave", absences)):
        yield rows


def test_employment_kinds(hall):
    election = plan(hall, make_award(hall, employment_kinds=["permanent", "contract"]))
    for n, kind in enumerate(["permanent", "agency", "", "contract"]):
        Person.objects.filter(pk=hall.person(n).pk).update(employment=kind)
    out = out_of(election)
    assert hall.person(0).pk not in out
    assert hall.person(3).pk not in out
    assert out[hall.person(1).pk] == "Not employed in one of the kinds this award is for: permanent, contract."
    assert out[hall.person(2).pk].startswith("The register does not say how this person is employed.")
    assert "employed as: permanent, contract" in eligibility.in_words(election)


def test_a_monthly_score_that_is_not_known_keeps_out(hall, numbers):
    election = plan(hall, make_award(hall, least_score=Decimal("90")))
    numbers.update({hall.person(0).pk: 90, hall.person(1).pk: 89, hall.person(2).pk: 0})
    out = out_of(election)
    assert hall.person(0).pk not in out
    assert {out[hall.person(n).pk] for n in (1, 2)} == {"The mean monthly score is below 90."}
    assert out[hall.person(3).pk].startswith("No monthly score is known")
    assert "mean monthly score of 90 or more" in eligibility.in_words(election)


@pytest.mark.parametrize(
    ("figure", "good", "poor", "words"),
    [("test.cases", 5, 4, "cases: at least 5"), ("test.complaints", 5, 6, "complaints: at most 5")],
)
def test_a_figure_to_be_reached(hall, numbers, figure, good, poor, words):
    election = plan(hall, make_award(hall, least_figure=figure, least_figure_number=Decimal("5.00")))
    numbers.update({hall.person(0).pk: good, hall.person(1).pk: poor})
    out = out_of(election)
    assert hall.person(0).pk not in out
    assert hall.person(1).pk in out
    assert "is not known for the appraised period" in out[hall.person(2).pk]
    assert words in eligibility.in_words(election)


def test_a_figure_whose_plug_in_is_gone_keeps_everyone_out(hall, numbers):
    award = make_award(hall)
    Award.objects.filter(pk=award.pk).update(least_figure="gone.figure", least_figure_number=1)
    out = out_of(plan(hall, Award.objects.get(pk=award.pk)))
    assert {hall.person(n).pk for n in range(4)} <= out.keys()
    assert "is not available" in out[hall.person(0).pk]


def test_a_window_by_its_own_figures_and_by_its_people(hall, numbers):
    own = plan(
        hall,
        make_award(hall, subject="window", least_figure="test.of_windows", least_figure_number=Decimal(5)),
    )
    numbers[hall.window.pk] = 5
    other = Window.objects.create(number="903", name="税务")
    out = out_of(own)
    assert hall.window.pk not in out
    assert other.pk in out
    numbers.clear()
    numbers.update({hall.person(0).pk: 80, hall.person(1).pk: 100})
    by_people = plan(hall, make_award(hall, subject="window", least_score=Decimal(90)))
    assert hall.window.pk not in out_of(by_people)
    numbers[hall.person(1).pk] = 99
    assert out_of(by_people)[hall.window.pk] == "The mean monthly score is below 90."


def test_long_leave(hall, away):
    election = plan(hall, make_award(hall, longest_leave=2))
    # The first to the eighth of October 2026 are holidays: the ninth is the first working day.
    away += [
        (hall.person(0).pk, dt.date(2026, 10, 12), dt.date(2026, 10, 13)),
        (hall.person(1).pk, dt.date(2026, 10, 12), dt.date(2026, 10, 14)),
    ]
    out = out_of(election)
    assert hall.person(0).pk not in out
    assert out[hall.person(1).pk] == "Away for more than 2 working days of the appraised period."
    assert hall.person(2).pk not in out


def test_leave_that_nobody_keeps_is_unknown(hall):
    out = out_of(plan(hall, make_award(hall, longest_leave=2)))
    assert out[hall.person(0).pk].startswith("Nobody keeps absences on this site")


def test_teams_are_departments_and_sections(hall):
    centre = Unit.objects.create(name="中心", kind="centre")
    closed = Unit.objects.create(name="旧科室", kind="back_office", retired_on=dt.date(2026, 1, 1))
    section = Unit.objects.create(name="综合科", kind="posting_department", parent=hall.unit)
    # Windows and months at the hall are nothing a team could lack.
    election = plan(hall, make_award(hall, subject="unit", window_staff_only=True, months_at_hall=12))
    with clock.at(OPENS):
        eligible = set(eligibility.eligible_units(election))
        assert {hall.unit, section} <= eligible
        assert not {centre, closed} & eligible
        for other in (centre, closed):
            assert (
                eligibility.why_not(election, other)
                == "This is no department or section, or it is no longer in service."
            )
        assert eligibility.why_not(election, hall.unit) == ""
        assert eligibility.why_not(election, hall.person(0)) == "This award honours teams."
        assert not eligibility.eligible_people(election).exists()


def honour(award: Award, period: dt.date, **subject) -> Honour:
    return Honour.objects.create(
        award=award,
        period_first=period,
        award_name=award.name,
        name="名",
        period_label=f"{period:%Y-%m}",
        published_on=period,
        **subject,
    )


def test_whoever_was_honoured_lately_sits_out(hall):
    award = make_award(hall, no_repeat_rounds=2)
    election = plan(hall, award)
    months = [dt.date(2026, month, 1) for month in (9, 8, 7)]
    given = [honour(award, month, person=hall.person(n)) for n, month in enumerate(months)]
    honour(make_award(hall), months[0], person=hall.person(3))
    out = out_of(election)
    assert {pk for n in range(4) for pk in [hall.person(n).pk] if pk in out} == {hall.person(0).pk, hall.person(1).pk}
    assert out[hall.person(0).pk].startswith("Honoured in one of the last rounds")
    Honour.objects.filter(pk=given[0].pk).update(annulled_on=months[0])
    assert hall.person(0).pk not in out_of(election)
    assert "not honoured in the last 2 rounds" in eligibility.in_words(election)


def test_whoever_stands_in_an_undecided_round_waits_for_it(hall):
    award = make_award(hall, no_repeat_rounds=1)
    september = opened(hall, award, period_first=dt.date(2026, 9, 1), period_last=dt.date(2026, 9, 30))
    october = opened(hall, award)
    with clock.at(OPENS):
        given = nominations.recommend(election=september, kind="self", reason="好", by=hall.staff[0])
        nominations.approve(nomination=given, by=hall.officer)
    assert out_of(october)[hall.person(0).pk].startswith("Stands in another round of this award")
    assert hall.person(1).pk not in out_of(october)
    candidate = september.candidates.get()
    Election.objects.filter(pk=september.pk).update(decision={"kind": "count", "winners": ["other"]})
    assert hall.person(0).pk not in out_of(october)
    Election.objects.filter(pk=september.pk).update(decision={"kind": "count", "winners": [candidate.key]})
    assert hall.person(0).pk in out_of(october)
    with clock.at(CLOSES):
        rounds.cancel(election=september, reason="停", by=hall.officer)
    assert hall.person(0).pk not in out_of(october)


def every_condition(hall, numbers, away) -> Election:
    """A round with all of them, and a hall in which each keeps somebody out."""
    pool = make_award(hall)
    award = make_award(
        hall,
        employment_kinds=["permanent"],
        least_score=Decimal(50),
        least_figure="test.cases",
        least_figure_number=Decimal(60),
        longest_leave=1,
        no_repeat_rounds=1,
        pool_award=pool,
        pool_wins=1,
        quota_per_unit=0,
        self_allowed=False,
        colleague_allowed=False,
    )
    people = [place_new(hall) for _ in range(9)]
    Person.objects.filter(pk__in=[person.pk for person in people]).update(employment="permanent")
    Person.objects.filter(pk=people[1].pk).update(employment="agency")
    Person.objects.filter(pk=people[2].pk).update(entered_on=dt.date(2026, 10, 20))
    numbers.update({person.pk: 70 for person in people} | {people[3].pk: 49, people[4].pk: 55})
    away.append((people[5].pk, *OCTOBER))
    honour(award, dt.date(2026, 9, 1), person=people[6])
    for person in people[:7] + people[8:]:
        honour(pool, dt.date(2026, 10, 1), person=person)
    return plan(hall, award)


def place_new(hall) -> Person:
    user = make_user()
    return place(user, hall.unit, hall.window)


def test_the_list_and_the_single_answer_cannot_differ(hall, numbers, away):
    election = every_condition(hall, numbers, away)
    with clock.at(OPENS):
        out = eligibility.reasons_out(election)
        everyone = list(Person.objects.current())
        assert {
            person.pk: said for person in everyone for said in [eligibility.why_not(election, person)] if said
        } == out
        assert set(eligibility.eligible_people(election)) == {person for person in everyone if person.pk not in out}
        # Nine conditions and more reasons, because not knowing is one of its own.
        assert len(set(out.values())) >= 8
    assert len(eligibility.in_words(election)) == 9


def queries_of(election) -> list:
    with CaptureQueriesContext(connection) as captured:
        eligibility.reasons_out(election)
    return captured.captured_queries


def test_a_larger_hall_costs_the_same(hall, numbers, away):
    election = every_condition(hall, numbers, away)
    with clock.at(OPENS):
        few = len(queries_of(election))
        for _ in range(10):
            place_new(hall)
        assert len(queries_of(election)) == few


def test_before_opening_the_award_of_today_counts(hall):
    election = plan(hall)
    with clock.at(BEFORE):
        assert hall.officer.person.pk in eligibility.reasons_out(election)
        assert eligibility.why_not(election, hall.officer.person) == (
            "Only staff who sit at a window may be recommended."
        )
