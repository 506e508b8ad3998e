"""The officer's pages of an award: its rules, what counts, skipped periods; and who is out of a round and why."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse

from evaluations.models import Award, Skip
from evaluations.services import awards, openings, skips
from intranet import clock
from intranet.figures.registry import figure_kinds
from intranet.people.models import Person
from tests.evaluations.faces.page import read
from tests.evaluations.faces.test_office import award_fields
from tests.evaluations.hall import OPENS, make_award, make_hall, opened, plan
from tests.people_of_the_hall import make_user

pytestmark = pytest.mark.django_db


def filled(page) -> dict[str, list[str]]:
    """What a browser would send of the page's form if nobody changed anything."""
    form = page.one("main").all("form", method="post")[0]
    sent: dict[str, list[str]] = {}
    for field in form.all("input"):
        kind = field.attributes.get("type")
        if kind in ("checkbox", "radio") and "checked" not in field.attributes:
            continue
        value = field.attributes.get("value", "on" if kind == "checkbox" else "")
        sent.setdefault(field.attributes["name"], []).append(value)
    for choice in form.all("select"):
        chosen = [option for option in choice.all("option") if "selected" in option.attributes]
        sent[choice.attributes["name"]] = [chosen[0].attributes["value"] if chosen else ""]
    for area in form.all("textarea"):
        sent[area.attributes["name"]] = [area.text.strip()]
    return sent


def test_a_new_award_goes_on_to_what_counts_and_keeps_all_that_was_said(hall, as_user):
    client = as_user(hall.officer)
    sent = award_fields(
        ballot_kind="grade",
        points_satisfied="100",
        points_mostly_satisfied="80.50",
        employment_kinds=["permanent"],
        vetoes=["quarrel"],
        least_return="50",
    )
    response = client.post(reverse("evaluations:award_new"), sent)
    award = Award.objects.get()
    assert response["Location"] == reverse("evaluations:award_parts", kwargs={"slug": award.slug})
    assert award.grade_points == {"satisfied": "100", "mostly_satisfied": "80.5", "dissatisfied": "", "unknown": ""}
    assert (award.employment_kinds, award.vetoes, award.least_return) == (["permanent"], ["quarrel"], 50)
    # Opened and saved again without a change, nothing changes.
    path = reverse("evaluations:award_edit", kwargs={"slug": award.slug})
    before = Award.objects.filter(pk=award.pk).values().get()
    assert client.post(path, filled(read(client.get(path)))).status_code == 302
    assert Award.objects.filter(pk=award.pk).values().get() == before


def test_every_field_of_an_award_stands_in_a_group(hall, as_user):
    page = read(as_user(hall.officer).get(reverse("evaluations:award_new")))
    shown = {name.removesuffix("[]") for name in filled(page)} | {
        field.attributes["name"] for field in page.one("main").all("input")
    }
    left_out = {"id", "opens_since", "grade_points"}
    assert {field.attname.removesuffix("_id") for field in Award._meta.concrete_fields} - left_out <= shown


def test_honours_that_name_the_candidates_leave_nobody_to_recommend(hall, as_user):
    pool = make_award(hall)
    as_user(hall.officer).post(reverse("evaluations:award_new"), award_fields(name="年度之星", pool_award=pool.pk))
    yearly = Award.objects.get(name="年度之星")
    assert (yearly.quota_per_unit, yearly.self_allowed, yearly.colleague_allowed) == (0, False, False)


def test_what_counts_is_set_on_one_page(hall, as_user):
    award = make_award(hall)
    client, path = as_user(hall.officer), reverse("evaluations:award_parts", kwargs={"slug": award.slug})
    sent = filled(read(client.get(path)))
    assert sent["parts-0-kind"] == ["ballots"]
    sent |= {
        "parts-0-weight": ["60"],
        "parts-1-kind": ["panel"],
        "parts-1-label": ["领导评分"],
        "parts-1-weight": ["40"],
        "parts-1-panel_roles": ["centre_leader"],
        "boxes-0-electorate": ["centre_leader"],
        "boxes-0-weight": ["30"],
        "boxes-1-electorate": ["everyone"],
        "boxes-1-weight": ["70"],
    }
    wrong = client.post(path, sent | {"parts-1-weight": ["30"]})
    assert wrong.status_code == 422
    assert "The weights of the parts of the score add up to 90, not to 100." in read(wrong).text
    assert not award.components.exists()
    assert client.post(path, sent).status_code == 302
    assert list(award.components.values_list("key", "label", "weight", "panel_roles")) == [
        ("ballots", "ballots", 60, []),
        ("panel", "领导评分", 40, ["centre_leader"]),
    ]
    assert list(award.boxes.values_list("key", "weight")) == [("centre_leader", 30), ("everyone", 70)]
    # Saved again as it stands, nothing changes; the keys stay.
    before = list(award.components.values_list("key", "label", "weight"))
    assert client.post(path, filled(read(client.get(path)))).status_code == 302
    assert list(award.components.values_list("key", "label", "weight")) == before


def test_from_a_ballot_to_none_in_one_go(hall, as_user):
    award = make_award(hall)
    client, path = as_user(hall.officer), reverse("evaluations:award_parts", kwargs={"slug": award.slug})
    sent = filled(read(client.get(path)))
    sent |= {"ballot_kind": ["none"], "parts-0-kind": ["scores"], "parts-0-key": [""], "parts-0-label": ["月度得分"]}
    assert client.post(path, sent).status_code == 302
    award.refresh_from_db()
    assert award.ballot_kind == "none"
    assert list(award.components.values_list("key", "weight")) == [("scores", 100)]


@pytest.mark.parametrize("period", ["month", "quarter", "year", "once"])
def test_the_page_of_skipped_periods_opens_for_every_period(hall, as_user, period):
    award = make_award(hall, period=period)
    client = as_user(hall.officer)
    assert client.get(reverse("evaluations:award_skip", kwargs={"slug": award.slug})).status_code == 200
    # What is held once has no period to leave out.
    offered = f"/{award.slug}/skip/" in client.get(reverse("evaluations:awards")).content.decode()
    assert offered is (period != "once")


def test_skipping_a_period_and_taking_it_back(hall, as_user):
    award = make_award(hall, opens_by_itself=True)
    client, path = as_user(hall.officer), reverse("evaluations:award_skip", kwargs={"slug": award.slug})
    with clock.at(OPENS):
        assert client.post(path, {"period_first": "2026-12-01", "reason": "系统检修"}).status_code == 302
        page = read(client.get(path))
        assert "系统检修" in page.text
        assert "2026-12-01" not in {option.attributes["value"] for option in page.all("option")}
        assert "系统检修" in read(client.get(reverse("evaluations:todo"))).text
        assert client.post(path, {"period_first": "2026-12-01", "reason": "再次"}).status_code == 422
        skip = Skip.objects.get()
        assert client.post(reverse("evaluations:award_hold", kwargs={"pk": skip.pk})).status_code == 302
    assert not Skip.objects.exists()
    assert client.post(reverse("evaluations:award_hold", kwargs={"pk": skip.pk})).status_code == 404


def test_this_month_says_when_the_next_round_opens_by_itself(hall, as_user):
    with clock.at(clock.parse("2026-10-15T10:00")):
        award = make_award(hall, opens_by_itself=True)
        skips.skip_period(award=award, period_first=dt.date(2026, 11, 1), reason="停", by=hall.officer)
    client, path = as_user(hall.officer), reverse("evaluations:todo")
    with clock.at(clock.parse("2026-10-20T10:00")):
        assert "Next round opens by itself on 2 November 2026" in read(client.get(path)).text
    with clock.at(clock.parse("2026-11-03T10:00")):
        assert "Should have opened on 2 November 2026" in read(client.get(path)).text
        openings.open_due(clock.now())
        page = read(client.get(path)).text
    assert "Should have opened" not in page
    # November is skipped, so December's round is the next.
    assert "Next round opens by itself on" in page
    assert "January 2027" in page


@pytest.mark.parametrize("role", ["union_officer", "scrutineer", "auditor"])
def test_who_is_out_and_why(hall, as_user, role):
    election = opened(hall)
    person = hall.person(0)
    Person.objects.filter(pk=person.pk).update(entered_on=dt.date(2026, 10, 20))
    path = reverse("evaluations:eligible", kwargs={"slug": election.slug})
    page = read(as_user(make_user(None, role)).get(path)).one("main").text
    assert "At the hall for less than 3 months." in page
    assert person.name in page
    assert hall.person(1).name not in page
    assert "at the hall for 3 months or longer" in page
    assert "5 may be recommended" in page
    assert as_user(hall.staff[1]).get(path).status_code == 403


def test_who_is_out_asks_the_same_with_a_larger_hall(as_user, db):
    costs = []
    for size in (2, 30):
        hall = make_hall(size)
        election = opened(hall)
        path = reverse("evaluations:eligible", kwargs={"slug": election.slug})
        Person.objects.filter(pk__in=[user.person.pk for user in hall.staff]).update(entered_on=None)
        client = as_user(hall.officer)
        client.get(path)
        costs.append(client.get(path).headers["Server-Timing"].split("queries")[-1])
    assert costs[0] == costs[1]


def test_the_rules_of_a_round_in_words(hall, as_user):
    award = make_award(
        hall,
        subject="unit",
        ballot_kind="none",
        meeting_decides=True,
        order_decides=False,
        tie_rule="lot",
        vetoes=["quarrel"],
    )
    awards.set_components(
        award=award,
        components=[
            {"key": "scores", "kind": "scores", "label": "月度得分", "weight": 100},
            {"key": "extra", "kind": "adjustment", "label": "加减分", "weight": 0},
        ],
        by=hall.officer,
    )
    election = plan(hall, award, voting_opens=None, voting_closes=None, scores_due=clock.parse("2026-11-10T17:30"))
    page = read(as_user(hall.officer).get(reverse("evaluations:round", kwargs={"slug": election.slug}))).text
    for words in (
        "2 teams",
        "departments and sections in service",
        "quarrel with a client",
        "月度得分: 100 %",
        "加减分: added to the sum",
        "the computed order advises, and a meeting decides",
        "by lot before two scrutineers",
    ):
        assert words in page
    for words in ("On a ballot", "Who may vote", "Valid if"):
        assert words not in page


def test_the_dates_of_a_round_without_ballot(hall, as_user):
    award = make_award(
        hall, ballot_kind="none", components=[{"key": "s", "kind": "scores", "label": "s", "weight": 100}]
    )
    client, path = as_user(hall.officer), reverse("evaluations:round_new", kwargs={"slug": award.slug})
    with clock.at(OPENS):
        sent = filled(read(client.get(path)))
        assert "voting_opens" not in sent
        assert "scores_due" in sent
        early = client.post(path, sent | {"scores_due": sent["recommendation_opens"]})
        assert "This must be later than “Recommendation closes”." in read(early).text
        assert client.post(path, sent).status_code == 302
        election = award.elections.get()
        dates = reverse("evaluations:dates", kwargs={"slug": election.slug})
        assert client.post(dates, filled(read(client.get(dates)))).status_code == 302
    assert (election.voting_opens, election.scores_due is not None) == (None, True)


WINDOWS_ONLY = "figures.satisfaction"


def test_a_figure_that_is_kept_of_others_is_named_and_marked_where_it_was_chosen(hall, as_user):
    sent = award_fields(least_figure=WINDOWS_ONLY, least_figure_number="90")
    answer = as_user(hall.officer).post(reverse("evaluations:award_new"), sent)
    page = read(answer)
    assert answer.status_code == 422
    (link,) = [each for each in page.all("a") if each.attributes.get("href") == "#id_least_figure"]
    assert WINDOWS_ONLY not in link.text
    label = str(figure_kinds()[WINDOWS_ONLY].label)
    assert f"“{label}” is not kept of whom this award honours: person." in link.text


def test_figures_stand_below_whom_they_are_kept_of(hall, as_user):
    page = as_user(hall.officer).get(reverse("evaluations:award_new")).content.decode()
    group = page.split('label="kept of: window"', 1)[1].split("</optgroup>", 1)[0]
    assert f'value="{WINDOWS_ONLY}"' in group
    assert 'value="figures.monthly_score"' not in group


def figure_line(key, label=""):
    return {"parts-1-kind": ["figure"], "parts-1-label": [label], "parts-1-weight": ["40"], "parts-1-figure": [key]}


def test_a_part_offers_the_figures_of_whom_the_award_honours_and_is_called_after_its_own(hall, as_user):
    award = make_award(hall)
    client, path = as_user(hall.officer), reverse("evaluations:award_parts", kwargs={"slug": award.slug})
    page = read(client.get(path))
    offered = {option.attributes["value"] for option in page.all("option")}
    assert "figures.monthly_score" in offered
    assert WINDOWS_ONLY not in offered
    sent = filled(page) | {"parts-0-weight": ["60"]}
    assert client.post(path, sent | figure_line("figures.monthly_score")).status_code == 302
    assert award.components.get(kind="figure").label == str(figure_kinds()["figures.monthly_score"].label)
    assert client.post(path, sent | figure_line("figures.monthly_score", "月度考核")).status_code == 302
    assert award.components.get(kind="figure").label == "月度考核"


@pytest.mark.parametrize(("kind", "field"), [("figure", "figure"), ("panel", "panel_roles")])
def test_a_fault_of_a_part_marks_its_field_and_keeps_it_in_sight(hall, as_user, kind, field):
    award = make_award(hall)
    client, path = as_user(hall.officer), reverse("evaluations:award_parts", kwargs={"slug": award.slug})
    sent = filled(read(client.get(path))) | {"parts-0-weight": ["60"]}
    answer = client.post(path, sent | {"parts-1-kind": [kind], "parts-1-label": ["评分"], "parts-1-weight": ["40"]})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert page.count("<details open>") == 1
    inside = page.split("<details open>", 1)[1].split("</details>", 1)[0]
    marked = inside.split(f'id="id_parts-1-{field}_error"', 1)[1].split("</p>", 1)[0]
    assert "“评分”" in marked


@pytest.mark.parametrize("wrong", [{"open_workday": "0"}, {"least_figure_number": "3"}])
def test_a_fault_of_the_whole_award_marks_its_field(hall, as_user, wrong):
    answer = as_user(hall.officer).post(reverse("evaluations:award_new"), award_fields(**wrong))
    assert answer.status_code == 422
    field = "open_workday" if "open_workday" in wrong else "least_figure"
    assert f'href="#id_{field}"' in answer.content.decode()
